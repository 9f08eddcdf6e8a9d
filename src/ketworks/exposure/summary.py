"""Many people's values of one metric in a few numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Summary(NamedTuple):
    """Statistics over people; None where too few values, or values of 0, do not allow one.

    Attributes:
        n: people with a value.
        missing: people without one.
        mean: arithmetic mean.
        sd: standard deviation of a sample.
        cv: sd over mean, %.
        median: 50th percentile.
        low: 5th percentile.
        high: 95th percentile.
        geometric_mean: exp of the mean logarithm.
        geometric_cv: 100 sqrt(exp(s^2) - 1) %, s the sd of the logarithms.
    """

    n: int
    missing: int
    mean: float | None
    sd: float | None
    cv: float | None
    median: float | None
    low: float | None
    high: float | None
    geometric_mean: float | None
    geometric_cv: float | None


def summary_of(values: Sequence[float | None]) -> Summary:
    """The statistics of those values that exist.

    Args:
        values: one a person; None where there is none.
    """
    known = np.asarray([value for value in values if value is not None], dtype=np.float64)
    missing = len(values) - len(known)
    if not len(known):
        return Summary(0, missing, None, None, None, None, None, None, None, None)
    mean = float(known.mean())
    low, median, high = (float(x) for x in np.percentile(known, (5.0, 50.0, 95.0)))
    same = bool(known.max() == known.min())  # then rounding alone would make a spread
    sd = (0.0 if same else float(known.std(ddof=1))) if len(known) > 1 else None
    geometric_mean = geometric_cv = None
    if (known > 0.0).all():
        logs = np.log(known)
        geometric_mean = float(np.exp(logs.mean()))
        if len(known) > 1:
            geometric_cv = 0.0 if same else 100.0 * math.sqrt(math.expm1(float(logs.var(ddof=1))))
    cv = 100.0 * sd / mean if sd is not None and mean > 0.0 else None
    return Summary(len(known), missing, mean, sd, cv, median, low, high, geometric_mean, geometric_cv)
