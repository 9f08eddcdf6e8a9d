"""Trials whose score is a signal of the chain as it stands: a person's own course over months, or pain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from ketworks.people.cohort import Cohort
from ketworks.trial.keep import Keep, at_once
from ketworks.trial.measures import PAIN, mapped, measure
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool, make_pool, simulating
from ketworks.trial.scores import Scores, make_scores
from ketworks.trial.simulated import simulated

_RATING = "trial.rating"


class _Course(NamedTuple):
    """Which signal is the score under a regimen and which one without, the chain, and values in place of its rows."""

    given: str
    without: str
    chain: Mapping[str, str]
    values: Mapping[str, float]


def is_course(trial: Trial) -> bool:
    """Whether the score is simulated whole, so that no setting, expectancy or guess enters it."""
    return trial.withdrawal is not None or trial.measure == PAIN


def _course(trial: Trial) -> _Course:
    from ketworks.registry import default_variant, make

    stated = {"baseline": trial.who.baseline, "baseline_sd": trial.who.baseline_sd}
    known = {key: value for key, value in stated.items() if value is not None}
    if trial.withdrawal is not None:
        chain = {**trial.chain, "outcome": trial.withdrawal.background}
        return _Course("outcome.madrs", "", chain, {f"madrs.{key}": value for key, value in known.items()})
    stage = make(PAIN, trial.chain.get(PAIN, default_variant(PAIN)))
    setting = getattr(stage, "setting", "crps")
    values = {f"{setting}.{key}": value for key, value in known.items()}
    return _Course("pain.score", "pain.placebo_score", trial.chain, values)


def pool_of(trial: Trial, size: int, progress: Callable[[str], None] | None = None, keep: Keep = at_once) -> Pool:
    """The pool of any design and measure; arguments as of :func:`make_pool`.

    Raises:
        KetworksError: as ``simulate``.
    """
    make = _course_pool if is_course(trial) else make_pool
    return make(trial, size, progress, keep)


def scores_of(trial: Trial, pool: Pool) -> Scores:
    """The scores of any design and measure; see :func:`make_scores` for what they are made of if not simulated whole.

    A depression scale other than MADRS gets what corresponds to each rating of MADRS.
    """
    made = _course_scores(trial, pool) if is_course(trial) else make_scores(trial, pool)
    to_scale = partial(mapped, trial.measure)
    return made._replace(baseline=tuple(map(to_scale, made.baseline)), score=tuple(map(to_scale, made.score)))


def _course_pool(trial: Trial, size: int, progress: Callable[[str], None] | None, keep: Keep) -> Pool:
    """``Pool.effect`` holds the whole score here, and nothing is felt: nobody guesses."""
    from ketworks.registry import Chain

    course = _course(trial)
    cohort = Cohort(size, trial.seed, population=trial.who.population)
    names, times = [one for one in (course.given, course.without) if one], (0.0, *trial.visits)
    courses: dict[str, Mapping[str, Floats]] = {}
    for arm in trial.arms:
        if arm.active and arm.regimen not in courses:
            say = None if progress is None else partial(simulating, progress, arm.name)
            chain = Chain(**course.chain)
            courses[arm.regimen] = simulated(arm.regimen, cohort, chain, names, times, keep, say, course.values)
    any_arm = next(iter(courses.values()))  # what a person does without the drug is the same in each
    score = np.stack(
        [courses[arm.regimen][course.given] if arm.active else any_arm[course.without] for arm in trial.arms]
    )
    solved = np.isfinite(score).all(axis=(0, 2))
    people = int(solved.sum())
    nothing = np.zeros((len(trial.arms), people))
    male = np.asarray(cohort.covariates["male"])[solved]
    later = np.zeros((len(trial.arms), people, 0))
    return Pool(cohort.ids[solved], male, score[0, solved, 0], score[:, solved, 1:], later, nothing, nothing)


def _course_scores(trial: Trial, pool: Pool) -> Scores:
    """The simulated score with the error of its rating.

    Equation:  S = S' + e, held within the scale
    Symbols:   S' score of the outcome stage with the person's own course, or of the pain stage - points; e error of
               the rating - points
    Source:    rows ``trial.rating_sd`` and ``pain.rating``; the courses from docs/outcome.md and docs/pain.md
    Leaves out: expectancy and unblinding: what people believe after randomisation moves no score here.
    """
    from ketworks.engine.random import repeated_normals

    known = measure("madrs" if trial.measure != PAIN else PAIN)
    places = np.round(np.array(trial.visits)).astype(np.int64)
    error = known.rating * np.asarray(repeated_normals(trial.seed, pool.ids, [_RATING], places)[_RATING])
    score = np.clip(pool.effect + error, 0.0, known.top)
    nobody = np.zeros((len(trial.arms), len(pool.ids)))
    return Scores((pool.baseline[None],), (score[None],), nobody, nobody[None])
