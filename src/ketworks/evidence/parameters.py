"""Reads a stage's ``parameters.tsv``: one row, one value, with unit, interval, source, locator and grade."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

from ketworks.engine.parameter import Parameter
from ketworks.engine.units import to_canonical
from ketworks.errors import WrongUse

COLUMNS = tuple(field.name for field in fields(Parameter) if not field.name.startswith("canonical"))
NUMBERS = ("value", "low", "high", "spread")


@cache
def load(folder: str) -> Mapping[str, Parameter]:
    """All rows of ``folder/parameters.tsv`` by id, in file order.

    Args:
        folder: the stage's folder, usually ``str(Path(__file__).parent)``.

    Raises:
        WrongUse: a column is missing, a number does not parse, or an id stands twice; the line is named.
    """
    path = Path(folder) / "parameters.tsv"
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise WrongUse(f"{path}: header {reader.fieldnames}", "the columns " + " ".join(COLUMNS))
        rows: dict[str, Parameter] = {}
        for line, row in enumerate(reader, start=2):
            parameter = _parse(row, f"{path}:{line}")
            if parameter.id in rows:
                raise WrongUse(f"{path}:{line}: id {parameter.id!r} stands twice", "one row per id")
            rows[parameter.id] = parameter
    return MappingProxyType(rows)


def pick(table: Mapping[str, Parameter], prefixes: Iterable[str]) -> Mapping[str, Parameter]:
    """The rows whose id starts with one of the prefixes (``"simons2022."``)."""
    wanted = tuple(prefixes)
    return MappingProxyType({key: row for key, row in table.items() if key.startswith(wanted)})


def _parse(row: Mapping[str, str | None], where: str) -> Parameter:
    if any(value is None for value in row.values()) or None in row:
        raise WrongUse(f"{where}: {len([v for v in row.values() if v is not None])} cells", f"{len(COLUMNS)} cells")
    cells = {key: (value or "").strip() for key, value in row.items()}
    numbers = {key: _number(cells[key], f"{where}: {key}") for key in NUMBERS}
    if numbers["value"] is None:
        raise WrongUse(f"{where}: empty value", "a number")
    canonical, canonical_unit = to_canonical(numbers["value"], cells["unit"])
    text = {key: cells[key] for key in COLUMNS if key not in NUMBERS}
    return Parameter(**text, **numbers, canonical=canonical, canonical_unit=canonical_unit)  # type: ignore[arg-type]


def _number(cell: str, where: str) -> float | None:
    if not cell:
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise WrongUse(f"{where} is {cell!r}", "a finite number with a point, or an empty cell")
    return number
