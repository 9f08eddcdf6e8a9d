"""A course: the steps of one dosing occasion, each at once, over a time, or at a rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from ketworks.dose.limits import TWIN, implausible, longest
from ketworks.dose.route import MAY_HAVE_RATE, MAY_LAST, PUSHED_OR_INFUSED, ROUTES, unknown_route
from ketworks.dose.wording import HOUR, number, time
from ketworks.errors import WrongUse, unknown


@dataclass(frozen=True)
class Step:
    """One dose: at once, over a time, or at a rate for a time.

    Attributes:
        amount: number of ``unit``.
        unit: ``mg`` or ``mg/kg`` for an amount, ``mg/h`` or ``mg/kg/h`` for a rate.
        route: one of ``ROUTES``.
        duration: min; 0 for a dose given at once.
        after: min between the end of the step before and this one; 0 for the first step.

    Raises:
        WrongUse: a value is not finite, outside its range, or does not go with the route.
    """

    amount: float
    unit: str
    route: str
    duration: float = 0.0
    after: float = 0.0

    def __post_init__(self) -> None:
        """Refuses what no sentence could say."""
        if self.route not in ROUTES:
            raise unknown_route(self.route)
        if self.unit not in TWIN:
            raise unknown("unit", self.unit, TWIN)
        _at_least_zero("duration", self.duration)
        _at_least_zero("after", self.after)
        if not (math.isfinite(self.amount) and self.amount > 0):
            raise WrongUse(f"dose {self.amount!r} {self.unit}", "a finite dose above 0")
        if self.duration and self.route not in MAY_LAST:
            given = f"{self.route} over {time(self.duration)}"
            raise WrongUse(given, f"a duration only for {', '.join(sorted(MAY_LAST))}")
        if self.duration > longest(self.route):
            given = f"{self.route} over {time(self.duration)}"
            raise WrongUse(given, f"at most {time(longest(self.route))} (a guard against slips, not a safe range)")
        if self.is_rate and not (self.duration and self.route in MAY_HAVE_RATE):
            given = f"{number(self.amount)} {self.unit} {self.route}"
            raise WrongUse(given, f"a rate with a duration, for {' or '.join(sorted(MAY_HAVE_RATE))}")
        found = implausible(self.amount, self.unit, self.route, self.duration)
        if found is not None:
            raise WrongUse(found.why, found.accepted, found.instead)

    @property
    def is_rate(self) -> bool:
        """Whether ``amount`` is per hour."""
        return self.unit.endswith("/h")

    @property
    def total(self) -> float:
        """The amount of the whole step, in ``total_unit``."""
        return self.amount * self.duration / HOUR if self.is_rate else self.amount

    @property
    def total_unit(self) -> str:
        """``mg`` or ``mg/kg``."""
        return self.unit.removesuffix("/h")

    def says(self, route: bool) -> str:
        """The step in words; with its route or without."""
        words = [f"after {time(self.after)}"] if self.after else []
        words.append(f"{number(self.amount)} {self.unit}")
        if route:
            words.append(self.route)
        if self.duration:
            words.append(f"{'for' if self.is_rate else 'over'} {time(self.duration)}")
        elif self.route in PUSHED_OR_INFUSED:
            words.append("bolus")
        return " ".join(words)


def offsets(steps: tuple[Step, ...]) -> tuple[float, ...]:
    """Start of each step, in min from the start of the course."""
    starts, clock = [], 0.0
    for step in steps:
        starts.append(clock + step.after)
        clock = starts[-1] + step.duration
    return tuple(starts)


def check_course(steps: tuple[Step, ...]) -> None:
    """Refuses an empty course, a first step that waits, and two doses at once that stand in one place.

    Raises:
        WrongUse: with the step at fault.
    """
    if not steps:
        raise WrongUse("a course without a dose", "at least one dose")
    if steps[0].after:
        raise WrongUse(f"first dose after {time(steps[0].after)}", "the first dose at the start: use `from` or `at`")
    for index in without_pause(steps):
        given = f"{steps[index - 1].says(True)} then {steps[index].says(True)}"
        nearest = f"then after 10 min {steps[index].says(True)}"
        raise WrongUse(given, "a time between two doses that are each given at once", nearest)


def without_pause(steps: tuple[Step, ...]) -> tuple[int, ...]:
    """Places in the course of the doses that follow another at once, both without a duration."""
    pairs = enumerate(pairwise(steps), start=1)
    return tuple(index for index, (before, step) in pairs if not (before.duration or step.duration or step.after))


def _at_least_zero(name: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise WrongUse(f"{name} {value!r} min", "a finite time of 0 min or more")
