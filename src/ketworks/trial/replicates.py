"""Many trials drawn from one pool: power, type-I error, and how far trials of this size scatter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.analyses import analyse
from ketworks.trial.conduct import conduct
from ketworks.trial.keep import Arrays, Keep, at_once
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Floats, Pool
from ketworks.trial.scores import Scores
from ketworks.trial.summary import cells, summarise

LEVEL = 0.05  # two-sided
_BATCH = 50  # replicates between two words on progress, kept as one part


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
    """Power by analysis, and what every replicate found; not a number where it found nothing.

    Attributes:
        trials: replicates.
        power: of each analysis that was asked for.
        arms: (n, mean, SD, median in days) by (arm, endpoint), shape (replicates, 4).
        estimates: by the name of the analysis, shape (replicates,).
    """

    trials: int
    power: tuple[Power, ...]
    arms: Mapping[tuple[str, str], Floats]
    estimates: Mapping[str, Floats]


def replicate(
    trial: Trial,
    pool: Pool,
    scores: Scores,
    bearable: Floats,
    count: int,
    null: bool = False,
    progress: Callable[[str], None] | None = None,
    keep: Keep = at_once,
) -> Replicates:
    """Conducts ``count`` trials (replicates 1, 2, ...) and analyses each as the plan asks with ``power``."""
    one = partial(_one, trial, pool, scores, bearable, null)
    batches = []
    for first in range(1, count + 1, _BATCH):
        last = min(first + _BATCH - 1, count)
        if progress is not None:
            progress(f"{first - 1} of {count} trials done")
        batches.append(keep(f"trials {first} to {last}", partial(_batch, one, range(first, last + 1))))
    found, rows = (np.concatenate([batch[kind] for batch in batches]) for kind in ("found", "rows"))
    named = [each.name for each in trial.analyses if each.power]
    power = tuple(_power(name, found[:, k], count) for k, name in enumerate(named))
    keys = [(trial.arms[place].name, endpoint.name) for endpoint, place in cells(trial)]
    values = {name: found[:, k, 0] for k, name in enumerate(named)}
    return Replicates(count, power, {key: rows[:, k] for k, key in enumerate(keys)}, values)


def _batch(one: Callable[[int], tuple[Floats, Floats]], numbers: Iterable[int]) -> Arrays:
    """What some replicates came to, the replicate first in each array."""
    found, rows = zip(*(one(number) for number in numbers), strict=True)
    return {"found": np.stack(found), "rows": np.stack(rows)}


def _one(trial: Trial, pool: Pool, scores: Scores, bearable: Floats, null: bool, number: int) -> tuple[Floats, Floats]:
    """One replicate: value and p of each analysis, and (n, mean, SD, median) of each arm and endpoint; NaN if none."""
    data = conduct(trial, pool, scores, bearable, number, null)
    estimates = [analyse(trial, data, one) for one in trial.analyses if one.power]
    found = [(_number(one.value), _number(one.p)) for one in estimates]
    rows = [(row.n, *map(_number, (row.mean, row.sd, row.median))) for row in summarise(trial, data)]
    return np.array(found, dtype=float).reshape(-1, 2), np.array(rows, dtype=float).reshape(-1, 4)


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _power(name: str, results: Floats, count: int) -> Power:
    """Power from (value, p) of every replicate, shape (replicates, 2); NaN where there was no estimate."""
    from ketworks.trial.responders import wilson

    results = results[np.isfinite(results).all(axis=1)]
    hits = int(np.sum(results[:, 1] < LEVEL))
    mean = float(np.mean(results[:, 0])) if len(results) else None
    return Power(name, hits / count, *wilson(hits, count), mean, len(results))
