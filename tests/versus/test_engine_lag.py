"""The first-order lag against closed forms."""

from __future__ import annotations

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ketworks.engine.grid import time_grid
from ketworks.engine.lag import lag_error, lagged

lag, error = jax.jit(lagged), jax.jit(lag_error)
Floats = NDArray[np.float64]


def after_ramps(times: Floats, x: Floats, rate: float, start: float) -> Floats:
    """Closed form for straight lines between samples: on each, y = line - slope / rate + C exp(-rate t)."""
    found = [start]
    for k in range(len(times) - 1):
        h = times[k + 1] - times[k]
        slope = (x[k + 1] - x[k]) / h if h > 0.0 else 0.0
        found.append(x[k + 1] - slope / rate + (found[-1] - x[k] + slope / rate) * np.exp(-rate * h))
    return np.array(found)


@given(
    steps=st.lists(st.floats(1e-2, 1e3), min_size=12, max_size=12),
    x=st.lists(st.floats(-10.0, 10.0), min_size=13, max_size=13),
    rate=st.floats(1e-3, 10.0),
    start=st.floats(-10.0, 10.0),
)
def test_straight_lines_between_samples_are_exact(
    steps: list[float], x: list[float], rate: float, start: float
) -> None:
    times, level = np.cumsum([0.0, *steps]), np.array(x)
    found = np.asarray(lag(jnp.asarray(times), jnp.asarray(level)[None], rate, start))[0]
    np.testing.assert_allclose(found, after_ramps(times, level, rate, start), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rate", [1e-9, 1e-7, 1e-4, 1e-2, 1.0, 1e3])
def test_a_constant_input_at_any_rate(rate: float) -> None:
    times = np.array([0.0, 1e-6, 1e-3, 1.0, 30.0, 5000.0])
    found = np.asarray(lag(jnp.asarray(times), jnp.full((1, 6), 3.0), rate, 0.0))[0]
    np.testing.assert_allclose(found, -3.0 * np.expm1(-rate * times), rtol=2e-9, atol=1e-14)


def exponential(k: float, rate: float, times: Floats) -> Floats:
    return rate / (rate - k) * (np.exp(-k * times) - np.exp(-rate * times))


@pytest.mark.parametrize(("k", "rate"), [(0.02, 0.15), (0.3, 0.05), (0.05, 0.051)])
def test_an_exponential_input_is_met_on_the_models_own_grid_and_better_on_a_finer_one(k: float, rate: float) -> None:
    errors = []
    for refine in (0, 1, 2):
        times = time_grid([0.0], [], 300.0, refine)
        found = np.asarray(lag(jnp.asarray(times), jnp.asarray(np.exp(-k * times))[None], rate))[0]
        wanted = exponential(k, rate, times)
        errors.append(np.abs(found - wanted).max() / wanted.max())
    assert errors[0] < 3e-3
    for coarse, fine in pairwise(errors):
        assert 3.5 < coarse / fine < 4.5  # second order


@pytest.mark.parametrize(
    ("k", "rate", "least"),
    # where the lag is far shorter than a step, the error falls with the first power of the step: a third is shown
    [(0.02, 0.15, 0.7), (0.3, 0.05, 0.7), (0.05, 0.051, 0.7), (0.004, 1.0, 0.3), (0.02, 10.0, 0.3)],
)
def test_the_error_estimate_follows_the_true_error(k: float, rate: float, least: float) -> None:
    times = time_grid([0.0], [], 300.0)
    x = jnp.asarray(np.exp(-k * times))[None]
    wanted = exponential(k, rate, times)
    true = np.abs(np.asarray(lag(jnp.asarray(times), x, rate))[0] - wanted).max() / wanted.max()
    assert least * true <= float(error(jnp.asarray(times), x, jnp.asarray(rate))) <= 3.0 * true


def test_repeated_times_change_nothing() -> None:
    times = np.array([0.0, 1.0, 5.0, 20.0, 20.0, 20.0])
    x = np.array([[0.0, 4.0, 2.0, 1.0, 1.0, 1.0]])
    short = np.asarray(lag(jnp.asarray(times[:4]), jnp.asarray(x[:, :4]), 0.2))
    full = np.asarray(lag(jnp.asarray(times), jnp.asarray(x), 0.2))
    np.testing.assert_array_equal(full[:, :4], short)
    np.testing.assert_array_equal(full[:, 3:], np.repeat(short[:, -1:], 3, axis=1))


def test_each_person_has_a_rate_and_a_start_of_their_own() -> None:
    times = jnp.array([0.0, 3.0, 10.0, 60.0])
    x = jnp.array([[1.0, 2.0, 0.0, 5.0], [4.0, 0.0, 1.0, 1.0]])
    both = np.asarray(lagged(times, x, jnp.array([0.1, 2.0]), jnp.array([0.5, -1.0])))
    for person, (rate, start) in enumerate([(0.1, 0.5), (2.0, -1.0)]):
        wanted = after_ramps(np.asarray(times), np.asarray(x)[person], rate, start)
        np.testing.assert_allclose(both[person], wanted, rtol=1e-12)


def test_the_gradient_by_the_rate_is_that_of_differences() -> None:
    times = jnp.asarray(np.linspace(0.0, 50.0, 21))
    x = jnp.exp(-0.05 * times)[None]

    def last(rate: float) -> jax.Array:
        return lagged(times, x, jnp.asarray(rate))[0, 7]

    for rate in (1e-8, 0.05, 3.0):  # 1e-8: the steps lie in the series
        h = 1e-4 * rate
        assert float(jax.grad(last)(rate)) == pytest.approx(float(last(rate + h) - last(rate - h)) / (2 * h), rel=1e-5)
