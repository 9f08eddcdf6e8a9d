"""Writes an event table as CSV in NONMEM's columns: what :func:`ketworks.events.read` reads back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.events.meaning import said
from ketworks.events.number_cell import NumberCells
from ketworks.events.table import CANONICAL, EventTable, Numbers

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""

_TIME_NAME = {"": "TIME", "min": "TIME_MIN", "h": "TIME_H", "d": "TIME_D"}


def csv_text(table: EventTable, further: Mapping[str, Numbers] | None = None) -> str:
    """The table as CSV: numbers with all their digits, missing ones as ``.``; the time column says its unit, if any.

    Args:
        table: the records; the order of the rows is kept, and every column is written, its default too.
        further: more columns of numbers, such as predictions, after all others.

    Raises:
        WrongUse: a further column that the table has already.
    """
    written: list[tuple[str, Iterable[str]]] = []
    ids = [_text(name) for name in table.people]
    written.append(("ID", [ids[person] for person in table.person]))
    written.append((_TIME_NAME[table.time_unit], _numbers(table["TIME"])))
    written += [(name, _numbers(table[name])) for name in CANONICAL[2:]]
    written += [(name, _numbers(values)) for name, values in table.covariates.items()]
    written += [(name, [_text(cell) for cell in cells]) for name, cells in table.labels.items()]
    for name, values in (further or {}).items():
        if name in dict(written):
            raise WrongUse(f"a column {name} in the table already", "another name for the new column")
        written.append((name, _numbers(values)))
    lines = [",".join(_text(name) for name, _ in written)]
    lines.extend(map(",".join, zip(*(column for _, column in written), strict=True)))
    return "\n".join(lines) + "\n"


def _numbers(values: NDArray[np.float64]) -> list[str]:
    """Numbers as text; each different one is written once."""
    different, index = np.unique(values, return_inverse=True)
    words = ["." if np.isnan(value) else said(float(value)) for value in different]
    return [words[i] for i in index]


def _text(cell: str) -> str:
    """A cell of text, which no spreadsheet takes for a formula or for two cells."""
    if cell.startswith(FORMULA) and np.isinf(NumberCells()[cell]):
        cell = f"'{cell}"
    if any(sign in cell for sign in ',"\n\r'):
        cell = '"' + cell.replace('"', '""') + '"'
    return cell


def as_read(cell: str) -> str:
    """A cell of text as it was before it was written."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
