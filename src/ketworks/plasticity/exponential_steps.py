"""Solves the synaptic chain along the shared grid by exponential steps: stable for any step, small to compile.

Each state is linear in itself once those above it are known, so each step is the exact solution with the other
quantities held at their mean over the step (order 2). The grid and the same grid with every step halved give the error
estimate and, extrapolated, the answer. A general implicit solver of this chain took twice as long to compile.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.plasticity.synaptic_chain import (
    Rates,
    consolidation,
    drive_received,
    fast_gain,
    structural_gain,
    translation,
)

_TINY = 1e-300  # keeps the relative error of a run without drug at zero
_STEEP = 0.2  # below this ratio of neighbours a level is not a decay that the grid resolves


class Course(NamedTuple):
    """States (4, people, times), drive received (people, times), and the error estimate of each state and of drive."""

    states: Array
    received: Array
    state_error: Array
    received_error: Array


def halved(times: Array, level: Array) -> tuple[Array, Array]:
    """The grid with a point in the middle of each step, and the level there.

    Equation:  C_mid = sqrt(C0 C1) in a decay (exact for an exponential), else (C0 + C1) / 2
    Symbols:   times min, shape (times,);  level C umol/L, shape (people, times); returned shapes have 2 times - 1
    Source:    arithmetic
    Leaves out: curvature of a rise; the error estimate contains it.
    """
    left, right = level[:, :-1], level[:, 1:]
    decay = (right < left) & (right > _STEEP * left)
    middle = jnp.where(decay, jnp.sqrt(jnp.where(decay, left * right, 1.0)), 0.5 * (left + right))
    between = 0.5 * (times[:-1] + times[1:])
    joined = jnp.stack([left, middle], axis=2).reshape(level.shape[0], -1)
    grid = jnp.stack([times[:-1], between], axis=1).reshape(-1)
    return jnp.append(grid, times[-1]), jnp.concatenate([joined, level[:, -1:]], axis=1)


def solve(times: Array, drive: Array, fine_times: Array, fine_drive: Array, rates: Rates) -> Course:
    """States A, D, N, K from a start without drug, and the drive received.

    Args:
        times: min, shape (times,).
        drive: share of the largest drive, shape (people, times).
        fine_times: ``times`` with every step halved.
        fine_drive: the drive there.
        rates: constants of the chain.
    """
    coarse, fine = _march(times, drive, rates), _march(fine_times, fine_drive, rates)[:, :, ::2]
    gap = (fine - coarse) / 3.0
    scale = jnp.maximum(jnp.max(fine, axis=(1, 2)), _TINY)
    error = jnp.max(jnp.abs(gap), axis=(1, 2)) / scale
    states = jnp.maximum(fine + gap, 0.0)
    return Course(jnp.minimum(states[:4], 1.0), states[4], error[:4], error[4])


class _Step(NamedTuple):
    """What one step does to A, D and K, per person: A and K decay towards their goals, and D follows A."""

    h: Array
    drive: Array
    goal: Array
    keep: Array
    mean_keep: Array
    follow: Array
    keep_signal: Array
    goal_trace: Array
    half_keep_trace: Array


def _steps(times: Array, drive: Array, rates: Rates) -> _Step:
    """All steps at once, each field (steps, people) or (steps, 1)."""
    h = jnp.diff(times)[:, None]
    mean = 0.5 * (drive[:, 1:] + drive[:, :-1]).T
    rise = fast_gain(0.0, mean, rates)
    pace = rise - fast_gain(1.0, mean, rates)
    lag = translation(0.0, 1.0, rates)
    keep, keep_signal = jnp.exp(-pace * h), jnp.exp(-lag * h)
    # what D takes up of an exponential A: lag * (e^-pace h - e^-lag h) / (lag - pace), with its limit for equal rates
    gap = (lag - pace) * h
    near = jnp.abs(gap) < 1e-4
    quotient = (keep - keep_signal) / jnp.where(near, 1.0, gap)
    follow = lag * h * jnp.where(near, keep_signal * (1.0 + 0.5 * gap), quotient)
    rise_trace = consolidation(0.0, mean, rates)
    pace_trace = rise_trace - consolidation(1.0, mean, rates)
    half_keep_trace = jnp.exp(-0.5 * pace_trace * h)
    fast = (rise / pace, keep, _mean_of_decay(pace * h), follow, keep_signal)
    return _Step(h, mean, *fast, rise_trace / pace_trace, half_keep_trace)


def _march(times: Array, drive: Array, rates: Rates) -> Array:
    """States and drive received, shape (5, people, times)."""
    lag = translation(0.0, 1.0, rates)

    def step(state: Array, e: _Step) -> tuple[Array, Array]:
        gain0, signal0, synapses0, trace0, received = state
        above = gain0 - e.goal
        gain = e.goal + e.keep * above
        signal = e.keep_signal * signal0 + e.follow * above + e.goal * (1.0 - e.keep_signal)
        moved = (signal - signal0) / jnp.where(e.h > 0.0, lag * e.h, 1.0)
        signal_mean = e.goal + e.mean_keep * above - moved  # exact: D' = lag (A - D) integrated over the step
        trace_mid = e.goal_trace + e.half_keep_trace * (trace0 - e.goal_trace)
        growth = structural_gain(0.0, signal_mean, trace_mid, rates)
        pace = growth - structural_gain(1.0, signal_mean, trace_mid, rates)
        synapses = growth / pace + (synapses0 - growth / pace) * jnp.exp(-pace * e.h)
        trace = e.goal_trace + e.half_keep_trace * (trace_mid - e.goal_trace)
        state = jnp.stack([gain, signal, synapses, trace, received + e.h * drive_received(e.drive, rates)])
        return state, state

    start = jnp.zeros((5, drive.shape[0]))
    _, path = jax.lax.scan(step, start, _steps(times, drive, rates))
    return jnp.moveaxis(jnp.concatenate([start[None], path]), 0, -1)


def _mean_of_decay(step: Array) -> Array:
    """Mean of e^-s for s from 0 to ``step``."""
    safe = jnp.where(step < 1e-5, 1.0, step)
    return jnp.where(step < 1e-5, 1.0 - 0.5 * step, -jnp.expm1(-safe) / safe)
