"""Laws of the circulation: finite, positive, bounded by the reflex, and the same for a person in any batch."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.body.stage import Baroreflex
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)

TIMES = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 90.0, 600.0, 1e4, 1e4, 1e4])
NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in Baroreflex.parameters().items()}
LEVELS = st.lists(st.floats(0.0, 3e4), min_size=13, max_size=13)
DRAW = st.floats(-6.0, 6.0)
RUN = jax.jit(lambda around, inputs: Baroreflex().run(around, inputs))


def inputs_of(s: Any, n: Any, r: Any = 0.0) -> dict[str, jax.Array]:
    levels = {f"plasma.{name}.arterial": x for name, x in (("s_ketamine", s), ("r_ketamine", r), ("s_norketamine", n))}
    alone = {need.name: 1.0 for need in Baroreflex.needs if need.name.startswith("comedication.")}
    return {name: jnp.broadcast_to(jnp.asarray(x), np.shape(s)) for name, x in (levels | alone).items()}


def body(s: np.ndarray, n: np.ndarray, eta: np.ndarray, r: np.ndarray | float = 0.0) -> dict[str, np.ndarray]:
    around = Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, dict.fromkeys(Baroreflex.random_effects, eta), P)
    return {name: np.asarray(x) for name, x in RUN(around, inputs_of(s, n, r)).items()}


@given(LEVELS, LEVELS, LEVELS, DRAW)
@settings(max_examples=80, deadline=None)
def test_any_course_gives_finite_positive_bounded_readings(
    s: list[float], r: list[float], n: list[float], eta: float
) -> None:
    made = body(np.array([s]), np.array([n]), np.array([eta]), np.array([r]))
    assert all(np.all(np.isfinite(x)) and np.all(x >= 0.0) for x in made.values())
    assert all(np.all(x > 0.0) for name, x in made.items() if name.startswith("body."))
    mean = made["body.mean_arterial_pressure"] / made["body.mean_arterial_pressure"][0, 0]
    assert np.all(mean > 0.9)  # depression of the heart muscle may win at many times the levels of anaesthesia
    assert np.all(mean < 1.0 + 1.0 / P["baroreflex.gain"])
    assert np.all(made["body.systolic"] > made["body.diastolic"])


@given(LEVELS, LEVELS, DRAW, DRAW)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_the_batch(one: list[float], other: list[float], a: float, b: float) -> None:
    alone = body(np.array([one]), np.array([other]), np.array([a]))
    together = body(np.array([one, other]), np.array([other, one]), np.array([a, b]))
    for name, x in alone.items():
        if name.startswith("body."):
            np.testing.assert_array_equal(x[0], together[name][0])


def test_gradients_are_finite_with_and_without_drug() -> None:
    def top(values: dict[str, jax.Array], level: jax.Array, eta: jax.Array) -> jax.Array:
        inputs = inputs_of(level, 0.1 * level, level)
        around = Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, dict.fromkeys(Baroreflex.random_effects, eta), values)
        return jnp.max(Baroreflex().run(around, inputs)["body.systolic"])

    values = {key: jnp.asarray(value) for key, value in P.items()}
    slope = jax.jit(jax.grad(top, argnums=(0, 1, 2)))
    for level in (0.0, 150.0):
        made = slope(values, jnp.full((1, len(TIMES)), level), jnp.zeros(1))
        assert all(np.all(np.isfinite(x)) for x in jax.tree.leaves(made))
