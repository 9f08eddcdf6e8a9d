"""What people guess and what the guess is worth: by control, masked, in the open; carry-over in a crossover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ketworks.trial.plan_file import from_toml
from ketworks.trial.pool import Pool, make_pool
from ketworks.trial.scores import Scores, make_scores
from ketworks.trial.settings import numbers, setting

PARALLEL = from_toml("""
name = "unblinding"
setting = "saline"
visits = "1 d, 7 d"
people = {n = 40}
arm = [{name = "ketamine", regimen = "0.5 mg/kg iv over 40 min"}, {name = "control"}]
endpoint = [{name = "change", kind = "change", at = "1 d"}]
""")
CROSSOVER = replace(PARALLEL, design="crossover", washout=0.0)


@pytest.fixture(scope="module")
def pool() -> Pool:
    return make_pool(PARALLEL, 1500)


def made(pool: Pool, name: str, blinding: str = "double") -> Scores:
    return make_scores(replace(PARALLEL, setting=name, blinding=blinding), pool)


def effect(pool: Pool, scores: Scores) -> float:
    """How much further ketamine brings the score down than the control, points."""
    score = scores.score[0][0]
    return float(np.mean(score[1, :, 0] - score[0, :, 0]))


def test_saline_lets_more_people_guess_right_than_midazolam(pool: Pool) -> None:
    saline, midazolam = made(pool, "saline").guess, made(pool, "midazolam").guess
    assert saline[0].mean() > midazolam[0].mean() + 0.2
    assert saline[1].mean() < midazolam[1].mean()


def test_knowing_the_arm_is_worth_three_to_five_points_between_saline_and_midazolam(pool: Pool) -> None:
    """The number that ``trial.expectancy`` was set on; the floor of the scale takes a little of it."""
    assert 3.0 < effect(pool, made(pool, "saline")) - effect(pool, made(pool, "midazolam")) < 5.0


def test_a_trial_against_midazolam_finds_eight_points_and_one_against_saline_more(pool: Pool) -> None:
    """The anchors of the fit come back through people, ratings and the floor of the scale."""
    assert effect(pool, made(pool, "midazolam")) == pytest.approx(8.0, abs=0.8)
    assert effect(pool, made(pool, "saline")) > 10.5


def test_where_nobody_can_tell_the_trial_finds_less_than_against_midazolam(pool: Pool) -> None:
    assert effect(pool, made(pool, "masked")) < effect(pool, made(pool, "midazolam")) - 0.3


def test_what_the_control_leaves_bounds_what_the_drug_can_add(pool: Pool) -> None:
    """Beside a new antidepressant, and in hospital, guessing drug wins nothing and less is left to gain."""
    for name in ("new-antidepressant", "hospital"):
        scores = made(pool, name)
        assert effect(pool, scores) < effect(pool, made(pool, "midazolam")), name
        assert setting(name).worth == 0.0
        change = scores.score[0][0, :, :, 1] - scores.score[0][0, :, :, 0]
        assert abs(change[1].mean()) < 5.0  # the control goes on, or holds


def test_the_masked_guess_at_random_in_both_arms(pool: Pool) -> None:
    scores = made(pool, "masked")
    assert (scores.guess == 0.5).all()
    assert scores.guessed.mean() == pytest.approx(0.5, abs=0.03)


def test_in_the_open_everybody_knows(pool: Pool) -> None:
    scores = made(pool, "saline", "open")
    assert scores.guess.mean(axis=1).tolist() == [1.0, 0.0]
    blind = made(pool, "saline").score[0][0, 0, :, 0]
    assert scores.score[0][0, 0, :, 0].mean() < blind.mean()


def test_a_guess_is_worth_what_the_table_says(pool: Pool) -> None:
    """The same people, once guessing drug and once not, differ by the worth of the guess."""
    blind, known = made(pool, "saline"), made(pool, "saline", "open")
    wrong = (blind.guessed[0, 0] == 0.0) & (known.score[0][0, 0, :, 0] > 0.0) & (blind.score[0][0, 0, :, 0] < 60.0)
    apart = blind.score[0][0, 0, wrong, 0] - known.score[0][0, 0, wrong, 0]
    assert wrong.sum() > 50
    assert np.median(apart) == pytest.approx(numbers().expectancy, abs=1.5)


def test_what_a_crossover_carries_over_lowers_the_next_baseline(pool: Pool) -> None:
    short, long = (replace(CROSSOVER, washout=days * 1440.0) for days in (0.0, 28.0))
    lost = []
    for trial in (short, long):
        own = make_pool(trial, 300)
        baseline = make_scores(trial, own).baseline[1]
        lost.append(float(np.mean(baseline[1] - baseline[0])))
        assert lost[-1] == pytest.approx(float((own.baseline * own.later[0, :, 0]).mean()), abs=0.5)
    assert lost[0] > 3.0 > lost[1] >= 0.0


def test_periods_of_a_person_are_alike_and_not_the_same(pool: Pool) -> None:
    own = make_pool(CROSSOVER, 1500)
    scores = make_scores(CROSSOVER, own)
    first, second = (scores.score[period][0 if period == 0 else 1, 1, :, 0] - own.baseline for period in (0, 1))
    correlation = np.corrcoef(first, second)[0, 1]
    assert 0.15 < correlation < 0.85
    assert second.std() == pytest.approx(setting("saline").sd, rel=0.1)


def test_what_is_carried_over_is_the_effect_of_that_time() -> None:
    """A period of 7 d: a day into the second one, what is left of the first is the effect of day 8."""
    crossover = make_pool(replace(CROSSOVER, washout=0.0), 200)
    whole = make_pool(replace(PARALLEL, visits=(1440.0, 7 * 1440.0, 8 * 1440.0, 14 * 1440.0)), 200)
    np.testing.assert_allclose(crossover.later[0], whole.effect[0][:, 1:], rtol=0.01, atol=0.01)
