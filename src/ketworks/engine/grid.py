"""The shared time grid: every dose edge, every asked time, and steps that grow with the time since the last edge."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

FIRST_STEP = 0.1  # min after an edge: a bolus mixes within a minute or two
GROWTH = 1.08  # steps grow by 8 % of the time since the edge; the solvers report what that costs
LONGEST_STEP = 720.0  # min
JUMP = 1e-4  # min before an edge: a level that jumps there is a steep step, not a ramp over the last long interval
PADDED = (384, 1536, 6144)  # each is one compilation


def time_grid(edges: Iterable[float], asked: Iterable[float], end: float, refine: int = 0) -> NDArray[np.float64]:
    """Sorted, unique times (min) from 0 to ``end``.

    Args:
        edges: starts and ends of doses, min.
        asked: times at which values are wanted, min.
        end: last time, min.
        refine: how many times all steps are halved.
    """
    starts = np.unique([0.0, *(edge for edge in edges if edge <= end)])
    asked_times = np.asarray(list(asked), dtype=np.float64)
    pieces = [starts, asked_times, np.array([end])]
    before = starts[1:] - 2.0 * JUMP
    before = before[before > 0.0]
    pieces += [before, before + JUMP]
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        offsets = _offsets(stop - start, 0.5**refine)
        pieces.append(start + offsets)
    times = np.unique(np.concatenate(pieces))
    # what lies a rounding error from an exact time would make a vanishing step
    told = np.union1d(starts, asked_times)
    kept = before[~_beside(before, told)]
    too_near = _beside(times, told) | (_beside(times, kept) & ~np.isin(times, told))
    return _at_even_places(np.asarray(times[~too_near & (times <= end)], dtype=np.float64), np.union1d(starts, before))


def _beside(times: NDArray[np.float64], exact: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which times lie beside one of ``exact`` (sorted) without being it."""
    if len(exact) == 0:
        return np.zeros(len(times), dtype=bool)
    places = np.searchsorted(exact, times)[:, None] + [-1, 0]
    distance = np.abs(times[:, None] - exact[np.clip(places, 0, len(exact) - 1)]).min(axis=1)
    return np.asarray((distance > 0.0) & (distance < 1e-6 * FIRST_STEP))


def _at_even_places(times: NDArray[np.float64], anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adds a point ahead of each anchor at an odd place: every second point is then an aligned grid as well.

    The solvers compare a grid with its every second point to estimate their error; a thinned grid that missed the
    edges would blame them for steps that no real grid takes.
    """
    added: list[float] = []
    for anchor in anchors:
        place = int(np.searchsorted(times, anchor))
        if (place + len(added)) % 2 == 1:
            added.append(0.5 * float(times[place - 1] + times[place]))
    return np.sort(np.concatenate([times, added]))


def padded_size(count: int) -> int:
    """The smallest of few sizes that holds ``count``, so that a different length does not mean a new compilation."""
    for size in PADDED:
        if count <= size:
            return size
    return -(-count // PADDED[-1]) * PADDED[-1]


def padded(times: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """``times`` with its last value repeated up to ``size`` (a step of length zero changes no state)."""
    return np.concatenate([times, np.full(size - len(times), times[-1])])


def _offsets(length: float, scale: float) -> NDArray[np.float64]:
    steps, t = [], 0.0
    while t < length:
        t += scale * min(max(FIRST_STEP, (GROWTH - 1.0) * t), LONGEST_STEP)
        steps.append(t)
    return np.asarray(steps[:-1], dtype=np.float64)
