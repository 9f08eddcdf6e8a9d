"""The Rosenbrock integrator against SciPy on stiff and driven systems, its order, and the honesty of its estimate."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.grid import time_grid
from ketworks.engine.integrate import Trajectory, integrate

solve = jax.jit(integrate, static_argnums=0)


def reaction(t: Any, y: Any, u: Any) -> Any:
    """Robertson's three reactions, stiff by nine decades."""
    slow, fast, pair = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [fast - slow, slow - fast - pair, pair]


def driven(t: Any, y: Any, u: Any) -> Any:
    """A saturable turnover with fast feedback, driven by an input, as the body stage has them."""
    return [5.0 * (u / (u + 0.5) - y[0] * y[1]), 0.3 * (y[0] ** 2 - y[1])]


def stacked(rhs: Any, t: Array, y: Array, inputs: Any) -> Array:
    return jnp.stack(rhs(t, y, inputs.get("x")))


REACTION, DRIVEN = partial(stacked, reaction), partial(stacked, driven)


def level(times: Any) -> Any:
    return 2.0 * np.exp(-times / 60.0)


def run_driven(times: NDArray[np.float64]) -> Trajectory:
    start = jnp.array([[0.0], [0.2]])
    return solve(DRIVEN, start, jnp.asarray(times), {"x": jnp.asarray(level(times))[None]})


def wanted_driven(times: NDArray[np.float64]) -> NDArray[np.float64]:
    exact = solve_ivp(
        lambda t, y: driven(t, y, level(t)), (0.0, times[-1]), [0.0, 0.2], "LSODA", times, rtol=1e-10, atol=1e-12
    )
    return np.asarray(exact.y)


def misses(found: Trajectory, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest error of each state over its largest value."""
    return np.asarray(np.abs(np.asarray(found.values)[:, 0] - wanted).max(axis=1) / np.abs(wanted).max(axis=1))


def test_a_stiff_reaction_is_that_of_scipy_within_the_estimate() -> None:
    times = np.concatenate([[0.0], np.geomspace(1e-5, 1e4, 600)])
    found = solve(REACTION, jnp.array([[1.0], [0.0], [0.0]]), jnp.asarray(times), {})
    exact = solve_ivp(
        lambda t, y: reaction(t, y, None), (0.0, 1e4), [1.0, 0.0, 0.0], "Radau", times, rtol=1e-10, atol=1e-14
    )
    miss = misses(found, exact.y)
    assert miss.max() < 1e-4
    assert (miss <= np.asarray(found.error)).all()
    np.testing.assert_allclose(np.asarray(found.values).sum(axis=0), 1.0, rtol=1e-12)  # nothing is lost


def test_a_driven_system_on_the_models_grids_is_that_of_scipy_about_within_the_estimate() -> None:
    """About: where a state is far faster than a step, its error falls with less than the second power of the step."""
    estimates = []
    for refine in (0, 1, 2):
        times = time_grid([0.0], [], 240.0, refine)
        found = run_driven(times)
        assert (misses(found, wanted_driven(times)) <= 1.5 * np.asarray(found.error)).all()
        estimates.append(np.asarray(found.error))
    assert (estimates[0] < 0.03).all()
    assert (estimates[1] < estimates[0] / 1.8).all()  # the estimate follows the grid
    assert (estimates[2] < estimates[1] / 1.8).all()


def test_the_extrapolated_answer_is_of_order_three() -> None:
    """Without sampled inputs, so that only the method's own order is seen."""

    def rhs(t: Array, y: Array, u: Any) -> Array:
        return jnp.stack([y[1], (1.0 - y[0] ** 2) * y[1] - y[0]])  # van der Pol

    exact = solve_ivp(
        lambda t, y: [y[1], (1.0 - y[0] ** 2) * y[1] - y[0]], (0.0, 5.0), [2.0, 0.0], "DOP853", rtol=1e-13, atol=1e-13
    ).y[:, -1]
    errors = []
    for steps in (800, 1600, 3200):
        found = solve(rhs, jnp.array([[2.0], [0.0]]), jnp.asarray(np.linspace(0.0, 5.0, steps + 1)), {})
        errors.append(np.abs(np.asarray(found.values)[:, 0, -1] - exact).max())
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert (orders > 2.7).all()
    assert (orders < 3.4).all()


def test_sampling_of_the_input_is_part_of_the_estimate() -> None:
    """A coarse input costs far more than the steps; an estimate from steps alone would miss it."""
    times = np.linspace(0.0, 240.0, 25)
    found = run_driven(times)
    assert (misses(found, wanted_driven(times)) <= 2.0 * np.asarray(found.error)).all()


def test_what_is_not_finite_has_an_infinite_error_and_spares_other_people() -> None:
    def rhs(t: Array, y: Array, u: Any) -> Array:
        return jnp.log(u["x"])[None] - y

    inputs = {"x": jnp.array([[1.0], [1.0]]) * jnp.linspace(1.0, 2.0, 41)}
    start, times = jnp.ones((1, 2)), jnp.linspace(0.0, 2.0, 41)
    assert float(integrate(rhs, start, times, inputs).error[0]) < 1e-3
    inputs["x"] = inputs["x"].at[0, 20].set(-1.0)  # one person's input has no logarithm
    found = integrate(rhs, start, times, inputs)
    assert float(found.error[0]) == np.inf
    assert not bool(jnp.isfinite(found.values[0, 0]).all())
    assert bool(jnp.isfinite(found.values[0, 1]).all())


def test_people_do_not_touch_each_other_and_repeated_times_change_nothing() -> None:
    times = np.concatenate([np.linspace(0.0, 30.0, 31), np.full(9, 30.0)])
    inputs = np.stack([level(times), 0.0 * times, 1.0 + np.sin(times)])
    start = jnp.array([[0.0, 0.5, 1.0], [0.2, 0.3, 0.4]])
    three = np.asarray(solve(DRIVEN, start, jnp.asarray(times), {"x": jnp.asarray(inputs)}).values)
    for person in range(3):
        alone = solve(
            DRIVEN, start[:, person : person + 1], jnp.asarray(times[:31]), {"x": inputs[person : person + 1, :31]}
        )
        np.testing.assert_allclose(three[:, person, :31], np.asarray(alone.values)[:, 0], rtol=1e-13, atol=1e-15)
        np.testing.assert_array_equal(three[:, person, 31:], np.repeat(three[:, person, 30:31], 9, axis=1))
