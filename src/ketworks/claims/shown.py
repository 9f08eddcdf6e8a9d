"""What is to be simulated for a claim: ``shown.tsv``, one row a number; no result stands there."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from ketworks.errors import WrongUse, unknown

PATH = Path(__file__).parent / "shown.tsv"
NONE = "none"  # the statistic of what is not modelled
TYPICAL = "typical"
BASES = {
    "calibrated": "evidence of the same kind set the model",
    "assumed": "an assumption of the model, not a result",
    "emerges": "nothing in the model was set to it",
    "": "",
}


@dataclass(frozen=True)
class Shown:
    """One number that the model shows of a claim.

    Attributes:
        claim: id of the claim.
        shows: what the number is, in words.
        regimen: dose sentence.
        against: a second one, whose number is taken off the first one's; empty for none.
        people: ``typical``, or how many people a cohort has.
        chain: ``stage=variant`` pairs with ``;`` between; defaults where empty.
        signal: what is simulated; ``one - other`` for a difference person by person; empty for what is not modelled.
        statistic: name of the statistic, or ``NONE``.
        times: when values are computed; the solver's own grid where empty.
        at: what the statistic needs: a time, a span, ``12 of 17 at 24 h``.
        low, high: range that the words of the claim mean, in the number's unit; None where a side is open.
        basis: one of ``BASES``.
        reads_as: how the words were read, or why the model cannot say.
        line: in the file.
    """

    claim: str
    shows: str
    regimen: str
    against: str
    people: str
    chain: str
    signal: str
    statistic: str
    times: str
    at: str
    low: float | None
    high: float | None
    basis: str
    reads_as: str
    line: int = 0

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals behind the number."""
        return tuple(self.signal.split(" - ")) if self.signal else ()

    @property
    def mechanisms(self) -> dict[str, str]:
        """Variants by stage."""
        pairs = (one.partition("=") for one in self.chain.split(";") if one)
        return {stage.strip(): variant.strip() for stage, _, variant in pairs}


COLUMNS = tuple(field.name for field in fields(Shown) if field.name != "line")


@cache
def load(path: Path = PATH) -> Mapping[str, tuple[Shown, ...]]:
    """All rows by claim, in file order.

    Raises:
        WrongUse: the header or a row has the wrong shape, a range or a basis cannot be read.
    """
    found: dict[str, tuple[Shown, ...]] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise WrongUse(f"{path.name}: header {reader.fieldnames}", "the columns " + " ".join(COLUMNS))
        for line, cells in enumerate(reader, 2):
            row = _row(cells, line, f"{path.name}:{line}")
            found[row.claim] = (*found.get(row.claim, ()), row)
    return found


def _row(cells: Mapping[str, str | None], line: int, where: str) -> Shown:
    if None in cells or any(value is None for value in cells.values()):
        raise WrongUse(f"{where}: wrong number of cells", f"{len(COLUMNS)} cells separated by tabs")
    words = {key: (value or "").strip() for key, value in cells.items()}
    if words["basis"] not in BASES:
        raise unknown(f"basis in {where}:", words["basis"], [base for base in BASES if base])
    edges = {name: _edge(words.pop(name), f"{where}: {name}") for name in ("low", "high")}
    return Shown(**words, **edges, line=line)  # type: ignore[arg-type]


def _edge(cell: str, where: str) -> float | None:
    if not cell:
        return None
    try:
        return float(cell)
    except ValueError as error:
        raise WrongUse(f"{where} {cell!r}", "a number, or nothing for an open side") from error
