"""The course without drug: what it is calibrated on, its distribution, and that grids and batches change nothing."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.random import standard_normals
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.outcome import signals
from ketworks.outcome.own_course import wander
from ketworks.outcome.with_course import BACKGROUND, Antidepressant, NaturalCourse

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
DAY = 1440.0
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
MANY = 20_000
WAVES = [[f"outcome.wander_{kind}_{k}" for k in range(1, 7)] for kind in ("cosine", "sine", "pace")]


def untreated(
    stage: NaturalCourse,
    days: list[float],
    ids: Floats | range = range(1, MANY),
    baseline: float = 33.0,
    wandering: float = 4.0,
) -> dict[str, Floats]:
    """Outputs without any drug; person 0 is the typical one."""
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    p["madrs.baseline"] = jnp.asarray(baseline)
    p["course.wander_sd"] = jnp.asarray(wandering)
    people = np.asarray(ids)
    drawn = standard_normals(5, people, stage.random_effects)
    eta = {name: jnp.where(jnp.asarray(people) == 0, 0.0, draw) for name, draw in drawn.items()}
    zero = jnp.zeros((len(people), len(days)))
    inputs = {need.name: zero for need in stage.needs}
    inputs["comedication.benefit_gain"] = zero + 1.0
    made = stage.run(Surroundings(jnp.asarray(days) * DAY, NONE, {}, eta, p), inputs)
    return {name: np.asarray(array) for name, array in made.items()}


def test_the_course_starts_at_the_baseline_and_is_all_that_moves_the_score() -> None:
    made = untreated(NaturalCourse(), [0.0, 1.0, 100.0], range(1, 500))
    assert np.all(made[BACKGROUND][:, 0] == 0.0)
    expected = np.clip(made[signals.MADRS][:, :1] - made[BACKGROUND], 0.0, 60.0)
    np.testing.assert_allclose(made[signals.MADRS], expected, rtol=1e-12, atol=1e-12)
    assert np.all(made[signals.DRUG_EFFECT] == 0.0)


@pytest.mark.slow
def test_usual_treatment_meets_the_two_shares_it_was_fitted_to() -> None:
    """Dunner 2006: 11.6 % respond at 12 months and 18.4 % at 24 (calibration)."""
    made = untreated(NaturalCourse(), [0.0, 365.0, 730.0])
    np.testing.assert_allclose(made[signals.RESPONSE].mean(axis=0)[1:], [0.116, 0.184], atol=0.015)


def test_a_new_antidepressant_meets_the_change_it_was_fitted_to() -> None:
    """Pooled nasal trials, antidepressant with placebo: -15.9 (SD 14.5) at day 28 (calibration)."""
    change = untreated(Antidepressant(), [0.0, 28.0], baseline=37.3)[signals.MADRS]
    fall = change[:, 0] - change[:, 1]
    assert fall.mean() == pytest.approx(15.9, abs=1.0)
    assert fall.std() == pytest.approx(14.5, abs=1.5)


@pytest.mark.parametrize("stage", [NaturalCourse(), Antidepressant()], ids=lambda s: s.variant)
def test_the_mean_course_that_the_drug_finds_is_that_of_people(stage: NaturalCourse) -> None:
    days = [0.0, 7.0, 28.0, 180.0]
    people = untreated(stage, days)[BACKGROUND].mean(axis=0)
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    mean = stage.mean_control(Surroundings(jnp.asarray(days) * DAY, NONE, {}, {}, p))
    np.testing.assert_allclose(mean[0], people, atol=0.25)


def test_response_to_an_antidepressant_comes_ever_more_slowly_without_a_typed_shape() -> None:
    """The hazard of a mixed group falls because those who gain much are soon gone from those who wait."""
    days = [0.0, *np.arange(14.0, 365.0, 14.0)]
    responded = untreated(Antidepressant(), days, wandering=0.0)[signals.RESPONSE]
    never = 1.0 - np.maximum.accumulate(responded, axis=1).mean(axis=0)
    hazard = -np.diff(np.log(never))
    assert hazard[0] > 2.0 * hazard[1] > 4.0 * hazard[4:8].mean()


def test_wander_has_the_moments_of_the_process_it_stands_for() -> None:
    lags = np.array([0.0, 5.0, 15.0, 30.0, 60.0, 120.0])
    draws = standard_normals(3, range(1, 60_000), [name for kind in WAVES for name in kind])
    waves = [[draws[name] for name in kind] for kind in WAVES]
    found = np.asarray(wander(jnp.asarray(lags + 200.0), jnp.asarray(4.0), jnp.asarray(30.0), *waves))
    assert abs(found.mean()) < 0.05
    np.testing.assert_allclose(found.std(axis=0), 4.0, rtol=0.02)
    correlation = [np.corrcoef(found[:, 0], other)[0, 1] for other in found.T]
    np.testing.assert_allclose(correlation, np.exp(-lags / 30.0), atol=0.02)


def test_a_person_is_the_same_in_any_batch_and_at_any_asked_times() -> None:
    whole = untreated(Antidepressant(), [0.0, 3.0, 20.0, 300.0], range(1, 40))
    alone = untreated(Antidepressant(), [0.0, 20.0], np.array([17]))
    assert whole[BACKGROUND][16, 2] == pytest.approx(alone[BACKGROUND][0, 1], rel=1e-13)


def test_the_typical_person_does_not_wander_and_recovers_at_the_median_rate() -> None:
    made = untreated(NaturalCourse(), [0.0, 365.0], np.array([0]))
    rate = NaturalCourse.parameters()["course.recovery_rate"].canonical
    assert made[BACKGROUND][0, 1] == pytest.approx(33.0 * -np.expm1(-rate * 365.0 * DAY), rel=1e-12)
    assert untreated(Antidepressant(), [0.0, 365.0], np.array([0]))[BACKGROUND][0, 1] > 10.0


@pytest.mark.parametrize("stage", [NaturalCourse(), Antidepressant()], ids=lambda s: s.variant)
def test_declared_outputs_rest_on_what_is_there(stage: NaturalCourse) -> None:
    made = untreated(stage, [0.0, 10.0], range(1, 4))
    known = {*stage.parameters(), *(need.name for need in stage.needs)}
    assert set(made) == {signal.name for signal in stage.outputs} == set(stage.rests_on) == set(stage.equations)
    assert all(set(links) <= known for links in stage.rests_on.values())
    used = {link for links in stage.rests_on.values() for link in links}
    assert set(stage.parameters()) <= used
