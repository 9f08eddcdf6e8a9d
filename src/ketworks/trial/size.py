"""Sample size in closed form: the t test's power at the difference and spread that the pool shows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.estimate import library
from ketworks.trial.plan import Analysis, Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.scores import Scores

WANTED = (0.8, 0.9)
_LEVEL = 0.05
_MOST = 1_000_000  # people an arm beyond which no number is given


class Size(NamedTuple):
    """People an arm (second arm of the analysis as many as in the first) for a power, by Student's t test.

    ``n`` is None where the pool's difference is so small that a million an arm would not do.
    """

    analysis: str
    power: float
    difference: float
    sd: float
    n: int | None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


def changes(trial: Trial, pool: Pool, scores: Scores, arm: int, visit: int) -> Floats:
    """Change of everybody in the pool who may be included, in the first period, without losses, points."""
    fits = pool.baseline >= trial.who.lowest
    change: Floats = scores.score[0][0, arm, :, visit] - scores.baseline[0][0]
    return change[fits]


def sizes(trial: Trial, pool: Pool, scores: Scores) -> list[Size]:
    """For every pair of arms whose change is compared in a parallel trial.

    Equation:  power of a two-sided t test at d = (m_1 - m_2) / sqrt((s_1^2 + s_2^2)/2)
    Symbols:   m, s mean and SD of the change in the pool - points
    Source:    statsmodels TTestIndPower
    Leaves out: losses, and what an adjustment for baseline gains.
    """
    if trial.design != "parallel":
        return []
    found = []
    solver = library("statsmodels.stats.power").TTestIndPower()
    for one in _once(trial):
        endpoint = trial.endpoint(one.endpoint)
        if endpoint.kind != "change":
            continue
        both = [changes(trial, pool, scores, trial.arm(name), trial.visit(endpoint)) for name in one.arms]
        difference = float(both[0].mean() - both[1].mean())
        sd = float(np.sqrt(0.5 * (both[0].var(ddof=1) + both[1].var(ddof=1))))
        found += [Size(one.name, power, difference, sd, _n(solver, difference / sd, power)) for power in WANTED]
    return found


def _once(trial: Trial) -> list[Analysis]:
    """The first analysis of each endpoint and pair of arms."""
    first = {(one.endpoint, one.arms): one for one in reversed(trial.analyses)}
    return [one for one in trial.analyses if first[one.endpoint, one.arms] is one]


def _n(solver: Any, effect: float, power: float) -> int | None:
    """Fewest people an arm: doubled until it is enough, then halved down (far beyond, SciPy's power is no number)."""
    upper = 2
    while solver.power(abs(effect), upper, _LEVEL) < power:
        upper *= 2
        if upper > _MOST:
            return None
    lower = upper // 2
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (lower, middle) if solver.power(abs(effect), middle, _LEVEL) >= power else (middle, upper)
    return upper
