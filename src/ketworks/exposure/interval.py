"""Part of a curve: a window, a dosing interval, and the last session against the first."""

from __future__ import annotations

import math
from typing import NamedTuple

from ketworks.exposure.areas import Curve, area, between
from ketworks.exposure.dosing import Dosing
from ketworks.exposure.metric import Found
from ketworks.exposure.terminal import Terminal

JUST_BEFORE = 1e-3  # min: where a dose starts at the end of an interval, the level just before it ends the interval
NAMES = (
    "interval_auc",
    "interval_cmax",
    "interval_cmin",
    "interval_cavg",
    "interval_trough",
    "fluctuation",
)


class Span(NamedTuple):
    """From and to, min."""

    start: float
    stop: float


class Part(NamedTuple):
    """What a curve does within a span: area, highest, lowest and last level."""

    area: float
    highest: float
    lowest: float
    last: float


def last_interval(dosing: Dosing) -> Span | str:
    """The shortest interval between sessions, counted from the last one; the reason when there is only one session."""
    if len(dosing.sessions) < 2:
        return "one session and no window: no interval to look at"
    return Span(dosing.sessions[-1], dosing.sessions[-1] + dosing.shortest_interval)


def of_interval(curve: Curve, span: Span | str, seen: Span, dosing: Dosing, end: Terminal | str) -> dict[str, Found]:
    """The interval's metrics.

    Args:
        curve: up to the last level that counts.
        span: the interval, or why there is none.
        seen: first and last time of the data.
        dosing: doses.
        end: terminal phase, for what lies beyond the last level that counts.
    """
    found = span if isinstance(span, str) else part_of(curve, span, seen, dosing, end)
    if isinstance(span, str) or isinstance(found, str):
        return dict.fromkeys(NAMES, str(found))
    mean = found.area / (span.stop - span.start)
    swing: Found = 100.0 * (found.highest - found.lowest) / mean if mean > 0.0 else "the mean level is 0"
    return dict(zip(NAMES, (found.area, found.highest, found.lowest, mean, found.last, swing), strict=True))


def part_of(curve: Curve, span: Span, seen: Span, dosing: Dosing, end: Terminal | str) -> Part | str:
    """Area and levels within a span, or why they are not known; arguments as ``of_interval``."""
    if span.start < seen.start or span.stop > seen.stop:
        return "the interval reaches beyond the times"
    last = float(curve.times[-1])
    stop = _before_a_dose(curve, min(span.stop, last), dosing)
    if span.start >= last:
        return _in_the_tail(curve, span, end)
    inside = between(curve, span.start, stop)
    whole, highest, lowest = area(inside), float(inside.levels.max()), float(inside.levels.min())
    trough = float(inside.levels[-1])
    if span.stop > last:
        tail = _in_the_tail(curve, Span(last, span.stop), end)
        if isinstance(tail, str):
            return tail
        whole, lowest, trough = whole + tail.area, min(lowest, tail.lowest), tail.last
    return Part(whole, highest, lowest, trough)


def _in_the_tail(curve: Curve, span: Span, end: Terminal | str) -> Part | str:
    """Along the terminal exponential."""
    if isinstance(end, str):
        return f"the interval reaches beyond the last level that counts, and {end}"
    level, since = float(curve.levels[-1]), float(curve.times[-1])
    first = level * math.exp(-end.rate * (span.start - since))
    last = level * math.exp(-end.rate * (span.stop - since))
    return Part((first - last) / end.rate, first, last, last)


def _before_a_dose(curve: Curve, stop: float, dosing: Dosing) -> float:
    """``stop``, or the last time of the curve just before a dose that starts there."""
    if not any(abs(start - stop) < JUST_BEFORE for start in dosing.starts):
        return stop
    earlier = curve.times[(curve.times < stop) & (curve.times > stop - JUST_BEFORE)]
    return float(earlier[-1]) if len(earlier) else stop


def accumulation(curve: Curve, seen: Span, dosing: Dosing, end: Terminal | str) -> dict[str, Found]:
    """Highest level and area after the last session over those after the first, both over the shortest interval.

    R_peak = max C[t_n, t_n + tau] / max C[t_1, t_1 + tau]      R_auc = AUC[t_n, t_n + tau] / AUC[t_1, t_1 + tau]

    Symbols: t_1, t_n start of the first and last session - min; tau shortest time between two sessions - min
    Source:  definition
    Leaves out: whether a steady state was reached.
    """
    names = ("accumulation_peak", "accumulation_auc")
    if len(dosing.sessions) < 2:
        return dict.fromkeys(names, "one session only")
    if not dosing.alike:
        return dict.fromkeys(names, "the first and the last session differ in dose")
    tau = dosing.shortest_interval
    parts = [part_of(curve, Span(t, t + tau), seen, dosing, end) for t in (dosing.sessions[0], dosing.sessions[-1])]
    for one in parts:
        if isinstance(one, str):
            return dict.fromkeys(names, one)
    first, last = (one for one in parts if not isinstance(one, str))
    if first.area <= 0.0:
        return dict.fromkeys(names, "no level after the first session")
    return {names[0]: last.highest / first.highest, names[1]: last.area / first.area}
