"""The cell stepped in time: how large and how fast its rhythm is once it cannot rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.rhythm.cell import State, at_rest, cell, change

STEP = 0.25  # ms; half of it moves period and swing by less than 0.1 % (tests/versus/test_rhythm_mode.py)
EVERY = 20  # steps between kept samples: 5 ms
SECONDS = 20.0
SETTLED = 0.5  # share of the stretch that is left out before anything is measured
LEAST = 1.0  # mV from trough to crest, below which nothing is called a rhythm


class Rhythm(NamedTuple):
    """``swing`` from trough to crest (mV) and ``frequency`` (Hz; 0 without a rhythm), each of shape (n,)."""

    swing: NDArray[np.float64]
    frequency: NDArray[np.float64]


def rhythm(p: Mapping[str, Array], block: Array, hcn1_block: Array, step: float = STEP) -> Rhythm:
    """Swing and frequency of the cell under n held blocks, started from its drug-free rest.

    Equation:  f = (crossings - 1) / (time from the first to the last upward crossing of the middle of the swing)

    Args:
        p: parameter values by id; block, hcn1_block: shares, shape (n,); step: ms.

    Source: ``cell.change``, Heun's method.
    Leaves out: spikes, noise, and what block does within the stretch.
    """
    every = round(EVERY * STEP / step)
    kept = round(SECONDS * 1e3 / (every * step))
    voltage = np.asarray(_stretch(p, block, hcn1_block, jnp.asarray(step), every, kept))[round(SETTLED * kept) :]
    swing = voltage.max(axis=0) - voltage.min(axis=0)
    above = voltage > 0.5 * (voltage.max(axis=0) + voltage.min(axis=0))
    found = np.zeros(voltage.shape[1])
    for lane in np.flatnonzero(swing >= LEAST):
        up = np.flatnonzero(above[1:, lane] & ~above[:-1, lane])
        if up.size > 1:
            found[lane] = (up.size - 1) / (1e-3 * every * step * (up[-1] - up[0]))
    return Rhythm(swing, found)


@partial(jax.jit, static_argnums=(4, 5))
def _stretch(p: Mapping[str, Array], block: Array, hcn1_block: Array, step: Array, every: int, kept: int) -> Array:
    """Voltages at the kept samples, (kept, n)."""
    made = cell(p)

    def one(x: State, _: None) -> tuple[State, None]:
        slope = change(made, x, block, hcn1_block)
        ahead = jax.tree.map(lambda a, d: a + step * d, x, slope)
        second = change(made, ahead, block, hcn1_block)
        moved: State = jax.tree.map(lambda a, d, e: a + 0.5 * step * (d + e), x, slope, second)
        return moved, None

    def sample(x: State, _: None) -> tuple[State, Array]:
        x, _ = jax.lax.scan(one, x, None, length=every)
        return x, x.voltage

    start = at_rest(p, p["rhythm.voltage"] * jnp.ones_like(block))
    return jax.lax.scan(sample, start, None, length=kept)[1]
