"""Laws of exposure metrics: proportional to dose, indifferent to units and splits, exact for exponentials."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ketworks as kw
from ketworks.exposure import exposure_of, nca
from ketworks.exposure.areas import METHODS, Curve, area, between, moment, time_above

SIGNAL = "plasma.ketamine.venous"
INSENSITIVE = ("tmax", "tlast", "mrt", "lambda_z", "half_life", "clearance", "vz", "vss")
PROPORTIONAL = ("cmax", "auc_last", "auc_inf", "aumc_inf")

levels = st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=12)
gaps = st.lists(st.floats(0.01, 100.0), min_size=12, max_size=12)
methods = st.sampled_from(METHODS)


def curve(found: list[float], steps: list[float], method: str) -> Curve:
    times = np.concatenate([[0.0], np.cumsum(steps[: len(found) - 1])])
    return Curve(times, np.asarray(found), method)


@given(levels, gaps, methods, st.floats(0.0, 1.0))
def test_an_area_is_the_sum_of_its_parts(found: list[float], steps: list[float], method: str, share: float) -> None:
    whole = curve(found, steps, method)
    end = float(whole.times[-1])
    parts = area(between(whole, 0.0, share * end)) + area(between(whole, share * end, end))
    assert parts == pytest.approx(area(whole), rel=1e-9)


@given(levels, gaps, methods, st.floats(0.01, 100.0), st.floats(0.0, 1e4))
def test_scale_and_shift(found: list[float], steps: list[float], method: str, scale: float, shift: float) -> None:
    whole = curve(found, steps, method)
    scaled = whole._replace(levels=scale * whole.levels)
    shifted = whole._replace(times=whole.times + shift)
    assert area(scaled) == pytest.approx(scale * area(whole), rel=1e-9)
    assert area(shifted) == pytest.approx(area(whole), rel=1e-6)
    assert moment(shifted) == pytest.approx(moment(whole) + shift * area(whole), rel=1e-6)


@given(levels, gaps, methods, st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_time_above_falls_with_the_level(
    found: list[float], steps: list[float], method: str, first: float, second: float
) -> None:
    whole = curve(found, steps, method)
    low, high = sorted((first, second))
    rounding = 1e-9 * whole.times[-1]
    assert 0.0 <= time_above(whole, high) <= time_above(whole, low) + rounding <= whole.times[-1] + 2.0 * rounding


@given(levels, gaps)
def test_the_log_rule_never_exceeds_the_trapezoid(found: list[float], steps: list[float]) -> None:
    whole = curve(found, steps, METHODS[0])
    assert area(whole) <= area(whole._replace(method=METHODS[1])) * (1.0 + 1e-12)


@given(st.floats(0.2, 5.0), st.sampled_from(["min", "h", "d"]))
def test_metrics_of_measured_levels_scale_with_dose_and_keep_their_worth_in_any_unit(scale: float, unit: str) -> None:
    times = np.array([0.0, 10.0, 30.0, 60.0, 120.0, 240.0])
    shape = np.array([0.0, 40.0, 90.0, 60.0, 25.0, 5.0])
    base = nca(times, shape, "ng/mL", "10 mg", "iv", "30 min")
    more = nca(times, scale * shape, "ng/mL", f"{10.0 * scale!r} mg", "iv", "30 min", time_unit=unit)
    in_hours = {"min": 1.0 / 60.0, "h": 1.0, "d": 24.0}[unit]
    for name in INSENSITIVE:
        power = {"tmax": 1, "tlast": 1, "mrt": 1, "half_life": 1, "lambda_z": -1, "clearance": -1}.get(name, 0)
        assert more[name].value * in_hours**power == pytest.approx(base[name].value, rel=1e-9), name
    for name in PROPORTIONAL:
        power = {"auc_last": 1, "auc_inf": 1, "aumc_inf": 2}.get(name, 0)
        assert more[name].value * in_hours**power == pytest.approx(scale * base[name].value, rel=1e-9), name


def test_a_simulation_is_linear_in_dose_and_blind_to_company() -> None:
    one, two = (
        exposure_of(kw.simulate(f"{dose} mg/kg iv over 40 min", kw.Cohort(3), outputs=[SIGNAL])) for dose in (0.25, 1.0)
    )
    for person in ("1", "2", "3"):
        for name in INSENSITIVE:
            assert two.value(SIGNAL, name, person) == pytest.approx(one.value(SIGNAL, name, person), rel=1e-6), name
        for name in PROPORTIONAL:
            assert two.value(SIGNAL, name, person) == pytest.approx(4.0 * one.value(SIGNAL, name, person), rel=1e-9)
    more = exposure_of(kw.simulate("0.25 mg/kg iv over 40 min", kw.Cohort(5), outputs=[SIGNAL]))
    assert [more.value(SIGNAL, "auc_inf", p) for p in "123"] == [one.value(SIGNAL, "auc_inf", p) for p in "123"]


def test_a_later_dose_moves_the_times_and_nothing_else() -> None:
    """The same session a day later, after one so small that it does not count."""
    alone = exposure_of(kw.simulate("20 mg iv over 40 min", outputs=[SIGNAL], band=False))
    twice = exposure_of(
        kw.simulate("20 mg iv over 40 min, every 14 d x 2", outputs=[SIGNAL], band=False), window="336 to 360 h"
    )
    first = exposure_of(kw.simulate("20 mg iv over 40 min", outputs=[SIGNAL], band=False), window="0 to 24 h")
    for name in ("interval_auc", "interval_cmax", "interval_trough"):
        assert twice.value(SIGNAL, name) == pytest.approx(first.value(SIGNAL, name), rel=1e-6), name
    assert twice.value(SIGNAL, "auc_inf") == pytest.approx(2.0 * alone.value(SIGNAL, "auc_inf"), rel=1e-6)
    assert twice.value(SIGNAL, "clearance") == pytest.approx(alone.value(SIGNAL, "clearance"), rel=1e-6)
    assert twice.value(SIGNAL, "mrt") == pytest.approx(alone.value(SIGNAL, "mrt"), rel=1e-5)
    assert twice.value(SIGNAL, "accumulation_auc") == pytest.approx(1.0, rel=1e-6)
