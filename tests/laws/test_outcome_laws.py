"""Laws of the outcome stage for any gain and any person."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.outcome import signals
from ketworks.outcome.stage import DrugOnly, Midazolam, NewAntidepressant, Saline

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
TIMES = np.linspace(0.0, 14.0 * 1440.0, 12)
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
STAGES = (DrugOnly(), Midazolam(), Saline(), NewAntidepressant())

gains = st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12).map(lambda x: np.array(x))
draws = st.tuples(*(st.floats(-4.0, 4.0) for _ in range(3)))


@partial(jax.jit, static_argnums=0)
def _run(stage: DrugOnly, fast: jax.Array, synapses: jax.Array, eta: jax.Array) -> dict[str, jax.Array]:
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    named = dict(zip(("outcome.sensitivity", "outcome.baseline", "outcome.control"), eta, strict=True))
    around = Surroundings(jnp.asarray(TIMES), NONE, {}, {k: named[k] for k in stage.random_effects}, p)
    inputs = {"plasticity.ampa_gain": fast, "plasticity.synapses": synapses}
    inputs["comedication.benefit_gain"] = jnp.ones_like(fast)
    return stage.run(around, inputs)


def run(stage: DrugOnly, fast: Floats, synapses: Floats, eta: Floats) -> dict[str, Floats]:
    """Two people; ``eta`` has shape (3, 2)."""
    made = _run(stage, jnp.asarray(fast), jnp.asarray(synapses), jnp.asarray(eta))
    return {name: np.array(array) for name, array in made.items()}


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.variant)
@given(gains, gains, draws)
@settings(max_examples=40, deadline=None)
def test_scores_stay_on_the_scale_and_shares_are_zero_or_one(
    stage: DrugOnly, fast: Floats, synapses: Floats, eta: tuple[float, float, float]
) -> None:
    made = run(stage, np.stack([fast, synapses]), np.stack([synapses, fast]), np.array([eta, eta]).T)
    assert all(np.all(np.isfinite(array)) for array in made.values())
    assert made[signals.MADRS].min() >= 0.0
    assert made[signals.MADRS].max() <= 60.0
    for name in (signals.RESPONSE, signals.REMISSION, signals.RELAPSE):
        assert set(np.unique(made[name])) <= {0.0, 1.0}
    assert np.all(made[signals.RELAPSE] * made[signals.RESPONSE] * (made[signals.MADRS] < 22.0) == 0.0)


@given(gains, gains, draws, st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_more_gain_never_means_a_worse_score(
    fast: Floats, synapses: Floats, eta: tuple[float, float, float], part: float
) -> None:
    both = np.array([eta, eta]).T
    made = run(DrugOnly(), np.stack([part * fast, fast]), np.stack([part * synapses, synapses]), both)
    assert np.all(made[signals.DRUG_EFFECT][1] >= made[signals.DRUG_EFFECT][0] - 1e-12)
    assert np.all(made[signals.MADRS][1] <= made[signals.MADRS][0] + 1e-12)
    assert np.all(made[signals.RESPONSE][1] >= made[signals.RESPONSE][0])


@given(gains, draws, draws)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_company(
    gain: Floats, eta: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    one = run(Midazolam(), np.stack([gain, gain]), np.stack([gain, gain]), np.array([eta, other]).T)
    two = run(Midazolam(), np.stack([gain, 0.5 * gain]), np.stack([gain, 0.0 * gain]), np.array([eta, eta]).T)
    for name in one:
        np.testing.assert_array_equal(one[name][0], two[name][0])
