"""Reads NONMEM-style event tables (CSV) into regimens: dose records, with NONMEM's meaning, or a clear refusal.

| column | meaning |
|---|---|
| ``ID`` | person; without it all records are of one person |
| ``TIME`` | needs ``time_unit`` (``--time-unit``); ``TIME_MIN``, ``TIME_H``, ``TIME_D`` say their unit |
| ``AMT`` | mg of the whole dose; 0, ``.`` or empty in observation records |
| ``RATE`` | mg per time unit; 0 is a dose at once |
| ``DUR`` | time; must agree with ``RATE`` where both are given |
| ``EVID`` | 0 observation, 1 dose; others are refused |
| ``ADDL``, ``II`` | further doses, and the time between them |
| ``SS`` | must be 0 |
| ``ROUTE`` | one of the routes, else the argument holds for all |
| ``CMT`` | must be the same in all dose records unless ``ROUTE`` is given |
| ``C`` | a record marked ``C`` is a comment |
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, Unpack

from ketworks.dose.calendar import few_enough
from ketworks.dose.regimen import DoseEvent, Regimen
from ketworks.dose.route import ROUTES, unknown_route
from ketworks.dose.wording import DAY, HOUR, number
from ketworks.errors import WrongUse, nearest_of, unknown

TIME_UNITS = {"min": 1.0, "h": HOUR, "d": DAY}
"""Minutes in each unit of the time column."""

COVARIATES = frozenset({"DV", "MDV", "WT", "AGE", "SEX", "HT", "BMI"})
"""Columns that hold no dose and may stand in any table."""

_TIME_COLUMNS = {"TIME": None, "TIME_MIN": "min", "TIME_H": "h", "TIME_D": "d"}
_DOSE_COLUMNS = ("ID", "AMT", "RATE", "DUR", "EVID", "CMT", "ADDL", "II", "SS", "ROUTE", "C")
_SEPARATORS = {";": "semicolons", "\t": "tabs", " ": "blanks"}
_AGREEMENT = 1e-6


@dataclass(frozen=True)
class _Record:
    """One line of the table: its cells by column, and where it stands."""

    line: int
    cells: Mapping[str, str]

    def number(self, column: str) -> float:
        """A cell as a number; 0 when the column is missing, empty or ``.``, as in NONMEM."""
        text = self.cells.get(column, "").strip()
        if text in ("", "."):
            return 0.0
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            nearest = text.replace(",", ".") if re.fullmatch(r"-?\d*,\d+", text) else ""
            what = f"{text!r} in column {column} is no number"
            raise self.wrong(what, "a finite number with a decimal point; `.` or nothing for none", nearest)
        return value

    def wrong(self, what: str, expected: str, nearest: str = "") -> WrongUse:
        """An error that names the line."""
        return WrongUse(f"line {self.line}: {what}", expected, nearest)


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
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable CSV file in UTF-8") from None
    return from_event_table(text, **options)


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
    header, records = _records(text)
    time_column, minutes = _time_column(header, options.get("time_unit"))
    _check_columns(header, options.get("ignore", ()))
    doses = [record for record in records if _is_dose(record)]
    dose_lines = {record.line for record in doses}
    if "ROUTE" not in header:
        _one_compartment(doses)
        if route is None:
            raise WrongUse(
                "an event table without a route",
                'a column ROUTE, or the route of all doses: `--route iv` on the command line, route="iv" in Python',
                "",
                "--route iv",
            )
    if not doses:
        raise WrongUse("an event table without a dose record", "at least one record with AMT above 0")
    found: dict[str, list[DoseEvent]] = {}
    last: dict[str, float] = {}
    for record in records:
        person = record.cells.get("ID", "1").strip()
        last[person] = _in_order(record, time_column, person, last.get(person, 0.0))
        if record.line in dose_lines:
            events = _events(record, time_column, minutes, (*form, _route(record, route)))
            found.setdefault(person, []).extend(events)
    return {person: _regimen(person, events, options.get("from_first_dose", False)) for person, events in found.items()}


def _records(text: str) -> tuple[list[str], list[_Record]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise WrongUse(f"line {reader.line_num}: {error}", "comma-separated values") from None
    if not rows:
        raise WrongUse("an empty event table", "a header line and dose records", "", "ID,TIME_H,AMT,DUR,EVID,ROUTE")
    line, names = rows[0]
    header = [name.strip().upper() for name in names]
    if len(header) == 1:
        separator = next((word for sign, word in _SEPARATORS.items() if sign in names[0]), "")
        what = (
            f"line {line}: columns separated by {separator}" if separator else f"line {line}: one column {names[0]!r}"
        )
        expected = "columns separated by commas, and decimal points"
        raise WrongUse(what, expected, "", "ID,TIME_H,AMT,DUR,EVID,ROUTE")
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise WrongUse(f"column {doubled[0]} stands twice", "each column once")
    records = []
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise WrongUse(f"line {line}: {len(row)} cells", f"{len(header)} cells, as in the header")
        records.append(_Record(line, dict(zip(header, row, strict=True))))
    return header, [record for record in records if record.cells.get("C", "").strip().upper() != "C"]


def _time_column(header: list[str], time_unit: str | None) -> tuple[str, float]:
    """Name of the time column, and minutes in its unit."""
    present = [name for name in _TIME_COLUMNS if name in header]
    if len(present) != 1:
        given = f"{' and '.join(present)} together" if present else "no column TIME"
        raise WrongUse(given, "one of " + ", ".join(_TIME_COLUMNS))
    named = _TIME_COLUMNS[present[0]]
    if time_unit is not None and time_unit not in TIME_UNITS:
        raise unknown("time unit", time_unit, TIME_UNITS)
    if named and time_unit and named != time_unit:
        raise WrongUse(f"column {present[0]} with time_unit {time_unit!r}", "one time unit", named)
    unit = named or time_unit
    if unit is None:
        expected = (
            "rename the column to TIME_H (TIME_MIN, TIME_D), or give its unit (h, min, d): "
            '`--time-unit h` on the command line, time_unit="h" in Python'
        )
        raise WrongUse("column TIME without its unit", expected, "", "--time-unit h")
    return present[0], TIME_UNITS[unit]


def _check_columns(header: list[str], ignore: Iterable[str]) -> None:
    known = {*_DOSE_COLUMNS, *_TIME_COLUMNS, *COVARIATES, *(name.strip().upper() for name in ignore)}
    for name in header:
        if name not in known:
            nearest = nearest_of(name, known, 1)
            paste = f'ignore=["{name}"]'
            raise WrongUse(
                f"unknown column {name!r}", f"{', '.join(_DOSE_COLUMNS)}, or a name in ignore", nearest, paste
            )
    if "AMT" not in header:
        raise WrongUse("no column AMT", "a column AMT in mg", nearest_of("AMT", header, 1))


def _is_dose(record: _Record) -> bool:
    """Whether a record is a dose; refuses records that say both, and kinds that are not built."""
    amount = record.number("AMT")
    evid = record.number("EVID") if record.cells.get("EVID", ".").strip() not in ("", ".") else float(amount != 0)
    if evid in (2, 3, 4):
        kind = {2: "other", 3: "reset", 4: "reset and dose"}[int(evid)]
        raise record.wrong(f"EVID {number(evid)} ({kind})", "0 or 1; resets and other events are not read yet")
    if evid not in (0, 1):
        raise record.wrong(f"EVID {number(evid)}", "0 (observation) or 1 (dose)")
    if amount < 0:
        raise record.wrong(f"AMT {number(amount)}", "an amount above 0")
    if record.number("SS") != 0:
        raise record.wrong(f"SS {number(record.number('SS'))}", "0; steady state is not read yet")
    dosing = [name for name in ("AMT", "RATE", "DUR", "ADDL", "II") if record.number(name) != 0]
    if evid == 0 and dosing:
        said = ", ".join(f"{name} {number(record.number(name))}" for name in dosing)
        raise record.wrong(f"an observation (EVID 0) with {said}", "EVID 1, or no dosing values")
    if evid == 1 and amount == 0:
        also = f" with RATE {number(record.number('RATE'))}" if record.number("RATE") else ""
        raise record.wrong(f"a dose (EVID 1) of AMT 0{also}", "an amount above 0")
    return evid == 1


def _in_order(record: _Record, column: str, person: str, last: float) -> float:
    """The time of a record, not before the person's last one."""
    clock = record.number(column)
    if clock < last:
        what = f"{column} {number(clock)} of ID {person}"
        raise record.wrong(what, f"{number(last)} or later: times of a person are in order")
    return clock


