"""A parameter: one value with unit, interval, source, locator and grade. One row of a ``parameters.tsv``."""

from __future__ import annotations

from dataclasses import dataclass


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
