"""The change that a control treatment brings by itself: regression to the mean, placebo response and expectancy."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def control_change(times: Array, mean: Array, sd: Array, visit: Array, eta: Array) -> Array:
    """Fall of the score under the control treatment.

    Equation:  P_i(t) = (m + s * eta) * min(t / t_visit, 1)
    Symbols:   P - points, shape (people, times);  m, s mean and SD at the visit - points;  t_visit - min;  eta - 1
    Source:    m and s at 24 h by setting (rows ``control.*``)
    Leaves out: the time course (only 24 h was read: the line before it and the constant after it are assumptions), and
               the extra expectancy of people who notice that they got ketamine, worth 3 to 5 points against saline.
    """
    return (mean + sd * eta)[:, None] * jnp.minimum(times / visit, 1.0)[None, :]
