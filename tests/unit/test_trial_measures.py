"""What a trial counts: MADRS, a scale that corresponds to it, pain; and what each needs said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_trial_plan import PLAN

from ketworks.errors import WrongUse
from ketworks.trial.conduct import conduct, loss_draws
from ketworks.trial.course import pool_of, scores_of
from ketworks.trial.endpoints import reached
from ketworks.trial.measures import mapped, measure
from ketworks.trial.plan import MEASURES
from ketworks.trial.plan_file import from_toml
from ketworks.trial.pool import make_pool
from ketworks.trial.scores import make_scores
from ketworks.trial.study import run_trial
from ketworks.trial.table import text

PAIN = """
name = "pain"
measure = "pain"
visits = "7, 28 d"
people = {n = 40, baseline = 6.5, baseline_sd = 1}
arm = [{name = "drug", regimen = "esketamine 22 mg/h iv for 100 h"}, {name = "placebo"}]
endpoint = [
  {name = "change", kind = "change", at = "7 d"},
  {name = "30 %", kind = "response", fraction = 0.3, at = "7 d"},
]
analysis = [{kind = "ancova", endpoint = "change"}]
"""


def test_another_scale_is_what_corresponds_to_each_rating() -> None:
    trial = from_toml('measure = "hamd17"\n' + PLAN)
    pool = make_pool(trial, 60)
    madrs, hamd = make_scores(trial, pool), scores_of(trial, pool)
    np.testing.assert_array_equal(hamd.score[0], mapped("hamd17", madrs.score[0]))
    assert (hamd.score[0] == np.round(hamd.score[0])).all()
    assert hamd.baseline[0].mean() == pytest.approx(0.769 * madrs.baseline[0].mean(), abs=0.3)
    result = run_trial(trial, replicates=0, pool=60)
    assert "baseline HAM-D 17" in text(result)


@pytest.mark.parametrize("name", MEASURES)
def test_scores_stay_on_their_scale_and_in_order(name: str) -> None:
    score = mapped(name, np.linspace(0.0, measure("madrs").top if name != "pain" else 10.0, 200))
    assert score.min() == 0.0
    assert score.max() <= measure(name).top
    assert (np.diff(score) >= 0.0).all()


def test_remission_is_that_of_the_scale() -> None:
    trial = from_toml('measure = "phq9"\n' + PLAN.replace('kind = "response"', 'kind = "remission"'))
    pool = pool_of(trial, 60)
    data = conduct(trial, pool, scores_of(trial, pool), loss_draws(trial, pool))
    found = reached(trial, data, trial.endpoint("responders"))
    np.testing.assert_array_equal(found.value[:, 0] > 0.5, data.score[:, 0, 0] <= 4.0)


def test_pain_is_the_score_of_its_stage_and_placebo_its_own() -> None:
    trial = from_toml(PAIN)
    pool = pool_of(trial, 200)
    scores = scores_of(trial, pool)
    assert pool.baseline.mean() == pytest.approx(6.5, abs=0.3)
    drug, placebo = (scores.score[0][0, arm, :, 0] for arm in (0, 1))
    assert drug.mean() < placebo.mean() - 1.0
    assert placebo.mean() < pool.baseline.mean() - 0.5
    assert scores.score[0].max() <= 10.0
    error = scores.score[0] - pool.effect
    assert error[(scores.score[0] > 0.0) & (scores.score[0] < 10.0)].std() == pytest.approx(1.0, abs=0.15)
    told = text(run_trial(trial, replicates=0, pool=60))
    assert "control: placebo of the pain stage" in told
    assert "guess drug" not in told


def test_a_null_trial_of_pain_gives_everybody_placebo() -> None:
    trial = from_toml(PAIN)
    pool = pool_of(trial, 60)
    scores = scores_of(trial, pool)
    everybody = replace(trial, who=replace(trial.who, n=60))
    data = conduct(everybody, pool, scores, loss_draws(trial, pool), null=True)
    np.testing.assert_array_equal(data.score[:, 0], scores.score[0][0, 1])


@pytest.mark.parametrize(
    ("text", "old", "new", "word"),
    [
        (PLAN, "setting", 'measure = "hamd"\nsetting', "nearest: hamd17"),
        (PLAN, 'setting = "midazolam"', 'measure = "pain"', "fraction = 0.3"),
        (PAIN, 'measure = "pain"', 'measure = "pain"\nsetting = "saline"', "its own placebo"),
        (PAIN, 'visits = "7, 28 d"', 'visits = "7, 28 d"\ndesign = "crossover"', "crossover"),
        (PAIN, ", fraction = 0.3", "", "fraction = 0.3"),
        (PAIN, 'kind = "response", fraction = 0.3', 'kind = "remission"', "threshold = 1"),
        (PAIN, ', regimen = "esketamine 22 mg/h iv for 100 h"', "", "one or more"),
        (PAIN, 'visits = "7, 28 d"', 'visits = "7, 28 d"\ndropout = {per_week = 0.1, severity = 2}', "no severity"),
    ],
)
def test_what_a_measure_lacks_is_asked_for(text: str, old: str, new: str, word: str) -> None:
    assert old in text
    with pytest.raises(WrongUse) as refused:
        from_toml(text.replace(old, new, 1))
    assert word in str(refused.value)
