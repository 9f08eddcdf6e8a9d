"""A table of measures as text, where only directions are printed, and as plain JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.peaks import clock, number, table, unit_shown

if TYPE_CHECKING:
    from ketworks.eeg.measures import Measured, Table

WIDEST = 9  # columns; with more times, each is a row
POOR = 0.9  # explained share of variance below which the spectrum is no line with peaks


def text(found: Table, sizes: bool = False) -> str:
    """Directions against the drug-free column; with sizes, which evidence does not support."""
    recording = found.recording
    head = ["against no drug", *(clock(float(t)) for t in recording.at)]
    cells = [head, *([row.label, *row.directions] for row in found.rows)]
    if found.alternations:
        occurs = ["yes" if one.occurs else "no" for one in found.alternations]
        cells.append(["gamma bursts between slow waves", *occurs[1:]])
    lines = [
        str(recording.simulation.regimen),
        str(recording.simulation.people),
        f"EEG proxy of one column, {recording.seconds:g} s a time, seed {recording.seed}, grade {recording.grade}",
        "",
        table(_turned(cells)),
    ]
    if sizes and found.rows:
        lines += ["", "sizes (evidence supports directions only; not these numbers)", table(_turned(_sizes(found)))]
    return "\n".join([*lines, "", *(f"note: {note}" for note in notes(found))])


def notes(found: Table) -> list[str]:
    """What must be read with the numbers."""
    said = [
        "one column, no regions, no skull; its unit is arbitrary and is no voltage",
        "flat: below 0.01; unclear: within two standard errors, a longer trace would tell; all times share their noise",
    ]
    if found.backgrounds and min(one.explained for one in found.backgrounds) < POOR:
        said.append(
            "a straight 1/f line with peaks does not describe this spectrum well; the exponent follows rhythms too"
        )
    if found.alternations and not any(one.occurs for one in found.alternations):
        said.append("no gamma bursts between slow waves: the shipped column rests at every dose")
    return [*said, *found.recording.simulation.notes]


def _turned(cells: list[list[str]]) -> list[list[str]]:
    """One row a time instead of one column, where there are many."""
    return cells if len(cells[0]) <= WIDEST else [list(row) for row in zip(*cells, strict=True)]


def _sizes(found: Table) -> list[list[str]]:
    head = ["change", "unit", "no drug", *(clock(float(t)) for t in found.recording.at)]
    return [
        head,
        *([row.label, unit_shown(row.unit), number(float(row.values[0])), *_changes(row)] for row in found.rows),
    ]


def _changes(row: Measured) -> list[str]:
    return [f"{change:+.3g} ± {error:.1g}" for change, error in zip(row.change, row.error[1:], strict=True)]


def as_dict(found: Table) -> dict[str, Any]:
    """Everything as plain JSON values; ``kind`` says that only directions are supported."""
    recording = found.recording
    measures = {
        row.name: {
            "label": row.label,
            "unit": row.unit,
            "kind": "sign",
            "direction": row.directions,
            "size_supported": False,
            "no_drug": float(row.values[0]),
            "values": row.values[1:].tolist(),
            "error_of_change": [None if np.isnan(e) else float(e) for e in row.error[1:]],
        }
        for row in found.rows
    }
    return {
        **{key: recording.simulation.as_dict()[key] for key in ("regimen", "person", "stages")},
        "times_min": recording.at.tolist(),
        "seconds": recording.seconds,
        "samples_per_s": recording.per_s,
        "seed": recording.seed,
        "grade": recording.grade,
        "block": dict(zip(("pyramidal", "pv", "sst", "hcn1"), recording.blocks.tolist(), strict=True)),
        "measures": measures,
        "background": [{**one._asdict(), "peaks": [peak._asdict() for peak in one.peaks]} for one in found.backgrounds],
        "alternation": [one._asdict() for one in found.alternations],
        "notes": notes(found),
    }
