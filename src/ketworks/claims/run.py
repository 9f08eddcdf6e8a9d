"""Runs what the rows of claims ask for: one simulation serves all rows with the same dose, people and mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ketworks.claims.shown import NONE, TYPICAL, Shown
from ketworks.errors import CannotSay, WrongUse, unknown
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.registry import Chain

if TYPE_CHECKING:
    from ketworks.claims.statistics import Number
    from ketworks.result import Simulation

YES, NO, PARTLY, CANNOT_SAY = "yes", "no", "in part", "cannot say"


@dataclass(frozen=True)
class Seen:
    """One row with what the model gave.

    Attributes:
        row: what was asked.
        value: in ``unit``; None where the model cannot say.
        unit: of value and range.
        grade: weakest link behind the number; empty where there is none.
        why: why there is no value.
    """

    row: Shown
    value: float | None
    unit: str
    grade: str
    why: str = ""

    @property
    def agrees(self) -> str:
        """Whether the number lies where the words of the claim put it."""
        low, high = self.row.low, self.row.high
        if self.value is None or (low is None and high is None):
            return CANNOT_SAY
        return YES if (low is None or self.value >= low) and (high is None or self.value <= high) else NO

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        asked = {key: getattr(self.row, key) for key in ("shows", "regimen", "against", "people", "chain", "signal")}
        asked |= {key: getattr(self.row, key) for key in ("statistic", "at", "low", "high", "basis", "reads_as")}
        found = {"value": self.value, "unit": self.unit, "grade": self.grade, "agrees": self.agrees, "why": self.why}
        return asked | found


def agreement(seen: Sequence[Seen]) -> str:
    """Whether the model agrees with a claim: with all that it can say of it, with a part, with nothing."""
    answers = {one.agrees for one in seen} - {CANNOT_SAY}
    if not answers:
        return CANNOT_SAY
    return PARTLY if len(answers) > 1 else answers.pop()


class _Group(NamedTuple):
    """One simulation: dose, people and mechanisms in words, and whether it is on the solver's own grid."""

    regimen: str
    people: str
    chain: str
    own_grid: bool


def show(
    rows: Sequence[Shown],
    progress: Callable[[str], None] | None = None,
    values: Mapping[str, float] | None = None,
) -> list[Seen]:
    """Simulates what the rows ask for.

    Args:
        rows: from ``shown.load``.
        progress: called with a word on what is being done.
        values: parameter values that replace those of the tables, in canonical units.

    Returns:
        One answer a row, in the order of the rows.

    Raises:
        WrongUse: a row asks for a signal or a statistic that does not exist.
    """
    from ketworks.claims.statistics import STATISTICS

    for row in rows:
        if row.statistic not in (*STATISTICS, NONE):
            raise unknown(f"statistic in line {row.line}:", row.statistic, STATISTICS)
    made: dict[_Group, Simulation | CannotSay] = {}
    wanted = _wanted(rows)
    for place, (group, asked) in enumerate(wanted.items(), 1):
        if progress is not None:
            progress(f"{place} of {len(wanted)} simulations: {group.regimen}")
        made[group] = _simulated(group, asked, progress, values)
    return [_seen(row, made) for row in rows]


def _wanted(rows: Sequence[Shown]) -> dict[_Group, list[Shown]]:
    """Rows by the simulations they need."""
    wanted: dict[_Group, list[Shown]] = {}
    for row in rows:
        for group in _groups(row):
            wanted.setdefault(group, []).append(row)
    return wanted


def _groups(row: Shown) -> list[_Group]:
    if row.statistic == NONE:
        return []
    return [_Group(words, row.people, row.chain, not row.times) for words in (row.regimen, row.against) if words]


def _simulated(
    group: _Group,
    rows: Sequence[Shown],
    progress: Callable[[str], None] | None,
    values: Mapping[str, float] | None,
) -> Simulation | CannotSay:
    """The simulation of a group, or why the model refuses it."""
    from ketworks.simulation import simulate
    from ketworks.time_points import time_points

    who = Person() if group.people == TYPICAL else Cohort(_count(group.people, rows[0].line))
    names = list(dict.fromkeys(name for row in rows for name in row.signals))
    asked = None
    if not group.own_grid:
        minutes = sorted({float(t) for row in rows for t in time_points(row.times)})
        asked = [f"{t!r} min" for t in minutes]
    try:
        return simulate(group.regimen, who, Chain(**rows[0].mechanisms), names, asked, values=values, progress=progress)
    except CannotSay as refused:
        return refused


def _count(people: str, line: int) -> int:
    if not people.isdigit():
        raise WrongUse(f"people {people!r} in line {line}", f"{TYPICAL}, or a number of people")
    return int(people)


def _seen(row: Shown, made: Mapping[_Group, Simulation | CannotSay]) -> Seen:
    from ketworks.evidence.grade import weakest

    found: list[Number] = []
    grades: list[str] = []
    for group in _groups(row):
        simulation = made[group]
        if isinstance(simulation, CannotSay):
            return Seen(row, None, "", "", simulation.given)
        found.append(_number(row, simulation))
        grades += [simulation.grades[name].grade for name in row.signals]
    if not found:
        return Seen(row, None, "", "", row.reads_as)
    first, *other = found
    missing = next((one.why for one in found if one.value is None), "")
    if missing or first.value is None:
        return Seen(row, None, first.unit, "", missing)
    return Seen(row, first.value - sum(one.value or 0.0 for one in other), first.unit, weakest(grades))


def _number(row: Shown, simulation: Simulation) -> Number:
    from ketworks.claims.statistics import STATISTICS

    return STATISTICS[row.statistic](simulation, row.signal, row.at)
