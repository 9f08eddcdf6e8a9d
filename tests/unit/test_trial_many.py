"""Several plans in one table, several sizes of one plan, and what a Bayesian reads of responders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Ketworks
from scipy.stats import beta
from test_trial_plan import PLAN

from ketworks.errors import CannotSay, WrongUse
from ketworks.trial import overview
from ketworks.trial.overview import overview_text, run_all
from ketworks.trial.plan_file import from_toml, resized
from ketworks.trial.posterior import posterior_text, posteriors
from ketworks.trial.power_curve import power_curve, read_sizes
from ketworks.trial.responders import probability_above
from ketworks.trial.study import run_trial
from ketworks.trial.table import text

BAYES = (
    PLAN
    + """
[[analysis]]
name = "responders, Bayes"
kind = "bayes"
endpoint = "responders"
"""
)
CROSSOVER = """
name = "crossover"
design = "crossover"
setting = "saline"
visits = "24 h"
washout = "%s"
people = {n = 20}
arm = [{name = "ketamine", regimen = "0.5 mg/kg iv over 40 min"}, {name = "saline"}]
endpoint = [{name = "change", kind = "change", at = "24 h"}]
analysis = [{kind = "crossover", endpoint = "change"}]
"""


@pytest.mark.slow
def test_all_plans_stand_in_one_table() -> None:
    found = run_all(10, 150, plans=("lii2023", "zarate2006"))
    told = overview_text(found)
    assert "lii2023" in told
    assert "ketamine against saline, change 48 h, difference" in told
    assert "validation" in told.splitlines()[-1]
    assert [one.trial.name for one in found] == ["lii2023", "zarate2006"]
    rows = json.loads(json.dumps([one.as_dict() for one in found]))
    assert rows[0]["reported"][0]["low"] < rows[0]["reported"][0]["predicted"] < rows[0]["reported"][0]["high"]


def test_a_plan_of_which_nothing_can_be_said_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CannotSay("this regimen", "another")

    monkeypatch.setattr(overview, "run_trial", refuse)
    found = run_all(10, plans=("lii2023", "aspire2"))
    assert [one.cannot_say for one in found] == ["this regimen"] * 2
    assert "this regimen" in overview_text(found)


def test_power_grows_with_people_beside_the_closed_form() -> None:
    points = power_curve(from_toml(PLAN), (20, 40, 160), 60, 800)
    assert [one.n for one in points] == [20, 40, 160]
    closed = [one.closed_form for one in points]
    assert all(one is not None for one in closed)
    assert closed == sorted(closed)  # type: ignore[type-var]
    for one in points:
        assert one.closed_form is not None
        assert abs(one.share - one.closed_form) < 0.22  # 60 trials scatter by 6 points


def test_a_plan_resized_is_the_same_but_for_its_people() -> None:
    trial = from_toml(PLAN)
    assert resized(trial, 80).who.n == 80
    assert resized(resized(trial, 80), 40) == trial
    for wrong in (3, 30_000):
        with pytest.raises(WrongUse, match="two an arm"):
            resized(trial, wrong)
    with pytest.raises(WrongUse, match="whole numbers"):
        read_sizes("20 and 40")


def test_the_posterior_is_that_of_many_draws() -> None:
    rng = np.random.default_rng(1)
    first, second = (15.0, 6.0), (8.0, 12.0)
    x, y = (rng.beta(*shapes, 400_000) for shapes in (first, second))
    for by in (0.0, 0.1, 0.3):
        assert probability_above(first, second, by) == pytest.approx(np.mean(x > y + by), abs=0.003)
    trial = from_toml(BAYES)
    result = run_trial(trial, replicates=0, pool=60)
    (found,) = posteriors(trial, result.data)
    hit, n = found.hits[0], found.people[0]
    assert found.rates[0][1:] == pytest.approx(beta.ppf([0.025, 0.975], 1 + hit, 1 + n - hit))
    assert found.better_by[0][1] > found.better_by[1][1]
    assert f"{hit}/{n}" in posterior_text(found)
    assert posterior_text(found) in text(result)
    assert json.loads(json.dumps(result.as_dict()))["posteriors"][0]["hits"][0] == hit


@pytest.mark.slow
def test_a_crossover_says_what_is_carried_over() -> None:
    left = {}
    for washout in ("2 d", "30 d"):
        result = run_trial(from_toml(CROSSOVER % washout), replicates=0, pool=100)
        (row,) = result.as_dict()["carry_over"]
        left[washout] = row["at_start"]
        assert row["at_start"] > row["at_end"] > 0.0
        assert f"ketamine leaves {row['at_start']:.1f} points" in text(result)
    assert left["2 d"] > 2.0 * left["30 d"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "ketworks trial list"),
        (("--all", "plan.toml"), "--all with a plan"),
        (("--all", "--null"), "--all with --null"),
        (("--all", "--replicates", "0"), "one or more"),
        (("plan.toml", "--n", "3"), "two an arm"),
        (("plan.toml", "--power-curve", "a"), "whole numbers"),
        (("plan.toml", "--power-curve", "20", "--out", "x.csv"), "--power-curve with --out"),
    ],
)
def test_what_does_not_go_together_is_refused(
    ketworks: Ketworks, tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    found = ketworks("trial", *arguments)
    assert found.code == 2
    assert word in found.err


def test_a_power_curve_from_the_command_line(
    ketworks: Ketworks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ketworks.cli.progress.PATIENCE", 0.0)  # a quick machine is done before a word is due
    (tmp_path / "plan.toml").write_text(PLAN)
    code, out, err = ketworks(
        "trial", "plan.toml", "--power-curve", "20, 40", "--replicates", "4", "--pool", "100", "--json"
    )
    assert code == 0
    assert [one["n"] for one in json.loads(out)["power_curve"]] == [20, 40]
    assert err
