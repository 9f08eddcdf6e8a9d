"""Measured levels from a CSV table: one row a sample, with the person, the time and the level."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from ketworks.errors import WrongUse, unknown
from ketworks.exposure.exposures import Exposure, Row, SignalFacts
from ketworks.exposure.measured_curve import nca
from ketworks.exposure.metric import MINUTES
from ketworks.exposure.settings import How

BELOW = re.compile(r"(?i)b(l|lo|q)q|bql|<\s*\d+(\.\d+)?")  # ways to write: below the limit of quantification
LARGEST = 50_000_000  # bytes
SHOWN = 5  # people named in a note
_NOTHING = ("", ".", "0", "0.0")


@dataclass(frozen=True)
class Columns:
    """Which columns hold what, and in which units.

    Attributes:
        time: column of the time since the dose.
        value: column of the level.
        person: column of the person; all rows are of one person when empty.
        time_unit: ``min``, ``h`` or ``d``.
        unit: of the levels.
    """

    time: str = "TIME"
    value: str = "DV"
    person: str = "ID"
    time_unit: str = "h"
    unit: str = "ng/mL"


class Samples(dict[str, tuple[list[float], list[float]]]):
    """Times in min and levels by person, in the order of the table; ``skipped`` counts rows that hold no sample."""

    skipped: int = 0


def exposure_of_table(
    path: str | Path,
    columns: Columns | None = None,
    dose: str | None = None,
    route: str | None = None,
    over: str = "0 min",
    **how: Unpack[How],
) -> Exposure:
    """Metrics of every person in a table of levels after one dose at time 0.

    Args:
        path: a CSV file.
        columns: names and units.
        dose: as in ``nca``, the same for everybody.
        route: as in ``nca``.
        over: as in ``nca``.
        how: as in ``nca``.

    Raises:
        WrongUse: a column is missing, a cell cannot be read, or a curve cannot be analysed; row and column are named.
    """
    names = columns or Columns()
    samples = read_levels(path, names)
    rows: list[Row] = []
    noted: dict[str, list[str]] = {}
    for person, (times, levels) in samples.items():
        try:
            found = nca(times, levels, names.unit, dose, route, over, **how)
        except WrongUse as error:
            raise WrongUse(f"{path}, person {person}: {error.given}", error.expected, error.nearest) from error
        rows += [Row(person, names.value, one) for one in found.metrics.values()]
        for note in found.notes:
            noted.setdefault(note, []).append(person)
    notes = [f"{note} ({_named(people)})" for note, people in noted.items()]
    if samples.skipped:
        notes.append(f"{samples.skipped} rows hold no sample (EVID or MDV is not 0) and were left out")
    return Exposure(f"{path}: {len(samples)} people", tuple(rows), {names.value: SignalFacts("")}, "", tuple(notes))


def _named(people: Sequence[str]) -> str:
    shown = ", ".join(people[:SHOWN])
    return f"person {shown}" if len(people) <= SHOWN else f"person {shown} and {len(people) - SHOWN} others"


def read_levels(path: str | Path, columns: Columns) -> Samples:
    """Times and levels by person. Rows whose ``EVID`` or ``MDV`` is not 0 hold no sample.

    Raises:
        WrongUse: as ``exposure_of_table``.
    """
    if columns.time_unit not in MINUTES:
        raise unknown("unit of time", columns.time_unit, MINUTES, "--time-unit h")
    try:
        if Path(path).stat().st_size > LARGEST:
            raise WrongUse(f"{path} is larger than {LARGEST // 1_000_000} MB", "a table of levels")
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable CSV file in UTF-8") from None
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    header = [name.strip() for name in next(reader, [])]
    place = _places(header, columns)
    found = Samples()
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise WrongUse(f"{path}, line {line}: {len(cells)} cells", f"{len(header)}, as many as the header has")
        row = {name: cells[where].strip() for name, where in place.items()}
        if any(row.get(flag, "") not in _NOTHING for flag in ("EVID", "MDV")):
            _check_dose(row, line, path)
            found.skipped += 1
            continue
        times, levels = found.setdefault(row.get("person", "1"), ([], []))
        times.append(_number(row["time"], columns.time, line, path) * MINUTES[columns.time_unit])
        levels.append(0.0 if BELOW.fullmatch(row["value"]) else _number(row["value"], columns.value, line, path))
    if not found:
        raise WrongUse(f"{path} holds no sample", "at least one row with a time and a level")
    return found


def _places(header: Sequence[str], columns: Columns) -> Mapping[str, int]:
    """Where each wanted column stands."""
    wanted = {"time": columns.time, "value": columns.value}
    if columns.person and (columns.person in header or columns.person != Columns.person):
        wanted["person"] = columns.person
    for option, name in wanted.items():
        if name not in header:
            raise unknown("column", name, header, f"--{ {'person': 'id'}.get(option, option) } NAME")
        if header.count(name) > 1:
            raise WrongUse(f"{header.count(name)} columns are named {name!r}", "each name once")
    flags = {flag: flag for flag in ("EVID", "MDV", "AMT", "ADDL") if flag in header}
    return {what: header.index(name) for what, name in (wanted | flags).items()}


def _check_dose(row: Mapping[str, str], line: int, path: str | Path) -> None:
    """Refuses a dose after time 0: areas to infinity and clearance would be those of one dose."""
    gives = row.get("AMT", "0") not in _NOTHING
    if gives and (row["time"] not in _NOTHING or row.get("ADDL", "0") not in _NOTHING):
        raise WrongUse(
            f"{path}, line {line}: a dose later than time 0",
            "levels after one dose at time 0; keep one interval and count its times from its dose",
        )


def _number(text: str, column: str, line: int, path: str | Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        nearest = text.replace(",", ".") if re.fullmatch(r"-?\d*,\d+", text) else ""
        raise WrongUse(
            f"{path}, line {line}: {text!r} in column {column} is no number",
            "a number with a decimal point, or BLQ for a level below the limit of quantification",
            nearest,
        )
    return value
