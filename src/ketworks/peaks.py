"""The table of peaks: for each signal the largest change, when, its 90 % band among people, and its grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ketworks.result import Floats, Simulation

AFTER_PLASMA = "after plasma"  # key of the reason why later stages were left out
FLAT = 0.01  # dB, or share of the baseline, below which a direction is called flat: smaller than any observed change


class Peak(NamedTuple):
    """One row: the value at the largest change from baseline.

    Attributes:
        name: signal.
        label: words.
        unit: of value and band.
        value: the center's value at its largest change; a sign (+1, 0, -1) for kind ``sign``.
        when: min since the first dose.
        low: 5th percentile of people's own largest change, as a value (of a share: the lower end of its 90 % interval);
            None without people.
        high: 95th percentile, likewise.
        grade: weakest link.
        kind: of the signal.
    """

    name: str
    label: str
    unit: str
    value: float
    when: float
    low: float | None
    high: float | None
    grade: str
    kind: str

    @property
    def shown(self) -> str:
        """The value as it should be read."""
        if self.kind == "sign":
            return {1.0: "up", -1.0: "down"}.get(self.value, "flat")
        if self.kind == "share":
            return f"{100.0 * self.value:.0f} % of people"
        return f"{number(self.value)} {unit_shown(self.unit)}".strip()

    @property
    def band_shown(self) -> str:
        """The band as it should be read; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        if self.kind == "share":
            return f"{100.0 * self.low:.0f} to {100.0 * self.high:.0f} % (sampling)"
        return f"{number(self.low)} to {number(self.high)}"


def peaks(simulation: Simulation, headline: bool = True) -> list[Peak]:
    """One row per signal, in the order of the chain."""
    grades = simulation.grades
    rows = []
    for name in simulation.names:
        signal = simulation.signal(name)
        if headline and not signal.headline and len(simulation.names) > 12:
            continue
        center = simulation.curve(name).center
        base = float(center[0]) if signal.baseline is None else signal.baseline
        place = int(np.argmax(np.abs(center - base)))
        value, low, high = float(center[place]), None, None
        if signal.kind == "sign":
            value = float(np.sign(value - base)) if abs(value - base) > FLAT * max(1.0, abs(base)) else 0.0
        elif signal.kind == "share":
            curve = simulation.curve(name)
            low, high = (None if edge is None else float(edge[place]) for edge in (curve.low, curve.high))
        elif simulation.band and simulation.people_differ(name):
            own = _own_extremes(simulation.people_table(name), base, rising=bool(center[place] >= base))
            low, high = (float(x) for x in np.percentile(own, (5.0, 95.0)))
        when = float(simulation.times[place])
        rows.append(Peak(name, signal.label, signal.unit, value, when, low, high, grades[name].grade, signal.kind))
    return rows


def _own_extremes(people: Floats, base: float, rising: bool) -> Floats:
    """Each person's own extreme on the side on which the center moves."""
    return np.asarray(people.max(axis=1) if rising else people.min(axis=1))


def text(simulation: Simulation) -> str:
    """The table in plain text."""
    rows = peaks(simulation)
    cells = [("signal", "peak", "90 % of people", "when", "grade")]
    cells += [(row.name, row.shown, row.band_shown, clock(row.when), row.grade) for row in rows]
    notes = [*_choices(simulation), *(f"note: {note}" for note in simulation.notes)]
    return "\n".join(
        [f"{simulation.regimen}", f"{simulation.people}", "", table(cells), *([""] if notes else []), *notes]
    )


def _choices(simulation: Simulation) -> list[str]:
    """Which plasma model was used and why, and what was left out for it."""
    found = []
    if any(stage.name == "plasma" for stage in simulation.chain.needed(simulation.names)):
        found.append(f"plasma: {simulation.chain.variant('plasma')}; {simulation.reasons['plasma']}")
    if "comedication" in simulation.reasons:
        found.append(f"other drugs: {simulation.reasons['comedication']}")
    if AFTER_PLASMA in simulation.reasons:
        found.append(f"{AFTER_PLASMA}: {simulation.reasons[AFTER_PLASMA]}")
    return found


def table(cells: Sequence[Sequence[str]]) -> str:
    """Rows of words as columns, two spaces apart."""
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def clock(minutes: float) -> str:
    """A time as people say it."""
    if minutes < 120.0:
        return f"{minutes:.0f} min"
    if minutes < 2880.0:
        return f"{minutes / 60.0:.1f} h"
    return f"{minutes / 1440.0:.1f} d"


def number(value: float) -> str:
    """Three significant digits, never in exponent form for everyday sizes."""
    if value == 0.0 or not np.isfinite(value):
        return "0" if value == 0.0 else str(value)
    digits = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    return f"{value:.{min(digits, 4)}f}"


def unit_shown(unit: str) -> str:
    """A unit as it is printed; none for a plain fraction."""
    return "" if unit == "1" else {"point": "points", "1/min": "/min"}.get(unit, unit)
