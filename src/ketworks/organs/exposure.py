"""Exposure so far, all of it or as far as it is remembered."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.organs.sites import Memory

_STEEP = 0.2  # below this ratio of neighbours a level is not a decay that the grid resolves


def area_of_steps(times: Array, level: Array) -> Array:
    """Area under the level in each step.

    Equation:  (C0 - C1) h / ln(C0 / C1) in a decay (exact for an exponential), else (C0 + C1) h / 2
    Symbols:   C0, C1 level at both ends - ng/mL; h length of the step - min
    Source:    arithmetic
    Leaves out: curvature of a rise; the error estimate contains it.
    """
    left, right, step = level[:, :-1], level[:, 1:], jnp.diff(times)[None, :]
    decay = (right < (1.0 - 1e-6) * left) & (right > _STEEP * left)
    above, below = jnp.where(decay, left, 2.0), jnp.where(decay, right, 1.0)
    return step * jnp.where(decay, (above - below) / jnp.log(above / below), 0.5 * (left + right))


def exposure(times: Array, level: Array, forgetting: Array) -> Memory:
    """Exposure since the first dose, forgotten at a rate.

    Equation:  dA/dt = C - f A
    Symbols:   A exposure - ng/mL*min; C arterial level - ng/mL; f rate of forgetting - 1/min (0: all is kept)
    Source:    arithmetic; what a step brings is forgotten from its middle on
    Leaves out: that a high level for a short time may count for more; metabolites.

    Args:
        times: min, shape (times,).
        level: ng/mL, shape (rows, times).
        forgetting: 1/min, shape (rows,).
    """
    gone = forgetting[:, None] * jnp.diff(times)[None, :]
    area = area_of_steps(times, level)
    return Memory(jnp.exp(-gone), area * jnp.exp(-0.5 * gone), jnp.zeros(level.shape[0]))
