"""Reads event tables with NONMEM's columns and meaning; what means nothing, or two things, is refused with its line.

| column | meaning | when missing |
|---|---|---|
| ``ID`` | person; all records of a person stand together | one person, unless a name is like it (``SUBJ``) |
| ``TIME`` (``TIME_MIN``, ``TIME_H``, ``TIME_D``) | not falling within a person, except at a reset | error |
| ``AMT`` | amount of a dose | 0 |
| ``RATE`` | 0 at once, above 0 infusion, -1 rate ``Rn`` and -2 duration ``Dn`` from the model | 0 |
| ``DUR`` | duration of the infusion, whatever share is absorbed; must agree with ``RATE`` | 0 |
| ``EVID`` | 0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose | 1 with a dose, 2 with MDV 1, else 0 |
| ``CMT`` | compartment of the dose or the observation, from 1; 0 is the model's usual one | 0 |
| ``ADDL``, ``II`` | further doses, and the time between them (also before a steady state) | 0 |
| ``SS`` | 1 steady state instead of what was, 2 added to it | 0 |
| ``MDV`` | 1 where ``DV`` is no measurement | 0 in observations, else 1 |
| ``DV`` | measurement | missing |
| ``ROUTE`` | text, kept as a label | none |
| ``C`` | a row marked ``C`` is a comment | none |

Any other column of numbers is a covariate, unless its name is one letter away from a column above: then it must be
named. A column of text must be named a label, or be left out by name. ``.`` and nothing are 0 in the columns above, as
in NONMEM, but a missing ``TIME`` or ``DV`` is missing, and so is a covariate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.events.cells import HEADER, Cells, file_text, not_numbers, read_cells
from ketworks.events.faults import Faults
from ketworks.events.meaning import Records, check, said
from ketworks.events.number_cell import TIMES_ARE_NUMBERS
from ketworks.events.table import CANONICAL, NO_ID, TIME_UNITS, EventTable, Numbers
from ketworks.events.writing import as_read

TIME_COLUMNS = {"TIME": "", "TIME_MIN": "min", "TIME_H": "h", "TIME_D": "d"}
"""Names of the time column, and the unit each one says."""

COMPANIONS = frozenset({"DVID", "WT", "WGT", "AGE", "SEX", "HT", "HGT", "BMI", "BSA", "OCC", "DOSE", "LNDV", "ROUTE"})
"""Usual names of further columns, which are taken for no misspelling."""

_KNOWN = frozenset({*CANONICAL, *TIME_COLUMNS, "C"})
_LIKE_ID = re.compile(
    r"ID|IDNO|IDENT|(U?SUBJ|SUBJECT|PATIENT|PERSON|PARTICIPANT|ANIMAL)(ID|NO)?|(SUB|PAT|PT|P|PART|CASE|RECORD)(ID|NO)"
)  # names of columns that say whose a record is, without their signs
_DATES = (25569.0, 73051.0)  # days of 1970-01-01 and 2100-01-01 as spreadsheets count them
_FIRST_OF_MANY = 1_000_000


@dataclass(frozen=True)
class Choices:
    """What a table does not say itself.

    Attributes:
        time_unit: of ``TIME``, ``DUR``, ``II`` and (per) ``RATE``: ``min``, ``h`` or ``d``; empty when nobody says.
        covariates: columns that are covariates though their names look like slips.
        labels: columns of text to be kept.
        ignore: columns to be left out.
        recode: for a column, texts of cells and the number each one stands for, such as ``{"SS": {"99": 0}}``.
        returning: whether a person's records may stand apart; they are then put together.
        large_times: whether first times that look like the dates of a spreadsheet are meant as they are.
        only_doses: whether only the doses are read: other columns may then be left out, but not kept.
    """

    time_unit: str = ""
    covariates: Iterable[str] = ()
    labels: Iterable[str] = ()
    ignore: Iterable[str] = ()
    recode: Mapping[str, Mapping[str, float]] | None = None
    returning: bool = False
    large_times: bool = False
    only_doses: bool = False


def read(
    source: str | Path, choices: Choices | None = None, progress: Callable[[str], None] | None = None
) -> EventTable:
    """An event table from a CSV file, or from its text.

    Args:
        source: a path, or text with a header line and at least one more line.
        choices: what the table does not say itself.
        progress: is told how far a long table has been read.

    Raises:
        WrongUse: with the line, the column and the remedy of the first faulty rows, and a count of the others.
    """
    text = source if isinstance(source, str) and "\n" in source else file_text(source)
    return from_text(text, choices or Choices(), progress)


def from_text(
    text: str, choices: Choices, progress: Callable[[str], None] | None = None, example: str = HEADER
) -> EventTable:
    """The table in a CSV text; as :func:`read`. ``example`` is a header line for the error of an empty table."""
    labels, ignore = _names(choices.labels) | {"ROUTE"}, _names(choices.ignore)
    cells = read_cells(text, {"ID", "C", *labels, *ignore}, progress, example)
    if progress is not None and cells.line.size >= _FIRST_OF_MANY:
        progress("checking the records")
    time_column, time_unit = _time_column(cells.header, choices.time_unit)
    _unknown_columns(cells, labels | _names(choices.covariates), ignore, choices.only_doses)
    _whose(cells, {*labels, *_names(choices.covariates), *ignore}, choices.only_doses)
    faults = Faults()
    _recode(cells, choices.recode or {})
    for name in cells.numbers:
        other = "" if name in _KNOWN else f"numbers in column {name}; {_elsewise(name, choices.only_doses)}"
        not_numbers(cells, name, faults, other)
    faults.check()
    if not cells.line.size:
        raise WrongUse("an event table without records", "a header line and records", "", ",".join(cells.header))
    columns = _columns(cells, time_column)
    said_mdv = _said(cells, "MDV")
    check(Records(cells.line, columns, said_mdv, time_column), faults)
    faults.check()
    table = _table(cells, columns, labels, ignore, time_unit, choices.returning, faults)
    _times(table, time_column, choices, faults)
    faults.check()
    return table


def _elsewise(name: str, only_doses: bool) -> str:
    """How a column that holds none of NONMEM's numbers is kept or left out, on the command line and in Python."""
    leave = f"leave it out with --ignore {name} (in Python ignore=[{name!r}])"
    return leave if only_doses else f"keep its text with --label {name} (in Python labels=[{name!r}]), or {leave}"


