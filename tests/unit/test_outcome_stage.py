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
from ketworks.outcome.control_arm import Control, control_change, kept_share
from ketworks.outcome.drug_effect import person_share
from ketworks.outcome.severity import relapsed, remitted, responded, severity
from ketworks.outcome.stage import DrugOnly, Midazolam, NewAntidepressant, Saline

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
DAY = 1440.0
TIMES = np.array([0.0, 0.5, 1.0, 7.0, 14.0]) * DAY
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
STAGES = (DrugOnly(), Midazolam(), Saline(), NewAntidepressant())
MANY = 20_000


def run(
    stage: DrugOnly, share: float, people: int = 1, drawn: bool = False, left: float = 1.0, doses: Schedule = NONE
) -> dict[str, Floats]:
    """Outputs for people of whose score the drug takes away ``share`` in the mean from half a day on, 0 before."""
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    rng = np.random.default_rng(3)
    eta = {k: jnp.asarray(rng.standard_normal(people) if drawn else np.zeros(people)) for k in stage.random_effects}
    gain = share / float(p["mood.largest_share"]) * np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    both = jnp.asarray(np.tile(gain, (people, 1)))
    inputs = {
        "plasticity.ampa_gain": both,
        "plasticity.synapses": both,
        "comedication.benefit_gain": jnp.full_like(both, left),
    }
    made = stage.run(Surroundings(jnp.asarray(TIMES), doses, {}, eta, p), inputs)
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


def test_another_drug_takes_its_share_of_the_mean_effect_and_no_more() -> None:
    alone, beside = run(Midazolam(), 0.3, people=5, drawn=True), run(Midazolam(), 0.3, people=5, drawn=True, left=0.25)
    np.testing.assert_allclose(beside[signals.MEAN_EFFECT], 0.25 * alone[signals.MEAN_EFFECT], rtol=1e-14)
    kept = alone[signals.MADRS] + alone[signals.DRUG_EFFECT] - beside[signals.DRUG_EFFECT]
    np.testing.assert_allclose(beside[signals.MADRS], kept, rtol=1e-12)  # the change under the control stays
    assert np.all(beside[signals.DRUG_EFFECT][:, 1:] < alone[signals.DRUG_EFFECT][:, 1:])


def test_what_lifts_the_effect_beyond_everything_leaves_no_score() -> None:
    made = run(Midazolam(), 0.6, left=4.0)
    assert made[signals.MADRS][0, 2] == pytest.approx(0.0, abs=1e-3)
    assert np.all(made[signals.MEAN_EFFECT] <= 33.0)


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.variant)
def test_declared_outputs_and_what_they_rest_on(stage: DrugOnly) -> None:
    made = run(stage, 0.3, people=3, drawn=True)
    names = {signal.name for signal in stage.outputs}
    known = {*stage.parameters(), *(need.name for need in stage.needs)}
    assert set(made) == names == set(stage.rests_on) == set(stage.equations)
    assert all(set(links) <= known for links in stage.rests_on.values())
    assert all(np.all(np.isfinite(array)) and array.shape == (3, len(TIMES)) for array in made.values())
    assert "placebo and expectancy excluded" in stage.outputs[0].meaning
    said = "under " if stage.variant != "drug-only" else "placebo and expectancy excluded"
    assert all(said in signal.meaning for signal in stage.outputs[3:])
    control = {"drug-only": "midazolam", "new-antidepressant": "a new antidepressant"}.get(stage.variant, stage.variant)
    assert control in stage.outputs[0].meaning


def test_typical_person_is_the_median_and_people_average_to_the_group_mean() -> None:
    """Beside midazolam, which leaves 33 - 8.5 points at 24 h."""
    typical = run(DrugOnly(), 1.0 / 3.0)
    people = run(DrugOnly(), 1.0 / 3.0, people=MANY, drawn=True)
    assert typical[signals.MEAN_EFFECT][0, 2] == pytest.approx(24.5 / 3.0)
    assert people[signals.DRUG_SHARE][:, 2].mean() == pytest.approx(1.0 / 3.0, rel=0.02)
    assert people[signals.DRUG_EFFECT][:, 2].mean() == pytest.approx(24.5 / 3.0, rel=0.03)
    assert np.median(people[signals.DRUG_SHARE][:, 2]) == pytest.approx(typical[signals.DRUG_SHARE][0, 2], rel=0.03)
    assert typical[signals.DRUG_EFFECT][0, 2] < 0.8 * typical[signals.MEAN_EFFECT][0, 2]


@pytest.mark.parametrize(("mean", "cv"), [(0.33, 0.89), (0.45, 0.70)])
def test_between_person_cv_narrows_as_more_is_taken_away(mean: float, cv: float) -> None:
    eta = jnp.asarray(np.random.default_rng(5).standard_normal(MANY))
    spread = jnp.asarray(Midazolam.parameters()["mood.share_spread"].canonical)
    own = np.asarray(person_share(jnp.full((1, 1), mean), spread, eta))[:, 0]
    assert own.mean() == pytest.approx(mean, rel=0.02)
    assert own.std() / own.mean() == pytest.approx(cv, rel=0.04)
    assert 0.0 <= own.min() < own.max() <= 1.0


