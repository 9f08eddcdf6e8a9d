"""A metabolite whose clearance rises with time while its own kinetics are fast: solved in closed form, dose by dose."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Cascade
from ketworks.engine.schedule import Schedule

_APART = 1e-7  # two rates nearer than this, relatively, are moved apart by as much; the level changes by less


def rate_now(first: Array, rise: Array, times: Array) -> Array:
    """The rate constant that a one-compartment metabolite shows at a time, given that it rises.

    k(t) = k0 (1 + b t)      k_now = k(t) - k0 b / k(t)

    A metabolite formed at an even rate would be at 1/k if k stood still; it lags behind the rise, and 1/k_now is that
    level to second order in b / k.

    Symbols: k0, first - 1/min at the first dose, (people,); b, rise - 1/min; t, times - min since then, (times,)
    Source:  Flint 2017 Table 3 (the straight line in time); expansion of the integral below in b / k
    Leaves out: a rise that levels off; the line was seen to 141 h and is drawn on beyond.

    Returns:
        1/min, shape (people, times).
    """
    now = first[:, None] * (1.0 + rise * jnp.maximum(times, 0.0)[None, :])
    return now - first[:, None] * rise / now


def metabolite_amount(
    parent: Cascade, formed: Array, rate: Array, schedule: Schedule, amount: Array, times: Array
) -> Array:
    """Amount of a metabolite formed from the first state of its parent, lost with the rate in force when it is read.

    N(t) = integral over u >= 0 of formed A1(t - u) exp(-k u) du,   k = rate(t)
    A1 after a bolus of 1 = sum_i c_i exp(l_i t), hence for a dose at time 0
    bolus:    formed sum_i c_i (f(l_i) - f(-k)) / (l_i + k),   f(z) = exp(z t)
    infusion: the same with f(z) = exp(z x) (exp(z y) - 1) / (z D),   y = min(t, D), x = t - y

    The rate of the moment stands for the rates of the past: right as long as the metabolite forgets faster (1/k, a
    minute) than k rises (1/b, four days).

    Symbols: N, A1 - umol; formed - 1/min, (people,); k, rate - 1/min, (people, times); l_i, c_i modes of the parent -
             1/min, 1; u, t, x, y - min; D duration - min
    Source:  convolution of two linear systems, with the rate frozen
    Leaves out: b / k (about 1e-4) of what the metabolite still holds from before; checked against an ODE solver.

    Returns:
        umol, shape (people, times).
    """
    modes = parent.rates[:, :, None]  # (people, modes, 1)
    share = (parent.to_states[:, 0, :] * parent.to_modes[:, :, 0])[:, :, None]
    lost = -rate[:, None, :]  # (people, 1, times)
    gap = modes - lost
    near = jnp.abs(gap) < _APART * rate[:, None, :]
    modes = jnp.where(near, lost + _APART * rate[:, None, :], modes)
    gap = jnp.where(near, _APART * rate[:, None, :], gap)

    def add(total: Array, dose: tuple[Array, Array, Array]) -> tuple[Array, None]:
        start, duration, given = dose
        since = jnp.maximum(times - start, 0.0)
        response = jnp.sum(share * (_kernel(modes, since, duration) - _kernel(lost, since, duration)) / gap, axis=1)
        return total + given[:, None] * jnp.where(times >= start, response, 0.0), None

    total, _ = jax.lax.scan(add, jnp.zeros_like(rate), (schedule.start, schedule.duration, amount.T))
    return formed[:, None] * total


def _kernel(rate: Array, since: Array, duration: Array) -> Array:
    """f of ``metabolite_amount``: what is left of a dose of 1 in a mode, without the gap."""
    during = jnp.minimum(since, duration)
    lasting = jnp.where(duration > 0.0, duration, 1.0)
    infused = jnp.exp(rate * (since - during)) * jnp.expm1(rate * during) / (rate * lasting)
    return jnp.where(duration > 0.0, infused, jnp.exp(rate * since))
