"""Laws of the organs: values within their bounds for any level, the same for a person in any batch, finite slopes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.organs.stage import FromArterialLevel

jax.config.update("jax_enable_x64", True)

TIMES = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 90.0, 600.0, 1e4, 1e5, 1e5])
NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in FromArterialLevel.parameters().items()}
LEVELS = st.lists(st.floats(0.0, 3e4), min_size=13, max_size=13)
RUN = jax.jit(lambda around, inputs: FromArterialLevel().run(around, inputs))


def inputs_of(s: jax.Array, r: jax.Array, opioid: float, gain: float) -> dict[str, jax.Array]:
    return {
        "plasma.s_ketamine.arterial": s,
        "plasma.r_ketamine.arterial": r,
        "comedication.opioid_level": jnp.full_like(s, opioid),
        "comedication.nausea_gain": jnp.full_like(s, gain),
        "comedication.secretion_gain": jnp.full_like(s, gain),
    }


def organs(s: list[list[float]], r: list[list[float]], opioid: float = 0.0, gain: float = 1.0) -> dict[str, np.ndarray]:
    inputs = inputs_of(jnp.asarray(s), jnp.asarray(r), opioid, gain)
    made = RUN(Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, {}, P), inputs)
    return {name: np.asarray(x) for name, x in made.items()}


@given(LEVELS, LEVELS, st.floats(0.0, 50.0), st.floats(0.0, 3.0))
@settings(max_examples=80, deadline=None)
def test_any_course_stays_within_bounds(s: list[float], r: list[float], opioid: float, gain: float) -> None:
    made = organs([s], [r], opioid, gain)
    assert all(np.all(np.isfinite(x)) for x in made.values())
    for signal in FromArterialLevel.outputs:
        x = made[signal.name]
        if signal.kind == "sign":
            assert np.all(np.isin(np.sign(x), (-1.0, 0.0, 1.0)))
        else:
            assert np.all(x >= 0.0)
    for name in ("nausea", "vomiting", "blurred_vision", "diplopia", "liver_injury"):
        assert np.all(made[f"organs.{name}"] <= 1.0)
    assert np.all((made["organs.co2_slope"] > 0.0) & (made["organs.co2_slope"] <= P["breathing.slope"]))
    assert np.all((made["organs.cortisol_rise"] > 1.0 - 1e-9) & (made["organs.cortisol_rise"] <= 5.0 + 1e-9))


@given(LEVELS, LEVELS)
@settings(max_examples=40, deadline=None)
def test_more_drug_is_never_less_exposure_report_or_harm(s: list[float], more: list[float]) -> None:
    low, high = organs([s], [s]), organs([[a + b for a, b in zip(s, more, strict=True)]], [s])
    for name in ("nausea", "vomiting", "recent_exposure", "bladder_hazard", "liver_injury"):
        # exposure is read as exponential in falls and straight in rises, which differ by a few percent
        assert np.all(high[f"organs.{name}"] >= 0.6 * low[f"organs.{name}"] - 1e-9)


@given(LEVELS, LEVELS)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_the_batch(one: list[float], other: list[float]) -> None:
    alone, together = organs([one], [other]), organs([one, other], [other, one])
    for signal in FromArterialLevel.outputs:
        np.testing.assert_allclose(alone[signal.name][0], together[signal.name][0], rtol=1e-9, atol=1e-300)


@pytest.mark.slow
def test_gradients_are_finite_with_and_without_drug() -> None:
    def total(values: dict[str, jax.Array], level: jax.Array) -> jax.Array:
        inputs = inputs_of(level, level, 0.5, 0.7)
        made = FromArterialLevel().run(Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, {}, values), inputs)
        return sum((jnp.sum(made[signal.name]) for signal in FromArterialLevel.outputs), start=jnp.zeros(()))

    values = {key: jnp.asarray(value) for key, value in P.items()}
    for size in (0.0, 200.0):
        by_value, by_level = jax.jit(jax.grad(total, argnums=(0, 1)))(values, jnp.full((1, len(TIMES)), size))
        assert all(np.isfinite(x) for x in by_value.values())
        assert np.all(np.isfinite(by_level))
