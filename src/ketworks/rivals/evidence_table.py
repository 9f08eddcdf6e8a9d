"""Every study of the circuit under each rival: which published directions it explains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ketworks.check.row import PASS, CheckRow
from ketworks.check.run import Simulate, run_check
from ketworks.evidence.studies import Study, load

PREFIX = "circuit."


class Mechanism(NamedTuple):
    """A choice of mechanisms with the name it is shown under."""

    name: str
    circuit: str
    receptor: str = "trapping-block"

    @property
    def chain(self) -> dict[str, str]:
        """The choice as a chain takes it."""
        return {"circuit": self.circuit, "receptor": self.receptor}


class Point(NamedTuple):
    """One published direction and what each mechanism says of it, by the mechanism's name."""

    study: str
    signal: str
    statistic: str
    observed: str
    grade: str
    source: str
    said: Mapping[str, str]
    met: Mapping[str, bool]


def circuit_studies() -> list[Study]:
    """The studies with points on the circuit, without their other points."""
    kept = []
    for study in load():
        points = tuple(point for point in study.compare if point.signal.startswith(PREFIX))
        if points:
            kept.append(replace(study, compare=points))
    return kept


def evidence_table(
    simulate: Simulate, mechanisms: Sequence[Mechanism], progress: Callable[[str], None] | None = None
) -> list[Point]:
    """Runs every circuit study once for each mechanism.

    Args:
        simulate: as ``check.run.run_check`` takes it.
        mechanisms: what is compared.
        progress: told before each mechanism.

    Returns:
        One point for each published direction, in the order of the studies.
    """
    found: dict[str, list[CheckRow]] = {}
    for one in mechanisms:
        if progress is not None:
            progress(f"studies: {one.name}")
        studies = [replace(study, chain={**study.chain, **one.chain}) for study in circuit_studies()]
        found[one.name] = run_check(simulate, studies)
    points = []
    for rows in zip(*(found[one.name] for one in mechanisms), strict=True):
        named = dict(zip((one.name for one in mechanisms), rows, strict=True))
        first = rows[0]
        said = {name: _said(row) for name, row in named.items()}
        met = {name: row.verdict == PASS for name, row in named.items()}
        band = first.band if isinstance(first.band, str) else f"{first.band[0]:g} to {first.band[1]:g}"
        points.append(Point(first.study, first.signal, first.statistic, band, first.grade, first.source, said, met))
    return points


def _said(row: CheckRow) -> str:
    if row.predicted is None:
        return row.verdict
    return row.predicted if isinstance(row.predicted, str) else f"{row.predicted:.3g}"
