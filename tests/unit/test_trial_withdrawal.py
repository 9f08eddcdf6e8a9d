"""Randomised withdrawal: who is randomised after the open phase, in which groups, and when a relapse is dated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.trial.conduct import Data, conduct, loss_draws
from ketworks.trial.course import pool_of, scores_of
from ketworks.trial.endpoints import time_to_relapse
from ketworks.trial.flow import flow, flow_text
from ketworks.trial.plan import Losses, Trial
from ketworks.trial.plan_file import from_toml
from ketworks.trial.pool import Pool
from ketworks.trial.relapse import kept_curve, median_days
from ketworks.trial.replicates import replicate
from ketworks.trial.reported import compare
from ketworks.trial.scores import Scores
from ketworks.trial.study import run_trial
from ketworks.trial.table import text

PLAN = """
name = "withdrawal"
design = "withdrawal"
visits = "7, 14, 21, 28, 35, 42, 49, 56 d"
people = {n = 150}
withdrawal = {randomise = "28 d", background = "antidepressant"}
allocation = {blocks = 4}
dropout = {per_week = 0.01}

[[group]]
name = "began to respond"
role = "stay"
kind = "response"
fraction = 0.3
visits = "7 d"

[[group]]
name = "remission"
kind = "remission"
threshold = 12
visits = "14, 21, 28 d"
needed = 2

[[group]]
name = "response"
kind = "response"
visits = "28 d"

[[arm]]
name = "kept"
regimen = "0.5 mg/kg iv over 40 min, twice weekly for 4 weeks then once weekly for 4 weeks"

[[arm]]
name = "withdrawn"
regimen = "0.5 mg/kg iv over 40 min, twice weekly for 4 weeks"

[[endpoint]]
name = "relapse"
kind = "relapse"
at = "28 d"
lost = "threshold"
threshold = 18
confirm = 2
group = "remission"

[[endpoint]]
name = "all relapses"
kind = "relapse"
at = "28 d"

[[analysis]]
name = "cox"
kind = "cox"
endpoint = "all relapses"

