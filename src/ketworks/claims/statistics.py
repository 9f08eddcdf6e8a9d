"""The statistics by which a simulation answers a sentence; each gives a number with its unit, or a reason for none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.check import statistics as of_studies
from ketworks.errors import WrongUse
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from ketworks.result import Floats, Simulation

Yes = NDArray[np.bool_]
DAY, HOUR = 1440.0, 60.0  # min
PERCENT = 100.0


class Number(NamedTuple):
    """A value with its unit; the value is None where there is none, and ``why`` says why."""

    value: float | None
    unit: str
    why: str = ""


def table_of(simulation: Simulation, signal: str) -> Floats:
    """Values (people, times) of a signal, or of the difference of two; the typical person does not stand for people."""
    tables = [simulation.people_table(name) for name in signal.split(" - ")]
    return tables[0] - tables[1] if len(tables) > 1 else tables[0]


def center(simulation: Simulation, signal: str) -> Floats:
    """The typical person's course, or the mean over the people of a cohort, shape (times,)."""
    if simulation.has_typical and " - " not in signal:
        return np.asarray(simulation.tables[signal][0])
    return np.asarray(table_of(simulation, signal).mean(axis=0))


def value(simulation: Simulation, signal: str, at: str) -> Number:
    """The value at one time, of the typical person or as mean over people."""
    return Number(_at(simulation, center(simulation, signal), at), _unit(simulation, signal))


def share(simulation: Simulation, signal: str, at: str) -> Number:
    """Percent of people in whom a signal of 0 and 1 is 1 at one time."""
    return Number(PERCENT * _at(simulation, center(simulation, signal), at), "%")


def share_of_peak(simulation: Simulation, signal: str, at: str) -> Number:
    """The value at one time in percent of the largest."""
    curve = center(simulation, signal)
    return Number(PERCENT * _at(simulation, curve, at) / float(curve.max()), "%")


def ratio_of_times(simulation: Simulation, signal: str, at: str) -> Number:
    """The value at one time over that at another: ``7 d over 24 h``."""
    curve = center(simulation, signal)
    first, second = (_at(simulation, curve, part) for part in _two(at, " over "))
    return Number(first / second, "1") if second else Number(None, "1", f"nothing is there at {at}")


def largest_rise(simulation: Simulation, signal: str, at: str) -> Number:
    """The largest rise of the typical person from the value before the dose."""
    curve = center(simulation, signal)
    return Number(float((curve - curve[0]).max()), _unit(simulation, signal))


def own_largest_rise(simulation: Simulation, signal: str, at: str) -> Number:
    """The mean over people of each one's own largest rise."""
    people = table_of(simulation, signal)
    rise = of_studies.mean_peak_change(simulation.times, people, people[:, 0])
    return Number(rise, _unit(simulation, signal))


def direction(simulation: Simulation, signal: str, at: str) -> Number:
    """1 where the signal stands higher than before the dose, -1 lower, 0 the same, as the table of peaks judges it."""
    from ketworks.peaks import FLAT

    curve = center(simulation, signal)
    base = simulation.signal(signal).baseline
    change = _at(simulation, curve, at) - (float(curve[0]) if base is None else base)
    return Number(float(np.sign(change)) if abs(change) > FLAT else 0.0, "direction")


def time_to_half(simulation: Simulation, signal: str, at: str) -> Number:
    """Hours until half of the largest value is reached, on a straight line between the solver's points."""
    curve = center(simulation, signal)
    goal = 0.5 * float(curve.max())
    if goal <= 0.0:
        return Number(None, "h", "nothing rises")
    place = int(np.argmax(curve >= goal))
    if place == 0:
        return Number(0.0, "h")
    left, right = curve[place - 1 : place + 1]
    t0, t1 = simulation.times[place - 1 : place + 1]
    return Number(float(t0 + (goal - left) / (right - left) * (t1 - t0)) / HOUR, "h")


def half_life(simulation: Simulation, signal: str, at: str) -> Number:
    """Half-life from the straight line through the logarithms of the levels within a span: ``2 to 8 h``."""
    from ketworks.exposure.simulated import exposure_of

    unit = "min" if at.endswith("min") else "h"
    found = exposure_of(simulation, [signal], points=at, time_unit=unit)
    one = next(iter(found.of(signal, "half_life").values()))
    return Number(one.value, unit, one.why)


def relative_potency(simulation: Simulation, signal: str, at: str) -> Number:
    """Potency of a racemic metabolite over that of the parent at the NMDA channel, from the affinities that were used.

    Equation:  (1/K_S,m + 1/K_R,m) / (1/K_S + 1/K_R)
    Symbols:   K inhibition constant of S or R, of the metabolite m or the parent - umol/L
    Source:    equal parts of both enantiomers, occupancy far from saturation
    Leaves out: that the body makes and keeps unequal parts of the metabolite's enantiomers.
    """
    rows = simulation.chain.maker(signal).parameters()

    def potency(name: str) -> float:
        keys = (f"potency.ki_{side}_{name}" for side in "sr")
        return sum(1.0 / simulation.values.get(key, rows[key].canonical) for key in keys)

    return Number(potency(at) / potency("ketamine"), "1")


