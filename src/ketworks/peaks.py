"""The table of peaks: for each signal the largest change, when, its 90 % band among people, and its grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ketworks.caveats import given_unasked
from ketworks.registry import usual_signals

if TYPE_CHECKING:
    from ketworks.result import Floats, Simulation

AFTER_PLASMA = "after plasma"  # key of the reason why later stages were left out
REACHED = 0.95  # share of the largest change at which one that does not go back is said to be there
STAYS = 0.995  # share of it that is left at the end of such a change
WEARS_OFF = 12.0 * 60.0  # min after the last dose; what body and organs do later is another drug's wearing off
UNCERTAIN = "indication"  # stage whose bands are the uncertainty of one mean effect
FLAT = 0.01  # dB, or share of the baseline, below which a direction is called flat: smaller than any observed change


class Peak(NamedTuple):
    """One row: the value at the largest change from baseline.

    Attributes:
        name: signal.
        label: words.
        unit: of value and band.
        value: the center's value at its largest change; a sign (+1, 0, -1) for kind ``sign``.
        when: min since the first dose; of a change that does not go back, when it is nearly there.
        low: 5th percentile of people's own largest change, as a value (of a share: the lower end of its 90 % interval;
            of an indication: at that time); None without people.
        high: 95th percentile, likewise.
        grade: weakest link.
        kind: of the signal.
        stays: whether the change does not go back.
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
    stays: bool = False

    @property
    def when_shown(self) -> str:
        """The time as it should be read."""
        return f"{100.0 * REACHED:.0f} % by {clock(self.when)}" if self.stays else clock(self.when)

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
    """One row per signal, in the order of the chain; only headline ones where the user chose none."""
    usual = usual_signals(simulation.chain, simulation.choices)
    unasked = simulation.names == given_unasked(simulation.chain.variant("plasma"), usual)
    names = simulation.names
    if headline and unasked:
        names = tuple(name for name in names if simulation.signal(name).headline)
    return [_peak(simulation, name) for name in names]


def _peak(simulation: Simulation, name: str) -> Peak:
    signal, times = simulation.signal(name), _searched(simulation, name)
    curve = simulation.curve(name)
    center = curve.center[times]
    base = float(center[0]) if signal.baseline is None else signal.baseline
    change = np.abs(center - base)
    place = int(np.argmax(change))
    value, low, high = float(center[place]), None, None
    if signal.kind == "sign":
        value = float(np.sign(value - base)) if change[place] > FLAT * max(1.0, abs(base)) else 0.0
    elif signal.kind == "share":
        low, high = (None if edge is None else float(edge[place]) for edge in (curve.low, curve.high))
    elif simulation.band and simulation.people_differ(name):
        people = simulation.people_table(name)[:, times]
        # of an uncertain effect both signs are shown, at one time; of a change, how far each person's own goes
        own = people[:, place] if signal.stage == UNCERTAIN else _own_extremes(people, bool(center[place] >= base))
        low, high = (float(x) for x in np.percentile(own, (5.0, 95.0)))
    # on the solver's own grid, which ends two weeks after the last dose, what is left there does not go back
    stays = simulation.asked_times is None and signal.kind == "value" and bool(change[-1] > STAYS * change[place] > 0.0)
    reached = int(np.argmax(change >= REACHED * change[place])) if stays else place
    when, grade = float(simulation.times[times][reached]), simulation.grades[name].grade
    return Peak(name, signal.label, signal.unit, value, when, low, high, grade, signal.kind, stays)


def _searched(simulation: Simulation, name: str) -> slice:
    """The times among which the largest change is looked for: not those at which only another drug wears off."""
    if not simulation.regimen.company or not name.startswith(("body.", "organs.")):
        return slice(None)
    return slice(max(1, int(np.searchsorted(simulation.times, simulation.regimen.end + WEARS_OFF, side="right"))))


def _own_extremes(people: Floats, rising: bool) -> Floats:
    """Each person's own extreme on the side on which the center moves."""
    return np.asarray(people.max(axis=1) if rising else people.min(axis=1))


def text(simulation: Simulation) -> str:
    """The table in plain text."""
    rows = peaks(simulation)
    cells = [("signal", "peak", "90 % of people", "when", "grade")]
    cells += [(row.name, row.shown, row.band_shown, row.when_shown, row.grade) for row in rows]
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
    if UNCERTAIN in simulation.reasons and any(name.startswith(f"{UNCERTAIN}.") for name in simulation.names):
        found.append(f"indication: {simulation.reasons[UNCERTAIN]}")
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
