"""What was published on the direction of each measure at the usual dose, to be printed beside what comes out."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

HEADING = "people at about 0.5 mg/kg"


class Published(NamedTuple):
    """``direction`` in words (``down``, ``none or up``) with its source, where in it, and a note."""

    measure: str
    direction: str
    source: str
    locator: str
    note: str

    def agrees(self, found: str) -> bool | None:
        """Whether a direction that was found is among those published; None where it is unclear."""
        said = {"flat": "none"}.get(found, found)
        return None if found == "unclear" else said in self.direction.replace(",", " ").split()


@cache
def published() -> Mapping[str, Published]:
    """The rows of ``published.tsv`` by measure."""
    with (Path(__file__).parent / "published.tsv").open(encoding="utf-8", newline="") as table:
        rows = [Published(**row) for row in csv.DictReader(table, delimiter="\t")]
    return {row.measure: row for row in rows}


def said_of(measure: str) -> str:
    """Direction in words, or a dash where none was read."""
    known = published()
    return known[measure].direction if measure in known else "-"
