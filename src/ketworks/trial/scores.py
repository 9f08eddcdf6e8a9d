"""Every person's scores under every arm: baseline, drug effect, control, expectancy, error of the rating."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.settings import Setting, first_day, numbers, setting
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

    Equation:  S = (S0 - P - X) (1 - f) + e, held within the scale
    Symbols:   S0 baseline, P change under the control, X expectancy, e error of the rating - points;  f share that the
               drug takes of what is left - 1
    Source:    terms of docs/evidence/clinical.md sections 3 and 8; that the drug takes a share is an assumption
               (``outcome.drug_effect.mean_share``), and so is that control and expectancy add
    Leaves out: what changes the control's course besides the setting; in a crossover the control's change begins anew.
    """
    from ketworks.engine.random import standard_normals

    known, own = numbers(), setting(trial.setting)
    draws = standard_normals(trial.seed, pool.ids, [_CONTROL, _AGAIN, _FELT])
    probability, reference, held = _guesses(trial, pool, own, np.asarray(draws[_FELT]))
    chance = 0.0 if trial.blinding == "open" else guess_variance(own)
    person = control_sd(own, known.rating, known.expectancy * own.worth, chance)
    first, fresh = np.asarray(draws[_CONTROL]), np.asarray(draws[_AGAIN])
    again = known.again * first + np.sqrt(1.0 - known.again**2) * fresh
    controls = [_control(trial, own, person, draw) for draw in (first, again)[: trial.periods]]
    baselines, scores, guesses = [], [], []
    for period in range(trial.periods):
        guessed = _guessed(trial, pool, probability, period)
        expectancy = expectancy_points(guessed, reference, held, own.worth, known.expectancy)
        carried = np.zeros((1, *pool.later.shape[1:])) if period == 0 else pool.later
        baseline, score = _period(trial, pool, controls[period], expectancy, carried, period)
        baselines.append(baseline)
        scores.append(score)
        guesses.append(guessed)
    return Scores(tuple(baselines), tuple(scores), probability, np.stack(guesses))


def _guesses(trial: Trial, pool: Pool, own: Setting, draw: Floats) -> tuple[Floats, Floats, Floats]:
    """Probability of guessing drug, that on this trial's blinded control, and what the drug effect holds of it already:
    by how much it is higher on ketamine than on the control in the setting the effect comes from; (arms, people)."""
    from scipy.special import ndtr  # type: ignore[import-untyped]

    share, anchor = ndtr(draw), setting(_ANCHOR)
    active = np.array([arm.active for arm in trial.arms])[:, None]
    on_drug = felt_effect(pool.dissociation, pool.rise, numbers().pressure)
    on_control = np.broadcast_to(guess_probability(sensation(own, share), own), on_drug.shape)
    blinded = np.where(active, guess_probability(on_drug, own), on_control)
    known = np.broadcast_to(active.astype(float), on_drug.shape)
    apart = guess_probability(on_drug, anchor) - guess_probability(sensation(anchor, share), anchor)
    return known if trial.blinding == "open" else blinded, on_control, np.where(active, apart, 0.0)


def _guessed(trial: Trial, pool: Pool, probability: Floats, period: int) -> Floats:
    from scipy.special import ndtr

    from ketworks.engine.random import repeated_normals

    draw = repeated_normals(trial.seed, pool.ids, [_GUESS], np.array([period]))[_GUESS]
    return np.asarray((ndtr(np.asarray(draw)[:, 0]) < probability).astype(np.float64))


def _control(trial: Trial, own: Setting, sd: float, draw: Floats) -> Floats:
    """The control's change, shape (people, visits); control arms have sessions when the others have theirs."""
    import jax.numpy as jnp

    from ketworks.outcome.control_arm import Control, control_change, kept_share

    course = (own.mean, sd, first_day(), own.early, own.visit, own.fading)
    visits = jnp.asarray(trial.visits)
    control = Control(*(jnp.asarray(value) for value in course))
    kept = kept_share(visits, jnp.asarray(_sessions(trial)), control.day, control.fading)
    return np.asarray(control_change(visits, kept, control, jnp.asarray(draw)))


def _sessions(trial: Trial) -> list[float]:
    """Starts of all sessions of any arm, min; one at 0 where no arm has a regimen."""
    from ketworks.dose.sentence import parse

    regimens = {arm.regimen for arm in trial.arms if arm.active}
    return sorted({0.0} | {event.time for regimen in regimens for event in parse(regimen).events()})


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

    from ketworks.outcome.drug_effect import in_points
    from ketworks.outcome.severity import severity

    top = numbers().top
    rating = _rating(trial, pool, period)
    days = np.minimum(np.asarray(trial.visits) / first_day(), 1.0)  # expectancy is there after a day
    share = _with_carried(pool.effect[None], carried[:, None, :, 1:]) if period else pool.effect[None]
    other = jnp.asarray((control + expectancy[:, :, None] * days)[None])
    start, most = jnp.asarray(pool.baseline[None, None, :, None]), jnp.asarray(top)
    effect = in_points(jnp.asarray(share), start, other, most)
    score = np.clip(np.asarray(severity(start, effect, other, most)) + rating[:, 1:], 0.0, top)
    if period == 0:
        return pool.baseline[None], score
    before = pool.baseline[None] * (1.0 - carried[:, :, 0]) + rating[None, :, 0]
    return np.clip(before, 0.0, top), score


def _with_carried(share: Floats, carried: Floats) -> Floats:
    """The share taken away by this period's drug and by what the one before has left, each of what the other leaves."""
    return np.asarray(1.0 - (1.0 - share) * (1.0 - carried))
