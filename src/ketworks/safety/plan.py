"""The plan of a session: checks with predicted values and the rules due then, alarms, and the time ready to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ketworks.errors import CannotSay, WrongUse
from ketworks.peaks import AFTER_PLASMA
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.registry import Chain
from ketworks.result import BAND
from ketworks.safety import WARNING
from ketworks.safety.alarms import Alarm, alarms
from ketworks.safety.counted import judged_ready
from ketworks.safety.known import fired_by
from ketworks.safety.leaving import Leaving, leaving
from ketworks.safety.rule import Rule, rules_for
from ketworks.safety.screening import Fired
from ketworks.safety.settings import settings
from ketworks.safety.visit import PURPOSES, Visit, first_visit
from ketworks.safety.watched import WATCHED, facts_of, watched_by
from ketworks.simulation import simulate

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.result import Floats, Simulation

_CHECKS = (5.0, 60.0)  # min between two checks that can be asked for
_FIRST_MINUTES = (1.0, 2.0, 3.0, 4.0)  # after a dose at once much is over within the first step
_ANAESTHETIC = 0.5  # probability of not responding from which a session is called anaesthetic
_TAILS = (
    "alarms: shares far out depend on assumed spreads; under each stands what the label counted in other people, at "
    "its own readings over four weeks"
)
_BANDS = "bands of pressures and pulse hold the error of a reading; leaving is judged without it"
_NO_ERROR = "pressures are predicted without the error of a reading: shares beyond a limit come out too low"


class Value(NamedTuple):
    """A predicted reading: median and 90 % of people; None for a band where people do not differ."""

    signal: str
    label: str
    unit: str
    grade: str
    decimals: int
    center: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Check:
    """One line of the sheet.

    Attributes:
        minute: from the first dose.
        what: why there is a check.
        values: predicted readings by key.
        rules: those that ask for it at this time.
    """

    minute: float
    what: tuple[str, ...]
    values: Mapping[str, Value]
    rules: tuple[Rule, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values = {key: {k: v for k, v in one._asdict().items() if k != "decimals"} for key, one in self.values.items()}
        return {
            "minute": self.minute,
            "what": list(self.what),
            "values": values,
            "rules": [rule.id for rule in self.rules],
        }


@dataclass(frozen=True, eq=False)
class SessionPlan:
    """The sheet of a session.

    Attributes:
        simulation: what was predicted.
        visit: the session.
        checks: in order of time.
        rules: those that hold for it, by phase.
        leaving: when people are ready.
        alarms: how many people reach each limit.
        fired: stops and cautions of the screening that fire on what is said of the people.
        notes: to be read with the numbers.
    """

    simulation: Simulation
    visit: Visit
    checks: tuple[Check, ...]
    rules: Mapping[str, tuple[Rule, ...]]
    leaving: Leaving
    alarms: tuple[Alarm, ...]
    fired: tuple[Fired, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        config = self.simulation.configuration()
        return {
            "warning": WARNING,
            **{key: config[key] for key in ("regimen", "people", "seed", "chain", "values")},
            "drug": self.visit.drug,
            "checks": [check.as_dict() for check in self.checks],
            "rules": {phase: [rule.as_dict() for rule in found] for phase, found in self.rules.items()},
            "leaving": self.leaving.as_dict(),
            "alarms": [alarm.as_dict() for alarm in self.alarms],
            "screening": [one.as_dict() for one in self.fired],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        """For people to read."""
        from ketworks.safety.sheet import text

        return text(self)


def plan_session(
    regimen: str | Regimen,
    people: Person | Cohort | None = None,
    chain: Chain | None = None,
    purpose: str = PURPOSES[0],
    every: float | None = None,
    seed: int = 1,
    values: Mapping[str, float] | None = None,
    progress: Callable[[str], None] | None = None,
) -> SessionPlan:
    """Plans the first session of a regimen.

    Args:
        regimen: a dose sentence, or a parsed regimen.
        people: a cohort; a person stands for a cohort of people like them.
        chain: mechanisms chosen by name.
        purpose: ``depression`` or ``pain``, for rules that hold for one of them.
        every: min between two checks; that of ``parameters.tsv`` when None.
        seed: of the people, where a person is given.
        values: parameter values that replace the tables', such as ``{"rest.systolic": 150.0}``.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: anything that cannot be read or lies outside the accepted range.
        CannotSay: no rule covers the drug, or no model the body under it.
    """
    from ketworks.dose.sentence import parse

    plan = parse(regimen) if isinstance(regimen, str) else regimen
    who = people if isinstance(people, Cohort) else Cohort(int(settings().people), seed, people or Person())
    if purpose not in PURPOSES:
        raise WrongUse(f"purpose {purpose!r}", " or ".join(PURPOSES), paste=f"--purpose {PURPOSES[0]}")
    step = settings().check_every if every is None else every
    if not _CHECKS[0] <= step <= _CHECKS[1]:
        raise WrongUse(f"checks every {step:g} min", f"{_CHECKS[0]:g} to {_CHECKS[1]:g} min", paste='--every "15 min"')
    weight = float(np.median(who.covariates["weight"]))
    visit = first_visit(plan, weight, purpose)
    made, reasons = (chain or Chain()).resolve(plan, who.representative, who.range_of("age")[1])
    readings = watched_by(made.signals)
    if not readings:
        why = reasons.get(AFTER_PLASMA, "this chain makes no reading")
        raise CannotSay(
            f"a session whose effects are not predicted: {why}", "people and a dose that body and mind cover"
        )
    return _Planner(visit, step, readings).plan(plan, who, chain, values, progress)


class _Planner(NamedTuple):
    """What is decided before the run."""

    visit: Visit
    every: float
    readings: Mapping[str, str]

    def plan(
        self,
        regimen: Regimen,
        who: Cohort,
        chain: Chain | None,
        values: Mapping[str, float] | None,
        progress: Callable[[str], None] | None,
    ) -> SessionPlan:
        """Runs the cohort and reads everything from it."""
        names = list(dict.fromkeys(self.readings.values()))
        times = ", ".join(f"{time:g}" for time in self._looks()) + " min"
        found = simulate(regimen, who, chain, names, times, values=values, progress=progress)
        facts = facts_of({key: found.people_table(name) for key, name in self.readings.items()})
        rules = self.visit.rules(_anaesthetic(facts))
        drug = self.visit.drug
        left = leaving(rules_for(drug, "ready"), found.times, facts, self.visit.end, self.visit.observation)
        read = self._read(found)
        asked = np.isin(found.times, self._asked(rules))
        seen = facts_of({key: table[:, asked] for key, table in read.items()})
        raised = alarms(rules_for(drug, "alarm"), found.times, facts, seen)
        checks = self._checks(found, rules, left, read)
        return SessionPlan(
            found, self.visit, checks, rules, left, raised, fired_by(who, regimen, drug), self._notes(found, left)
        )

    def _looks(self) -> list[float]:
        """Times of the prediction: every check that may be asked for, and even steps until the window closes."""
        end = self.visit.end
        last = end + settings().window
        steps = np.arange(0.0, last, settings().step).tolist()
        due = [time for rule in rules_for(self.visit.drug, "check") for time in rule.due(end)]
        checks = np.arange(0.0, last, self.every).tolist()
        first = [start + minute for start in (0.0, end) for minute in _FIRST_MINUTES]
        return sorted({round(time, 6) for time in (*steps, *first, *due, *checks, end, self.visit.observation, last)})

    def _read(self, found: Simulation) -> dict[str, Floats]:
        """Readings with their error, (people, times) by key, where the error of a reading is known."""
        stated = {key: name for key, name in self.readings.items() if name in found.chain.maker(name).residual}
        return {key: found.measured(name) for key, name in stated.items()}

    def _asked(self, rules: Mapping[str, tuple[Rule, ...]]) -> list[float]:
        """Before the dose, at its end, when rules ask for a check, and when the observation ends."""
        due = [time for rule in rules["check"] for time in rule.due(self.visit.end)]
        return sorted({0.0, self.visit.end, *due, self.visit.observation})

    def _pace(self, time: float) -> float:
        """Time between two checks, min; twice as long once the observation is over."""
        return self.every if time <= self.visit.observation else 2.0 * self.every

    def _checks(
        self,
        found: Simulation,
        rules: Mapping[str, tuple[Rule, ...]],
        left: Leaving,
        read: Mapping[str, Floats],
    ) -> tuple[Check, ...]:
        """Before the dose, at the times that rules name, at the end, evenly between, and until people may leave."""
        observation, late = left.observation, left.band[2]
        last = min(max(observation, late), float(found.times[-1]))
        due = {time: "check" for time in found.times if time <= last and time % self._pace(time) == 0.0}
        due |= {time: "check asked for" for rule in rules["check"] for time in rule.due(self.visit.end)}
        due |= {self.visit.end: "end of the dose", observation: "end of observation", 0.0: "before the dose"}
        if last > observation:
            due[last] = "95 % of people ready" if np.isfinite(late) else "end of the prediction"
        checks = []
        for time in sorted(due):
            asked = tuple(rule for rule in rules["check"] if time in rule.due(self.visit.end))
            words = (due[time], *(rule.rule for rule in asked))
            checks.append(Check(float(time), words, self._values(found, float(time), read), asked))
        return tuple(checks)

    def _values(self, found: Simulation, time: float, read: Mapping[str, Floats]) -> dict[str, Value]:
        """Every reading at a time; its band holds the error of a reading where that is known."""
        place = int(np.searchsorted(found.times, time))
        made = {}
        for one in WATCHED:
            if one.key not in self.readings:
                continue
            name = self.readings[one.key]
            curve, unit = found.curve(name), found.signal(name).unit
            low, high = (None if part is None else float(part[place]) for part in (curve.low, curve.high))
            if one.key in read:
                low, high = (float(end) for end in np.percentile(read[one.key][:, place], BAND))
            grade = found.grades[name].grade
            made[one.key] = Value(name, one.label, unit, grade, one.decimals, float(curve.center[place]), low, high)
        return made

    def _notes(self, found: Simulation, left: Leaving) -> tuple[str, ...]:
        notes = [*self.visit.notes, *found.notes, _TAILS, _BANDS if self._read(found) else _NO_ERROR]
        if "moaas" not in self.readings and "ladder" in self.readings:
            notes.append("no MOAA/S is predicted: steps 0 and 1 of the ladder stand for awake (assumed)")
        for one in judged_ready(self.visit.drug):
            here = left.share_ready(self.visit.end + one.minute)
            if here < one.share:
                notes.append(
                    f"leaving: {one.minute:.0f} min after the dose {100.0 * here:.0f} % meet the criteria here, "
                    f"clinicians judged at least {100.0 * one.share:g} % ready: the prediction keeps people too long"
                )
        notes += [f"not judged, for want of a prediction: {rule.words} ({rule.id})" for rule in left.not_judged]
        return tuple(notes)


def _anaesthetic(facts: Mapping[str, Floats]) -> bool | None:
    """Whether the median person is expected not to respond at some time."""
    if "unresponsive" not in facts:
        return None
    return float(np.median(facts["unresponsive"].max(axis=1))) >= _ANAESTHETIC
