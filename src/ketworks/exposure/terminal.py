"""The terminal phase: which points, and the straight line through their logarithms."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ketworks.exposure.areas import Curve, Floats

FEWEST = 3
AS_GOOD = 1e-4  # of adjusted r squared: within it the longer line is taken
FEW = "fewer than three points after the peak"


class Terminal(NamedTuple):
    """The terminal phase.

    Attributes:
        rate: 1/min, above 0.
        times: min, of the points used.
        adjusted_r2: of ln(level) against time.
    """

    rate: float
    times: Floats
    adjusted_r2: float

    @property
    def half_life(self) -> float:
        """Min."""
        return math.log(2.0) / self.rate


def terminal(curve: Curve, after: float, points: str | tuple[float, float]) -> Terminal | str:
    """The terminal phase, or why there is none.

    ln C = a - lambda_z t   by least squares;   adjusted r^2 = 1 - (1 - r^2) (n - 1) / (n - 2)

    Symbols: C level - level's unit; t - min; lambda_z - 1/min; n points
    Source:  definition; of all lines through the last 3, 4, ... points after the peak the one with the best adjusted
             r^2, and of those within 0.0001 of it the longest (the usual rule of noncompartmental programs)
    Leaves out: weights; that a sum of exponentials is never quite straight.

    Args:
        curve: levels.
        after: min; points before it (while doses still come) do not count.
        points: ``best``; ``last`` (the last three: for curves without noise); or first and last time of the points.
    """
    where = np.flatnonzero((curve.times >= after) & (curve.levels > 0.0))
    if len(where):
        peak = where[np.argmax(curve.levels[where])]
        where = where[where > peak]
    if isinstance(points, tuple):
        where = where[(curve.times[where] >= points[0]) & (curve.times[where] <= points[1])]
    if len(where) < FEWEST:
        return FEW if not isinstance(points, tuple) else "fewer than three points after the peak at the stated times"
    times, logs = curve.times[where], np.log(curve.levels[where])
    counts = [len(where)] if isinstance(points, tuple) else range(FEWEST, len(where) + 1)
    lines = [_line(times[-n:], logs[-n:]) for n in (counts if points != "last" else [FEWEST])]
    falling = [line for line in lines if line.rate > 0.0]
    if not falling:
        return "the curve does not fall at its end"
    best = max(line.adjusted_r2 for line in falling)
    return [line for line in falling if line.adjusted_r2 >= best - AS_GOOD][-1]


def _line(times: Floats, logs: Floats) -> Terminal:
    t, y = times - times.mean(), logs - logs.mean()
    slope = float(t @ y / (t @ t))
    spread = float(y @ y)
    r2 = slope**2 * float(t @ t) / spread if spread > 0.0 else 0.0
    return Terminal(-slope, times, 1.0 - (1.0 - r2) * (len(t) - 1) / (len(t) - 2))