[[reported]]
endpoint = "all relapses"
statistic = "hazard_ratio"
arm = "kept"
against = "withdrawn"
value = 0.5
source = "daly2019"
locator = "[TRL-019]"
how_read = "abstract"
label = "check"
"""
TRIAL = from_toml(PLAN)


@pytest.fixture(scope="module")
def made() -> tuple[Pool, Scores]:
    pool = pool_of(TRIAL, 300)
    return pool, scores_of(TRIAL, pool)


def run(made: tuple[Pool, Scores], trial: Trial = TRIAL, number: int = 1) -> Data:
    return conduct(trial, *made, loss_draws(trial, made[0]), number)


def test_arms_are_alike_until_randomisation_and_not_after(made: tuple[Pool, Scores]) -> None:
    effect = made[0].effect
    np.testing.assert_allclose(effect[0, :, :4], effect[1, :, :4], rtol=1e-9)
    assert (effect[0, :, 6:] <= effect[1, :, 6:] + 1e-9).all()
    assert effect[0, :, -1].mean() < effect[1, :, -1].mean() - 1.0


def test_the_randomised_are_those_in_whom_it_worked(made: tuple[Pool, Scores]) -> None:
    data = run(made)
    score, base = data.score[:, 0], data.baseline[:, 0]
    assert data.assessed == 150
    assert 0 < len(data.ids) < 150
    assert (score[:, 0] <= 0.7 * base).all()
    stable = (score[:, 1:4] <= 12.0).sum(axis=1) >= 2
    np.testing.assert_array_equal(data.stratum == 0, stable)
    assert (score[~stable, 3] <= 0.5 * base[~stable]).all()
    assert data.seen[:, 0, 3].all()


def test_those_left_out_fail_a_criterion(made: tuple[Pool, Scores]) -> None:
    """All 300 enrol, nobody leaves: whoever is not randomised did not respond, or not in time."""
    everybody = replace(TRIAL, who=replace(TRIAL.who, n=300), losses=Losses())
    data = run(made, everybody)
    score = made[1].score[0][0, 0]
    base = made[0].baseline
    good = (score[:, 0] <= 0.7 * base) & (((score[:, 1:4] <= 12.0).sum(axis=1) >= 2) | (score[:, 3] <= 0.5 * base))
    assert set(data.ids.tolist()) == set(made[0].ids[good].tolist())


def test_each_group_is_allocated_in_blocks(made: tuple[Pool, Scores]) -> None:
    data = run(made)
    for group in (0, 1):
        arms = data.arm[data.stratum == group, 0]
        assert abs(int(np.sum(arms == 0)) - int(np.sum(arms == 1))) <= 2


def test_a_relapse_needs_its_visits_running() -> None:
    """Scores by hand: one bad visit is none; two running are one, dated by the first."""
    score = np.full((4, 1, 8), 5.0)
    score[0, 0, 5] = 30.0
    score[1, 0, 5:7] = 30.0
    score[2, 0, 7] = 30.0
    seen = np.ones(score.shape, bool)
    seen[3, 0, 6:] = False
    nobody = np.zeros(4, bool)
    data = Data(
        np.arange(4),
        4,
        np.zeros(4, np.int64),
        np.zeros((4, 1), np.int64),
        np.full((4, 1), 30.0),
        score,
        seen,
        nobody,
        nobody,
        nobody[:, None],
    )
    found = time_to_relapse(TRIAL, data, TRIAL.endpoint("relapse"))
    assert found.event.tolist() == [False, True, False, False]
    assert found.days.tolist() == [28.0, 14.0, 28.0, 14.0]
    once = time_to_relapse(TRIAL, data, TRIAL.endpoint("all relapses"))
    assert once.event.tolist() == [True, True, True, False]


def test_the_curve_is_that_of_statsmodels() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    rng = np.random.default_rng(4)
    days, event = np.ceil(rng.exponential(20.0, 80)), rng.random(80) < 0.7
    theirs = SurvfuncRight(days, event.astype(int))
    at, kept = kept_curve(days, event)
    np.testing.assert_allclose(kept, theirs.surv_prob[np.isin(theirs.surv_times, at)])
    assert median_days(days, event) == theirs.quantile(0.5)
    assert median_days(days, np.zeros(80, bool)) is None


def test_hazard_ratios_of_replicates_stand_beside_the_reported(made: tuple[Pool, Scores]) -> None:
    found = replicate(TRIAL, *made, loss_draws(TRIAL, made[0]), 8)
    (row,) = compare(TRIAL, found)
    assert row.unit == "ratio"
    assert row.low is not None
    assert row.high is not None
    assert row.low <= np.nanmean(found.estimates["cox"]) <= row.high
    assert 0.0 < row.low < 1.0


def test_the_flow_and_the_text_tell_the_open_phase(made: tuple[Pool, Scores]) -> None:
    data = run(made)
    found = flow(TRIAL, data)
    assert found.excluded == 150 - len(data.ids)
    assert sum(people for _, people in found.groups) == found.randomised
    assert "entered the open phase" in flow_text(found)
    told = text(run_trial(TRIAL, replicates=0, pool=150))
    assert "background: antidepressant" in told
    assert "guess drug" not in told


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("min, twice weekly for 4 weeks then", "min, twice weekly for 3 weeks then", "differ before"),
        ('twice weekly for 4 weeks"', 'twice weekly for 3 weeks"', "differ before randomisation"),
        ('group = "remission"', 'group = "remision"', "nearest: remission"),
        ('randomise = "28 d"', 'randomise = "27 d"', "one of the visits"),
        ('background = "antidepressant"', 'background = "antidepresant"', "nearest: antidepressant"),
        ('design = "withdrawal"', 'design = "parallel"', "a withdrawal trial"),
        ('visits = "7 d"', 'visits = "56 d"', "the open phase"),
        ("needed = 2", "needed = 4", "1 to 3"),
        ('kind = "cox"', 'kind = "kaplan-meier"', "kind cox"),
        ("people = {n = 150}", "people = {n = 150, lowest = 20}", "none of them"),
    ],
)
def test_a_wrong_plan_is_refused(old: str, new: str, word: str) -> None:
    assert old in PLAN
    with pytest.raises(WrongUse) as refused:
        from_toml(PLAN.replace(old, new, 1))
    assert word in str(refused.value)
