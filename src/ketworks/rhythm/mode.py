"""The slowest-dying or fastest-growing motion of a cell about its rest."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.rhythm.cell import Cell, State, at_rest, change, resting_voltage

PER_S = 1e3  # 1/ms to 1/s
SMALL = 1e-30


class Mode(NamedTuple):
    """``growth`` (1/s): above 0 the cell cannot rest; ``frequency`` (Hz) of its turning, 0 if it does not turn."""

    growth: Array
    frequency: Array


def leading_mode(c: Cell, block: Array, hcn1_block: Array) -> Mode:
    """Growth and frequency of the leading motion about the rest under block.

    Equation:  (s + a)(s + 1/tau_h)(s + 1/tau_r) + b d (s + 1/tau_r) + e f (s + 1/tau_h) = 0, the root with the largest
               real part;  a, b, e: -d(dV/dt) by V, h, r;  d, f: d(dh/dt)/dV, d(dr/dt)/dV

    Args:
        c: cell; block, hcn1_block: shares, one shape.

    Source: linearisation of ``cell.change``.
    Leaves out: the size of the rhythm, and a rhythm that persists beside a stable rest.
    """
    x = at_rest(c.p, resting_voltage(c, block, hcn1_block))
    one, none = jnp.ones_like(x.voltage), jnp.zeros_like(x.voltage)

    def along(direction: State) -> State:
        moved: State = jax.jvp(lambda y: change(c, y, block, hcn1_block), (x,), (direction,))[1]
        return moved

    by_voltage = along(State(one, none, none))
    by_ready, by_open = along(State(none, one, none)).voltage, along(State(none, none, one)).voltage
    a, p, q = -by_voltage.voltage, 1.0 / c.p["rhythm.inactivation_time"], 1.0 / c.p["rhythm.hcn_time"]
    to_ready, to_open = -by_ready * by_voltage.ready, -by_open * by_voltage.open
    return _leading(
        a + p + q,
        a * p + a * q + p * q + to_ready + to_open,
        a * p * q + to_ready * q + to_open * p,
    )


def _leading(square: Array, linear: Array, constant: Array) -> Mode:
    """Root with the largest real part of s^3 + square s^2 + linear s + constant (1/ms), by Cardano's formulas."""
    p = linear - square**2 / 3.0
    q = 2.0 * square**3 / 27.0 - square * linear / 3.0 + constant
    inside = (q / 2.0) ** 2 + (p / 3.0) ** 3
    turns = inside > 0.0
    root = jnp.sqrt(jnp.where(turns, inside, 1.0))
    far = -jnp.where(q < 0.0, -1.0, 1.0) * jnp.cbrt(jnp.abs(q) / 2.0 + root)
    near = -p / 3.0 / far
    alone, pair = far + near, -0.5 * (far + near)
    depth = jnp.sqrt(jnp.maximum(-p / 3.0, SMALL))
    ratio = jnp.where(turns, 0.0, -q / 2.0 / depth**3)
    largest = 2.0 * depth * jnp.cos(jnp.arccos(jnp.clip(ratio, -1.0 + 1e-12, 1.0 - 1e-12)) / 3.0)
    growth = jnp.where(turns, jnp.maximum(alone, pair), largest) - square / 3.0
    spin = 0.5 * jnp.sqrt(3.0) * jnp.abs(far - near) / (2.0 * jnp.pi)
    return Mode(PER_S * growth, PER_S * jnp.where(turns & (pair >= alone), spin, 0.0))
