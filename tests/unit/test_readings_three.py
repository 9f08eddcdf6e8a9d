"""The three statistics of readings: what each is, that they differ as papers' do, and what is refused."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.readings import Readings, Summary, readings_of, take_readings

SENTENCE = "0.5 mg/kg iv over 40 min"
TIMES = "0,20,40,60 min"


@cache
def table() -> Readings:
    return take_readings(SENTENCE, kw.Cohort(200, 3), TIMES)


def row(kind: str, drug: bool = True) -> Summary:
    return next(r for r in table().rows if r.signal.startswith(f"body.cuff_{kind}") and r.drug is drug)


def test_every_reading_is_there_with_and_without_ketamine() -> None:
    assert [(r.signal.split(".")[1], r.drug) for r in table().rows] == [
        (f"cuff_{kind}", drug) for kind in ("systolic", "diastolic", "heart_rate") for drug in (True, False)
    ]
    assert table().times == (0.0, 20.0, 40.0, 60.0)


@pytest.mark.parametrize("drug", [True, False])
def test_the_three_statistics_are_ordered(drug: bool) -> None:
    for kind in ("systolic", "diastolic", "heart_rate"):
        one = row(kind, drug)
        assert one.at_time <= one.peak_of_mean + 1e-9 < one.own_peak


def test_own_peaks_rise_without_a_drug_and_the_mean_does_not() -> None:
    none = row("systolic", drug=False)
    assert abs(none.peak_of_mean) < 2.0
    assert none.own_peak > 4.0
    assert row("systolic").own_peak - none.own_peak < row("systolic").peak_of_mean


def test_the_numbers_are_those_of_the_samples() -> None:
    made = kw.simulate(SENTENCE, kw.Cohort(200, 3), outputs=["body.cuff_systolic"], times=TIMES)
    own = made.measured("body.cuff_systolic")
    change = own[:, 1:] - own[:, :1]
    one = row("systolic")
    assert one.at_time == pytest.approx(change[:, 1].mean())
    assert one.own_peak == pytest.approx(change.max(axis=1).mean())
    assert one.own_peak_sd == pytest.approx(change.max(axis=1).std(ddof=1))
    assert one.share == np.mean(change.max(axis=1) > 40.0)
    assert readings_of(made, 40.0).rows == (one,)


@pytest.mark.parametrize(
    ("who", "times", "at", "said"),
    [
        (kw.Cohort(1), TIMES, "40 min", "readings of 1 person"),
        (kw.Cohort(5), TIMES, "45 min", "45 min without a reading"),
        (kw.Cohort(5), TIMES, "0 min", "0 min without a reading"),
        (kw.Cohort(5), "0 min", "40 min", "40 min without a reading"),
    ],
)
def test_what_cannot_be_summarised_is_refused(who: kw.Cohort, times: str, at: str, said: str) -> None:
    with pytest.raises(kw.WrongUse, match=said):
        take_readings(SENTENCE, who, times, at)


def test_a_result_without_readings_before_the_dose_is_refused() -> None:
    made = kw.simulate(SENTENCE, kw.Cohort(5), outputs=["body.cuff_systolic"], times="20,40 min")
    with pytest.raises(kw.WrongUse, match="at 2 times"):
        readings_of(made, 40.0)


def test_the_command_prints_the_table_and_json(ketworks: Ketworks) -> None:
    arguments = ["readings", SENTENCE, "--people", "20", "--times", "20,40 min", "--quiet"]
    shown = ketworks(*arguments)
    assert shown.code == 0
    assert "mean of own peaks" in shown.out
    found = json.loads(ketworks(*arguments, "--json").out)
    assert len(found["rows"]) == 6
    assert found["times"] == [0.0, 20.0, 40.0]
