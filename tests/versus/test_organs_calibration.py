"""The fitted constants of the organs, computed anew from the levels of this model and the published points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import ketworks as kw
from ketworks.organs.stage import FromArterialLevel

ROWS = {key: row.value for key, row in FromArterialLevel.parameters().items()}
DEPRESSED = kw.Person(weight="75 kg", age=45)
VOLUNTEER = kw.Person(weight="70 kg", age=30, sex="male")
STEPS = "esketamine 0.14 mg/kg/h iv for 60 min then 0.28 mg/kg/h for 60 min then 0.57 mg/kg/h for 60 min"


def last_exposure(sentence: str) -> float:
    """ng/mL*h of S-ketamine, by trapezes on the model's own grid."""
    simulation = kw.simulate(sentence, DEPRESSED, outputs=["plasma.s_ketamine.arterial"], band=False)
    return float(np.trapezoid(simulation.people_table("plasma.s_ketamine.arterial")[0], simulation.times) / 60.0)


def test_exposure_of_the_nasal_dose() -> None:
    assert last_exposure("esketamine 84 mg nasal") == pytest.approx(ROWS["reports.dose_exposure"], rel=2e-3)


def test_reports_of_one_week_and_of_four() -> None:
    placebo = 31 / 225
    four_weeks = 1.0 - (1.0 - 61 / 227) / (1.0 - placebo)
    first_week = 1.0 - (1.0 - 0.140) / (1.0 - placebo) ** 0.25
    doses = 1.0 + 56.0 / 84.0 * 1.055  # exposure of 56 mg is a little more than two thirds of that of 84 mg

    def hazard(m: float, excess: float, exposure: float) -> float:
        return float(((1.0 - excess) ** (-1.0 / m) - 1.0) * m / exposure)

    m = brentq(lambda m: hazard(m, first_week, doses) - hazard(m, four_weeks, 8.0), 0.01, 10.0)
    assert m == pytest.approx(ROWS["reports.alikeness"], rel=0.01)
    assert hazard(m, four_weeks, 8.0) == pytest.approx(ROWS["reports.nausea"], rel=0.02)
    m = ROWS["reports.alikeness"]
    for name, drug, without in (
        ("vomiting", 26 / 227, 12 / 225),
        ("blurred_vision", 27 / 227, 11 / 225),
        ("diplopia", 6 / 114, 0.0),
    ):
        excess = 1.0 - (1.0 - drug) / (1.0 - without)
        assert hazard(m, excess, 8.0) == pytest.approx(ROWS[f"reports.{name}"], rel=0.01)


def test_stimulation_of_three_hours() -> None:
    found = kw.simulate(
        STEPS, VOLUNTEER, outputs=["organs.ventilation_raised_co2"], times=["0 min", "180 min"], band=False
    )
    rest, end = found.people_table("organs.ventilation_raised_co2")[0]
    assert end - rest == pytest.approx(3.1, abs=0.01)


def test_liver_of_the_second_infusion() -> None:
    sentence = "esketamine 1500 mg iv over 100 h every 484 h for 2 doses"
    found = kw.simulate(sentence, VOLUNTEER, outputs=["organs.recent_exposure"], band=False)
    assert found.people_table("organs.recent_exposure").max() == pytest.approx(ROWS["liver.half"], rel=2e-3)
