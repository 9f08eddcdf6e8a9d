"""Groups of observations that are shown apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, unknown
from ketworks.predictive.check_data import Observed

MOST = 6  # values of a column that become panels of their own


class Stratum(NamedTuple):
    """One group: its name, empty when there is only one, and which observations belong to it."""

    name: str
    rows: NDArray[np.int64]


def strata(observed: Observed, by: str = "") -> list[Stratum]:
    """One stratum per measured output and per value of the column ``by``.

    A column of numbers with more than six values is cut at its median over people.
    """
    outputs = np.unique(observed.output)
    labels = _labels(observed, by) if by else np.full(len(observed), "")
    found = []
    for output in outputs:
        for label in sorted(set(labels.tolist())):
            rows = np.flatnonzero((observed.output == output) & (labels == label))
            if len(rows):
                parts = [str(output)] if len(outputs) > 1 else []
                found.append(Stratum(", ".join([*parts, *([label] if label else [])]), rows))
    return found


def _labels(observed: Observed, by: str) -> NDArray[np.str_]:
    if by not in observed.columns:
        raise unknown("column for strata", by, observed.columns)
    column = observed.columns[by]
    distinct = sorted(set(column.tolist()))
    if len(distinct) <= MOST:
        return np.array([f"{by} {value}" for value in column])
    try:
        numbers = column.astype(np.float64)
    except ValueError:
        raise WrongUse(
            f"column {by!r} has {len(distinct)} different texts", f"numbers, or {MOST} texts or fewer"
        ) from None
    _, first = np.unique(observed.person, return_index=True)
    middle = float(np.median(numbers[first]))
    return np.where(numbers <= middle, f"{by} up to {middle:g}", f"{by} above {middle:g}")
