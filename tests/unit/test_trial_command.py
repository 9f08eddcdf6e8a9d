"""``ketworks trial``: exit codes, what goes where, files, the list of shipped plans, the missing extra."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_line import Ketworks
from test_trial_plan import PLAN

SHORT = ("--replicates", "20", "--pool", "200")


@pytest.fixture
def say(ketworks: Ketworks, tmp_path: Path) -> Ketworks:
    (tmp_path / "plan.toml").write_text(PLAN)
    return ketworks


def test_text_json_and_files_say_the_same(say: Ketworks, tmp_path: Path) -> None:
    code, out, err = say("trial", "plan.toml", *SHORT, "--out", "people.csv", "--figure", "trial.png")
    assert code == 0
    assert "randomised" in out
    assert "ancova of day 1, ketamine against midazolam" in out
    assert "wrote people.csv" in err
    assert (tmp_path / "trial.png").read_bytes()[:4] == b"\x89PNG"
    with (tmp_path / "people.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 40 * 2
    code, shown, _ = say("trial", "plan.toml", *SHORT, "--json")
    told = json.loads(shown)
    (found,) = told["estimates"]
    assert f"{found['value']:.1f}" in out
    day_1 = [row for row in rows if row["visit_min"] == "1440" and row["arm"] == "ketamine"]
    mean = sum(float(row["score"]) - float(row["baseline"]) for row in day_1) / len(day_1)
    (arm,) = (one for one in told["arms"] if one["arm"] == "ketamine" and one["kind"] == "change")
    assert mean == pytest.approx(arm["mean"], abs=1e-4)


def test_the_null_is_said_aloud_and_compares_nothing(say: Ketworks) -> None:
    code, out, _ = say("trial", "plan.toml", *SHORT, "--null", "--seed", "4")
    assert code == 0
    assert "NULL: every arm got what the control gets" in out
    assert "type-I error over 20 trials" in out
    assert "people an arm" not in out


def test_shipped_plans_are_listed_and_shown(say: Ketworks) -> None:
    assert "takahashi2021" in say("trial", "list").out
    assert 'setting = "midazolam"' in say("trial", "show", "murrough2013").out
    assert "berman2000" in json.loads(say("trial", "list", "--json").out)


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("nothing.toml",), 2, "ketworks trial list"),
        (("show", "murrough2012"), 2, "nearest: murrough2013"),
        (("show",), 2, "berman2000"),
        (("plan.toml", "again"), 2, "one plan"),
        (("plan.toml", "--replicates", "-1"), 2, "0 to 20000"),
        (("plan.toml", "--pool", "20"), 2, "40, the people of the trial"),
        (("plan.toml", "--figure", "trial.doc"), 2, ".png"),
    ],
)
def test_wrong_use_is_refused_before_anything_runs(
    say: Ketworks, arguments: tuple[str, ...], code: int, word: str
) -> None:
    found = say("trial", *arguments)
    assert found.code == code
    assert word in found.err
