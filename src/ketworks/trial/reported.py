"""Published numbers of a trial beside those that trials of the same size would find in the model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.plan import Reported, Trial
from ketworks.trial.pool import Floats
from ketworks.trial.replicates import Replicates

INSIDE, OUTSIDE, NOT_JUDGED = "inside", "outside", "not judged"
BAND = (5.0, 95.0)  # percentiles over trials of the same size
# a row that was not seen, or read at second hand, is shown and never judged
JUDGED = ("abstract", "table", "full_text")


class Compared(NamedTuple):
    """A reported number, the mean over simulated trials of the same size with its 90 % interval, and the verdict."""

    reported: Reported
    unit: str
    predicted: float | None
    low: float | None
    high: float | None
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        own = {key: value for key, value in self._asdict().items() if key != "reported"}
        return {**vars(self.reported), **own}


def compare(trial: Trial, found: Replicates) -> list[Compared]:
    """Every reported number of the plan against the replicates."""
    return [_one(trial, found, reported) for reported in trial.reported]


def _one(trial: Trial, found: Replicates, reported: Reported) -> Compared:
    values = _predicted(found, reported)
    values = values[np.isfinite(values)]
    unit = "%" if trial.endpoint(reported.endpoint).kind != "change" else "points"
    if reported.statistic == "standardised_difference":
        unit = "SD"
    if len(values) == 0:
        return Compared(reported, unit, None, None, None, NOT_JUDGED)
    low, high = np.percentile(values, BAND)
    verdict = INSIDE if low <= reported.value <= high else OUTSIDE
    judged = reported.how_read in JUDGED and reported.label not in ("recalled", "context")
    return Compared(reported, unit, float(values.mean()), float(low), float(high), verdict if judged else NOT_JUDGED)


def _predicted(found: Replicates, reported: Reported) -> Floats:
    """The statistic in every replicate, in the unit in which it is reported (rates in per cent)."""
    own = found.arms[reported.arm, reported.endpoint]
    mean, sd = own[:, 1], own[:, 2]
    if reported.statistic == "mean_change":
        return mean
    if reported.statistic == "sd_change":
        return sd
    if reported.statistic == "rate":
        return 100.0 * mean
    other = found.arms[reported.against, reported.endpoint]
    if reported.statistic == "rate_difference":
        return 100.0 * (mean - other[:, 1])
    difference = mean - other[:, 1]
    if reported.statistic == "difference":
        return difference
    pooled = np.sqrt(0.5 * (sd**2 + other[:, 2] ** 2))
    return np.divide(difference, pooled, out=np.full_like(difference, np.nan), where=pooled > 0.0)
