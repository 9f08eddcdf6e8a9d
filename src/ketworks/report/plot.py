"""Pictures of a simulation with matplotlib: line of the typical person, shaded 90 % band, units on every axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ketworks.peaks import unit_shown
from ketworks.report.panels import Panel, clock_of, panels, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ketworks.result import Simulation

STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "font.family": "sans-serif",
}


def figure(simulation: Simulation, names: Sequence[str] | None = None) -> Figure:
    """All panels in one figure, two in a row.

    Args:
        simulation: what to draw.
        names: signals; the headline ones when None.
    """
    chosen = panels(simulation, names)
    rows = -(-len(chosen) // 2)
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(9.0, 2.5 * rows), layout="constrained")
        FigureCanvasAgg(whole)
        axes = whole.subplots(rows, 2, squeeze=False).ravel()
        for axis, panel in zip(axes, chosen, strict=False):
            draw(axis, simulation, panel)
        for axis in axes[len(chosen) :]:
            axis.remove()
    return whole


def draw(axis: Axes, simulation: Simulation, panel: Panel) -> None:
    """Draws one panel on given axes."""
    inside = (simulation.times >= panel.start) & (simulation.times <= panel.stop)
    scale, clock = clock_of(panel)
    times = simulation.times[inside] / scale
    for name in panel.names:
        signal, curve = simulation.signal(name), simulation.curve(name)
        axis.plot(times, curve.center[inside], color=signal.color, linewidth=1.6, label=signal.label)
        if curve.low is not None and curve.high is not None:
            low, high = curve.low[inside], curve.high[inside]
            axis.fill_between(times, low, high, color=signal.color, alpha=0.16, linewidth=0)
    _shade_doses(axis, simulation, panel, scale)
    axis.set_xlabel(f"time since first dose ({clock})")
    axis.set_ylabel(unit_shown(panel.unit) or "share (0 to 1)")
    axis.set_xlim(float(np.min(times)), float(np.max(times)) if np.max(times) > np.min(times) else None)
    if len(panel.names) > 1:
        axis.legend(frameon=False, fontsize=7.5, handlelength=1.2)
    axis.set_title(title_of(simulation, panel))


def _shade_doses(axis: Axes, simulation: Simulation, panel: Panel, scale: float) -> None:
    """A grey strip where an infusion runs, a tick where a dose is given at once."""
    for event in simulation.regimen.events():
        if event.time > panel.stop:
            break
        if event.duration > 0.002 * (panel.stop - panel.start):
            axis.axvspan(
                event.time / scale, min(event.end, panel.stop) / scale, color="#000000", alpha=0.06, linewidth=0
            )
        else:
            axis.axvline(event.time / scale, ymax=0.04, color="#666666", linewidth=1.0)
