"""Several linear memories of the level in one pass over the grid, with the sampling error of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import march


class Memory(NamedTuple):
    """What each step keeps of some values and adds to them, each (rows, times - 1), and their start (rows,).

    A row is one value of one person.
    """

    keep: Array
    add: Array
    start: Array


def remembered(
    memories: Callable[[Array, Array], Sequence[Memory]], times: Array, inputs: Array, people: int
) -> tuple[list[Array], list[Array]]:
    """Every memory along the grid, and what sampling the inputs costs each of them.

    Equation:  y <- keep y + add, step by step, for all memories and people at once
    Symbols:   y remembered value, keep share that a step leaves - 1, add what it brings - the unit of y
    Source:    arithmetic; one loop for all compiles faster than one for each
    Leaves out: nothing; the errors are those of the memories' own steps, from half as many samples.

    Args:
        memories: the memories of some times and of inputs there; called with all and with every second sample.
        times: min, shape (times,).
        inputs: shape (rows, times).
        people: how many rows a value has.

    Returns:
        Remembered values, each (people, times), and for each a scalar: largest error over largest value.
    """
    fine = _march(memories(times, inputs), people)
    coarse = _march(memories(times[::2], inputs[:, ::2]), people)
    gap = jnp.max(jnp.abs(fine[..., ::2] - coarse), axis=(1, 2))
    errors = gap / 3.0 / jnp.maximum(jnp.max(jnp.abs(fine), axis=(1, 2)), 1e-300)
    return list(fine), list(errors)


def _march(memories: Sequence[Memory], people: int) -> Array:
    """Shape (memories, people, times)."""
    keep, add, start = (jnp.concatenate(parts) for parts in zip(*memories, strict=True))
    return march(keep, add, start).reshape(-1, people, keep.shape[1] + 1)
