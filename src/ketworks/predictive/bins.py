"""Which observations stand together in a visual predictive check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_NOMINAL = 30  # distinct times that make readable bins of their own
USUAL = 10  # bins by quantile when nothing is said
FEWEST = 5  # observations per distinct time for it to be a bin when nothing is said


@dataclass(frozen=True)
class Bins:
    """Bins of the horizontal axis.

    Attributes:
        index: bin of each observation, -1 outside all edges, shape (observations,).
        low: smallest value that may lie in each bin, shape (bins,).
        high: largest, likewise.
        center: median of the values in each bin, shape (bins,).
        words: how they were made.
    """

    index: Ints
    low: Floats
    high: Floats
    center: Floats
    words: str


def bins(x: Floats, how: str = "auto") -> Bins:
    """Bins by nominal time, by equal numbers, or by given edges.

    Args:
        x: value of each observation on the horizontal axis.
        how: ``nominal`` (each distinct value), a whole number (so many bins with equal numbers), edges such as
            ``0,1,2,4,8`` (the last edge belongs to the last bin), or ``auto``: nominal times where they are few and
            repeated, else ten bins with equal numbers.

    Raises:
        WrongUse: not one of these, edges that do not rise, or no observation between them.
    """
    text = how.strip().lower()
    if text == "auto":
        distinct = np.unique(x)
        text = "nominal" if len(distinct) <= min(MOST_NOMINAL, len(x) / FEWEST) else str(USUAL)
    if text == "nominal":
        return _nominal(x)
    if text.isdigit():
        return _equal(x, int(text))
    return _given(x, text)


def _nominal(x: Floats) -> Bins:
    distinct, index = np.unique(x, return_inverse=True)
    return Bins(index.astype(np.int64), distinct, distinct, distinct, f"{len(distinct)} nominal times")


def _equal(x: Floats, count: int) -> Bins:
    if not 1 <= count <= len(x):
        raise WrongUse(f"{count} bins", f"1 to {len(x)}, the number of observations", paste="--bins 10")
    inner = np.unique(np.quantile(x, np.arange(1, count) / count))
    return _cut(x, np.searchsorted(inner, x, side="left"), f"bins with equal numbers, {count} asked")


def _given(x: Floats, text: str) -> Bins:
    try:
        edges = np.array([float(word) for word in text.split(",")])
    except ValueError:
        raise WrongUse(
            f"bins {text!r}", "nominal, a number of bins, or edges", paste="--bins nominal, --bins 8, --bins 0,1,2,4,8"
        ) from None
    if len(edges) < 2 or not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
        raise WrongUse(f"bins {text!r}", "two or more edges that rise", paste="--bins 0,1,2,4,8")
    place = np.searchsorted(edges, x, side="right") - 1
    place[x == edges[-1]] = len(edges) - 2
    place[(x < edges[0]) | (x > edges[-1])] = -1
    if (place < 0).all():
        raise WrongUse(f"bins {text!r}", f"edges around the observations, {x.min():g} to {x.max():g}")
    return _cut(x, place, f"edges {text}")


def _cut(x: Floats, place: Ints, words: str) -> Bins:
    """Numbers the bins that hold something from 0 on."""
    used = [number for number in np.unique(place) if number >= 0]
    index = np.full(len(x), -1, dtype=np.int64)
    for new, old in enumerate(used):
        index[place == old] = new
    parts = [x[index == new] for new in range(len(used))]
    low, high, center = (np.array([f(part) for part in parts]) for f in (np.min, np.max, np.median))
    return Bins(index, low, high, center, words)
