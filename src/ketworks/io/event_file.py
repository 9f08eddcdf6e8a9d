"""Event tables on disk: written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ketworks.events.table import EventTable, Numbers
from ketworks.events.writing import csv_text
from ketworks.io.whole_file import write_whole


def write_events(table: EventTable, path: str | Path, further: Mapping[str, Numbers] | None = None) -> Path:
    """Writes an event table as CSV in NONMEM's columns.

    Args:
        table: the records.
        path: of the file.
        further: more columns of numbers, such as predictions.

    Raises:
        WrongUse: the file cannot be written there, or a further column has a name of the table's.
    """
    return write_whole(Path(path), csv_text(table, further).encode("utf-8"))
