"""A regimen: what is given, by which route, how fast and when; it expands to events and reads back as a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from ketworks.dose.calendar import At, Calendar, Phase, Repeat, few_enough, short_enough
from ketworks.dose.companion import Companion, CompanionDose
from ketworks.dose.course import Step, check_course, offsets
from ketworks.dose.limits import implausible, parameters
from ketworks.dose.route import DRUGS, MAY_HAVE_RATE, SALTS
from ketworks.dose.wording import HOUR, time, times
from ketworks.errors import WrongUse, unknown

ONCE = At()
"""A course given once, at the start."""


@dataclass(frozen=True)
class DoseEvent:
    """One dose as it enters the body.

    Attributes:
        time: start, in min from the first dose.
        drug: ``ketamine`` (the racemate), ``esketamine`` or ``arketamine``.
        salt: what the mass weighs, ``base`` or ``hcl``.
        route: one of ``ROUTES``.
        amount: of the whole event, in ``amount_unit``.
        amount_unit: ``mg`` or ``mg/kg``.
        duration: min; 0 for a dose given at once.
    """

    time: float
    drug: str
    salt: str
    route: str
    amount: float
    amount_unit: str
    duration: float = 0.0

    @property
    def end(self) -> float:
        """Min from the first dose."""
        return self.time + self.duration


@dataclass(frozen=True)
class Part:
    """A course and when it is given.

    Attributes:
        steps: the doses of one occasion, one after the other.
        calendar: when the course starts.
    """

    steps: tuple[Step, ...]
    calendar: Calendar = ONCE

    def __post_init__(self) -> None:
        """Refuses a course that cannot be given, or one that is started again before it ends."""
        check_course(self.steps)
        few_enough(len(self.calendar.times) * len(self.steps))
        length = offsets(self.steps)[-1] + self.steps[-1].duration
        for earlier, later in pairwise(self.calendar.times):
            if length > (later - earlier) * (1 + 1e-9):
                raise WrongUse(
                    f"a course of {time(length)} that starts again after {time(later - earlier)}",
                    "a course that ends before the next one starts",
                )

    @property
    def end(self) -> float:
        """Min from the start of the regimen to the end of the last dose."""
        return self.calendar.times[-1] + offsets(self.steps)[-1] + self.steps[-1].duration

    def earlier(self, minutes: float) -> Part:
        """The same part, moved towards the start."""
        if isinstance(self.calendar, At):
            return Part(self.steps, At(tuple(moment - minutes for moment in self.calendar.times)))
        return Part(self.steps, Repeat(self.calendar.phases, self.calendar.start - minutes))

    def says(self, always_when: bool) -> str:
        """The part in words; a single course at the start says when only if asked."""
        routes = [None, *(step.route for step in self.steps)]
        words = " then ".join(step.says(step.route != before) for step, before in zip(self.steps, routes, strict=False))
        if isinstance(self.calendar, Repeat):
            return f"{words}, {self.calendar}"
        return words if self.calendar == ONCE and not always_when else f"{words} {self.calendar}"


@dataclass(frozen=True)
class Regimen:
    """Ketamine or one of its enantiomers in one salt, given as one or more parts, with or without other drugs.

    ``str(regimen)`` is its canonical sentence, and ``parse(str(regimen)) == regimen``.

    Attributes:
        parts: each with its own course and calendar, all on one clock that starts with the first dose.
        drug: ``ketamine`` (the racemate), ``esketamine`` or ``arketamine``.
        salt: ``base`` or ``hcl``.
        company: other drugs given before, with or after its sessions.
    """

    parts: tuple[Part, ...]
    drug: str = "ketamine"
    salt: str = "base"
    company: tuple[Companion, ...] = ()

    def __post_init__(self) -> None:
        """Refuses unknown drugs and salts, and a clock that does not start with the first dose."""
        if self.drug not in DRUGS:
            raise unknown("drug", self.drug, DRUGS)
        if self.salt not in SALTS:
            raise unknown("salt", self.salt, SALTS)
        if not self.parts:
            raise WrongUse("a regimen without a dose", "at least one dose", "0.5 mg/kg iv over 40 min")
        few_enough(sum(len(part.calendar.times) * (len(part.steps) + len(self.company)) for part in self.parts))
        short_enough(max(part.end for part in self.parts))
        first = min(part.calendar.times[0] for part in self.parts)
        if first != 0.0:
            raise WrongUse(f"a first dose at {time(first)}", "times counted from the first dose, which is at 0")

    @classmethod
    def from_events(cls, events: Iterable[DoseEvent]) -> Regimen:
        """The regimen of explicit events, so that any list of doses can be read back as a sentence.

        Equal doses share one part: at evenly spaced times (three or more) as a repeat, else as a list of times. Doses
        of one kind that overlap go to parts of their own. A dose too small to be given alone, but not too slow, is
        kept as a rate; its amount may then differ in the last digit.

        Raises:
            WrongUse: no events, several drugs or salts, or a dose that a regimen refuses.
        """
        ordered = sorted(events, key=lambda event: event.time)
        few_enough(len(ordered))
        kinds = sorted({(event.drug, event.salt) for event in ordered})
        if len(kinds) > 1:
            raise WrongUse(f"{len(kinds)} drugs or salts: {kinds}", "one drug in one salt")
        lanes: dict[tuple[str, float, str, float, int], list[float]] = {}
        for event in ordered:
            lane = 0
            while True:
                key = (event.route, event.amount, event.amount_unit, event.duration, lane)
                taken = lanes.setdefault(key, [])
                if not taken or (event.time > taken[-1] and event.time >= taken[-1] + event.duration):
                    taken.append(event.time)
                    break
                lane += 1
        parts = [
            Part((_step(amount, unit, route, duration),), _calendar(tuple(moments)))
            for (route, amount, unit, duration, _), moments in lanes.items()
        ]
        drug, salt = kinds[0] if kinds else ("ketamine", "base")
        return cls(tuple(parts), drug, salt)

    def events(self) -> tuple[DoseEvent, ...]:
        """All doses, sorted by start; doses that start together keep the order of the sentence."""
        found = [
            DoseEvent(start + offset, self.drug, self.salt, step.route, step.total, step.total_unit, step.duration)
            for part in self.parts
            for start in part.calendar.times
            for step, offset in zip(part.steps, offsets(part.steps), strict=True)
        ]
        return tuple(sorted(found, key=lambda event: event.time))

    def sessions(self) -> tuple[float, ...]:
        """Starts of the sessions, min: doses with pauses shorter than ``dose.session_pause`` are one session."""
        pause = parameters()["dose.session_pause"].canonical
        starts: list[float] = []
        latest = -math.inf
        for event in self.events():
            if event.time >= latest + pause:
                starts.append(event.time)
            latest = max(latest, event.end)
        return tuple(starts)

    def company_doses(self) -> tuple[CompanionDose, ...]:
        """All doses of other drugs, sorted by start."""
        sessions = self.sessions() if self.company else ()
        found = [one.at(start) for one in self.company for start in (sessions[:1] if one.first_only else sessions)]
        return tuple(sorted(found, key=lambda dose: dose.time))

    @property
    def routes(self) -> tuple[str, ...]:
        """The routes in use, in order of first mention."""
        return tuple(dict.fromkeys(step.route for part in self.parts for step in part.steps))

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs in use: always one."""
        return (self.drug,)

    @property
    def end(self) -> float:
        """Min from the first dose to the end of the last event."""
        return max(part.end for part in self.parts)

    def __str__(self) -> str:
        """The canonical sentence."""
        name = "" if (self.drug, self.salt) == ("ketamine", "base") else self.drug
        words = [name, "HCl" if self.salt == "hcl" else ""]
        words.append("; ".join(part.says(always_when=len(self.parts) > 1) for part in self.parts))
        return ", ".join([" ".join(word for word in words if word), *(str(one) for one in self.company)])

    def readback(self) -> str:
        """What was understood, in two or three lines: the sentence, and what it means where words could hide it."""
        form = {"ketamine": "racemic ketamine", "esketamine": "S-ketamine", "arketamine": "R-ketamine"}[self.drug]
        salt = "base" if self.salt == "base" else "hydrochloride"
        starts = tuple(sorted({t for part in self.parts for t in part.calendar.times}))
        shown = times(starts) if len(starts) <= 12 else f"{times(starts[:6])} ... {times(starts[-1:])}"
        count = len(self.events())
        doses = f"{count} dose{'' if count == 1 else 's'}"
        said = f"{self}\n  {form}, milligrams of {salt}; {doses}, starting at {shown}"
        beside = len(self.company_doses())
        if not beside:
            return said
        return f"{said}\n  beside it {beside} dose{'' if beside == 1 else 's'} of other drugs, timed from each start"


def _step(amount: float, unit: str, route: str, duration: float) -> Step:
    """The step of an event; one of many short pieces of a pump plan is small, and plausible only as a rate."""
    if duration and route in MAY_HAVE_RATE and implausible(amount, unit, route, duration):
        return Step(amount * HOUR / duration, f"{unit}/h", route, duration)
    return Step(amount, unit, route, duration)


def _calendar(moments: tuple[float, ...]) -> Calendar:
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    if len(moments) < 3 or len(gaps) > 1:
        return At(moments)
    repeat = Repeat((Phase.counted(gaps.pop(), len(moments)),), moments[0])
    return repeat if repeat.times == moments else At(moments)
