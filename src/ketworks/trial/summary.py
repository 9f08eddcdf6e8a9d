"""What a paper's table holds for each arm: people, baseline, change, rates."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.conduct import Data
from ketworks.trial.endpoints import change, reached, time_to_relapse
from ketworks.trial.plan import Endpoint, Trial
from ketworks.trial.pool import Pool
from ketworks.trial.relapse import median_days


class ArmSummary(NamedTuple):
    """One arm at one endpoint: who counts, and mean and SD (change), or rate (all others); None without people.

    ``median``: of a relapse, days until half have lost the response (Kaplan-Meier); None while fewer have.
    """

    arm: str
    endpoint: str
    kind: str
    n: int
    mean: float | None
    sd: float | None
    median: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


def summarise(trial: Trial, data: Data) -> list[ArmSummary]:
    """Every arm at every endpoint; in a crossover each arm has the people of both periods."""
    return [_one(trial, data, place, endpoint) for endpoint, place in cells(trial)]


def cells(trial: Trial) -> list[tuple[Endpoint, int]]:
    """The rows of the table in their order: endpoint, and place of the arm."""
    return [(endpoint, place) for endpoint in trial.endpoints for place in range(len(trial.arms))]


def _one(trial: Trial, data: Data, place: int, endpoint: Endpoint) -> ArmSummary:
    name, median = trial.arms[place].name, None
    if endpoint.kind == "relapse":
        times = time_to_relapse(trial, data, endpoint)
        member = times.arm == place
        values, median = times.event[member].astype(np.float64), median_days(times.days[member], times.event[member])
    else:
        found = (change if endpoint.kind == "change" else reached)(trial, data, endpoint)
        values = found.value[found.counts & (data.arm == place)]
    mean = float(values.mean()) if len(values) else None
    sd = float(values.std(ddof=1)) if endpoint.kind == "change" and len(values) > 1 else None
    return ArmSummary(name, endpoint.name, endpoint.kind, len(values), mean, sd, median)


def carry_over(trial: Trial, pool: Pool) -> list[dict[str, Any]]:
    """Points of baseline that the drug still takes in the next period, mean over the pool, for each arm with drug."""
    if trial.design != "crossover":
        return []
    points = pool.later * pool.baseline[None, :, None]
    return [
        {"arm": arm.name, "at_start": float(points[k, :, 0].mean()), "at_end": float(points[k, :, -1].mean())}
        for k, arm in enumerate(trial.arms)
        if arm.active
    ]
