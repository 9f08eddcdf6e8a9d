"""Percentiles, bands, strata, limits and the verdict of a visual predictive check."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.predictive.check_data import Observed, Replicates
from ketworks.predictive.npde import prediction_errors
from ketworks.predictive.npde_picture import save_npde
from ketworks.predictive.strata import strata
from ketworks.predictive.tell import npde_meaning, npde_text, vpc_meaning, vpc_rows, vpc_text, write_table
from ketworks.predictive.vpc import BELOW, predictive_check
from ketworks.predictive.vpc_picture import save_vpc

PEOPLE, TIMES = 40, np.array([1.0, 2.0, 4.0])
COUNT = PEOPLE * len(TIMES)


def draw(count: int, seed: int, factor: float = 1.0, doses: np.ndarray | None = None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    own = np.exp(0.3 * rng.standard_normal((count, PEOPLE, 1)))
    dose = np.ones(PEOPLE) if doses is None else doses
    level = 100.0 * dose[:, None] * own * np.exp(-0.3 * factor * TIMES)
    return (level * (1.0 + 0.1 * rng.standard_normal((count, PEOPLE, len(TIMES))))).reshape(count, -1)


def data(values: np.ndarray, **columns: Any) -> Observed:
    return Observed(
        person=np.repeat(np.arange(PEOPLE), len(TIMES)),
        ids=tuple(f"{k}" for k in range(PEOPLE)),
        time=np.tile(TIMES, PEOPLE),
        after_dose=np.tile(TIMES, PEOPLE) - 1.0,
        value=values,
        output=np.array(["level"] * COUNT),
        columns=columns,
        limit=0.0,
        below=np.zeros(COUNT, bool),
    )


def model(values: np.ndarray, typical: np.ndarray | None = None) -> Replicates:
    middle = np.median(values, axis=0) if typical is None else typical
    return Replicates(values, middle, 1, "ng/mL", "h", "example")


TRUE, OWN, WRONG = data(draw(1, 8)[0]), model(draw(500, 1)), model(draw(500, 1, factor=1.5))


def test_percentiles_are_those_of_numpy() -> None:
    cells = predictive_check(TRUE, OWN).cells
    assert [(cell.center, cell.percentile) for cell in cells] == [(t, p) for t in TIMES for p in (5.0, 50.0, 95.0)]
    rows = TRUE.time == 2.0
    middle = cells[4]
    assert middle.observed == np.median(TRUE.value[rows])
    own = np.median(OWN.values[:, rows], axis=1)
    assert (middle.band_low, middle.band_high) == tuple(np.percentile(own, (5.0, 95.0)))
    assert middle.size == PEOPLE


def test_the_true_model_is_compatible_and_a_wrong_one_flagged() -> None:
    right, wrong = predictive_check(TRUE, OWN), predictive_check(TRUE, WRONG)
    assert not right.flagged
    assert wrong.flagged
    assert wrong.outside > 0.5 > right.outside
    assert right.expected_outside == pytest.approx(0.1, abs=0.01)
    assert "compatible" in vpc_meaning(right)
    assert "above the bands: the model predicts too little" in vpc_meaning(wrong)
    too_much = predictive_check(TRUE, model(draw(500, 1, factor=0.5)))
    assert "below the bands: the model predicts too much" in vpc_meaning(too_much)


def test_the_p_value_is_uniform_under_the_model() -> None:
    values = [predictive_check(data(row), OWN).p for row in draw(100, 9)]
    assert 0 <= sum(value < 0.05 for value in values) <= 12  # binomial(100, 0.05): above 12 in one of a thousand
    assert max(values) > 0.9


def test_one_stratum_for_each_group_and_output() -> None:
    sex = np.repeat(np.where(np.arange(PEOPLE) % 2, "1", "0"), len(TIMES))
    found = predictive_check(data(TRUE.value, SEX=sex), OWN, by="SEX")
    assert found.strata == ("SEX 0", "SEX 1")
    assert {cell.size for cell in found.cells} == {PEOPLE // 2}
    assert len(found.cells) == 2 * 3 * 3


def test_numbers_are_cut_at_the_median_of_people() -> None:
    weight = np.repeat([f"{50 + k}" for k in range(PEOPLE)], len(TIMES))
    groups = strata(data(TRUE.value, WT=weight), "WT")
    assert [group.name for group in groups] == ["WT above 69.5", "WT up to 69.5"]
    assert [len(group.rows) for group in groups] == [COUNT // 2] * 2


def test_the_median_itself_belongs_to_the_lower_half() -> None:
    weight = np.repeat([f"{50 + min(k, 20)}" for k in range(PEOPLE)], len(TIMES))
    groups = strata(data(TRUE.value, WT=weight), "WT")
    assert [group.name for group in groups] == ["WT up to 69.5", "WT above 69.5"][::-1]
    level = np.repeat([f"{min(k, 7)}" for k in range(PEOPLE)], len(TIMES))
    assert [group.name for group in strata(data(TRUE.value, N=level), "N")] == ["N up to 7"]


def test_columns_that_are_no_strata_are_answered() -> None:
    with pytest.raises(WrongUse, match="nearest: WT"):
        strata(data(TRUE.value, WT=np.array(["70"] * COUNT)), "WGT")
    with pytest.raises(WrongUse, match="different texts"):
        strata(data(TRUE.value, CITY=np.array([f"c{k}" for k in range(COUNT)])), "CITY")


def test_prediction_correction_takes_doses_out() -> None:
    doses = np.where(np.arange(PEOPLE) % 2, 1.0, 10.0)
    values, own = draw(1, 8, doses=doses)[0], draw(500, 1, doses=doses)
    typical = (100.0 * doses[:, None] * np.exp(-0.3 * TIMES)).ravel()
    plain, corrected = (predictive_check(data(values), model(own, typical), corrected=on) for on in (False, True))
    spread = [cells[2].observed / cells[0].observed for cells in (plain.cells, corrected.cells)]
    assert spread[0] > 10.0
    assert spread[1] < 4.0
    assert not corrected.flagged
    factor = np.median(typical[:: len(TIMES)]) / typical[0]
    assert corrected.points[0][2][0] == pytest.approx(values[0] * factor)


def test_correction_by_nothing_is_refused() -> None:
    with pytest.raises(WrongUse, match="typical prediction is 0"):
        predictive_check(TRUE, model(draw(300, 1), np.zeros(COUNT)), corrected=True)
    with pytest.raises(WrongUse, match="below the limit"):
        predictive_check(TRUE.censored(40.0), OWN, corrected=True)


def test_below_the_limit_the_share_is_checked() -> None:
    limit = 30.0
    found = predictive_check(TRUE.censored(limit), OWN)
    shares = [cell for cell in found.cells if cell.percentile == BELOW]
    assert [cell.observed for cell in shares] == [np.mean(TRUE.value[TRUE.time == t] < limit) for t in TIMES]
    assert not found.flagged
    assert min(cell.observed for cell in found.cells if cell.percentile != BELOW) == limit
    assert predictive_check(TRUE.censored(limit), WRONG).flagged
    assert prediction_errors(TRUE.censored(limit), WRONG).flagged
    assert not prediction_errors(TRUE.censored(limit), OWN).flagged


def test_observations_outside_the_edges_are_counted() -> None:
    found = predictive_check(TRUE, OWN, "1.5,3,5")
    assert found.left_out == PEOPLE
    assert len(found.points[0][1]) == 2 * PEOPLE


def test_the_axis_may_be_the_time_after_the_dose() -> None:
    assert [cell.center for cell in predictive_check(TRUE, OWN, axis="after-dose").cells][::3] == [0.0, 1.0, 3.0]
    with pytest.raises(WrongUse, match="after-dose"):
        predictive_check(TRUE, OWN, axis="tad")


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_limits_are_numbers(limit: float) -> None:
    with pytest.raises(WrongUse, match="limit of quantification"):
        TRUE.censored(limit)


@pytest.mark.parametrize(("kind", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_pictures_are_written(tmp_path: Path, kind: str, start: bytes) -> None:
    checked = predictive_check(TRUE.censored(30.0), OWN)
    for path, written in (
        (tmp_path / f"vpc{kind}", lambda path: save_vpc(checked, path, logarithmic=True)),
        (tmp_path / f"npde{kind}", lambda path: save_npde(prediction_errors(TRUE, OWN), path)),
    ):
        written(path)
        assert path.read_bytes().startswith(start)
        if kind == ".svg":
            assert "time (h)" in path.read_text("utf-8").replace("<!-- ", "").replace(" -->", "")


def test_tables_say_what_the_check_says(tmp_path: Path) -> None:
    wrong = predictive_check(TRUE, WRONG)
    text = vpc_text(wrong)
    assert text.count("outside\n") >= sum(cell.outside for cell in wrong.cells) - 1
    assert text.splitlines()[-1].startswith("flagged: ")
    write_table(vpc_rows(wrong), tmp_path / "cells.csv")
    with (tmp_path / "cells.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["observed"]) for row in rows] == [cell.observed for cell in wrong.cells]
    found = prediction_errors(TRUE, WRONG)
    assert npde_text(found).splitlines()[0].split() == ["test", "value", "p", "textbook", "p"]
    assert npde_meaning(found).startswith("flagged (p ")
    assert npde_meaning(prediction_errors(TRUE, OWN)).startswith("compatible: ")
    assert found.as_dict()["tests"][3]["name"] == "global"
    assert len(found.as_dict()["observations"]) == COUNT


def test_text_that_looks_like_a_formula_is_quoted(tmp_path: Path) -> None:
    write_table([{"id": "=1+1", "n": -1.5}], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "id,n\n'=1+1,-1.5\n"
