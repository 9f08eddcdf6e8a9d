"""One simulated trial: who is in it, what they score, who leaves, and that nothing of it hangs on company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_trial_plan import PLAN

from ketworks.errors import CannotSay
from ketworks.trial.allocation import enrol
from ketworks.trial.conduct import conduct, loss_draws
from ketworks.trial.plan import Arm, Losses, Rescue, Trial
from ketworks.trial.plan_file import from_toml
from ketworks.trial.pool import Pool, make_pool
from ketworks.trial.scores import Scores, make_scores
from ketworks.trial.settings import numbers, setting
from ketworks.trial.study import run_trial

TRIAL = from_toml(PLAN)
SIZE = 600


@pytest.fixture(scope="module")
def pool() -> Pool:
    return make_pool(TRIAL, SIZE)


@pytest.fixture(scope="module")
def scores(pool: Pool) -> Scores:
    return make_scores(TRIAL, pool)


def test_the_control_arm_changes_as_published(pool: Pool, scores: Scores) -> None:
    change = scores.score[0][0, 1, :, 0] - pool.baseline
    own = setting("midazolam")
    assert change.mean() == pytest.approx(-own.mean, abs=3.5 * own.sd / np.sqrt(SIZE))
    assert change.std() == pytest.approx(own.sd, rel=0.1)


def test_the_drug_effect_is_that_of_the_outcome_stage(pool: Pool, scores: Scores) -> None:
    """Over people, expectancy adds nothing against midazolam: the effect was anchored there."""
    effect = scores.score[0][0, 1, :, 0] - scores.score[0][0, 0, :, 0]
    free = (scores.score[0][0] > 0.0).all(axis=0)[:, 0]  # the floor of the scale takes some of it
    taken = pool.effect[0, free, 0] * scores.score[0][0, 1, free, 0]  # a share of what the control leaves
    assert effect[free].mean() == pytest.approx(taken.mean(), abs=0.9)


def test_the_pool_is_made_of_the_same_people_whatever_the_arms(pool: Pool) -> None:
    more = replace(TRIAL, arms=(*TRIAL.arms, Arm("low", "0.1 mg/kg iv over 40 min")))
    again = make_pool(more, 200)
    np.testing.assert_array_equal(again.ids, pool.ids[:200])
    np.testing.assert_array_equal(again.baseline, pool.baseline[:200])
    np.testing.assert_array_equal(again.effect[0], pool.effect[0, :200])
    few, many = make_scores(more, again), make_scores(TRIAL, pool)
    np.testing.assert_array_equal(few.score[0][0, :2], many.score[0][0, :, :200])
    np.testing.assert_array_equal(few.guessed[:, :2], many.guessed[:, :, :200])
    assert again.effect[2].mean() < again.effect[0].mean()


def test_a_trial_repeats_and_its_seed_matters(pool: Pool, scores: Scores) -> None:
    bearable = loss_draws(TRIAL, pool)
    once, twice = (conduct(TRIAL, pool, scores, bearable, 3) for _ in range(2))
    for first, second in zip(once, twice, strict=True):
        np.testing.assert_array_equal(first, second)
    other = conduct(TRIAL, pool, scores, bearable, 4)
    assert not np.array_equal(once.ids, other.ids)
    assert len(set(other.ids.tolist())) == TRIAL.who.n


def test_blocks_balance_the_arms_within_strata(pool: Pool) -> None:
    who = enrol(TRIAL, pool, 1)
    assert set(np.unique(who.stratum)) == {0, 1}
    for stratum in (0, 1):
        arms = who.sequence[who.stratum == stratum]
        for start in range(0, len(arms) - 3, 4):
            assert np.sum(arms[start : start + 4]) == 2


def test_shares_are_kept(pool: Pool) -> None:
    two_to_one = replace(TRIAL, arms=(replace(TRIAL.arms[0], share=2), TRIAL.arms[1]), block=6, stratify=())
    who = enrol(replace(two_to_one, who=replace(TRIAL.who, n=60)), pool, 2)
    assert np.bincount(who.sequence).tolist() == [40, 20]


def test_nobody_below_the_limit_is_included(pool: Pool, scores: Scores) -> None:
    strict = replace(TRIAL, who=replace(TRIAL.who, lowest=35.0))
    data = conduct(strict, pool, scores, loss_draws(strict, pool))
    assert data.baseline.min() >= 35.0
    assert data.assessed > len(data.ids)
    with pytest.raises(CannotSay, match="--pool"):
        enrol(replace(TRIAL, who=replace(TRIAL.who, lowest=50.0)), pool, 1)


def test_people_leave_at_the_stated_hazard(pool: Pool, scores: Scores) -> None:
    leaky = with_all(replace(TRIAL, losses=Losses(per_week=0.3)))
    data = conduct(leaky, pool, scores, loss_draws(leaky, pool))
    assert data.left.mean() == pytest.approx(1.0 - np.exp(-0.3), abs=0.05)
    assert not np.any(~data.seen[:, 0, 0] & data.seen[:, 0, 1])
    ill = with_all(replace(TRIAL, losses=Losses(per_week=0.3, severity=2.0)))
    worse = conduct(ill, pool, scores, loss_draws(ill, pool))
    assert worse.baseline[worse.left].mean() > worse.baseline[~worse.left].mean()


def test_the_rescued_are_missing_or_measured(pool: Pool, scores: Scores) -> None:
    data = {}
    for handling in ("missing", "policy"):
        trial = with_all(replace(TRIAL, rescue=Rescue(25.0, 1440.0, handling, 10.0)))
        data[handling] = conduct(trial, pool, scores, loss_draws(trial, pool))
    first, second = data["missing"], data["policy"]
    early = first.score[:, 0, 0] >= 25.0
    assert early.any()
    assert not first.seen[early, 0, 1].any()
    assert second.seen.all()
    plain = conduct(with_all(TRIAL), pool, scores, loss_draws(TRIAL, pool))
    gained = plain.score[early, 0, 1] - second.score[early, 0, 1]
    np.testing.assert_allclose(gained[plain.score[early, 0, 1] > 10.0], 10.0)


def with_all(trial: Trial) -> Trial:
    return replace(trial, who=replace(trial.who, n=SIZE), stratify=(), block=0)


def test_a_null_trial_gives_every_arm_the_control(pool: Pool, scores: Scores) -> None:
    trial = with_all(TRIAL)
    data = conduct(trial, pool, scores, loss_draws(trial, pool), null=True)
    np.testing.assert_array_equal(data.score[:, 0], scores.score[0][0, 1])


def test_a_whole_run_tells_everything() -> None:
    result = run_trial(TRIAL, replicates=20, pool=200)
    told = result.as_dict()
    assert told["flow"]["randomised"] == 40
    assert told["estimates"][0]["n"] == 40
    assert told["estimates"][0]["low"] < told["estimates"][0]["value"] < told["estimates"][0]["high"]
    assert told["power"][0]["estimated"] == 20
    assert told["sizes"][1]["n"] > told["sizes"][0]["n"] > 5
    assert numbers().top == 60.0
