"""The outcome stage: rest, additivity, spread, thresholds, and response rates against published ones."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.outcome import signals
from ketworks.outcome.drug_effect import effect_cv, person_effect
from ketworks.outcome.severity import relapsed, remitted, responded, severity
from ketworks.outcome.stage import DrugOnly, Midazolam, Saline

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
DAY = 1440.0
TIMES = np.array([0.0, 0.5, 1.0, 7.0, 14.0]) * DAY
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
STAGES = (DrugOnly(), Midazolam(), Saline())
MANY = 20_000


def run(
    stage: DrugOnly, effect: float, people: int = 1, doses: float = 1.0, drawn: bool = False, left: float = 1.0
) -> dict[str, Floats]:
    """Outputs for people whose group-mean effect is ``effect`` points from half a day on, 0 before."""
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    rng = np.random.default_rng(3)
    eta = {k: jnp.asarray(rng.standard_normal(people) if drawn else np.zeros(people)) for k in stage.random_effects}
    gain = effect / float(p["mood.largest_effect"]) * np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    both = jnp.asarray(np.tile(gain, (people, 1)))
    inputs = {
        "plasticity.ampa_gain": both,
        "plasticity.synapses": both,
        "plasticity.dose_equivalents": jnp.full_like(both, doses),
        "comedication.benefit_gain": jnp.full_like(both, left),
    }
    made = stage.run(Surroundings(jnp.asarray(TIMES), NONE, {}, eta, p), inputs)
    return {name: np.array(array) for name, array in made.items()}


def rate(made: dict[str, Floats], name: str, day: float = 1.0) -> float:
    return float(made[name][:, np.searchsorted(TIMES, day * DAY)].mean())


def test_no_drug_is_exactly_baseline() -> None:
    made = run(DrugOnly(), 0.0, people=50, drawn=True)
    assert np.all(made[signals.MEAN_EFFECT] == 0.0)
    assert np.all(made[signals.DRUG_EFFECT] == 0.0)
    assert np.all(made[signals.MADRS] == made[signals.MADRS][:, :1])
    for name in (signals.RESPONSE, signals.RELAPSE):
        assert np.all(made[name] == 0.0)
    assert np.all(run(DrugOnly(), 0.0)[signals.MADRS] == 33.0)


def test_another_drug_takes_its_share_of_the_drug_effect_and_no_more() -> None:
    alone, beside = run(Midazolam(), 8.0, people=5, drawn=True), run(Midazolam(), 8.0, people=5, drawn=True, left=0.25)
    for name in (signals.MEAN_EFFECT, signals.DRUG_EFFECT):
        np.testing.assert_allclose(beside[name], 0.25 * alone[name], rtol=1e-14)
    kept = alone[signals.MADRS] + 0.75 * alone[signals.DRUG_EFFECT]  # the change under the control stays
    inside = (alone[signals.MADRS] > 0.0) & (kept < 60.0)
    np.testing.assert_allclose(beside[signals.MADRS][inside], kept[inside], rtol=1e-12)
    assert inside.sum() > 10


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.variant)
def test_declared_outputs_and_what_they_rest_on(stage: DrugOnly) -> None:
    made = run(stage, 8.0, people=3, drawn=True)
    names = {signal.name for signal in stage.outputs}
    known = {*stage.parameters(), *(need.name for need in stage.needs)}
    assert set(made) == names == set(stage.rests_on) == set(stage.equations)
    assert all(set(links) <= known for links in stage.rests_on.values())
    assert all(np.all(np.isfinite(array)) and array.shape == (3, len(TIMES)) for array in made.values())
    assert "placebo and expectancy excluded" in stage.outputs[0].meaning
    said = "under " + stage.variant if stage.variant != "drug-only" else "placebo and expectancy excluded"
    assert all(said in signal.meaning for signal in stage.outputs[2:])


def test_typical_person_is_the_median_and_people_average_to_the_group_mean() -> None:
    typical = run(DrugOnly(), 8.0)
    people = run(DrugOnly(), 8.0, people=MANY, drawn=True)
    assert typical[signals.MEAN_EFFECT][0, 2] == pytest.approx(8.0)
    assert people[signals.DRUG_EFFECT][:, 2].mean() == pytest.approx(8.0, rel=0.02)
    assert np.median(people[signals.DRUG_EFFECT][:, 2]) == pytest.approx(typical[signals.DRUG_EFFECT][0, 2], rel=0.03)
    assert typical[signals.DRUG_EFFECT][0, 2] == pytest.approx(8.0 / np.sqrt(1.0 + 0.9**2))


@pytest.mark.parametrize(("doses", "cv"), [(1.0, 0.9), (2.5, 0.75), (4.0, 0.6), (12.0, 0.6)])
def test_between_person_cv_narrows_with_doses(doses: float, cv: float) -> None:
    own = run(DrugOnly(), 8.0, people=MANY, doses=doses, drawn=True)[signals.DRUG_EFFECT][:, 2]
    assert own.std() / own.mean() == pytest.approx(cv, rel=0.04)
    assert float(effect_cv(jnp.asarray(doses), 0.9, 0.6, 1.0, 4.0)) == pytest.approx(cv)  # type: ignore[arg-type]


def test_score_is_baseline_minus_effect_minus_control_within_the_scale() -> None:
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 8.0, 8.5, 60.0)))) == 16.5
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 40.0, 0.0, 60.0)))) == 0.0
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 0.0, -40.0, 60.0)))) == 60.0


def test_control_change_comes_by_the_visit_and_without_drug() -> None:
    made = run(Midazolam(), 0.0)
    np.testing.assert_allclose(made[signals.MADRS][0], [33.0, 33.0 - 4.25, 24.5, 24.5, 24.5])
    assert np.all(made[signals.DRUG_EFFECT] == 0.0)


@pytest.mark.parametrize(
    ("score", "response", "remission"), [(16.5, 1.0, 0.0), (16.6, 0.0, 0.0), (10.0, 1.0, 1.0), (10.1, 1.0, 0.0)]
)
def test_thresholds_stand_where_trials_put_them(score: float, response: float, remission: float) -> None:
    assert float(responded(jnp.asarray(score), jnp.asarray(33.0), jnp.asarray(0.5))) == response
    assert float(remitted(jnp.asarray(score), jnp.asarray(10.0))) == remission


def test_relapse_needs_an_earlier_response() -> None:
    score = jnp.asarray([[33.0, 20.0, 25.0], [33.0, 12.0, 20.0], [33.0, 12.0, 14.0]])
    response = responded(score, jnp.asarray([[33.0]]), jnp.asarray(0.5))
    lost = np.array(relapsed(score, response, jnp.asarray(22.0)))
    np.testing.assert_array_equal(lost, [[0, 0, 0], [0, 0, 1], [0, 0, 0]])


def test_response_rates_of_the_arithmetic_check() -> None:
    """200,000-person draw of clinical synthesis section 5: 53 against 24 % at 24 h for a mean effect of 8.5."""
    drug, control = (run(Midazolam(), effect, MANY, drawn=True) for effect in (8.5, 0.0))
    assert rate(drug, signals.RESPONSE) == pytest.approx(0.53, abs=0.04)
    assert rate(control, signals.RESPONSE) == pytest.approx(0.24, abs=0.03)
    saline = run(Saline(), 0.0, MANY, drawn=True)
    assert rate(saline, signals.RESPONSE) == pytest.approx(0.088, abs=0.02)


def test_person_effect_does_not_depend_on_company() -> None:
    mean, cv = jnp.full((2, 3), 8.0), jnp.full((2, 3), 0.9)
    one = person_effect(mean, cv, jnp.asarray([0.3, -2.0]))
    two = person_effect(mean, cv, jnp.asarray([0.3, 2.5]))
    np.testing.assert_array_equal(one[0], two[0])
