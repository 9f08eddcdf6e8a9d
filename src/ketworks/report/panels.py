"""Which signals share a panel, and over which stretch of time each panel is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ketworks.result import Simulation

AFTER = 360.0  # min shown after the first occasion in panels of the fast stages
LONGEST_FAST = 10.0 * 1440.0  # min; beyond this the fast panels show the first occasion only
_CLOCKS = ((180.0, 1.0, "min"), (2.5 * 1440.0, 60.0, "h"), (float("inf"), 1440.0, "d"))
SLOW_STAGES = ("pain", "plasticity", "outcome", "indication")


@dataclass(frozen=True)
class Panel:
    """Signals of one stage and unit, drawn together.

    Attributes:
        stage: name of the stage.
        names: signals.
        unit: their common unit.
        start: first time shown, min.
        stop: last time shown, min.
        first_only: whether only the first occasion of a repeated regimen is shown.
    """

    stage: str
    names: tuple[str, ...]
    unit: str
    start: float
    stop: float
    first_only: bool


def panels(simulation: Simulation, names: Sequence[str] | None = None) -> list[Panel]:
    """One panel per stage and unit, in the order of the chain.

    Args:
        simulation: what to draw.
        names: signals; the headline ones when None (all, when few were asked for).
    """
    if names is None:
        few = len(simulation.names) <= 12
        names = [name for name in simulation.names if few or simulation.signal(name).headline]
    groups: dict[tuple[str, str], list[str]] = {}
    for name in names:
        signal = simulation.signal(name)
        groups.setdefault((signal.stage, signal.unit), []).append(name)
    made = []
    for (stage, unit), members in groups.items():
        stop, first_only = _window(simulation, stage)
        if stop < simulation.times[0]:  # asked at later times only: all of them, rather than an empty panel
            stop, first_only = float(simulation.times[-1]), False
        made.append(Panel(stage, tuple(members), unit, float(simulation.times[0]), stop, first_only))
    return made


def clock_of(panel: Panel) -> tuple[float, str]:
    """Minutes per unit of the panel's time axis, and the unit's name."""
    return next((factor, name) for limit, factor, name in _CLOCKS if panel.stop <= limit)


def title_of(simulation: Simulation, panel: Panel) -> str:
    """Stage and, where the panel shows one signal only, its label."""
    title = panel.stage.capitalize() + (", first occasion" if panel.first_only else "")
    return f"{title}: {simulation.signal(panel.names[0]).label}" if len(panel.names) == 1 else title


def _window(simulation: Simulation, stage: str) -> tuple[float, bool]:
    last = float(simulation.times[-1])
    if stage in SLOW_STAGES:
        return last, False
    events = simulation.regimen.events()
    whole = simulation.regimen.end + AFTER
    if whole <= 1440.0 or (whole <= LONGEST_FAST and len(events) == 1):
        return min(last, whole), False
    first_end = events[0].end
    for event in events[1:]:
        if event.time > first_end:
            break
        first_end = event.end
    return min(last, first_end + AFTER), first_end < simulation.regimen.end
