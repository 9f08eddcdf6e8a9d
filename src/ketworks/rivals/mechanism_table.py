"""Mechanisms side by side: what each predicts under each intervention, and how often the evidence agrees."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ketworks.peaks import table
from ketworks.rivals.benefit import MECHANISMS, MOST, Benefits
from ketworks.rivals.interventions import WHO, Intervention, load

AGREES, CONTRADICTS, CANNOT_SAY = "agrees", "contradicts", "cannot say"
_MARKS = {AGREES: "+", CONTRADICTS: "*"}
_WHOSE = {"human": "people", "animal": "animals and cells"}
LEGEND = (
    "each number: benefit over that without the intervention, by running the mechanism; "
    "+ agrees with what was seen, * contradicts it, in brackets where that says nothing "
    "(the mechanism was fitted to it, the row is recalled, or the study was too weak to tell); - cannot say",
    "score: agrees / could be judged. A high score is no proof: constants are assumed, rows are few and not "
    "independent, and a mechanism that leaves a step out agrees with every trial in which blocking it did nothing",
)


class Cell(NamedTuple):
    """What one mechanism says of one intervention.

    Attributes:
        ratio: benefit over that without the intervention, 10 at most; None where it cannot be said.
        says: its class in words.
        verdict: ``agrees``, ``contradicts`` or ``cannot say``.
        counts: whether the verdict is counted.
    """

    ratio: float | None
    says: str
    verdict: str
    counts: bool


class Score(NamedTuple):
    """How often a mechanism agrees among the rows on which it could be judged."""

    agrees: int
    judged: int


@dataclass(frozen=True)
class MechanismComparison:
    """What ``compare --mechanisms`` shows.

    Attributes:
        words: the dose sentence of the rows that name none.
        rows: the interventions.
        cells: by intervention's id and mechanism.
    """

    words: str
    rows: Sequence[Intervention]
    cells: Mapping[str, Mapping[str, Cell]]

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The names of the mechanisms."""
        return tuple(next(iter(self.cells.values())))

    def score(self, mechanism: str, who: str) -> Score:
        """The score of a mechanism on rows of ``human`` or ``animal``."""
        found = [self.cells[row.id][mechanism] for row in self.rows if row.who == who]
        judged = [cell for cell in found if cell.counts and cell.verdict != CANNOT_SAY]
        return Score(sum(cell.verdict == AGREES for cell in judged), len(judged))

    def __repr__(self) -> str:
        """Both tables and the scores in plain text."""
        parts = [self.words, *(self._part(who) for who in WHO), *LEGEND]
        return "\n\n".join(parts)

    def _part(self, who: str) -> str:
        names = self.mechanisms
        rows = [row for row in self.rows if row.who == who]
        cells = [(_WHOSE[who], "at", "seen", *names, "read")]
        for row in rows:
            said = (_shown(self.cells[row.id][name]) for name in names)
            cells.append((row.intervention, _day(row.at), " or ".join(row.observed), *said, _read(row)))
        scores = (self.score(name, who) for name in names)
        cells.append(("score", "", "", *(f"{one.agrees} / {one.judged}" for one in scores), ""))
        return table(cells)

    def as_dict(self) -> dict[str, Any]:
        """Plain types, ready for JSON."""
        return {
            "regimen": self.words,
            "interventions": [
                {
                    **{key: getattr(row, key) for key in _TOLD},
                    "observed": list(row.observed),
                    "at_d": row.at,
                    "mechanisms": {name: cell._asdict() for name, cell in self.cells[row.id].items()},
                }
                for row in self.rows
            ],
            "scores": {name: {who: self.score(name, who)._asdict() for who in WHO} for name in self.mechanisms},
            "largest_ratio": MOST,
        }

    def as_csv(self) -> str:
        """One line for each intervention and mechanism."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*_TOLD, "observed", "at_d", "mechanism", *Cell._fields])
        for row in self.rows:
            told = [*(getattr(row, key) for key in _TOLD), "|".join(row.observed), f"{row.at:g}"]
            for name, cell in self.cells[row.id].items():
                ratio = "" if cell.ratio is None else f"{cell.ratio:.6g}"
                writer.writerow([*told, name, ratio, cell.says, cell.verdict, "yes" if cell.counts else "no"])
        return out.getvalue()


_TOLD = ("id", "intervention", "who", "species", "regimen", "change", "evidence", "how_read", "strength", "note")


def compare_mechanisms(
    words: str, mechanisms: Sequence[str] = MECHANISMS, progress: Callable[[str], None] | None = None
) -> MechanismComparison:
    """Runs every mechanism under every intervention.

    Args:
        words: dose sentence of the rows that name none; half a milligram a kilogram is what the rivals were scaled at.
        mechanisms: variants of the plasticity stage.
        progress: told before each mechanism.
    """
    rows = load()
    benefits = Benefits(words, rows)
    cells: dict[str, dict[str, Cell]] = {row.id: {} for row in rows}
    for name in mechanisms:
        for row in rows:
            if progress is not None:
                progress(f"{name}: {row.intervention}")
            cells[row.id][name] = _cell(row, name, benefits.ratio(name, row))
    return MechanismComparison(words, rows, cells)


def _cell(row: Intervention, mechanism: str, ratio: float | None) -> Cell:
    if ratio is None:
        return Cell(None, CANNOT_SAY, CANNOT_SAY, False)
    says = row.says(ratio)
    return Cell(ratio, says, AGREES if says in row.observed else CONTRADICTS, row.counts_for(mechanism))


def _shown(cell: Cell) -> str:
    if cell.ratio is None:
        return "-"
    mark = _MARKS[cell.verdict]
    words = f">={MOST:g}" if cell.ratio >= MOST else f"{cell.ratio:.2f}"
    return f"{words} {mark}" if cell.counts else f"{words} ({mark})"


def _read(row: Intervention) -> str:
    return f"{row.how_read}, {row.strength}" if row.strength else row.how_read


def _day(at: float) -> str:
    return f"{at * 24:.0f} h" if at < 1.0 else f"{at:g} d"
