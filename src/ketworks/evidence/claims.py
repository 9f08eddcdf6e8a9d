"""What is said about ketamine, and what the evidence read here says to it: ``claims.tsv``."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse, unknown
from ketworks.evidence.sources import source_ids

PATH = Path(__file__).parent / "claims.tsv"
NOT_YET = "not modelled yet"
VERDICTS = {
    "supported": "what was read supports it",
    "partly": "true with a limit that the claim leaves out",
    "not shown": "what was read does not show it",
    "contested": "good sources disagree",
}


@dataclass(frozen=True)
class Claim:
    """One popular sentence with its verdict.

    Attributes:
        id: short key.
        claim: the sentence as people say it.
        verdict: one of ``VERDICTS``.
        sources_for, sources_against: source ids.
        how_shown: the signals or studies (``study <id>``) that show it here, separated by ``;``, or ``NOT_YET``.
        note: the numbers, and what the claim leaves out.
        line: line in the file.
    """

    id: str
    claim: str
    verdict: str
    sources_for: tuple[str, ...]
    sources_against: tuple[str, ...]
    how_shown: str
    note: str
    line: int = 0


COLUMNS = tuple(field.name for field in fields(Claim) if field.name != "line")


def load(path: Path = PATH) -> tuple[Claim, ...]:
    """All claims, in file order.

    Raises:
        WrongUse: the header or a row has the wrong shape, a verdict is unknown, or an id stands twice.
    """
    claims: dict[str, Claim] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise WrongUse(f"{path.name}: header {reader.fieldnames}", "the columns " + " ".join(COLUMNS))
        for line, row in enumerate(reader, 2):
            claim = _parse(row, line, f"{path.name}:{line}")
            if claim.id in claims:
                raise WrongUse(f"{path.name}:{line}: claim {claim.id!r} stands twice", "one row per id")
            claims[claim.id] = claim
    return tuple(claims.values())


def text(claims: Sequence[Claim], width: int = 100) -> str:
    """The claims page in plain text."""
    lines: list[str] = []
    for claim in claims:
        lines += textwrap.wrap(f"{claim.verdict.upper()}: {claim.claim}", width, subsequent_indent="    ")
        lines += textwrap.wrap(claim.note, width, initial_indent="    ", subsequent_indent="    ")
        if claim.sources_for:
            lines.append("    for: " + ", ".join(claim.sources_for))
        if claim.sources_against:
            lines.append("    against or limiting: " + ", ".join(claim.sources_against))
        lines += [f"    here: {claim.how_shown}", ""]
    return "\n".join(lines).rstrip() + "\n"


def as_dicts(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """The claims in plain types, ready for JSON."""
    return [asdict(claim) for claim in claims]


def _parse(row: dict[str, str | None], line: int, where: str) -> Claim:
    if None in row or any(value is None for value in row.values()):
        raise WrongUse(f"{where}: wrong number of cells", f"{len(COLUMNS)} cells separated by tabs")
    cells = {key: (value or "").strip() for key, value in row.items()}
    if cells["verdict"] not in VERDICTS:
        raise unknown(f"verdict in {where}:", cells["verdict"], VERDICTS)
    for key in ("id", "claim", "how_shown", "note"):
        if not cells[key]:
            raise WrongUse(f"{where}: empty {key}", f"a {key}")
    lists = {key: source_ids(cells.pop(key)) for key in ("sources_for", "sources_against")}
    return Claim(**cells, **lists, line=line)  # type: ignore[arg-type]
