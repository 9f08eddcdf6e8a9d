"""Published numbers of a trial beside those that trials of the same size would find in the model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.errors import WrongUse
from ketworks.trial.plan import HAZARD_RATIO, MEDIAN, PEOPLE, STANDARDISED, Analysis, Reported, Trial
from ketworks.trial.pool import Floats
from ketworks.trial.replicates import Replicates

INSIDE, OUTSIDE, NOT_JUDGED = "inside", "outside", "not judged"
BAND = (5.0, 95.0)  # percentiles over trials of the same size
# a row that was not seen, or read at second hand, is shown and never judged
JUDGED = ("abstract", "table", "full_text")
_UNITS = {STANDARDISED: "SD", HAZARD_RATIO: "ratio", MEDIAN: "days", PEOPLE: "people"}


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


def hazard_ratio_of(trial: Trial, reported: Reported) -> Analysis:
    """The Cox regression, run in every replicate, that gives a reported hazard ratio.

    Raises:
        WrongUse: the plan has none.
    """
    pair = (reported.arm, reported.against)
    for one in trial.analyses:
        if one.kind == "cox" and one.power and one.endpoint == reported.endpoint and one.arms == pair:
            return one
    given = f"a hazard ratio of {reported.endpoint}, {pair[0]} against {pair[1]}"
    raise WrongUse(given, "an analysis of kind cox of these, with power = true", paste='kind = "cox"')


def compare(trial: Trial, found: Replicates) -> list[Compared]:
    """Every reported number of the plan against the replicates."""
    return [_one(trial, found, reported) for reported in trial.reported]


def _one(trial: Trial, found: Replicates, reported: Reported) -> Compared:
    values = _predicted(trial, found, reported)
    unit = _UNITS.get(reported.statistic, "%" if trial.endpoint(reported.endpoint).kind != "change" else "points")
    if reported.statistic == MEDIAN:
        values = np.where(np.isfinite(values), values, np.inf)  # half have not lost the response: later than all visits
    values = values[~np.isnan(values)]
    if len(values) == 0:
        return Compared(reported, unit, None, None, None, NOT_JUDGED)
    low, high = np.percentile(values, BAND, method="nearest" if reported.statistic == MEDIAN else "linear")
    verdict = INSIDE if low <= reported.value <= high else OUTSIDE
    judged = reported.how_read in JUDGED and reported.label not in ("recalled", "context")
    middle = np.percentile(values, 50.0, method="nearest") if reported.statistic == MEDIAN else values.mean()
    told = [float(one) if np.isfinite(one) else None for one in (middle, low, high)]
    return Compared(reported, unit, told[0], told[1], told[2], verdict if judged else NOT_JUDGED)


def _predicted(trial: Trial, found: Replicates, reported: Reported) -> Floats:
    """The statistic in every replicate, in the unit in which it is reported (rates in per cent)."""
    if reported.statistic == HAZARD_RATIO:
        return found.estimates[hazard_ratio_of(trial, reported).name]
    own = found.arms[reported.arm, reported.endpoint]
    mean, sd = own[:, 1], own[:, 2]
    if reported.statistic == MEDIAN:
        return own[:, 3]
    if reported.statistic == PEOPLE:
        return own[:, 0]
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
