"""Areas under a curve of levels between its points, and what lies beyond the last one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
METHODS = ("linear-up/log-down", "linear")
_NEAR = 1e-4  # log ratio of two levels below which its series is more exact than the quotient


class Curve(NamedTuple):
    """Levels at rising times; min and the level's unit, both of shape (points,)."""

    times: Floats
    levels: Floats
    method: str = METHODS[0]


def area(curve: Curve) -> float:
    """The area under the curve.

    linear:  A = dt (C1 + C2) / 2          log:  A = dt (C1 - C2) / ln(C1 / C2)

    Symbols: C1, C2 level at both ends of a step - level's unit; dt its length - min; A - level's unit x min
    Source:  integral of a straight line, and of an exponential, through both points; ``linear-up/log-down`` takes the
             exponential where the level falls and stays above 0
    Leaves out: any bend between two points.
    """
    dt, first, second, log = _steps(curve)
    x = _log_ratio(first, second, log)
    return float(np.sum(np.where(log, dt * first * _mean_of_fall(x), 0.5 * dt * (first + second))))


def moment(curve: Curve) -> float:
    """The area under time x level.

    linear:  M = dt (t1 C1 + t2 C2) / 2
    log:     M = t1 A + dt^2 C1 h(x),   h(x) = (1 - exp(-x) (1 + x)) / x^2,   x = ln(C1 / C2)

    Symbols: t1, t2 - min; C1, C2, dt, A as in ``area``; M - level's unit x min^2
    Source:  trapezoid of t C, and the integral of t times an exponential through both points
    Leaves out: as ``area``; the trapezoid of t C is the usual convention, not the integral of a straight line times t.
    """
    dt, first, second, log = _steps(curve)
    start, stop = curve.times[:-1], curve.times[1:]
    x = _log_ratio(first, second, log)
    falling = start * dt * first * _mean_of_fall(x) + dt**2 * first * _mean_time_of_fall(x)
    return float(np.sum(np.where(log, falling, 0.5 * dt * (start * first + stop * second))))


def _steps(curve: Curve) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Lengths, levels at both ends, and which steps follow an exponential."""
    first, second = curve.levels[:-1], curve.levels[1:]
    falls = (first > second) & (second > 0.0)
    return np.diff(curve.times), first, second, falls if curve.method == METHODS[0] else np.zeros_like(falls)


def _log_ratio(first: Floats, second: Floats, log: NDArray[np.bool_]) -> Floats:
    return np.asarray(np.log(np.where(log, first, 1.0) / np.where(log, second, 1.0)))


def _mean_of_fall(x: Floats) -> Floats:
    """(1 - exp(-x)) / x, safe at 0."""
    near = x < _NEAR
    safe = np.where(near, 1.0, x)
    return np.where(near, 1.0 - x / 2.0 + x**2 / 6.0, -np.expm1(-safe) / safe)


def _mean_time_of_fall(x: Floats) -> Floats:
    """(1 - exp(-x) (1 + x)) / x^2, safe at 0."""
    near = x < _NEAR
    safe = np.where(near, 1.0, x)
    return np.where(near, 0.5 - x / 3.0 + x**2 / 8.0, (-np.expm1(-safe) - safe * np.exp(-safe)) / safe**2)


def level_at(curve: Curve, time: float) -> float:
    """The level between two points, on the same line or exponential whose area is taken."""
    place = int(np.searchsorted(curve.times, time))
    if curve.times[min(place, len(curve.times) - 1)] == time:
        return float(curve.levels[place])
    (start, stop), (first, second) = curve.times[place - 1 : place + 1], curve.levels[place - 1 : place + 1]
    share = (time - start) / (stop - start)
    if curve.method == METHODS[0] and first > second > 0.0:
        return float(first * (second / first) ** share)
    return float(first + share * (second - first))


def between(curve: Curve, start: float, stop: float) -> Curve:
    """The part of the curve from ``start`` to ``stop``, both within its times."""
    inside = (curve.times > start) & (curve.times < stop)
    ends = [level_at(curve, start), level_at(curve, stop)]
    times = np.concatenate([[start], curve.times[inside], [stop]])
    return Curve(times, np.concatenate([ends[:1], curve.levels[inside], ends[1:]]), curve.method)


def time_above(curve: Curve, level: float) -> float:
    """How long the curve is above a level, with the crossings on the lines and exponentials between its points; min."""
    dt, first, second, log = _steps(curve)
    high, low = np.maximum(first, second), np.minimum(first, second)
    crosses = (low < level) & (high > level)
    part = (high - level) / np.where(crosses, high - low, 1.0)
    falls = crosses & log
    if level > 0.0:
        down = np.log(np.where(falls, first, 1.0) / level) / np.where(falls, _log_ratio(first, second, falls), 1.0)
        part = np.where(falls, down, part)
    return float(np.sum(dt * np.where(crosses, part, (low >= level) & (high > level))))