def median_time_kept(simulation: Simulation, signal: str, at: str) -> Number:
    """Median days from the dose until a response that is there at one time is lost."""
    kept = _kept(simulation, signal, at)
    if not kept.size:
        return Number(None, "d", f"nobody responds at {at}")
    middle = float(np.median(kept))
    if math.isinf(middle):
        return Number(None, "d", f"more than half keep it beyond {simulation.times[-1] / DAY:g} d")
    return Number(middle, "d")


def mean_time_kept(simulation: Simulation, signal: str, at: str) -> Number:
    """Mean of that time; those who keep the response to the end count with the end."""
    kept = _kept(simulation, signal, at)
    if not kept.size:
        return Number(None, "d", f"nobody responds at {at}")
    return Number(float(np.minimum(kept, simulation.times[-1] / DAY).mean()), "d")


def kept(simulation: Simulation, signal: str, at: str) -> Number:
    """Percent of those who have a response at one time and have it at a later one: ``24 h to 28 d``."""
    first, second = _pair(simulation, signal, at)
    if not first.any():
        return Number(None, "%", f"nobody responds at {at}")
    return Number(PERCENT * float(second[first].mean()), "%")


def gained(simulation: Simulation, signal: str, at: str) -> Number:
    """Percent of those who have none at one time and have it at a later one: ``24 h to 6 d``."""
    first, second = _pair(simulation, signal, at)
    if first.all():
        return Number(None, "%", f"everybody responds at {at}")
    return Number(PERCENT * float(second[~first].mean()), "%")


def chance(simulation: Simulation, signal: str, at: str) -> Number:
    """Percent chance that so many or more of a group have it: ``12 of 17 at 24 h``.

    Equation:  P = sum_{k >= K} C(n, k) p^k (1 - p)^(n - k)
    Symbols:   p share of the simulated people - 1; K, n counts
    Source:    binomial distribution
    Leaves out: the sampling error of p, which a larger cohort reduces.
    """
    counts, when = _two(at, " at ")
    least, group = (int(part) for part in _two(counts, " of "))
    p = _at(simulation, center(simulation, signal), when)
    terms = (math.comb(group, k) * p**k * (1.0 - p) ** (group - k) for k in range(least, group + 1))
    return Number(PERCENT * math.fsum(terms), "%")


def share_at_most(simulation: Simulation, signal: str, at: str) -> Number:
    """Percent of people at or below a level at one time: ``0.5 at 100 h``."""
    level, when = _two(at, " at ")
    people = of_studies.at_time(simulation.times, table_of(simulation, signal), float(time_points(when)[0]))
    return Number(PERCENT * float(np.mean(people <= float(level))), "%")


STATISTICS: dict[str, Callable[[Simulation, str, str], Number]] = {
    "value": value,
    "share": share,
    "share of peak": share_of_peak,
    "ratio of times": ratio_of_times,
    "largest rise": largest_rise,
    "own largest rise": own_largest_rise,
    "direction": direction,
    "time to half": time_to_half,
    "half-life": half_life,
    "relative potency": relative_potency,
    "median time kept": median_time_kept,
    "mean time kept": mean_time_kept,
    "kept": kept,
    "gained": gained,
    "chance": chance,
    "share at most": share_at_most,
}


def _unit(simulation: Simulation, signal: str) -> str:
    return simulation.signal(signal.split(" - ")[0]).unit


def _two(words: str, between: str) -> tuple[str, str]:
    first, found, second = words.partition(between)
    if not found:
        raise WrongUse(f"{words!r}", f"two parts with {between.strip()!r} between them")
    return first, second


def _at(simulation: Simulation, curve: Floats, at: str) -> float:
    """A course's value at one time."""
    return float(of_studies.at_time(simulation.times, curve[None], float(time_points(at)[0]))[0])


def _pair(simulation: Simulation, signal: str, at: str) -> tuple[Yes, Yes]:
    """Who has it at the first and at the second time, as booleans (people,)."""
    people = table_of(simulation, signal)
    first, second = (
        of_studies.at_time(simulation.times, people, float(time_points(part)[0])) > 0.5 for part in _two(at, " to ")
    )
    return first, second


def _kept(simulation: Simulation, signal: str, at: str) -> Floats:
    """Days from the dose until each one who has it at a time has lost it; infinite where it is kept to the end."""
    when = float(time_points(at)[0])
    later = simulation.times >= when
    have = table_of(simulation, signal)[:, later] > 0.5
    have = have[have[:, 0]]
    lost = ~have
    days = simulation.times[later][lost.argmax(axis=1)] / DAY
    return np.where(lost.any(axis=1), days, np.inf)
