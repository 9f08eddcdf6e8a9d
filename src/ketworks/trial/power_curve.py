"""Power against the number of people: the same pool, trials of several sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ketworks.errors import WrongUse
from ketworks.trial.conduct import loss_draws
from ketworks.trial.course import pool_of, scores_of
from ketworks.trial.estimate import library
from ketworks.trial.grid import grid
from ketworks.trial.keep import Keep, at_once
from ketworks.trial.plan import Analysis, Trial
from ketworks.trial.plan_file import resized
from ketworks.trial.pool import Pool
from ketworks.trial.replicates import LEVEL, replicate
from ketworks.trial.scores import Scores
from ketworks.trial.size import changes
from ketworks.trial.study import pool_size


class CurvePoint(NamedTuple):
    """Power of one analysis in a trial of ``n`` people, with the 95 % interval of the share.

    ``closed_form``: of the t test, without losses; None where changes are not compared in a parallel trial.
    """

    n: int
    analysis: str
    share: float
    low: float
    high: float
    closed_form: float | None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


def read_sizes(text: str) -> tuple[int, ...]:
    """Numbers of people, as ``20, 40, 80``.

    Raises:
        WrongUse: not whole numbers.
    """
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise WrongUse(f"--power-curve {text!r}", "whole numbers of people", paste='--power-curve "20,40,80"') from None
    return found


def power_curve(
    trial: Trial,
    sizes: Sequence[int],
    replicates: int,
    pool: int = 0,
    progress: Callable[[str], None] | None = None,
    keep: Keep = at_once,
) -> list[CurvePoint]:
    """Conducts ``replicates`` trials of each size; all are drawn from one pool.

    Args:
        trial: the plan; its own number of people is not used.
        sizes: people of the whole trial.
        replicates: trials of each size, 1 or more.
        pool: people simulated; 0 takes what the largest size needs.
        progress: called with a word on what is being done.
        keep: makes each part, or knows it already.

    Raises:
        WrongUse: a size is out of range, or there is nothing to find the power of.
        CannotSay: as :func:`run_trial`.
    """
    wanted = [one for one in trial.analyses if one.power]
    if not wanted or replicates < 1:
        raise WrongUse(
            "a power curve of nothing", "an [[analysis]] and one replicate or more", paste="--replicates 500"
        )
    planned = [resized(trial, n) for n in sizes]
    library()
    largest = max(planned, key=lambda one: one.who.n)
    people = pool_of(largest, pool_size(largest, pool), progress, keep)
    scores = scores_of(trial, people)
    bearable = loss_draws(trial, people)
    points = []
    for one in planned:
        say = None if progress is None else _sized(progress, one.who.n)
        found = replicate(one, people, scores, bearable, replicates, progress=say)
        for analysis, power in zip(wanted, found.power, strict=True):
            closed = _closed_form(one, people, scores, analysis)
            points.append(CurvePoint(one.who.n, analysis.name, power.share, power.low, power.high, closed))
    return points


def _sized(progress: Callable[[str], None], n: int) -> Callable[[str], None]:
    return lambda word: progress(f"{n} people: {word}")


def _closed_form(trial: Trial, pool: Pool, scores: Scores, analysis: Analysis) -> float | None:
    """Power of a two-sided t test at the pool's difference and spread, with the arms' shares of the people."""
    endpoint = trial.endpoint(analysis.endpoint)
    if endpoint.kind != "change" or trial.design != "parallel":
        return None
    first, second = (trial.arm(name) for name in analysis.arms)
    both = [changes(trial, pool, scores, arm, trial.visit(endpoint)) for arm in (first, second)]
    sd = float(np.sqrt(0.5 * (both[0].var(ddof=1) + both[1].var(ddof=1))))
    shares = [trial.arms[arm].share for arm in (first, second)]
    people = trial.who.n * shares[0] / sum(arm.share for arm in trial.arms)
    effect = abs(float(both[0].mean() - both[1].mean())) / sd
    solver = library("statsmodels.stats.power").TTestIndPower()
    return float(solver.power(effect, people, LEVEL, ratio=shares[1] / shares[0]))


def curve_text(trial: Trial, points: Sequence[CurvePoint], replicates: int) -> str:
    """The curve as a table."""
    rows: list[tuple[str, ...]] = [("analysis", "people", "power, %", "95 % CI", "t test, closed form, %")]
    for one in sorted(points, key=lambda point: (point.analysis, point.n)):
        closed = "-" if one.closed_form is None else f"{100.0 * one.closed_form:.1f}"
        span = f"{100.0 * one.low:.1f} to {100.0 * one.high:.1f}"
        rows.append((one.analysis, str(one.n), f"{100.0 * one.share:.1f}", span, closed))
    head = f"power over {replicates} trials of each size, level {LEVEL:g}; people are those of the whole trial"
    return f"{trial.title}\n{head}\n\n{grid(rows)}"
