"""What people say when asked and unasked, and how the experience weakens over sessions."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from test_mind_effect_site import P, mind

import ketworks as kw
from ketworks.engine.schedule import Schedule
from ketworks.mind.habituation import earlier_sessions, habituated

DAY = 1440.0


def doses(starts: list[float], given: list[float], duration: float = 0.0) -> Schedule:
    amounts = jnp.asarray([given])
    return Schedule(jnp.asarray(starts), jnp.full(len(starts), duration), amounts, amounts)


def count(schedule: Schedule, at: list[float]) -> list[float]:
    return np.asarray(earlier_sessions(jnp.asarray(at), schedule, jnp.asarray(P["habituation.pause"]))).tolist()


def test_sprays_of_one_sitting_are_one_session() -> None:
    three = doses([0.0, 5.0, 10.0, 7 * DAY, 7 * DAY + 5.0], [1.0] * 5)
    assert count(three, [0.0, 10.0, 60.0, 7 * DAY - 1.0, 7 * DAY, 8 * DAY]) == [0, 0, 0, 0, 1, 1]


def test_unused_slots_and_a_day_long_infusion_are_no_further_sessions() -> None:
    assert count(doses([0.0, 2 * DAY, 2 * DAY], [1.0, 0.0, 0.0]), [0.0, 3 * DAY]) == [0, 0]
    assert count(doses([0.0, DAY], [1.0, 1.0], duration=DAY), [0.0, 2 * DAY]) == [0, 0]
    assert count(doses([0.0, 0.0], [1.0, 1.0]), [0.0, 100.0]) == [0, 0]
    assert count(doses([0.0], [0.0]), [0.0]) == [0]


def test_many_sessions_leave_the_published_share() -> None:
    least, pace = jnp.asarray(P["habituation.least"]), jnp.asarray(P["habituation.sessions"])
    left = [float(habituated(jnp.asarray(n), least, pace)) for n in (0.0, 1.0, 2.0, 13.0)]
    assert left[0] == 1.0
    assert left == sorted(left, reverse=True)
    assert left[-1] == pytest.approx(8.8 / 20.0, rel=0.01)


def test_the_share_that_needs_no_ketamine_is_that_of_the_midazolam_arm() -> None:
    draws = np.random.default_rng(1).standard_normal((2, 20_000))
    made = mind(0.0, 0.0, {"mind.expectation": draws[0], "mind.candour": draws[1]})
    assert made["mind.dissociation_asked"][:, -1].mean() == pytest.approx(7 / 42, abs=0.01)
    assert made["mind.dissociation_volunteered"][:, -1].mean() == pytest.approx(0.5 * 7 / 42, abs=0.01)


def test_asking_finds_what_is_above_the_cut_and_people_volunteer_half_of_it() -> None:
    draws = np.random.default_rng(2).standard_normal((2, 8_000))
    made = mind(155.0, 0.0, {"mind.dissociation": draws[0], "mind.candour": draws[1]})
    asked, said = made["mind.dissociation_asked"][:, -1], made["mind.dissociation_volunteered"][:, -1]
    np.testing.assert_array_equal(asked == 1.0, made["mind.cadss"][:, -1] > 4.0)
    assert np.all(said <= asked)
    assert said.mean() / asked.mean() == pytest.approx(0.5, abs=0.03)


@pytest.fixture(scope="module")
def course() -> kw.Simulation:
    wanted = ["mind.cadss_mean", "mind.drug_high", "body.systolic", "mind.dissociation_volunteered"]
    times = [f"{7 * week * DAY + 40:g} min" for week in range(6)]
    people = kw.Cohort(100, seed=2)
    return kw.simulate("0.5 mg/kg iv over 40 min, weekly for 6 weeks", people, outputs=wanted, times=times)


def test_experience_weakens_over_six_infusions_and_pressure_does_not(course: kw.Simulation) -> None:
    score, high = (course.tables[name].mean(axis=0) for name in ("mind.cadss_mean", "mind.drug_high"))
    assert np.all(np.diff(score) < 0.0)
    assert score[-1] < 0.55 * score[0]
    said = course.tables["mind.dissociation_volunteered"].mean(axis=0)
    assert said[-1] < said[0]
    assert high[-1] == pytest.approx(high[0], rel=0.02)
    pressure = course.tables["body.systolic"].mean(axis=0)
    assert np.ptp(pressure) < 0.5  # mmHg [B0043]


def test_the_reference_level_is_that_of_the_typical_infusion() -> None:
    """``dissociation.reference_level`` must be computed anew when plasma, lag or the weight of R change."""
    made = kw.simulate(
        "0.5 mg/kg iv over 40 min", kw.Person(weight="70 kg"), outputs=["mind.cadss_mean"], times="40 min", band=False
    )
    assert float(made.tables["mind.cadss_mean"][0, -1]) == pytest.approx(P["dissociation.mean"], rel=0.005)


def test_the_response_site_keeps_anaesthesia_as_long_as_the_label_says() -> None:
    """``response_site.half_life`` was fitted to 7.5 min above the level of anaesthesia after 2 mg/kg [B0264, B0265]."""
    person = kw.Person(weight="70 kg", age=30)
    made = kw.simulate("2 mg/kg iv bolus", person, outputs=["mind.moaas"], times="0 to 15 min by 0.1 min", band=False)
    none = made.times[made.tables["mind.moaas"][0] == 0.0]
    assert none[0] <= 0.5
    assert none[-1] - none[0] == pytest.approx(7.5, abs=0.3)