def _one_compartment(doses: list[_Record]) -> None:
    for record in doses[1:]:
        if record.cells.get("CMT") != doses[0].cells.get("CMT"):
            what = f"CMT {record.cells['CMT']!r} after CMT {doses[0].cells['CMT']!r}"
            raise record.wrong(what, "one compartment, or a column ROUTE that says what each one is")


def _route(record: _Record, route: str | None) -> str:
    written = record.cells.get("ROUTE", "").strip().lower()
    name = written if written not in ("", ".") else route
    if name is None:
        raise record.wrong("a dose without a route", ", ".join(ROUTES))
    if name not in ROUTES:
        error = unknown_route(name)
        raise record.wrong(error.given, error.expected, error.nearest)
    return name


def _events(record: _Record, column: str, minutes: float, form: tuple[str, str, str]) -> list[DoseEvent]:
    """The dose of a record and its additional doses; all times to minutes."""
    drug, salt, route = form
    amount, start = record.number("AMT"), record.number(column) * minutes
    further, interval = record.number("ADDL"), record.number("II") * minutes
    if further < 0 or further != int(further):
        raise record.wrong(f"ADDL {number(further)}", "a whole number of 0 or more")
    if further and interval <= 0:
        raise record.wrong(f"ADDL {number(further)} with II {number(interval / minutes)}", "II above 0")
    if interval and not further:
        raise record.wrong(f"II {number(interval / minutes)} without ADDL", "ADDL of 1 or more, or no II")
    few_enough(further + 1)
    duration = _duration(record, amount, minutes)
    times = [start + k * interval for k in range(int(further) + 1)]
    return [DoseEvent(time, drug, salt, route, amount, "mg", duration) for time in times]


