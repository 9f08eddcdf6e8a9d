"""The interventions that set mechanisms apart: what was done, what was seen and how that was read."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from ketworks.errors import WrongUse, unknown
from ketworks.evidence.parameters import load as load_table

FOLDER = Path(__file__).parent
SIZES = ("blocked", "reduced", "unchanged", "increased")
PRESENCE = ("absent", "present")
CHANGES = ("gate", "ligand", "lacks", "only")
WHO = ("human", "animal")
RECALLED = "recalled"
WEAK = "weak"
EVERY = "all"
_DAYS = ("at", "against_at")  # columns with the unit in their name


@dataclass(frozen=True)
class Intervention:
    """One row.

    Attributes:
        id: for files.
        intervention: what was done, in words.
        who: ``human`` or ``animal`` (cells in a dish stand with the animals).
        species: in words.
        regimen: dose sentence; the asked one when empty.
        change: what is changed besides, as ``kind:name`` or ``gate:name=row``; nothing when empty.
        at: when benefit is read, d after the first dose.
        against: dose sentence of what it is compared with; the asked one when empty, which only a row without a
            regimen may leave so.
        against_at: when that is read, d.
        observed: classes of ``SIZES`` or ``PRESENCE`` that the evidence allows.
        evidence: what was found, with the rows that were read.
        how_read: ``abstract``, ``secondary`` ...; ``recalled`` rows are shown and never counted.
        strength: ``weak`` where the study could hardly have shown otherwise; such rows are shown and not counted.
        calibrates: mechanisms that were fitted to it, for which it does not count.
        note: what a reader must know.
    """

    id: str
    intervention: str
    who: str
    species: str
    regimen: str
    change: str
    at: float
    against: str
    against_at: float
    observed: tuple[str, ...]
    evidence: str
    how_read: str
    strength: str
    calibrates: tuple[str, ...]
    note: str

    @property
    def kind(self) -> str:
        """``gate``, ``ligand``, ``lacks``, ``only``, or empty for a change of dose alone."""
        return self.change.partition(":")[0]

    @property
    def name(self) -> str:
        """What is changed."""
        return self.change.partition(":")[2].partition("=")[0]

    @property
    def share(self) -> float:
        """What a gate is set to: 0, or the value of the row that the change names."""
        row = self.change.partition("=")[2]
        return value(row) if row else 0.0

    def counts_for(self, mechanism: str) -> bool:
        """Whether agreement says anything: not what was recalled, nor weak, nor what the mechanism was fitted to."""
        known = self.how_read != RECALLED and self.strength != WEAK
        return known and not {mechanism, EVERY} & set(self.calibrates)

    def says(self, ratio: float) -> str:
        """The class of a predicted ratio, in the words that the evidence uses here."""
        none, beyond = ratio < value("absent_below"), value("changed_beyond")
        if self.observed[0] in PRESENCE:
            return "absent" if none else "present"
        if none:
            return "blocked"
        return "reduced" if ratio < 1.0 - beyond else "increased" if ratio > 1.0 + beyond else "unchanged"


def value(name: str) -> float:
    """A row of ``parameters.tsv`` here, canonical."""
    return load_table(str(FOLDER))[f"intervention.{name}"].canonical


@cache
def load(path: Path = FOLDER / "interventions.tsv") -> tuple[Intervention, ...]:
    """All rows in file order, those of people first.

    Raises:
        WrongUse: a row has the wrong shape or a word that means nothing here.
    """
    columns = {f"{field.name}_d" if field.name in _DAYS else field.name for field in fields(Intervention)}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if set(reader.fieldnames or ()) != columns:
            raise WrongUse(f"{path.name}: header {reader.fieldnames}", "the columns " + " ".join(sorted(columns)))
        rows = tuple(_row(cells, f"{path.name}:{line}") for line, cells in enumerate(reader, 2))
    return tuple(sorted(rows, key=lambda row: WHO.index(row.who)))


def _row(cells: dict[str, str], where: str) -> Intervention:
    at = float(cells.pop("at_d"))
    against_at = float(cells.pop("against_at_d") or at)
    observed = tuple(cells.pop("observed").split("|"))
    calibrates = tuple(filter(None, cells.pop("calibrates").split("|")))
    row = Intervention(**cells, at=at, against_at=against_at, observed=observed, calibrates=calibrates)
    vocabulary = PRESENCE if observed[0] in PRESENCE else SIZES  # one row keeps to one of them
    words = (*((one, vocabulary) for one in observed), (row.who, WHO), (row.strength, ("", WEAK)))
    for word, known in words:
        if word not in known:
            raise unknown(f"word in {where}", word, known)
    if row.kind and row.kind not in CHANGES:
        raise unknown(f"change in {where}", row.kind, CHANGES)
    return row
