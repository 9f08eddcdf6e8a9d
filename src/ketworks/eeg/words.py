"""A table of measures as text, where only directions are printed, and as plain JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.eeg.published import HEADING, published, said_of
from ketworks.peaks import clock, number, table, unit_shown

if TYPE_CHECKING:
    from ketworks.eeg.alternation import Alternation
    from ketworks.eeg.change import Measured
    from ketworks.eeg.measures import Table
    from ketworks.eeg.slow_rhythm import SlowRhythm

WIDEST = 9  # columns; with more times, each is a row
POOR = 0.9  # explained share of variance below which the spectrum is no line with peaks


def text(found: Table, sizes: bool = False) -> str:
    """Directions against the drug-free column; with sizes, which evidence does not support."""
    recording = found.recording
    head = ["against no drug", *(clock(float(t)) for t in recording.at), HEADING]
    cells = [head, *([row.label, *row.directions, said_of(row.name)] for row in found.rows)]
    if found.alternations:
        cells.append(["gamma bursts between slow waves", *(_cycle(one) for one in found.alternations[1:]), "-"])
    if found.slow_rhythm is not None:
        cells += _rows_of_rhythm(found.slow_rhythm)
    lines = [
        str(recording.simulation.regimen),
        str(recording.simulation.people),
        f"EEG proxy of one column, {recording.seconds:g} s a time, seed {recording.seed}, grade {recording.grade}",
        "",
        table(_turned(cells)),
    ]
    gone = half_gone(found)
    if gone:
        said = ", ".join(f"{name} {minutes:.0f} min" for name, minutes in gone.items())
        lines += ["", f"half of the change is gone after the last dose: {said}"]
    if sizes and (found.rows or found.slow_rhythm):
        lines += ["", "sizes (evidence supports directions only; not these numbers)", table(_turned(_sizes(found)))]
    return "\n".join([*lines, "", *(f"note: {note}" for note in notes(found))])


def _rows_of_rhythm(slow: SlowRhythm) -> list[list[str]]:
    name = "posteromedial_rhythm"
    rows = [["posteromedial rhythm", *("yes" if one else "no" for one in slow.present[1:]), said_of(name)]]
    if slow.score is not None:
        rows.append(["dissociation (mean CADSS)", *(number(float(one)) for one in slow.score[1:]), "-"])
    return rows


def _cycle(one: Alternation) -> str:
    """No, yes, or yes with the time from burst to burst and the interval of its mean."""
    if not one.occurs or one.period is None:
        return "yes" if one.occurs else "no"
    return f"yes, every {one.period:.2g} s ({one.period_low:.2g}-{one.period_high:.2g})"


def half_gone(found: Table) -> dict[str, float]:
    """Minutes from the end of the last dose until half of a measure's change is gone, where a time tells it."""
    recording = found.recording
    end = recording.simulation.regimen.end
    told = {row.name: row.half_gone(recording.at, end) for row in found.rows}
    return {name: minutes for name, minutes in told.items() if minutes is not None}


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
        said.append("no gamma bursts between slow waves: the shipped column rests at these levels")
    if any(row.name == "mismatch" for row in found.rows):
        said.append(
            "tones: the late difference is carried by NMDA receptors of tired afferents, which is assumed; no other "
            "memory of the sequence; at low doses its direction hangs on the circuit's numbers (docs/eeg.md)"
        )
    if found.slow_rhythm is not None:
        said.append(
            "posteromedial rhythm: the levels of its start and end are assumed, and the score does not rest on it"
        )
    return [*said, *found.recording.simulation.notes]


def _turned(cells: list[list[str]]) -> list[list[str]]:
    """One row a time instead of one column, where there are many."""
    return cells if len(cells[0]) <= WIDEST else [list(row) for row in zip(*cells, strict=True)]


def _sizes(found: Table) -> list[list[str]]:
    head = ["change", "unit", "no drug", *(clock(float(t)) for t in found.recording.at)]
    return [
        head,
        *([row.label, unit_shown(row.unit), number(float(row.values[0])), *_changes(row)] for row in found.rows),
        *_sizes_of_rhythm(found.slow_rhythm),
    ]


def _sizes_of_rhythm(slow: SlowRhythm | None) -> list[list[str]]:
    if slow is None:
        return []
    rows = (
        ("posteromedial frequency", "Hz", slow.frequency),
        ("posteromedial swing", "mV", slow.swing),
        ("posteromedial growth", "1/s", slow.growth),
    )
    return [[name, unit, *(number(float(value)) for value in values)] for name, unit, values in rows]


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
            "published": published()[row.name]._asdict() if row.name in published() else None,
            "error_of_change": [None if np.isnan(e) else float(e) for e in row.error[1:]],
            "noise_floor": [None if np.isnan(e) else float(e) for e in row.noise_floor],
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
        "posteromedial_rhythm": _rhythm_as_dict(found.slow_rhythm),
        "half_gone_min": half_gone(found),
        "notes": notes(found),
    }


def _rhythm_as_dict(slow: SlowRhythm | None) -> dict[str, Any] | None:
    """Drug-free first, then at each time."""
    if slow is None:
        return None
    return {
        "kind": "sign",
        "present": list(slow.present),
        "frequency_hz": slow.frequency.tolist(),
        "swing_mv": slow.swing.tolist(),
        "growth_per_s": slow.growth.tolist(),
        "mean_cadss": None if slow.score is None else slow.score.tolist(),
    }