def _names(names: Iterable[str]) -> set[str]:
    return {name.strip().upper() for name in names}


def _time_column(header: tuple[str, ...], time_unit: str) -> tuple[str, str]:
    """Name of the time column, and its unit."""
    if time_unit and time_unit not in TIME_UNITS:
        raise unknown("time unit", time_unit, TIME_UNITS)
    present = [name for name in TIME_COLUMNS if name in header]
    if len(present) != 1:
        given = f"{' and '.join(present)} together" if present else "no column TIME"
        raise WrongUse(given, "one of " + ", ".join(TIME_COLUMNS), "" if present else nearest_of("TIME", header, 1))
    named = TIME_COLUMNS[present[0]]
    if named and time_unit and named != time_unit:
        raise WrongUse(f"column {present[0]} with time_unit {time_unit!r}", "one time unit", named)
    return present[0], named or time_unit


def _unknown_columns(cells: Cells, named: set[str], ignore: set[str], only_doses: bool) -> None:
    """Refuses a name in an argument that is no column, and a column that looks like a slip of a known one."""
    for name in sorted(named - {"ROUTE"}):
        if name not in cells.header:
            raise unknown("column", name, cells.header)
    named = named | ignore
    if "AMT" not in cells.header and {"DUR", "ADDL", "II"} & {*cells.header}:
        raise WrongUse("no column AMT", "a column AMT with the amount of each dose", nearest_of("AMT", cells.header, 1))
    if "DATE" in cells.header and "DATE" not in named:
        expected = f"{TIMES_ARE_NUMBERS}; if it is there for reading only, {_elsewise('DATE', True)}"
        raise WrongUse("column DATE", expected)
    for name in cells.header:
        if name in _KNOWN or name in COMPANIONS or name in named:
            continue
        slip = next((known for known in CANONICAL if known not in cells.header and _one_slip(name, known)), "")
        if slip:
            named_as = f"left out, --ignore {name}" if only_doses else f"named as a covariate, --covariate {name}"
            in_python = f"{'ignore' if only_doses else 'covariates'}=[{name!r}]"
            expected = f"{slip}, or {name} {named_as} (in Python {in_python})"
            raise WrongUse(f"unknown column {name!r}", expected, slip, named_as.partition(", ")[2])


def _whose(cells: Cells, named: set[str], only_doses: bool) -> None:
    """Refuses a table without ``ID`` that has a column of like meaning: its people would be taken for one."""
    if "ID" in cells.header:
        return
    for name in cells.header:
        if name not in named and _LIKE_ID.fullmatch(re.sub(r"[^A-Z0-9]", "", name)):
            header = ",".join("ID" if column == name else column for column in cells.header)
            left = f"if all are of one person, {_elsewise(name, only_doses)}"
            expected = f"it renamed to ID if it says whose each record is; {left}"
            raise WrongUse(f"no column ID, but a column {name}", expected, "ID", header)


