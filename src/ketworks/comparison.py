"""Two simulations side by side: largest changes, and the paired difference where the people are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ketworks.errors import WrongUse
from ketworks.evidence.grade import weakest
from ketworks.peaks import Peak, number, peaks, table, unit_shown

if TYPE_CHECKING:
    from ketworks.result import Floats, Simulation


LEVELS = "plasma."


class ComparisonRow(NamedTuple):
    """One signal in both simulations.

    Attributes:
        name: signal.
        unit: of all numbers.
        first: largest change in the first simulation.
        second: in the second.
        difference: second minus first (of kind ``share``: of people); None for signs.
        low: 5th percentile of each person's own difference; None where people are not the same or there are none.
        high: 95th percentile.
        grade: the weaker of both.
    """

    name: str
    unit: str
    first: Peak
    second: Peak
    difference: float | None
    low: float | None
    high: float | None
    grade: str


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` returns; prints as a table."""

    titles: tuple[str, str]
    paired: bool
    rows: tuple[ComparisonRow, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """The table in plain text."""
        cells = [("signal", "first", "second", "difference", "90 % of people", "grade")]
        for row in self.rows:
            unit = unit_shown(row.unit)
            gap = "" if row.difference is None else f"{row.difference:+.3g} {unit}".strip()
            band = "" if row.low is None or row.high is None else f"{number(row.low)} to {number(row.high)}"
            cells.append((row.name, row.first.shown, row.second.shown, gap, band, row.grade))
        words = "the same people in both" if self.paired else "different people: no paired band"
        told = ["", *(f"note: {note}" for note in self.notes)] if self.notes else []
        return "\n".join([f"first:  {self.titles[0]}", f"second: {self.titles[1]}", words, "", table(cells), *told])

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        rows = {
            row.name: {
                "unit": row.unit,
                "first": row.first.value,
                "second": row.second.value,
                "difference": row.difference,
                "low": row.low,
                "high": row.high,
                "grade": row.grade,
            }
            for row in self.rows
        }
        return {
            "first": self.titles[0],
            "second": self.titles[1],
            "paired": self.paired,
            "signals": rows,
            "notes": [*self.notes],
        }


def compare(first: Simulation, second: Simulation, names: Sequence[str] | None = None) -> Comparison:
    """Compares the largest change of each signal between two simulations.

    Args:
        first: one simulation.
        second: another. With the same seed and the same bodies both hold the same people, and differences are paired.
        names: signals; the headline ones that both hold when None.

    Raises:
        WrongUse: a signal that one of them did not compute, or none in common.
    """
    for name in names or ():
        first.signal(name)
        second.signal(name)
    found = [{row.name: row for row in peaks(one, headline=names is None)} for one in (first, second)]
    chosen = list(names) if names is not None else [name for name in found[0] if name in found[1]]
    if not chosen:
        raise WrongUse("no signal in common", "simulations of the same signals")
    paired = _same_people(first, second)
    rows = [_row(name, first, second, found[0][name], found[1][name], paired) for name in chosen]
    titles = (_title(first), _title(second))
    return Comparison(titles, paired, tuple(rows), tuple(_notes(first, second, chosen)))


def _same_people(first: Simulation, second: Simulation) -> bool:
    """Whether row by row the same person took both; co-medication and organ function may be what is compared."""
    if not (np.array_equal(first.ids, second.ids) and first.seed == second.seed and first.band):
        return False
    bodies = [[one.covariates[name] for name in ("weight", "age", "height", "male")] for one in (first, second)]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*bodies, strict=True))


def _notes(first: Simulation, second: Simulation, chosen: Sequence[str]) -> list[str]:
    """What each run tells, and levels that only one of them has."""
    found = list(dict.fromkeys([*first.notes, *second.notes]))
    levels = [{name for name in one.names if name.startswith(LEVELS)} for one in (first, second)]
    if all(levels) and not levels[0] & levels[1]:
        sites = [" and ".join(sorted({name.rsplit(".", 1)[1] for name in one})) for one in levels]
        what = f"the first has {sites[0]} ones, the second {sites[1]} ones"
        found.append(f"no level is shared: {what}; sites are not mixed")
    return found


def _title(simulation: Simulation) -> str:
    """Regimen, people and plasma model; levels of two models never look like those of one."""
    plasma = simulation.chain.variant("plasma")
    return f"{simulation.regimen} - {simulation.people}" + (f" - plasma by {plasma}" if plasma else "")


def _row(name: str, first: Simulation, second: Simulation, a: Peak, b: Peak, paired: bool) -> ComparisonRow:
    difference = None if a.kind == "sign" else b.value - a.value
    low = high = None
    if paired and a.kind == "value" and (first.people_differ(name) or second.people_differ(name)):
        gap = _own_peaks(second, name) - _own_peaks(first, name)
        low, high = (float(x) for x in np.percentile(gap, (5.0, 95.0)))
    return ComparisonRow(name, a.unit, a, b, difference, low, high, weakest([a.grade, b.grade]))


def _own_peaks(simulation: Simulation, name: str) -> Floats:
    """Each person's own value at the largest change from baseline."""
    people, base = simulation.people_table(name), simulation.signal(name).baseline
    start = people[:, :1] if base is None else np.full((len(people), 1), base)
    place = np.argmax(np.abs(people - start), axis=1)
    return np.asarray(people[np.arange(len(people)), place])
