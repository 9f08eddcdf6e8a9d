"""Organs: rest without drug, each published relation at its point, other drugs, thresholds, directions."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ketworks as kw
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.organs.side_effects import with_gain
from ketworks.organs.stage import FromArterialLevel

jax.config.update("jax_enable_x64", True)

NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in FromArterialLevel.parameters().items()}
TIMES = np.linspace(0.0, 1440.0, 1441)
RAISED = 7.0 + 1.49 * 9.8  # L/min at 49.8 mmHg without drug
RUN = jax.jit(lambda around, inputs: FromArterialLevel().run(around, inputs))
LEVELS = ("plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial")
NEUTRAL = {"comedication.opioid_level": 0.0, "comedication.nausea_gain": 1.0, "comedication.secretion_gain": 1.0}


def organs(
    s: np.ndarray | float,
    r: np.ndarray | float = 0.0,
    other: dict[str, float] | None = None,
    p: dict[str, float] | None = None,
    times: np.ndarray = TIMES,
) -> dict[str, np.ndarray]:
    given = dict(zip(LEVELS, (s, r), strict=True)) | NEUTRAL | (other or {})
    inputs = {name: jnp.asarray(np.broadcast_to(np.asarray(x, float), (1, len(times)))) for name, x in given.items()}
    around = Surroundings(jnp.asarray(times), NO_DOSE, {}, {}, P | (p or {}))
    made = RUN(around, inputs)
    return {name.removeprefix("organs."): np.asarray(x).squeeze() for name, x in made.items()}


def test_every_promised_output_is_made_and_nothing_else() -> None:
    made = RUN(
        Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, {}, P),
        {n.name: jnp.ones((2, len(TIMES))) for n in FromArterialLevel.needs},
    )
    names = {name for name in made if not name.startswith("error.")}
    assert names == {signal.name for signal in FromArterialLevel.outputs}
    assert all(made[name].shape == (2, len(TIMES)) for name in names)


def test_without_drug_everything_is_at_rest() -> None:
    made = organs(0.0)
    for signal in FromArterialLevel.outputs:
        if signal.baseline is not None:
            assert np.all(made[signal.name.removeprefix("organs.")] == signal.baseline)
    assert made["ventilation"] == pytest.approx(7.0)
    assert made["carbon_dioxide"] == pytest.approx(40.0)
    assert made["ventilation_raised_co2"] == pytest.approx(RAISED)


def test_a_steady_level_stimulates_at_a_held_carbon_dioxide_and_hardly_in_free_breathing() -> None:
    made = organs(200.0)
    rise = made["ventilation_raised_co2"][-1] - made["ventilation_raised_co2"][0]
    assert rise == pytest.approx(4.91 * 200 / 300 / (1 + (200 / 440) ** 4), rel=1e-6)
    assert 0.0 < made["ventilation"][-1] - 7.0 < 0.15 * rise
    assert made["carbon_dioxide"][-1] < 40.0


def test_each_doubling_of_a_high_level_takes_the_published_ventilation() -> None:
    one, two = (organs(level)["ventilation_raised_co2"][-1] for level in (6000.0, 12_000.0))
    assert two - one == pytest.approx(-1.6, abs=0.01)


def test_a_bolus_depresses_for_minutes_and_an_infusion_of_the_same_does_not() -> None:
    bolus = organs(3000.0 * np.exp(-TIMES / 5.0))
    assert bolus["ventilation_raised_co2"][1:5].min() < RAISED - 2.0
    assert bolus["ventilation"].min() < 6.0
    assert bolus["carbon_dioxide"].max() > 41.0
    assert bolus["ventilation"][60] == pytest.approx(7.0, abs=0.3)
    slow = organs(150.0 * np.exp(-TIMES / 100.0))
    assert slow["ventilation_raised_co2"].min() >= RAISED - 1e-9


def test_free_breathing_settles_where_what_is_produced_is_breathed_out() -> None:
    for level, opioid in ((0.0, 0.0), (150.0, 0.0), (5000.0, 0.0), (150.0, 3.0)):
        made = organs(level, other={"comedication.opioid_level": opioid})
        assert made["ventilation"][-1] * made["carbon_dioxide"][-1] == pytest.approx(280.0, rel=1e-3)


def test_s_ketamine_halves_the_opioids_potency_at_the_published_level() -> None:
    def slope(s: float, opioid: float) -> float:
        return float(organs(s, other={"comedication.opioid_level": opioid})["co2_slope"][-1])

    assert slope(0.0, 1.0) == pytest.approx(0.745)  # half of the slope at the opioid's C50
    assert slope(127.0, 2.0) == pytest.approx(slope(0.0, 1.0))
    assert slope(127.0, 1.0) > slope(0.0, 1.0)
    assert slope(127.0, 0.0) == slope(0.0, 0.0) == 1.49  # S-ketamine alone does not turn the line


def test_an_opioid_retains_carbon_dioxide_and_s_ketamine_opposes_it() -> None:
    alone = organs(0.0, other={"comedication.opioid_level": 3.0})["carbon_dioxide"][-1]
    both = organs(150.0, other={"comedication.opioid_level": 3.0})["carbon_dioxide"][-1]
    assert alone > 45.0
    assert 40.0 < both < alone


def test_production_of_cortisol_doubles_at_the_published_level() -> None:
    made = organs(165.0)
    assert made["cortisol_rise"][-1] == pytest.approx(2.0, rel=1e-3)
    assert organs(1e5)["cortisol_rise"][-1] == pytest.approx(5.0, rel=1e-3)  # and has a largest


def test_reports_rise_with_exposure_and_keep_after_the_drug_has_gone() -> None:
    course = np.where(TIMES < 120.0, 100.0, 0.0)
    made = organs(course)
    for name in ("nausea", "vomiting", "blurred_vision", "diplopia"):
        assert np.all(np.diff(made[name]) >= -1e-15)
        assert made[name][-1] == pytest.approx(made[name][200])
        assert 0.0 < made[name][-1] < 1.0
    assert made["vomiting"][-1] < made["nausea"][-1]
    # the written equation at this exposure, 100 ng/mL for two hours
    h, m, one = P["reports.nausea"], P["reports.alikeness"], P["reports.dose_exposure"]
    expected = 1.0 - (1.0 + h * np.trapezoid(course, TIMES) / (one * m)) ** -m
    assert made["nausea"][-1] == pytest.approx(expected, rel=1e-9)


def test_another_drug_changes_the_odds_of_nausea_and_not_of_blurred_vision() -> None:
    plain, less = organs(100.0), organs(100.0, other={"comedication.nausea_gain": 0.5})
    odds = [x["nausea"][-1] / (1.0 - x["nausea"][-1]) for x in (plain, less)]
    assert odds[1] == pytest.approx(0.5 * odds[0])
    assert less["vomiting"][-1] < plain["vomiting"][-1]
    assert less["blurred_vision"][-1] == plain["blurred_vision"][-1]
    assert float(with_gain(jnp.asarray(0.2), jnp.asarray(1.0))) == pytest.approx(0.2)


def test_clinic_exposure_leaves_bladder_and_liver_alone_and_heavy_use_does_not() -> None:
    days = np.linspace(0.0, 60.0 * 1440.0, 4001)
    clinic, heavy = organs(3.0, 0.0, times=days), organs(60.0, 60.0, times=days)  # means of a month, ng/mL
    assert clinic["recent_exposure"].max() > 1500.0  # as dense as any clinic course
    assert clinic["bladder_hazard"].max() == 0.0
    assert clinic["liver_injury"].max() < 1e-3
    assert heavy["bladder_hazard"][-1] > 2.5
    assert heavy["liver_injury"][-1] > 0.9


def test_recent_exposure_fades_within_months() -> None:
    days = np.linspace(0.0, 120.0 * 1440.0, 8001)
    made = organs(np.where(days < 1440.0, 50.0, 0.0), times=days)["recent_exposure"]
    assert made.max() == pytest.approx(50.0 * 24.0, rel=0.03)
    assert made[-1] / made.max() == pytest.approx(np.exp(-119.0 / 30.0), rel=0.02)


@pytest.mark.parametrize(
    ("name", "level", "shown"),
    [
        ("secretions", 900.0, 1.0),
        ("secretions", 300.0, 0.0),
        ("pursuit_gain", 110.0, -1.0),
        ("pursuit_gain", 90.0, 0.0),
        ("saccade_frequency", 110.0, 1.0),
        ("intraocular_pressure", 900.0, 0.0),
        ("interleukin_6_hours", 50.0, 1.0),
        ("interferon_gamma_hours", 50.0, -1.0),
    ],
)
def test_directions_are_signs_from_their_level_on(name: str, level: float, shown: float) -> None:
    assert organs(0.5 * level, 0.5 * level)[name][-1] == shown


def test_an_interval_that_left_zero_would_be_shown() -> None:
    assert organs(10.0, p={"eye_pressure.low": 0.1})["intraocular_pressure"][-1] == 1.0
    assert organs(10.0, p={"eye_pressure.high": -0.1})["intraocular_pressure"][-1] == -1.0
    assert organs(0.0, p={"eye_pressure.low": 0.1})["intraocular_pressure"][-1] == 0.0


def test_a_drying_drug_takes_the_secretions() -> None:
    assert organs(900.0, other={"comedication.secretion_gain": 0.0})["secretions"][-1] == 0.0


def test_cytokines_of_days_wait_until_those_of_hours_are_over() -> None:
    days = np.linspace(0.0, 10.0 * 1440.0, 6001)
    made = organs(np.where(days < 2880.0, 20.0, 0.0), np.where(days < 2880.0, 20.0, 0.0), times=days)
    at = {day: int(np.searchsorted(days, day * 1440.0)) for day in (1.9, 5.0)}
    assert (made["interleukin_6_hours"][at[1.9]], made["cytokines_days"][at[1.9]]) == (1.0, 0.0)
    assert (made["interleukin_6_hours"][at[5.0]], made["cytokines_days"][at[5.0]]) == (0.0, -1.0)


def test_nothing_shown_for_pure_r_says_that_it_is_no_prediction() -> None:
    asked = ["organs.nausea", "body.systolic"]
    words = "that they show nothing is no prediction"
    said = {
        drug: " ".join(kw.simulate(f"{drug} 0.5 mg/kg iv over 40 min", outputs=asked, times="0,40 min").notes)
        for drug in ("arketamine", "ketamine")
    }
    assert words in said["arketamine"]
    assert words not in said["ketamine"]
    pressure = kw.simulate("arketamine 0.5 mg/kg iv over 40 min", outputs=asked[1:], times="0,40 min")
    assert words not in " ".join(pressure.notes)
