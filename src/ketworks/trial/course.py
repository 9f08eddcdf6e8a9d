"""Trials whose score is a signal of the chain as it stands, with the person's own course over months in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from ketworks.people.cohort import Cohort
from ketworks.trial.keep import Keep, at_once
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool, make_pool, simulating
from ketworks.trial.scores import Scores, make_scores
from ketworks.trial.settings import numbers
from ketworks.trial.simulated import simulated

_SCORE = "outcome.madrs"
_RATING = "trial.rating"


def pool_of(trial: Trial, size: int, progress: Callable[[str], None] | None = None, keep: Keep = at_once) -> Pool:
    """The pool of any design; arguments as of :func:`make_pool`.

    Raises:
        KetworksError: as ``simulate``.
    """
    make = make_pool if trial.withdrawal is None else _course_pool
    return make(trial, size, progress, keep)


def scores_of(trial: Trial, pool: Pool) -> Scores:
    """The scores of any design; see :func:`make_scores` for what they are made of where nothing else is said."""
    return make_scores(trial, pool) if trial.withdrawal is None else _course_scores(trial, pool)


def _course_pool(trial: Trial, size: int, progress: Callable[[str], None] | None, keep: Keep) -> Pool:
    """``Pool.effect`` holds the whole score here, and nothing is felt: nobody guesses."""
    from ketworks.registry import Chain

    assert trial.withdrawal is not None
    cohort = Cohort(size, trial.seed, population=trial.who.population)
    chain = Chain(**{**trial.chain, "outcome": trial.withdrawal.background})
    times = (0.0, *trial.visits)
    courses: dict[str, Floats] = {}
    for arm in trial.arms:
        if arm.regimen not in courses:
            say = None if progress is None else partial(simulating, progress, arm.name)
            found = simulated(arm.regimen, cohort, chain, [_SCORE], times, keep, say, _baseline(trial))
            courses[arm.regimen] = found[_SCORE]
    score = np.stack([courses[arm.regimen] for arm in trial.arms])
    solved = np.isfinite(score).all(axis=(0, 2))
    people = int(solved.sum())
    nothing = np.zeros((len(trial.arms), people))
    male = np.asarray(cohort.covariates["male"])[solved]
    later = np.zeros((len(trial.arms), people, 0))
    return Pool(cohort.ids[solved], male, score[0, solved, 0], score[:, solved, 1:], later, nothing, nothing)


def _baseline(trial: Trial) -> Mapping[str, float]:
    """The plan's baseline in place of the outcome stage's."""
    stated = {"madrs.baseline": trial.who.baseline, "madrs.baseline_sd": trial.who.baseline_sd}
    return {key: value for key, value in stated.items() if value is not None}


def _course_scores(trial: Trial, pool: Pool) -> Scores:
    """The simulated score with the error of its rating.

    Equation:  S = S' + e, held within the scale
    Symbols:   S' score of the outcome stage with the person's own course - points; e error of the rating - points
    Source:    row ``trial.rating_sd``; the course from docs/outcome.md
    Leaves out: expectancy and unblinding: what people believe after randomisation moves no score here.
    """
    from ketworks.engine.random import repeated_normals

    known = numbers()
    places = np.round(np.array(trial.visits)).astype(np.int64)
    error = known.rating * np.asarray(repeated_normals(trial.seed, pool.ids, [_RATING], places)[_RATING])
    score = np.clip(pool.effect + error, 0.0, known.top)
    nobody = np.zeros((len(trial.arms), len(pool.ids)))
    return Scores((pool.baseline[None],), (score[None],), nobody, nobody[None])
