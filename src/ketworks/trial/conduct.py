"""One trial as it runs: allocation, ratings at the visits, people who leave, people who are rescued."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.allocation import Enrolled, enrol
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.scores import Scores
from ketworks.trial.withdrawal import randomised

_LOSS = "trial.dropout"
_SEVERE, _STEP = 30.0, 10.0  # points: where the stated hazard holds, and the step by which it multiplies
_WEEK = 10080.0  # min


class Data(NamedTuple):
    """What a trial sees.

    Attributes:
        ids: of the people, in order of enrolment, shape (people,).
        assessed: how many were looked at for inclusion; of a withdrawal trial how many entered its open phase.
        stratum: shape (people,).
        arm: given in each period, shape (people, periods).
        baseline: score before each period, points, shape (people, periods).
        score: at the visits, points, shape (people, periods, visits); only where ``seen``.
        seen: whether it was rated and counts, same shape.
        left: whether the person left before the last visit, shape (people,).
        rescued: whether they were rescued, shape (people,).
        guessed: whether they guessed drug, shape (people, periods).
    """

    ids: NDArray[np.int64]
    assessed: int
    stratum: NDArray[np.int64]
    arm: NDArray[np.int64]
    baseline: Floats
    score: Floats
    seen: NDArray[np.bool_]
    left: NDArray[np.bool_]
    rescued: NDArray[np.bool_]
    guessed: NDArray[np.bool_]


def loss_draws(trial: Trial, pool: Pool) -> Floats:
    """Each person's hazard of leaving that they will bear, exponential with mean 1, shape (people,)."""
    from scipy.special import log_ndtr  # type: ignore[import-untyped]

    from ketworks.engine.random import standard_normals

    return np.asarray(-log_ndtr(np.asarray(standard_normals(trial.seed, pool.ids, [_LOSS])[_LOSS])))


def conduct(trial: Trial, pool: Pool, scores: Scores, bearable: Floats, replicate: int = 0, null: bool = False) -> Data:
    """Runs one trial.

    Args:
        trial: the plan.
        pool: people.
        scores: of the pool.
        bearable: hazard that each of the pool bears before leaving (``loss_draws``).
        replicate: 0 is the trial that is shown; each number is another draw of people and allocation.
        null: whether every arm gets what the control gets, so that nothing is there to be found.
    """
    who = enrol(trial, pool, replicate)
    if trial.withdrawal is not None:
        who = _stable(trial, scores, who, bearable, replicate)
    arm = _arms(trial, who)
    given = np.full_like(arm, trial.control) if null else arm
    baseline, score, guessed = _rated(trial, scores, who, given)
    seen, left, rescued, score = _watched(trial, who, arm, score, bearable)
    return Data(
        pool.ids[who.rows], who.assessed, who.stratum, arm, baseline, score, seen, left, rescued, guessed.astype(bool)
    )


def _stable(trial: Trial, scores: Scores, who: Enrolled, bearable: Floats, replicate: int) -> Enrolled:
    """Those who are randomised after the open phase, in which all arms are alike."""
    everybody = np.zeros((len(who.rows), 1), np.int64)
    baseline, score, _ = _rated(trial, scores, who, everybody)
    seen, _, _, score = _watched(trial, who, everybody, score, bearable)
    return randomised(trial, who, baseline[:, 0], score[:, 0], seen[:, 0], replicate)


def _arms(trial: Trial, who: Enrolled) -> NDArray[np.int64]:
    """Arm by person and period; in a crossover the sequence turns."""
    periods = np.arange(trial.periods)
    if trial.design == "crossover":
        return (who.sequence[:, None] + periods) % len(trial.arms)
    return who.sequence[:, None]


def _rated(trial: Trial, scores: Scores, who: Enrolled, given: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    baseline, score, guessed = [], [], []
    for period in range(trial.periods):
        before = given[:, period - 1] if period else np.zeros(len(who.rows), np.int64)
        baseline.append(scores.baseline[period][before, who.rows])
        score.append(scores.score[period][before, given[:, period], who.rows])
        guessed.append(scores.guessed[period][given[:, period], who.rows])
    return np.stack(baseline, axis=1), np.stack(score, axis=1), np.stack(guessed, axis=1)


def _hazards(trial: Trial) -> Floats:
    """Hazard of leaving on the way to each visit, 1/min, shape (arms, visits); an open phase is that of the plan."""
    own = [trial.losses.per_week if one.dropout_per_week is None else one.dropout_per_week for one in trial.arms]
    whole = np.repeat(np.array(own)[:, None], len(trial.visits), axis=1)
    if trial.withdrawal is not None:
        whole[:, np.asarray(trial.visits) <= trial.withdrawal.randomise] = trial.losses.per_week
    return whole / _WEEK


def _watched(
    trial: Trial, who: Enrolled, arm: NDArray[np.int64], score: Floats, bearable: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Goes from visit to visit: who has left, who is rescued, and what is rated after a rescue.

    Equation:  left when  sum over visits of h dt k^((S - 30)/10)  exceeds the hazard that the person bears
    Symbols:   h hazard - 1/min; dt since the last visit - min; k factor for each ten points; S last score - points
    Source:    the plan; an exponential draw makes the sum a hazard
    Leaves out: leaving for side effects as such: an arm's own ``dropout_per_week`` stands for it.
    """
    hazard = _hazards(trial)
    worn = np.zeros(len(who.rows))
    rescued = np.zeros(len(who.rows), bool)
    seen = np.zeros(score.shape, bool)
    score = score.copy()
    steps = np.diff([0.0, *trial.visits])
    for period in range(trial.periods):
        last = score[:, period, 0]
        for visit, step in enumerate(steps):
            worn += hazard[arm[:, period], visit] * step * trial.losses.severity ** ((last - _SEVERE) / _STEP)
            seen[:, period, visit] = worn <= bearable[who.rows]
            if trial.rescue is not None:
                if trial.rescue.handling == "missing":
                    seen[rescued, period, visit] = False
                score[rescued, period, visit] = np.maximum(score[rescued, period, visit] - trial.rescue.gain, 0.0)
                due = seen[:, period, visit] & (trial.visits[visit] >= trial.rescue.start)
                rescued |= due & (score[:, period, visit] >= trial.rescue.score)
            last = score[:, period, visit]
    return seen, worn > bearable[who.rows], rescued, score
