"""A parameter: one value with unit, interval, source, locator and grade. One row of a ``parameters.tsv``."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Parameter:
    """One row of evidence. ``canonical`` is ``value`` in the unit that the equations use (``canonical_unit``)."""

    id: str
    symbol: str
    meaning: str
    value: float
    unit: str
    low: float | None
    high: float | None
    interval: str
    spread: float | None
    spread_kind: str
    population: str
    n: str
    species: str
    form: str
    source: str
    locator: str
    method: str
    grade: str
    note: str
    canonical: float
    canonical_unit: str


def part_folder(kind: type) -> Path:
    """The folder of all that a stage's class may read: its part of the package, or a third party's own folder."""
    folder = Path(inspect.getfile(kind)).parent
    package = Path(__file__).parents[1]
    return package / folder.relative_to(package).parts[0] if folder.is_relative_to(package) else folder
