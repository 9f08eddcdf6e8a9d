"""The rows that locators cite, as they were read: ``read/*.csv``, one file per domain.

A citation stands in square brackets: ``[B0103]``, ``[B0024, B0025]``, ``[PAR-SIM-008 to 013]``. Two domains count from
C001, so their rows are cited with the name of the file: ``[circuit C030]``, ``[clinical C084, C207]``.
"""

from __future__ import annotations

import csv
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from ketworks.errors import unknown

FOLDER = Path(__file__).parent / "read"
NAMED = ("circuit", "clinical")  # tables whose ids also stand in another table
_ID = r"(?:(?:[A-Z]+-)+\d{3}|[A-Z]\d{3,4})"
_BRACKET = re.compile(r"\[([^\[\]\n]*)\]")
_CITED = re.compile(rf"({_ID})(?:\s*(?:to|-)\s*(?:[A-Z-]*?)(\d{{3,4}}))?\b")
_NAME = re.compile(r"^\s*([a-z]+)\s")
_WHAT = ("trial", "arm", "endpoint", "timepoint", "quantity", "rule", "threshold")
_WHERE = ("system", "species_or_system", "drug", "dose", "time", "comparator_value", "conditions")
_WIDTH = 150


@cache
def load(folder: str = str(FOLDER)) -> Mapping[str, Mapping[str, str]]:
    """All packed rows by key (``B0103``, ``circuit C030``), each with its columns and its ``table``."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for cells in csv.DictReader(handle):
                key = f"{path.stem} {cells['id']}" if path.stem in NAMED else cells["id"]
                found[key] = MappingProxyType({"table": path.stem, **cells})
    return MappingProxyType(found)


def row(key: str, folder: str = str(FOLDER)) -> dict[str, str]:
    """One packed row.

    Args:
        key: as cited, without the brackets: ``B0103``, ``circuit C030``.
        folder: where the files stand.

    Returns:
        Its cells by column, with ``table``; the columns differ between domains, ``how_read`` is always there.

    Raises:
        WrongUse: no such row is packed; the nearest keys are given.
    """
    rows = load(folder)
    if key not in rows:
        raise unknown("row", key, rows)
    return dict(rows[key])


def cited(text: str) -> tuple[str, ...]:
    """The keys of all rows cited in a text, each once, in order; a range gives all its rows."""
    keys: dict[str, None] = {}
    for inner in _BRACKET.findall(text):
        named = _NAME.match(inner)
        before = f"{named[1]} " if named and named[1] in NAMED else ""
        for first, last in _CITED.findall(inner):
            head = first.rstrip("0123456789")
            digits = first[len(head) :]
            for number in range(int(digits), int(last or digits) + 1):
                keys[f"{before}{head}{number:0{len(digits)}}"] = None
    return tuple(keys)


def line(key: str, cells: Mapping[str, str]) -> str:
    """One short line: key, how it was read, what was measured, its value and the conditions."""
    what = " ".join(cells[name] for name in _WHAT if cells.get(name))
    value = " ".join(part for part in (cells.get("value", ""), cells.get("unit", "")) if part)
    spread = " ".join(part for part in (cells.get("spread_kind", ""), cells.get("spread", "")) if part)
    where = "; ".join(cells[name] for name in _WHERE if cells.get(name))
    words = f"{what}: {value}{f' ({spread})' if spread else ''}{f'; {where}' if where else ''}"
    return textwrap.shorten(f"[{key}, read as {cells.get('how_read', '')}] {words}", _WIDTH, placeholder=" ...")
