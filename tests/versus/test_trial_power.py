"""Power and type-I error of simulated trials against the closed form of the t test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ketworks.trial.conduct import loss_draws
from ketworks.trial.plan import Trial
from ketworks.trial.plan_file import from_toml
from ketworks.trial.pool import Pool, make_pool
from ketworks.trial.replicates import replicate
from ketworks.trial.scores import Scores, make_scores
from ketworks.trial.size import changes, sizes

TRIAL = from_toml("""
name = "power"
setting = "midazolam"
visits = "1 d, 7 d"
people = {n = 40}
allocation = {blocks = 4}
arm = [{name = "a", regimen = "0.5 mg/kg iv over 40 min"}, {name = "b"}]
endpoint = [{name = "change", kind = "change", at = "1 d"}, {name = "response", kind = "response", at = "1 d"}]
analysis = [
  {name = "t", kind = "t", endpoint = "change"},
  {name = "ancova", kind = "ancova", endpoint = "change", power = true},
]
""")
Made = tuple[Pool, Scores]


@pytest.fixture(scope="module")
def made() -> Made:
    pool = make_pool(TRIAL, 2000)
    return pool, make_scores(TRIAL, pool)


def share(made: Made, analysis: str, count: int, null: bool = False) -> float:
    pool, scores = made
    found = replicate(TRIAL, pool, scores, loss_draws(TRIAL, pool), count, null)
    return next(one.share for one in found.power if one.analysis == analysis)


def closed_form(trial: Trial, made: Made, people: int) -> float:
    """Power of a two-sided t test, from the noncentral t distribution at the pool's difference and spread."""
    both = [changes(trial, *made, arm, 0) for arm in (0, 1)]
    sd = np.sqrt(0.5 * sum(one.var(ddof=1) for one in both))
    away = abs(both[0].mean() - both[1].mean()) / sd * np.sqrt(people / 2)
    limit, free = stats.t.ppf(0.975, 2 * people - 2), 2 * people - 2
    return float(stats.nct.sf(limit, free, away) + stats.nct.cdf(-limit, free, away))


@pytest.mark.slow
def test_power_is_that_of_the_closed_form(made: Made) -> None:
    expected = closed_form(TRIAL, made, 20)
    assert 0.3 < expected < 0.9
    assert share(made, "t", 1000) == pytest.approx(expected, abs=0.04)


@pytest.mark.slow
def test_power_is_that_of_the_closed_form_within_three_points(made: Made) -> None:
    assert share(made, "t", 4000) == pytest.approx(closed_form(TRIAL, made, 20), abs=0.03)


@pytest.mark.parametrize("analysis", ["t", "ancova"])
def test_a_null_trial_finds_something_about_once_in_twenty(made: Made, analysis: str) -> None:
    assert 0.02 < share(made, analysis, 400, null=True) < 0.085


@pytest.mark.slow
@pytest.mark.parametrize("analysis", ["t", "ancova"])
def test_type_one_error_is_five_per_cent(made: Made, analysis: str) -> None:
    """Over 8,000 trials: of 2,000 one sound analysis in 25 would lie beyond one point by chance."""
    assert share(made, analysis, 8000, null=True) == pytest.approx(0.05, abs=0.01)


def test_sample_size_is_where_the_closed_form_crosses(made: Made) -> None:
    for one in sizes(TRIAL, *made):
        assert one.n is not None
        assert closed_form(TRIAL, made, one.n) >= one.power > closed_form(TRIAL, made, one.n - 1)
