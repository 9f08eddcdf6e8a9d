"""Every person's scores under every arm: baseline, drug effect, control, expectancy, error of the rating."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.settings import Setting, numbers, setting
from ketworks.trial.unblinding import (
    control_sd,
    expectancy_points,
    felt_effect,
    guess_probability,
    guess_variance,
    sensation,
)

_CONTROL, _AGAIN = "outcome.control", "trial.control_again"
_FELT, _GUESS, _RATING = "trial.sensation", "trial.guess", "trial.rating"
_ANCHOR = "midazolam"  # the setting from which the drug effect comes


class Scores(NamedTuple):
    """What would be rated if each person of the pool got each arm.

    Attributes:
        baseline: before each period, points, shape (periods, arms before, people); ``arms before`` is the arm of the
            period before, and has one entry in the first.
        score: points, shape (periods, arms before, arms, people, visits).
        guess: probability of guessing drug, shape (arms, people).
        guessed: 1 where drug was guessed, shape (periods, arms, people).
    """

    baseline: tuple[Floats, ...]
    score: tuple[Floats, ...]
    guess: Floats
    guessed: Floats


def make_scores(trial: Trial, pool: Pool) -> Scores:
    """The scores of the pool; all draws belong to the person, the visit and the period, never to the arm.

    Equation:  S = S0 - E - P - X + e, held within the scale
    Symbols:   S0 baseline, E drug effect, P change under the control, X expectancy, e error of the rating - points
    Source:    docs/evidence/clinical.md sections 3 and 8; additivity is an assumption
    Leaves out: what changes the control's course besides the setting; in a crossover the control's change begins anew.
    """
    from ketworks.engine.random import standard_normals

    known, own = numbers(), setting(trial.setting)
    draws = standard_normals(trial.seed, pool.ids, [_CONTROL, _AGAIN, _FELT])
    probability, reference = _guesses(trial, pool, own, np.asarray(draws[_FELT]))
    chance = 0.0 if trial.blinding == "open" else guess_variance(own)
    person = control_sd(own, known.rating, known.expectancy, chance)
    first, fresh = np.asarray(draws[_CONTROL]), np.asarray(draws[_AGAIN])
    again = known.again * first + np.sqrt(1.0 - known.again**2) * fresh
    controls = [_control(trial, own, person, draw) for draw in (first, again)[: trial.periods]]
    baselines, scores, guesses = [], [], []
    for period in range(trial.periods):
        guessed = _guessed(trial, pool, probability, period)
        expectancy = expectancy_points(guessed, reference, known.expectancy)
        carried = np.zeros((1, *pool.later.shape[1:])) if period == 0 else pool.later
        baseline, score = _period(trial, pool, controls[period], expectancy, carried, period)
        baselines.append(baseline)
        scores.append(score)
        guesses.append(guessed)
    return Scores(tuple(baselines), tuple(scores), probability, np.stack(guesses))


def _guesses(trial: Trial, pool: Pool, own: Setting, draw: Floats) -> tuple[Floats, Floats]:
    """Probability of guessing drug, and the share that would in the setting behind the other terms: (arms, people)."""
    from scipy.special import ndtr  # type: ignore[import-untyped]

    active = np.array([arm.active for arm in trial.arms])[:, None]
    dissociation = np.where(active, pool.dissociation, sensation(own, ndtr(draw)))
    felt = felt_effect(dissociation, pool.rise, numbers().pressure)
    known = np.broadcast_to(active.astype(float), felt.shape)
    probability = known if trial.blinding == "open" else guess_probability(felt, own)
    reference = np.where(active, guess_probability(felt, setting(_ANCHOR)), probability)
    return np.asarray(probability), reference


def _guessed(trial: Trial, pool: Pool, probability: Floats, period: int) -> Floats:
    from scipy.special import ndtr

    from ketworks.engine.random import repeated_normals

    draw = repeated_normals(trial.seed, pool.ids, [_GUESS], np.array([period]))[_GUESS]
    return np.asarray((ndtr(np.asarray(draw)[:, 0]) < probability).astype(np.float64))


def _control(trial: Trial, own: Setting, sd: float, draw: Floats) -> Floats:
    """The control's change, shape (people, visits)."""
    import jax.numpy as jnp

    from ketworks.outcome.control_arm import control_change

    mean, spread, visit = (jnp.asarray(value) for value in (own.mean, sd, own.visit))
    return np.asarray(control_change(jnp.asarray(trial.visits), mean, spread, visit, jnp.asarray(draw)))


def _rating(trial: Trial, pool: Pool, period: int) -> Floats:
    """Errors of the ratings at the start of a later period and at its visits, shape (people, 1 + visits)."""
    from ketworks.engine.random import repeated_normals

    places = np.round(np.array([0.0, *trial.visits])).astype(np.int64) + (period << 40)
    draw = repeated_normals(trial.seed, pool.ids, [_RATING], places)[_RATING]
    return numbers().rating * np.asarray(draw)


def _period(
    trial: Trial, pool: Pool, control: Floats, expectancy: Floats, carried: Floats, period: int
) -> tuple[Floats, Floats]:
    """Baseline (arms before, people) and scores (arms before, arms, people, visits) of one period."""
    import jax.numpy as jnp

    from ketworks.outcome.severity import severity

    top = numbers().top
    rating = _rating(trial, pool, period)
    days = np.minimum(np.asarray(trial.visits) / setting(_ANCHOR).visit, 1.0)  # expectancy is there after a day
    effect = pool.effect[None] + (carried[:, None, :, 1:] if period else 0.0)
    other = (control + expectancy[:, :, None] * days - rating[:, 1:])[None]
    start = pool.baseline[None, None, :, None]
    score = np.asarray(severity(jnp.asarray(start), jnp.asarray(effect), jnp.asarray(other), jnp.asarray(top)))
    if period == 0:
        return pool.baseline[None], score
    before = pool.baseline[None] - carried[:, :, 0] + rating[None, :, 0]
    return np.clip(before, 0.0, top), score
