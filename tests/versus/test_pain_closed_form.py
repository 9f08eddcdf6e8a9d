"""Slow relief against the closed form of a level that is there for four days and then gone, and against SciPy."""

from __future__ import annotations

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp  # type: ignore[import-untyped]

from ketworks.pain.central_sensitisation import relief_of_saturated_level, relief_of_slow_level

HALF, C50, LEVEL, END = 10.9, 10.5, 200.0, 100.0 / 24.0  # d, ng/mL, ng/mL, d
DAYS = np.concatenate([np.linspace(0.0, END, 9), np.array([END]), np.linspace(END + 0.5, 84.0, 12)])
GIVEN = np.where(np.arange(len(DAYS)) <= 8, LEVEL, 0.0)  # two points at the end: before and after the step
MINUTE = 1440.0


def simulated(relief: Callable[..., jnp.ndarray], largest: float) -> np.ndarray:
    times, level = jnp.asarray(DAYS * MINUTE), jnp.asarray(GIVEN[None, :])
    return np.asarray(
        relief(times, level, jnp.asarray(np.log(2.0) / (HALF * MINUTE)), jnp.asarray([[C50]]), largest)[0]
    )


def lag_of_step(height: float) -> np.ndarray:
    inside = height * (1.0 - 2.0 ** (-np.minimum(DAYS, END) / HALF))
    return inside * 2.0 ** (-np.maximum(DAYS - END, 0.0) / HALF)


def test_a_level_delayed_and_then_saturated() -> None:
    slow = lag_of_step(LEVEL)
    np.testing.assert_allclose(simulated(relief_of_slow_level, 1.0), slow / (slow + C50), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("largest", [1.0, 4.32, 30.0])
def test_a_level_saturated_and_then_delayed(largest: float) -> None:
    expected = np.minimum(1.0, lag_of_step(largest * LEVEL / (LEVEL + C50)))
    np.testing.assert_allclose(simulated(relief_of_saturated_level, largest), expected, rtol=1e-10, atol=1e-14)


def test_a_level_that_falls_in_between_against_scipy() -> None:
    days = np.linspace(0.0, 30.0, 3001)
    level = 150.0 * np.exp(-days / 3.0)
    rate = np.log(2.0) / HALF
    solved = solve_ivp(
        lambda t, y: rate * (150.0 * np.exp(-t / 3.0) - y), (0.0, 30.0), [0.0], t_eval=days, rtol=1e-10, atol=1e-12
    ).y[0]
    got = relief_of_slow_level(
        jnp.asarray(days * MINUTE), jnp.asarray(level[None, :]), jnp.asarray(rate / MINUTE), jnp.asarray([[C50]]), 1.0
    )
    np.testing.assert_allclose(np.asarray(got[0]), solved / (solved + C50), atol=1e-6)
