"""Noncompartmental analysis of plain arrays: one compartment is known in closed form; what cannot be said says why."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import ketworks as kw
from ketworks.exposure import nca
from ketworks.exposure.level import LEVELS, factor, litres_per_mg, to_level
from ketworks.exposure.metric import METRICS, metric
from ketworks.exposure.spans import window_of
from ketworks.quantity import registry

DOSE, CL, V = 100.0, 0.5, 20.0  # mg, L/min, L
K = CL / V
T = np.array([0.0, 5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0])


def infused(t: np.ndarray, over: float) -> np.ndarray:
    """mg/L."""
    running = DOSE / over / CL * (1.0 - np.exp(-K * np.minimum(t, over)))
    return np.asarray(running * np.exp(-K * np.maximum(t - over, 0.0)))


def test_one_compartment_after_a_push() -> None:
    found = nca(T, DOSE / V * np.exp(-K * T), "mg/L", "100 mg", "iv", time_unit="min")
    expected = {
        "cmax": DOSE / V,
        "tmax": 0.0,
        "auc_last": DOSE / CL * (1.0 - math.exp(-K * 240.0)),
        "auc_inf": DOSE / CL,
        "auc_extrapolated": 100.0 * math.exp(-K * 240.0),
        "mrt": V / CL,
        "half_life": math.log(2.0) / K,
        "clearance": CL,
        "vz": V,
        "vss": V,
    }
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value, rel=1e-12, abs=1e-12), name
    units = {name: found[name].unit for name in ("auc_inf", "aumc_inf", "clearance", "vss", "lambda_z", "tmax")}
    assert list(units.values()) == ["mg/L*min", "mg/L*min**2", "L/min", "L", "1/min", "min"]


def test_an_infusion_takes_its_own_time_off_the_residence_time() -> None:
    t = np.concatenate([np.linspace(0.0, 40.0, 81), np.arange(45.0, 300.0, 5.0)])
    found = nca(t, 1000.0 * infused(t, 40.0), "ng/mL", "100 mg", "iv", "40 min", time_unit="min")
    assert found["tmax"].value == 40.0
    assert found["clearance"].value == pytest.approx(CL, rel=1e-4)
    assert found["mrt"].value == pytest.approx(V / CL, rel=1e-3)
    assert found["vss"].value == pytest.approx(V, rel=1e-3)


def test_absorption_gives_over_f_and_no_vss() -> None:
    ka, t = 0.1, np.concatenate([np.linspace(0.0, 60.0, 121), np.arange(65.0, 500.0, 5.0)])
    level = DOSE * ka / V / (ka - K) * (np.exp(-K * t) - np.exp(-ka * t))
    found = nca(t, level, "mg/L", "100 mg", "oral", time_unit="min")
    assert found["clearance_over_f"].value == pytest.approx(CL, rel=1e-3)
    assert found["mrt"].value == pytest.approx(V / CL + 1.0 / ka, rel=1e-3)
    assert found["vss"].value is None
    assert "clearance" not in found.metrics
    assert found["tmax"].value == pytest.approx(math.log(ka / K) / (ka - K), abs=0.5)


def test_a_push_without_a_level_at_0_is_extrapolated_back() -> None:
    found = nca(T[1:], DOSE / V * np.exp(-K * T[1:]), "mg/L", "100 mg", "iv")
    assert found["auc_inf"].value == pytest.approx(DOSE / CL / 60.0, rel=1e-12)
    assert found["cmax"].value == pytest.approx(DOSE / V)
    assert "exponential" in found.notes[0]
    oral = nca(T[1:], DOSE / V * np.exp(-K * T[1:]), "mg/L", None, "oral")
    assert oral.notes == ("the level at 0 was set to 0",)
    none = nca(T[1:], DOSE / V * np.exp(-K * T[1:]), "mg/L")
    assert "state the route" in none.notes[0]
    assert none["auc_last"].value < oral["auc_last"].value < found["auc_last"].value
    assert none["mrt"].why == "no route was stated"
    assert none["clearance_over_f"].why == "no dose was stated"


def test_a_window_an_interval_and_a_level() -> None:
    found = nca(T, DOSE / V * np.exp(-K * T), "mg/L", window="60 to 120 min", above="2.5 mg/L", time_unit="min")
    whole = DOSE / V / K * (math.exp(-60.0 * K) - math.exp(-120.0 * K))
    assert found["interval_auc"].value == pytest.approx(whole)
    assert found["interval_cavg"].value == pytest.approx(whole / 60.0)
    high, low = DOSE / V * math.exp(-60.0 * K), DOSE / V * math.exp(-120.0 * K)
    assert found["fluctuation"].value == pytest.approx(100.0 * (high - low) / (whole / 60.0))
    assert found["interval_trough"].value == pytest.approx(low)
    assert found["time_above"].value == 0.0, "within the window"
    assert nca(T, DOSE / V * np.exp(-K * T), "mg/L", above="2500 ng/mL", time_unit="min")[
        "time_above"
    ].value == pytest.approx(math.log(2.0) / K)


def test_what_lies_below_the_limit_ends_the_curve_and_is_missing_within_it() -> None:
    level = DOSE / V * np.exp(-K * T)
    cut = nca(T, level, "mg/L", "100 mg", "iv", quantifiable="0.2 mg/L")
    assert cut["tlast"].value == 2.0
    assert cut["auc_inf"].value == pytest.approx(DOSE / CL / 60.0, rel=1e-12)
    beyond = nca(T, level, "mg/L", quantifiable="0.2 mg/L", window="0 to 4 h")
    assert beyond["interval_auc"].value == pytest.approx(DOSE / CL / 60.0 * (1 - math.exp(-K * 240.0)))
    holed = level.copy()
    holed[3] = 0.0
    assert nca(T, holed, "mg/L")["auc_inf"].value == pytest.approx(DOSE / CL / 60.0, rel=1e-12)


REASONS = [
    ([0.0, 1.0, 2.0], [0.0, 5.0, 4.0], "auc_inf", "fewer than three points after the peak"),
    ([0.0, 1.0, 2.0], [0.0, 5.0, 4.0], "fluctuation", "one session and no window: no interval to look at"),
    ([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], "cmax", "no level above 0"),
    ([0.0, 1.0, 2.0, 3.0, 4.0], [9.0, 1.0, 2.0, 3.0, 4.0], "half_life", "the curve does not fall at its end"),
    ([3.0], [9.0], "auc_inf", "fewer than three points after the peak"),
]


@pytest.mark.parametrize(("times", "levels", "name", "why"), REASONS)
def test_what_cannot_be_said_says_why(times: list[float], levels: list[float], name: str, why: str) -> None:
    found = nca(times, levels, "ng/mL")
    assert found[name].value is None
    assert found[name].why == why
    assert f"cannot say: {why}" in str(found)
    json.dumps(found.as_dict(), allow_nan=False)
    assert all((one.value is None) == bool(one.why) for one in found.metrics.values())


def test_a_window_beyond_the_times_or_a_level_never_left_is_no_number() -> None:
    found = nca(T, 1.0 + 0.0 * T + T / 1000.0, "mg/L", window="0 to 5 h")
    assert found["interval_auc"].why == "the interval reaches beyond the times"
    above = nca(T, DOSE / V * np.exp(-K * T), "mg/L", above="0.001 mg/L")
    assert above["time_above"].why == "still above at the last level that counts"


def test_much_extrapolation_is_said() -> None:
    found = nca(T[:6], DOSE / V * np.exp(-K * T[:6] / 10.0), "mg/L")
    assert found.notes == ("more than 20 % of the area to infinity lies beyond the last level",)
    assert nca(T, DOSE / V * np.exp(-K * T), "mg/L").notes == ()


WRONG = [
    ({"times_min": [0, 1], "levels": [1.0], "unit": "ng/mL"}, "2,"),
    ({"times_min": [], "levels": [], "unit": "ng/mL"}, "at least one"),
    ({"times_min": [0, 2, 1], "levels": [1, 1, 1], "unit": "ng/mL"}, "times 2 and 1 min"),
    ({"times_min": [0, 1, 1], "levels": [1, 1, 1], "unit": "ng/mL"}, "each once"),
    ({"times_min": [0, 1], "levels": [1, math.nan], "unit": "ng/mL"}, "level 2 is nan"),
    ({"times_min": [-1, 1], "levels": [1, 1], "unit": "ng/mL"}, "time 1 is -1"),
    ({"times_min": [0, 1], "levels": [1, -1], "unit": "ng/mL"}, "level 2 is -1"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng"}, "unit of level 'ng'"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "windw": "0 to 1 h"}, "nearest: window"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "35"}, "dose '35'"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "mg"}, "dose 'mg'"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "3 mg + 1 mg"}, "a mass"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "3 mL"}, "a mass"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "-35 mg"}, "above 0"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "dose": "35 mg", "route": "orl"}, "nearest: oral"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "over": "40"}, "no unit"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "method": "log"}, "unknown method"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "points": "bets"}, "points 'bets'"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "window": "24 to 0 h"}, "later than"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "window": "24 h"}, "from, to and a unit"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "above": "100"}, "such as '100 ng/mL'"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "above": "1 umol/L"}, "converts to ng/mL"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "above": "-1 ng/mL"}, "0 or more"),
    ({"times_min": [0, 1], "levels": [1, 1], "unit": "ng/mL", "time_unit": "s"}, "unknown unit of time"),
]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[words for _, words in WRONG])
def test_wrong_use_shows_the_fix(given: dict[str, object], words: str) -> None:
    with pytest.raises(kw.WrongUse) as caught:
        nca(**given)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_molar_levels_give_no_clearance_from_milligrams() -> None:
    found = nca(T, np.exp(-K * T), "umol/L", "100 mg", "iv")
    assert found["clearance"].value is None
    assert "state the levels as mass in a volume" in found["clearance"].why


@pytest.mark.parametrize("unit", LEVELS)
@pytest.mark.parametrize("wanted", LEVELS)
def test_levels_convert_as_pint_says(unit: str, wanted: str) -> None:
    units = registry()
    mass = units.Quantity(237.73, "g/mol")
    quantity = units.Quantity(1.0, unit)
    if not quantity.is_compatible_with(wanted):
        quantity = quantity * mass if quantity.is_compatible_with("umol/L") else quantity / mass
    assert factor(unit, wanted, 237.73, "level") == pytest.approx(quantity.to(wanted).magnitude, rel=1e-12)


def test_the_unit_of_a_metric_parses_and_its_value_goes_with_it() -> None:
    units = registry()
    for name in METRICS:
        one, other = (metric(name, 7.0, "ng/mL", unit) for unit in ("min", "d"))
        if one.unit == "%":
            continue
        assert units.Quantity(other.value, other.unit).to(one.unit).magnitude == pytest.approx(7.0), name


def test_litres_per_mg() -> None:
    assert litres_per_mg("ng/mL") == pytest.approx(registry().Quantity("1 mg / (1 ng/mL)").to("L").magnitude)
    assert litres_per_mg("mg/L") == pytest.approx(1.0)


def test_words_at_the_edges() -> None:
    assert to_level("0.5 umol/L", "ng/mL", 200.0, "level") == pytest.approx(100.0)
    assert window_of("30 min to 2 h") == (30.0, 120.0)
    assert window_of("0.5 to 2h") == (30.0, 120.0)
    assert window_of(None) is None
