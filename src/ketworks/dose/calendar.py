"""When a course is given: once, at listed times, or by a pattern such as ``twice weekly for 4 weeks``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from ketworks.dose.limits import parameters
from ketworks.dose.wording import DAY, WEEK, number, time, times
from ketworks.errors import WrongUse

WEEKLY_OFFSETS = {1: (0.0,), 2: (0.0, 3 * DAY), 3: (0.0, 2 * DAY, 4 * DAY)}
"""Minutes from the start of the week: twice is Monday and Thursday, three times is Monday, Wednesday and Friday."""

_WEEKLY_WORDS = {1: "once weekly", 2: "twice weekly", 3: "three times weekly"}
_ROUNDING = 1e-12


@dataclass(frozen=True)
class At:
    """Listed times.

    Attributes:
        times: min from the start of the regimen, strictly increasing.
    """

    times: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        """Refuses an empty, unsorted, repeated or infinite list."""
        if not self.times:
            raise WrongUse("an empty list of times", "at least one time")
        for moment in self.times:
            if not (math.isfinite(moment) and moment >= 0):
                raise WrongUse(f"a dose at {moment!r} min", "a finite time of 0 min or more")
        for earlier, later in pairwise(self.times):
            if later <= earlier:
                ordered = tuple(sorted(set(self.times)))
                given = f"{times((later,))} after {times((earlier,))} in a list of times"
                raise WrongUse(given, "each time once, in order", f"at {times(ordered)}")
        few_enough(len(self.times))
        short_enough(self.times[-1])

    def __str__(self) -> str:
        """``at 0, 2, 4 d``."""
        return f"at {times(self.times)}"


@dataclass(frozen=True)
class Phase:
    """``doses`` times in each ``period``, for a ``span``. All doses that start before the span ends are given.

    Attributes:
        period: min.
        span: min; at least until the second dose, so that a repeat of one dose is a whole period.
        doses: 1, or for a period of one week 2 or 3 (days 0, 3 or days 0, 2, 4 of each week).
    """

    period: float
    span: float
    doses: int = 1

    def __post_init__(self) -> None:
        """Refuses times that are not positive, patterns without a known spacing, and a repeat that repeats nothing."""
        for name, value in (("interval", self.period), ("span", self.span)):
            if not (math.isfinite(value) and value > 0):
                raise WrongUse(f"{name} {value!r} min", "a finite time above 0 min")
        if self.doses not in WEEKLY_OFFSETS or (self.doses > 1 and self.period != WEEK):
            raise WrongUse(
                f"{self.doses} doses every {time(self.period)}",
                "one dose every interval, or 2 or 3 doses a week",
                "on days 1, 2, 3, 4",
            )
        second = (*WEEKLY_OFFSETS[self.doses], self.period)[1]
        if self.span < second * (1 - _ROUNDING):
            raise WrongUse(
                f"a repeat for {time(self.span)}, which ends before its second dose", f"at least {time(second)}"
            )
        few_enough(self.doses * self.span / self.period)
        short_enough(self.span)

    @classmethod
    def counted(cls, period: float, count: int, doses: int = 1) -> Phase:
        """The phase of exactly ``count`` doses; its span ends where the next dose would be."""
        week, rest = divmod(count, doses)
        return cls(period, week * period + WEEKLY_OFFSETS[doses][rest], doses)

    @property
    def times(self) -> tuple[float, ...]:
        """Dose times, in min from the start of the phase."""
        places = WEEKLY_OFFSETS[self.doses]
        end = self.span * (1 - _ROUNDING)
        cycles = range(math.ceil(self.span / self.period))
        return tuple(t for k in cycles for place in places if (t := k * self.period + place) < end)

    def __str__(self) -> str:
        """``twice weekly for 4 weeks``, ``daily for 5 d``, ``every 3 d x 6``."""
        if self.period == WEEK:
            words = _WEEKLY_WORDS[self.doses]
        else:
            words = "daily" if self.period == DAY else f"every {time(self.period)}"
        weeks, rest = divmod(self.span, WEEK)
        if self.period == WEEK and not rest:
            return f"{words} for {number(weeks)} week{'' if weeks == 1 else 's'}"
        count = len(self.times)
        if self.period != DAY and self == Phase.counted(self.period, count, self.doses):
            return f"{words} x {count}"
        return f"{words} for {time(self.span)}"


@dataclass(frozen=True)
class Repeat:
    """Phases one after the other.

    Attributes:
        phases: each starts when the span of the one before ends.
        start: min from the start of the regimen.
    """

    phases: tuple[Phase, ...]
    start: float = 0.0

    def __post_init__(self) -> None:
        """Refuses no phases, a negative start, too many doses and too long a regimen."""
        if not self.phases:
            raise WrongUse("a repeat without a phase", "at least one phase")
        if not (math.isfinite(self.start) and self.start >= 0):
            raise WrongUse(f"a start at {self.start!r} min", "a finite time of 0 min or more")
        few_enough(sum(phase.doses * phase.span / phase.period for phase in self.phases))
        short_enough(self.start + sum(phase.span for phase in self.phases))

    @property
    def times(self) -> tuple[float, ...]:
        """Dose times, in min from the start of the regimen."""
        moments, clock = [], self.start
        for phase in self.phases:
            moments += [clock + t for t in phase.times]
            clock += phase.span
        return tuple(moments)

    def __str__(self) -> str:
        """``twice weekly for 4 weeks then once weekly for 4 weeks from 2 d``."""
        words = " then ".join(str(phase) for phase in self.phases)
        return f"{words} from {time(self.start)}" if self.start else words


Calendar = At | Repeat


def few_enough(count: float) -> None:
    """Refuses more doses than a regimen may hold."""
    most = parameters()["dose.most_events"].value
    if count > most:
        raise WrongUse(f"{count:.6g} doses", f"at most {number(most)}")


def short_enough(minutes: float) -> None:
    """Refuses a regimen that is longer than the accepted length."""
    most = parameters()["dose.longest_regimen"].canonical
    if minutes > most:
        raise WrongUse(f"a regimen of {number(round(minutes / DAY, 2))} d", f"at most {time(most)}")