def _one_slip(name: str, known: str) -> bool:
    """Whether one letter added, left out, changed or swapped makes one name of the other; digits make another name."""
    if min(len(name), len(known)) < 3 or any(letter.isdigit() for letter in name):
        return False
    if len(name) == len(known):
        differ = [i for i in range(len(name)) if name[i] != known[i]]
        swapped = len(differ) == 2 and name[differ[0]] == known[differ[1]] and name[differ[1]] == known[differ[0]]
        return len(differ) == 1 or swapped
    longer, shorter = sorted((name, known), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def _recode(cells: Cells, recode: Mapping[str, Mapping[str, float]]) -> None:
    for name, codes in recode.items():
        key = name.strip().upper()
        if key not in cells.numbers:
            raise unknown("column", name, cells.numbers)
        values = cells.numbers[key]
        for code, meant in codes.items():
            try:
                values[values == float(code)] = meant
            except ValueError:
                raise WrongUse(f"recode {name}: {code!r}", "numbers for numbers", "", '{"SS": {"99": 0}}') from None


def _said(cells: Cells, name: str) -> NDArray[np.bool_]:
    """Where a column is there and its cell is not empty."""
    return ~np.isnan(cells.numbers[name]) if name in cells.numbers else np.zeros(cells.line.size, bool)


def _columns(cells: Cells, time_column: str) -> dict[str, Numbers]:
    """NONMEM's columns with their defaults."""
    count = cells.line.size
    found = {}
    for name in CANONICAL[2:-1]:
        found[name] = np.nan_to_num(cells.numbers[name]) if name in cells.numbers else np.zeros(count)
    found["TIME"] = cells.numbers[time_column]
    found["DV"] = cells.numbers.get("DV", np.full(count, np.nan))
    is_dose = (found["AMT"] != 0) | ((found["SS"] != 0) & (found["RATE"] != 0))
    said_evid, said_mdv = _said(cells, "EVID"), _said(cells, "MDV")
    implied = np.where(is_dose, 1.0, np.where(said_mdv & (found["MDV"] == 1), 2.0, 0.0))
    found["EVID"] = np.where(said_evid, found["EVID"], implied)
    found["MDV"] = np.where(said_mdv, found["MDV"], (found["EVID"] != 0).astype(float))
    return {name: found[name] for name in CANONICAL[1:]}


def _table(
    cells: Cells,
    columns: dict[str, Numbers],
    labels: set[str],
    ignore: set[str],
    time_unit: str,
    returning: bool,
    faults: Faults,
) -> EventTable:
    names = [as_read(name) for name in cells.texts.get("ID", ["1"] * cells.line.size)]
    index: dict[str, int] = {}
    person = np.fromiter((index.setdefault(name, len(index)) for name in names), np.int64, len(names))
    people = tuple(index)
    faults.rows(person == index.get("", -1), cells.line, lambda i: "no ID", "an ID in each record")
    runs = np.concatenate([[0], np.flatnonzero(np.diff(person)) + 1])
    _, first = np.unique(person[runs], return_index=True)
    back = np.setdiff1d(runs, runs[first])
    order = np.arange(person.size)
    if back.size and returning:
        order = np.argsort(person, kind="stable")
    elif back.size:
        again = np.zeros(person.size, bool)
        again[back] = True
        expected = "all records of a person together (NONMEM would take them for another person): sort by ID, then TIME"
        faults.rows(again, cells.line, lambda i: f"ID {people[person[i]]} comes back after another ID", expected)
    kept = {name: values for name, values in cells.numbers.items() if name not in _KNOWN}
    notes = [f"left out: column {name}" for name in cells.header if name in ignore]
    if "ID" not in cells.header:
        notes.append(NO_ID)
    if cells.comments:
        notes.append(f"left out: {cells.comments} rows marked C")
    return EventTable(
        people,
        person[order],
        cells.line[order],
        {name: values[order] for name, values in columns.items()},
        {name: values[order] for name, values in kept.items()},
        {name: tuple(as_read(cells.texts[name][i]) for i in order) for name in cells.header if name in labels},
        cells.header,
        time_unit,
        tuple(notes),
    )


def _times(table: EventTable, name: str, choices: Choices, faults: Faults) -> None:
    """Times of a person do not fall, except at a reset, and start at 0 or later."""
    time, evid = table["TIME"], table["EVID"]
    before = np.concatenate([[0.0], time[:-1]])
    first = np.concatenate([[True], np.diff(table.person) != 0])
    resets = np.isin(evid, (3, 4))
    falls = ~first & ~resets & (time < before)

    def words(i: int) -> str:
        return f"{name} {said(time[i])} of ID {table.people[table.person[i]]}"

    faults.rows(
        (time < 0), table.line, words, "0 or later: times of a person are in order, counted from the first record"
    )
    where = np.flatnonzero(falls & (time >= 0))
    if where.size:
        least = said(before[where[0]])
        mask = np.zeros(time.size, bool)
        mask[where] = True
        faults.rows(
            mask,
            table.line,
            words,
            f"{least} or later: times of a person are in order: sort by ID, then {name}; EVID 3 or 4 starts again",
        )
    starts = time[first]
    like_dates = starts.size and np.all((starts > _DATES[0]) & (starts < _DATES[1])) and table.time_unit != "min"
    if like_dates and not choices.large_times:
        what = f"line {table.line[0]}: {name} {said(starts[0])}, a date of a spreadsheet"
        expected = f"{TIMES_ARE_NUMBERS}; if these are no dates, --large-times (in Python large_times=True)"
        expected, paste = (TIMES_ARE_NUMBERS, "") if choices.only_doses else (expected, "--large-times")
        raise WrongUse(what, expected, f"{name} less {said(starts[0])}, in days", paste)
