"""Regimens from event tables in NONMEM's columns: the doses that a regimen can hold, or a clear refusal.

Columns are read by :mod:`ketworks.events.reading`, with its meaning. A regimen asks for more:

| column | here |
|---|---|
| ``TIME`` | needs ``time_unit`` (``--time-unit``); ``TIME_MIN``, ``TIME_H``, ``TIME_D`` say their unit |
| ``AMT`` | mg of the whole dose |
| ``EVID`` | 0 observation, 1 dose, 2 other (no dose); resets (3, 4) are refused |
| ``RATE``, ``SS`` | modelled rates and steady state are refused: ``ketworks events --predict`` knows them |
| ``ROUTE`` | one of the routes, else the argument holds for all |
| ``CMT`` | must be the same in all dose records unless ``ROUTE`` is given |
| others | refused unless they are usual covariates, or named in ``ignore`` |

Records of one person may stand apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np

from ketworks.dose.calendar import few_enough
from ketworks.dose.regimen import DoseEvent, Regimen
from ketworks.dose.route import ROUTES, unknown_route
from ketworks.dose.wording import number
from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.events.cells import file_text
from ketworks.events.faults import Faults
from ketworks.events.meaning import KINDS
from ketworks.events.reading import TIME_COLUMNS, Choices, from_text
from ketworks.events.table import CANONICAL, TIME_UNITS, EventTable

_PEOPLE = frozenset({"WT", "AGE", "SEX", "HT", "BMI"})

COVARIATES = _PEOPLE | {"DV", "MDV"}
"""Columns that hold no dose and may stand in any table."""

_DOSE_COLUMNS = ("ID", "AMT", "RATE", "DUR", "EVID", "CMT", "ADDL", "II", "SS", "ROUTE", "C")
_EXAMPLE = "ID,TIME_H,AMT,DUR,EVID,ROUTE"
_ELSEWHERE = "`ketworks events TABLE --model MODEL.toml --predict OUT.csv` computes them for a linear model"


class TableOptions(TypedDict, total=False):
    """What a table does not say itself.

    Attributes:
        route: of all doses, when there is no column ``ROUTE``.
        drug: of all doses; ``ketamine`` (the racemate) when not given.
        salt: what the milligrams weigh; ``base`` when not given.
        time_unit: ``min``, ``h`` or ``d``; of ``TIME``, ``DUR``, ``II`` and (per) ``RATE``.
        ignore: further columns that hold no dose.
        from_first_dose: counts each person's time from the first dose; else a first dose at another time is an error.
    """

    route: str | None
    drug: str
    salt: str
    time_unit: str | None
    ignore: Iterable[str]
    from_first_dose: bool


def read_event_table(path: str | Path, **options: Unpack[TableOptions]) -> dict[str, Regimen]:
    """The regimens in a CSV file; arguments and errors as :func:`from_event_table`."""
    return from_event_table(file_text(path, _EXAMPLE), **options)


def from_event_table(text: str, **options: Unpack[TableOptions]) -> dict[str, Regimen]:
    """The regimen of each person in an event table.

    Args:
        text: CSV with a header line; columns as listed at the head of this module, in any case and order.
        options: as named in :class:`TableOptions`.

    Returns:
        Regimens by ``ID`` as written, in order of the table; ``"1"`` without the column.

    Raises:
        WrongUse: an unknown column, a value that is no number, records that contradict themselves, or records whose
            meaning (reset, steady state, modelled rate) is not built. The line is named.
    """
    extra = sorted(set(options) - set(TableOptions.__annotations__))
    if extra:
        raise unknown("option", extra[0], TableOptions.__annotations__)
    route, form = options.get("route"), (options.get("drug", "ketamine"), options.get("salt", "base"))
    ignore = {name.strip().upper() for name in options.get("ignore", ())}
    unit = options.get("time_unit")
    choices = Choices(unit or "", ignore=ignore | _PEOPLE, returning=True, only_doses=True)
    table = from_text(text, choices, example=_EXAMPLE)
    _check_columns(table, ignore)
    minutes = _minutes(table)
    _only_doses(table)
    doses = np.flatnonzero(table.is_dose)
    if "ROUTE" not in table.given:
        _one_compartment(table, doses)
        if route is None:
            raise WrongUse(
                "an event table without a route",
                'a column ROUTE, or the route of all doses: `--route iv` on the command line, route="iv" in Python',
                "",
                "--route iv",
            )
    if not doses.size:
        raise WrongUse("an event table without a dose record", "at least one record with AMT above 0")
    found: dict[str, list[DoseEvent]] = {}
    for row in doses:
        events = _events(table, int(row), minutes, (*form, _route(table, int(row), route)))
        found.setdefault(table.people[table.person[row]], []).extend(events)
    return {person: _regimen(person, events, options.get("from_first_dose", False)) for person, events in found.items()}


def _check_columns(table: EventTable, ignore: Iterable[str]) -> None:
    known = {*_DOSE_COLUMNS, *CANONICAL, *TIME_COLUMNS, *COVARIATES, *ignore}
    for name in table.given:
        if name not in known:
            nearest = nearest_of(name, known, 1)
            expected = f"{', '.join(_DOSE_COLUMNS)}, or left out: --ignore {name} (in Python ignore=[{name!r}])"
            raise WrongUse(f"unknown column {name!r}", expected, nearest, f"--ignore {name}")
    if "AMT" not in table.given:
        raise WrongUse("no column AMT", "a column AMT in mg", nearest_of("AMT", table.given, 1))


def _minutes(table: EventTable) -> float:
    """Minutes in the unit of the time column."""
    if not table.time_unit:
        expected = (
            "rename the column to TIME_H (TIME_MIN, TIME_D), or give its unit (h, min, d): "
            '`--time-unit h` on the command line, time_unit="h" in Python'
        )
        raise WrongUse("column TIME without its unit", expected, "", "--time-unit h")
    return TIME_UNITS[table.time_unit]


def _only_doses(table: EventTable) -> None:
    """Refuses what a regimen cannot hold."""
    faults = Faults()
    evid, steady, rate = table["EVID"], table["SS"], table["RATE"]
    faults.rows(
        np.isin(evid, (3, 4)),
        table.line,
        lambda row: f"EVID {number(evid[row])} ({KINDS[int(evid[row])].removeprefix('a ')})",
        f"0, 1 or 2; a regimen holds no reset. {_ELSEWHERE}",
    )
    words = f"0; a regimen holds no steady state: write the doses that lead to it (ADDL, II). {_ELSEWHERE}"
    faults.rows(steady != 0, table.line, lambda row: f"SS {number(steady[row])}", words)
    words = f"0 or more; a regimen holds no modelled rate or duration. {_ELSEWHERE}"
    faults.rows(rate < 0, table.line, lambda row: f"RATE {number(rate[row])}", words)
    faults.check()


def _one_compartment(table: EventTable, doses: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
    compartment = table["CMT"][doses]
    other = np.flatnonzero(compartment != compartment[:1]) if doses.size else doses
    if other.size:
        line = table.line[doses[other[0]]]
        what = f"line {line}: CMT '{number(compartment[other[0]])}' after CMT '{number(compartment[0])}'"
        raise WrongUse(what, "one compartment, or a column ROUTE that says what each one is")


def _route(table: EventTable, row: int, route: str | None) -> str:
    written = table.labels["ROUTE"][row].lower() if "ROUTE" in table.labels else ""
    name = written if written not in ("", ".") else route
    if name is None:
        raise WrongUse(f"line {table.line[row]}: a dose without a route", ", ".join(ROUTES))
    if name not in ROUTES:
        error = unknown_route(name)
        raise WrongUse(f"line {table.line[row]}: {error.given}", error.expected, error.nearest)
    return name


def _events(table: EventTable, row: int, minutes: float, form: tuple[str, str, str]) -> list[DoseEvent]:
    """The dose of a record and its additional doses; all times to minutes."""
    drug, salt, route = form
    amount, rate, duration = float(table["AMT"][row]), float(table["RATE"][row]), float(table["DUR"][row])
    start, interval = float(table["TIME"][row]) * minutes, float(table["II"][row]) * minutes
    further = float(table["ADDL"][row])
    few_enough(further + 1)
    lasts = (duration or (amount / rate if rate else 0.0)) * minutes
    times = [start + k * interval for k in range(int(further) + 1)]
    return [DoseEvent(time, drug, salt, route, amount, "mg", lasts) for time in times]


def _regimen(person: str, events: list[DoseEvent], from_first_dose: bool) -> Regimen:
    first = min(event.time for event in events)
    if first and not from_first_dose:
        given = f"ID {person}: first dose at {number(first)} min"
        expected = (
            "times counted from the first dose, which is at 0; to have them counted so, --from-first-dose "
            "(in Python from_first_dose=True)"
        )
        raise WrongUse(given, expected, "", "--from-first-dose")
    try:
        return Regimen.from_events(replace(event, time=event.time - first) for event in events)
    except WrongUse as error:
        raise WrongUse(f"ID {person}: {error.given}", error.expected, error.nearest, error.paste) from None
