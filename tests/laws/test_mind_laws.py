"""Laws of experience: within its scales, rising with the level, and the same for a person in any batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.mind.stage import EffectSite

jax.config.update("jax_enable_x64", True)

TIMES = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 90.0, 600.0, 1e4, 1e4, 1e4])
NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in EffectSite.parameters().items()}
LEVELS = st.lists(st.floats(0.0, 3e4), min_size=13, max_size=13)
DRAW = st.floats(-8.0, 8.0)


def alone(shape: tuple[int, ...]) -> dict[str, jax.Array]:
    return {"comedication.experience_gain": jnp.ones(shape), "comedication.sedation": jnp.zeros(shape)}


RUN = jax.jit(lambda around, inputs: EffectSite().run(around, inputs))


def mind(s: np.ndarray, r: np.ndarray, eta: np.ndarray) -> dict[str, np.ndarray]:
    inputs = {"plasma.s_ketamine.arterial": jnp.asarray(s), "plasma.r_ketamine.arterial": jnp.asarray(r)}
    inputs |= alone(s.shape)
    draws = {name: jnp.asarray(eta) for name in EffectSite.random_effects}
    made = RUN(Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, draws, P), inputs)
    return {name: np.asarray(x) for name, x in made.items() if name.startswith("mind.")}


@given(LEVELS, LEVELS, DRAW)
@settings(max_examples=80, deadline=None)
def test_any_course_stays_within_the_scales_and_more_drug_is_not_less_effect(
    s: list[float], more: list[float], eta: float
) -> None:
    low = mind(np.array([s]), np.array([s]), np.array([eta]))
    high = mind(np.array([s]) + np.array([more]), np.array([s]), np.array([eta]))
    tops = {"mind.cadss": 92.0, "mind.cadss_mean": 92.0, "mind.moaas": 5.0, "mind.sedation": 4.0}
    falling = ("mind.moaas", "mind.memory")
    for name in low:
        assert np.all(np.isfinite(low[name]))
        assert np.all((low[name] >= 0.0) & (low[name] <= tops.get(name, 1.0)))
        sign = -1.0 if name in falling else 1.0
        assert np.all(sign * high[name] >= sign * low[name] - 1e-9), name
    assert np.array_equal(low["mind.cadss"], np.floor(low["mind.cadss"]))
    assert np.all(low["mind.sedated"] >= low["mind.unresponsive"])
    assert np.all(low["mind.dissociation_volunteered"] <= low["mind.dissociation_asked"])


@given(LEVELS, LEVELS, DRAW, DRAW)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_the_batch(one: list[float], other: list[float], a: float, b: float) -> None:
    alone = mind(np.array([one]), np.array([other]), np.array([a]))
    together = mind(np.array([one, other]), np.array([other, one]), np.array([a, b]))
    for name, x in alone.items():
        # vector lengths change the last bits of exp and log
        np.testing.assert_allclose(x[0], together[name][0], rtol=1e-9, atol=1e-300)


@pytest.mark.slow
def test_gradients_are_finite_with_and_without_drug() -> None:
    def top(values: dict[str, jax.Array], level: jax.Array, eta: jax.Array) -> jax.Array:
        inputs = {"plasma.s_ketamine.arterial": level, "plasma.r_ketamine.arterial": level} | alone(level.shape)
        draws = dict.fromkeys(EffectSite.random_effects, eta)
        made = EffectSite().run(Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, draws, values), inputs)
        return sum(jnp.sum(made[signal.name]) for signal in EffectSite.outputs)

    values = {key: jnp.asarray(value) for key, value in P.items()}
    slope = jax.jit(jax.grad(top, argnums=(0, 1, 2)))
    for level in (0.0, 155.0):
        for z in (-2.0, 0.0, 2.0):
            made = slope(values, jnp.full((1, len(TIMES)), level), jnp.full(1, z))
            assert all(np.all(np.isfinite(x)) for x in jax.tree.leaves(made))