def test_what_the_control_leaves_is_what_the_drug_takes_a_share_of() -> None:
    """A third of 24.5 points beside midazolam, of 31 beside saline, of 37.7 - 15.9 after four weeks of a new drug."""
    left = {Midazolam(): 24.5, Saline(): 31.0}
    for stage, points in left.items():
        assert run(stage, 1.0 / 3.0)[signals.MEAN_EFFECT][0, 2] == pytest.approx(points / 3.0)
    new = run(NewAntidepressant(), 1.0 / 3.0)[signals.MEAN_EFFECT][0]
    assert new[2] == pytest.approx((37.7 - 0.52 * 15.9) / 3.0)
    assert new[4] == pytest.approx((37.7 - (0.52 + 0.48 * 13.0 / 27.0) * 15.9) / 3.0)


def test_score_is_what_control_and_drug_leave_within_the_scale() -> None:
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 8.0, 8.5, 60.0)))) == 16.5
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 0.0, 40.0, 60.0)))) == 0.0
    assert float(severity(*(jnp.asarray(v) for v in (33.0, 0.0, -40.0, 60.0)))) == 60.0


def test_control_change_comes_by_a_day_without_drug_and_fades_after_the_last_session() -> None:
    later = 8.5 * np.exp(-0.05 * np.array([6.0, 13.0]))
    made = run(Midazolam(), 0.0)
    np.testing.assert_allclose(made[signals.MADRS][0], [33.0, 33.0 - 4.25, 24.5, *(33.0 - later)])
    assert np.all(made[signals.DRUG_EFFECT] == 0.0)
    start, none = jnp.asarray([0.0, 3.5 * DAY, 6.0 * DAY]), jnp.zeros((1, 3))
    again = run(Midazolam(), 0.0, doses=Schedule(start, jnp.zeros(3), none, none))
    late = 33.0 - 8.5 * np.exp(-0.05 * 7.0)
    np.testing.assert_allclose(again[signals.MADRS][0], [33.0, 33.0 - 4.25, 24.5, 24.5, late])


def test_a_later_session_brings_the_control_back_over_a_day_without_a_step() -> None:
    times = jnp.asarray([0.0, 0.5, 1.0, 8.0, 10.0 - 1e-9, 10.0, 10.5, 11.0, 13.0]) * DAY
    starts = jnp.asarray([0.0, 10.0 * DAY, 0.0])
    kept = np.asarray(kept_share(times, starts, jnp.asarray(DAY), jnp.asarray(0.05 / DAY)))
    before = np.exp(-0.05 * np.array([7.0, 9.0, 9.0]))
    np.testing.assert_allclose(kept, [1.0, 1.0, 1.0, *before, np.exp(-0.05 * 9.5), 1.0, np.exp(-0.05 * 2.0)])
    held = kept_share(times, starts, jnp.asarray(DAY), jnp.asarray(0.0))
    np.testing.assert_array_equal(held, np.ones(9))


def test_a_control_that_goes_on_reaches_its_mean_at_the_visit_and_stays() -> None:
    values = (jnp.asarray(v) for v in (16.0, 0.0, DAY, 0.5, 28.0 * DAY, 0.0))
    times = jnp.asarray([0.0, 0.5, 1.0, 14.5, 28.0, 60.0]) * DAY
    change = control_change(times, jnp.ones(6), Control(*values), jnp.zeros(1))
    np.testing.assert_allclose(change[0], [0.0, 4.0, 8.0, 12.0, 16.0, 16.0])


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
    drug, control = (run(Midazolam(), share, MANY, drawn=True) for share in (8.5 / 24.5, 0.0))
    assert rate(drug, signals.RESPONSE) == pytest.approx(0.53, abs=0.04)
    assert rate(control, signals.RESPONSE) == pytest.approx(0.24, abs=0.03)
    saline = run(Saline(), 0.0, MANY, drawn=True)
    assert rate(saline, signals.RESPONSE) == pytest.approx(0.088, abs=0.02)


def test_response_a_day_into_a_nasal_trial_on_placebo_is_the_one_its_share_was_set_on() -> None:
    """9.4 % of 203 (Turkoz 2021)."""
    assert rate(run(NewAntidepressant(), 0.0, MANY, drawn=True), signals.RESPONSE) == pytest.approx(0.094, abs=0.012)


def test_person_share_does_not_depend_on_company_and_none_is_exactly_none() -> None:
    mean, spread = jnp.asarray([[0.0, 0.3, 1.0]] * 2), jnp.asarray(1.2)
    one = person_share(mean, spread, jnp.asarray([0.3, -2.0]))
    two = person_share(mean, spread, jnp.asarray([0.3, 2.5]))
    np.testing.assert_array_equal(one[0], two[0])
    assert float(one[0, 0]) == 0.0
    assert float(one[1, 2]) == pytest.approx(1.0, abs=1e-6)
    slope = jax.grad(lambda f: jnp.sum(person_share(f, spread, jnp.asarray([0.3]))))(jnp.zeros((1, 3)))
    assert np.all(np.isfinite(slope))
