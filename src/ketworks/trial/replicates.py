"""Many trials drawn from one pool: power, type-I error, and how far trials of this size scatter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.analyses import analyse
from ketworks.trial.conduct import conduct
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.scores import Scores
from ketworks.trial.summary import summarise

LEVEL = 0.05  # two-sided
_EVERY = 50  # replicates between two words on progress


class Power(NamedTuple):
    """How often an analysis found a difference at the 5 % level, with the 95 % Wilson interval of that share.

    Attributes:
        analysis: its name.
        share: of all replicates; one that could not be estimated found nothing.
        low, high: of the share.
        mean: of the estimates.
        estimated: replicates that could be estimated.
    """

    analysis: str
    share: float
    low: float
    high: float
    mean: float | None
    estimated: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


class Replicates(NamedTuple):
    """Power by analysis, and every replicate's (n, mean, SD) by (arm, endpoint): shape (replicates, 3)."""

    trials: int
    power: tuple[Power, ...]
    arms: Mapping[tuple[str, str], Floats]


def replicate(
    trial: Trial,
    pool: Pool,
    scores: Scores,
    bearable: Floats,
    count: int,
    null: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Replicates:
    """Conducts ``count`` trials (replicates 1, 2, ...) and analyses each as the plan asks with ``power``."""
    wanted = [one for one in trial.analyses if one.power]
    found: dict[str, list[tuple[float, float]]] = {one.name: [] for one in wanted}
    arms: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for number in range(1, count + 1):
        if progress is not None and number % _EVERY == 0:
            progress(f"{number} of {count} trials")
        data = conduct(trial, pool, scores, bearable, number, null)
        for one in wanted:
            result = analyse(trial, data, one)
            if result.p is not None and result.value is not None:
                found[one.name].append((result.value, result.p))
        for row in summarise(trial, data):
            numbers = (row.n, np.nan if row.mean is None else row.mean, np.nan if row.sd is None else row.sd)
            arms.setdefault((row.arm, row.endpoint), []).append(numbers)
    power = tuple(_power(name, results, count) for name, results in found.items())
    return Replicates(count, power, {key: np.array(rows) for key, rows in arms.items()})


def _power(name: str, results: list[tuple[float, float]], count: int) -> Power:
    from ketworks.trial.responders import wilson

    hits = sum(p < LEVEL for _, p in results)
    mean = float(np.mean([value for value, _ in results])) if results else None
    return Power(name, hits / count, *wilson(hits, count), mean, len(results))
