"""Exposure of a simulation: which metrics, of whom, at which site, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import ketworks as kw
from ketworks.exposure import exposure_of
from ketworks.exposure.areas import Curve
from ketworks.exposure.dosing import Dosing, dosing_of
from ketworks.exposure.exposures import COLUMNS, Exposure
from ketworks.exposure.noncompartmental import Question, answer
from ketworks.exposure.summary import summary_of

ARTERIAL, VENOUS = "plasma.ketamine.arterial", "plasma.ketamine.venous"
NOR = "plasma.norketamine.arterial"


@pytest.fixture(scope="module")
def one() -> Exposure:
    return exposure_of(kw.simulate("0.5 mg/kg iv over 40 min", outputs=[ARTERIAL, VENOUS, NOR]), above="100 ng/mL")


@pytest.fixture(scope="module")
def many() -> Exposure:
    found = kw.simulate("0.5 mg/kg iv over 40 min every 12 h for 2 d", kw.Cohort(6), outputs=[ARTERIAL])
    return exposure_of(found)


def test_every_metric_has_a_value_or_a_reason(one: Exposure) -> None:
    assert {len(one.of(signal, name)) for signal, name in one.summaries} == {128}
    assert {"clearance", "time_above", "accumulation_auc"} <= {row.metric.name for row in one.rows}
    assert all((row.metric.value is None) == bool(row.metric.why) for row in one.rows)
    assert all(row.metric.value is None or math.isfinite(row.metric.value) for row in one.rows)


def test_the_table_the_summary_and_the_files_agree(one: Exposure, tmp_path: Path) -> None:
    table = one.table
    assert tuple(table.columns) == COLUMNS
    assert set(table.site) == {"arterial", "venous"}
    assert (table.value.isna() == (table.why != "")).all()
    text = one.to_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(table)
    assert float(rows[0]["value"]) == table.value[0] == one.value(ARTERIAL, "cmax")
    people = [float(row["value"]) for row in rows if row["signal"] == VENOUS and row["metric"] == "auc_inf"]
    summary = one.summary.set_index(["signal", "metric"]).loc[(VENOUS, "auc_inf")]
    assert summary.n == 127, "the typical person is no member of the sample"
    assert summary["mean"] == pytest.approx(np.mean(people[1:]))
    assert summary.geometric_mean == pytest.approx(np.exp(np.mean(np.log(people[1:]))))
    found = json.loads(json.dumps(one.as_dict(), allow_nan=False))
    assert found["signals"][VENOUS]["metrics"]["auc_inf"]["people"]["typical"] == people[0]
    assert found["signals"][VENOUS]["site"] == "venous"
    assert found["signals"][VENOUS]["grade"] == "E"
    assert set(found["signals"][VENOUS]["metrics"]["accumulation_auc"]["why"].values()) == {"one session only"}


def test_the_words_name_site_grade_and_what_cannot_be_said(one: Exposure) -> None:
    text = str(one)
    assert "plasma.ketamine.venous (venous, grade E)" in text
    assert "cannot say clearance, vz, vss: norketamine was made by the body" in text
    assert "nan" not in text.lower()


def test_sites_are_never_mixed(one: Exposure) -> None:
    assert one.value(NOR, "ratio_mass") == pytest.approx(one.value(NOR, "auc_inf") / one.value(ARTERIAL, "auc_inf"))
    both = one.ratio(NOR, ARTERIAL)
    assert both["typical"] == pytest.approx(one.value(NOR, "ratio_mass"))
    molar = one.ratio(NOR, ARTERIAL, molar=True)
    assert molar["typical"] == pytest.approx(one.value(NOR, "ratio_molar"))
    assert molar["typical"] / both["typical"] == pytest.approx(237.73 / 223.70, rel=1e-4)
    with pytest.raises(kw.WrongUse) as caught:
        one.ratio(NOR, VENOUS)
    assert "two signals of one site" in str(caught.value)
    alone = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[NOR, VENOUS], band=False)
    assert "another site" in exposure_of(alone).of(NOR, "ratio_mass")["typical"].why


def test_sessions_accumulate(many: Exposure) -> None:
    people = many.of(ARTERIAL, "accumulation_auc")
    assert list(people) == ["1", "2", "3", "4", "5", "6"]
    for name in ("accumulation_auc", "accumulation_peak"):
        assert all(1.0 < found.value < 1.2 for found in many.of(ARTERIAL, name).values() if found.value)
    interval = many.of(ARTERIAL, "interval_auc")
    mean = many.of(ARTERIAL, "interval_cavg")
    assert all(mean[who].value == pytest.approx(interval[who].value / 12.0) for who in people)
    assert many.typical == ""


def test_different_sessions_have_no_accumulation_ratio() -> None:
    plan = "0.5 mg/kg iv over 40 min at 0 h; 1 mg/kg iv over 40 min at 12 h"
    found = exposure_of(kw.simulate(plan, outputs=[ARTERIAL], band=False))
    assert found.of(ARTERIAL, "accumulation_auc")["typical"].why == "the first and the last session differ in dose"
    assert found.value(ARTERIAL, "clearance") == pytest.approx(
        exposure_of(kw.simulate("1 mg/kg iv over 40 min", outputs=[ARTERIAL], band=False)).value(ARTERIAL, "clearance"),
        rel=1e-3,
    )


def test_asked_times_are_samples() -> None:
    found = kw.simulate(
        "0.5 mg/kg iv over 40 min", outputs=[ARTERIAL], times="0,20,40,60,90,120,240,480 min", band=False
    )
    few = exposure_of(found, time_unit="min")
    assert few.value(ARTERIAL, "tlast") == 480.0
    assert few.value(ARTERIAL, "lambda_z_points") >= 3.0
    assert 0.5 < few.value(ARTERIAL, "auc_extrapolated") < 40.0
    early = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[ARTERIAL], times="0,10,20,30 min", band=False)
    assert exposure_of(early).of(ARTERIAL, "auc_inf")["typical"].why == "the times end before the last dose does"


def test_a_limit_of_quantification_ends_the_curve() -> None:
    found = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[ARTERIAL], band=False)
    whole, cut = exposure_of(found), exposure_of(found, quantifiable="5 ng/mL")
    assert cut.value(ARTERIAL, "tlast") < 12.0 < whole.value(ARTERIAL, "tlast")
    assert cut.value(ARTERIAL, "clast") >= 5.0
    assert cut.value(ARTERIAL, "half_life") < whole.value(ARTERIAL, "half_life"), "the lore of short sampling"


def test_esketamine_has_no_r_ketamine() -> None:
    found = exposure_of(
        kw.simulate("esketamine 10 mg iv over 40 min", outputs=["plasma.r_ketamine.arterial"], band=False)
    )
    assert {row.metric.why for row in found.rows} == {"no level above 0"}


@pytest.mark.parametrize(
    ("signals", "words"),
    [
        (["body.systolic"], "is no concentration"),
        (["plasma.ketamine.venus"], "nearest: plasma.ketamine.venous"),
        ([], "no level to analyse"),
        ("plasma.ketamine.venous", "a list of signal names"),
    ],
)
def test_signals_that_cannot_be_analysed(signals: list[str], words: str) -> None:
    found = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[VENOUS, "body.systolic"], times="0,40 min", band=False)
    with pytest.raises(kw.WrongUse) as caught:
        exposure_of(found, signals)
    assert words in str(caught.value)


def test_unknown_names_are_answered_with_the_nearest(one: Exposure) -> None:
    for call, words in (
        (lambda: one.value(ARTERIAL, "auc_ing"), "nearest: auc_in"),
        (lambda: one.of("plasma.ketamine.arteriel", "cmax"), "nearest: plasma.ketamine.arterial"),
        (lambda: one.value(ARTERIAL, "cmax", "999"), "unknown person"),
    ):
        with pytest.raises(kw.WrongUse) as caught:
            call()
        assert words in str(caught.value)


def test_levels_below_zero_are_no_concentrations() -> None:
    curve = Curve(np.arange(4.0), np.array([0.0, 5.0, 2.0, -1.0]))
    found = answer(curve, Dosing(), Question()).found
    assert set(found.values()) == {"levels below 0 are no concentrations"}
    rounding = Curve(np.arange(4.0), np.array([-1e-12, 5.0, 2.0, 1.0]))
    assert answer(rounding, Dosing(), Question()).found["cmax"] == 5.0


def test_the_dose_counts_what_the_signal_measures() -> None:
    plan = kw.parse("HCl 0.5 mg/kg iv over 40 min, then 10 mg iv bolus")
    both, half = (dosing_of(plan, name, 237.73, 80.0) for name in ("ketamine", "s_ketamine"))
    assert both.amount == pytest.approx(2.0 * half.amount)
    assert both.amount == pytest.approx(50.0 * 237.73 / 274.19, rel=1e-4)
    assert both.mean_input == pytest.approx((40.0 * 20.0 + 10.0 * 40.0) / 50.0)
    assert isinstance(dosing_of(plan, "s_norketamine", 223.7, 80.0).amount, str)


def test_the_level_before_a_push_ends_the_interval() -> None:
    """At the instant of a push the curve jumps; the interval before it must not hold the jump."""
    found = kw.simulate("10 mg iv bolus every 4 h x 3", outputs=[ARTERIAL], band=False)
    table = exposure_of(found, window="0 to 4 h")
    assert table.value(ARTERIAL, "interval_trough") == table.value(ARTERIAL, "interval_cmin")
    assert table.value(ARTERIAL, "interval_trough") < 0.05 * table.value(ARTERIAL, "interval_cmax")


def test_a_coarse_grid_is_said() -> None:
    found = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[ARTERIAL], band=False)
    thin = replace(found, times=found.times[::8], tables={ARTERIAL: found.tables[ARTERIAL][:, ::8]})
    fine, coarse = exposure_of(found), exposure_of(thin)
    assert fine.notes == ()
    assert "the times are coarse for it" in coarse.notes[-1]
    off = abs(coarse.value(ARTERIAL, "auc_inf") / fine.value(ARTERIAL, "auc_inf") - 1.0)
    said = float(coarse.notes[-1].split("off by ")[1].split(" %")[0]) / 100.0
    assert 0.2 * off < said < 5.0 * off


def test_summary_of_few_and_of_zeros() -> None:
    assert summary_of([0.1] * 7).sd == summary_of([0.1] * 7).geometric_cv == 0.0
    assert summary_of([None, None])[:3] == (0, 2, None)
    single = summary_of([4.0])
    assert (single.mean, single.sd, single.median, single.geometric_cv) == (4.0, None, 4.0, None)
    zeros = summary_of([0.0, 2.0, None])
    assert (zeros.n, zeros.missing, zeros.geometric_mean) == (2, 1, None)
    logs = np.log([1.0, 2.0, 4.0])
    three = summary_of([1.0, 2.0, 4.0])
    assert three.geometric_mean == pytest.approx(2.0)
    assert three.geometric_cv == pytest.approx(100.0 * math.sqrt(math.exp(logs.var(ddof=1)) - 1.0))
    assert three.cv == pytest.approx(100.0 * np.std([1, 2, 4], ddof=1) / (7.0 / 3.0))


def test_the_residence_time_of_several_swallowed_doses_is_not_said() -> None:
    """Each dose may be taken up to another share, so their mean time of entry is not known."""
    found = exposure_of(kw.simulate("20 mg oral, twice daily for 1 d", outputs=["plasma.ketamine.venous"], band=False))
    (metric,) = found.of("plasma.ketamine.venous", "mrt").values()
    assert metric.value is None
    assert "mean time of entry is unknown" in metric.why