def _duration(record: _Record, amount: float, minutes: float) -> float:
    rate, duration = record.number("RATE"), record.number("DUR")
    if rate < 0:
        raise record.wrong(f"RATE {number(rate)}", "0 or more; modelled rates and durations are not read yet")
    if duration < 0:
        raise record.wrong(f"DUR {number(duration)}", "0 or more")
    if rate and duration and not math.isclose(amount / rate, duration, rel_tol=_AGREEMENT):
        what = f"AMT {number(amount)} at RATE {number(rate)} lasts {amount / rate:.6g}, not DUR {number(duration)}"
        raise record.wrong(what, "RATE and DUR that agree, or one of them")
    if duration:
        return duration * minutes
    return amount / rate * minutes if rate else 0.0


def _regimen(person: str, events: list[DoseEvent], from_first_dose: bool) -> Regimen:
    first = min(event.time for event in events)
    if first and not from_first_dose:
        given = f"ID {person}: first dose at {number(first)} min"
        raise WrongUse(given, "times counted from the first dose, which is at 0", "", "from_first_dose=True")
    try:
        return Regimen.from_events(replace(event, time=event.time - first) for event in events)
    except WrongUse as error:
        raise WrongUse(f"ID {person}: {error.given}", error.expected, error.nearest, error.paste) from None
