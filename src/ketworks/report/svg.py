"""One panel as an SVG element, written directly: a page of twelve panels must not cost a second of imports and layout.

``plot.py`` draws the same panels with matplotlib for those who want a figure to work on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ketworks.peaks import unit_shown
from ketworks.report.panels import Panel, clock_of, title_of

if TYPE_CHECKING:
    from ketworks.result import Floats, Simulation

WIDTH, HEIGHT = 480, 260
LEFT, RIGHT, TOP, BOTTOM = 54, 10, 30, 40
_MOST_TICKS = 6


class Frame(NamedTuple):
    """The data window of a panel: x and y limits, in the units of the axes."""

    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: Floats | float) -> Floats:
        """Data to pixels across."""
        return np.asarray(LEFT + (np.asarray(value) - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT))

    def y(self, value: Floats | float) -> Floats:
        """Data to pixels down."""
        return np.asarray(
            HEIGHT - BOTTOM - (np.asarray(value) - self.y0) / (self.y1 - self.y0) * (HEIGHT - TOP - BOTTOM)
        )


def panel_svg(simulation: Simulation, panel: Panel) -> str:
    """The panel with lines, 90 % bands, doses and axes with units; the page writes the legend below it."""
    inside = (simulation.times >= panel.start) & (simulation.times <= panel.stop)
    scale, clock = clock_of(panel)
    times = simulation.times[inside] / scale
    curves = {name: simulation.curve(name) for name in panel.names}
    parts = [part[inside] for curve in curves.values() for part in curve if part is not None]
    frame = _frame(times, parts)
    drawn = [
        _doses(simulation, panel, frame, scale),
        _axes(frame, f"time since first dose ({clock})", *_y_words(simulation, panel)),
    ]
    for name, curve in curves.items():
        signal = simulation.signal(name)
        color = signal.color
        if signal.kind == "sign" and signal.baseline is not None:
            y = f"{float(frame.y(signal.baseline)):.1f}"
            drawn.append(f'<path d="M{LEFT},{y}H{WIDTH - RIGHT}" stroke="#888" stroke-dasharray="3 3"/>')
        if curve.low is not None and curve.high is not None:
            drawn.append(_band(frame, times, curve.low[inside], curve.high[inside], color))
    for name, curve in curves.items():
        drawn.append(_line(frame, times, curve.center[inside], simulation.signal(name).color))
    label = escape(title_of(simulation, panel))
    drawn.append(f'<text x="{LEFT}" y="16" font-size="13" font-weight="600" fill="#1c2430">{label}</text>')
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" font-size="11" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(drawn)}</svg>'
    )


def ticks(low: float, high: float, most: int = _MOST_TICKS) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten) from ``low`` to ``high``, at most ``most`` of them."""
    span = high - low
    step = 10.0 ** math.floor(math.log10(span / most))
    step *= next(factor for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if span / (step * factor) <= most - 1)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def _frame(times: Floats, parts: Sequence[Floats]) -> Frame:
    low, high = min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    room = 0.05 * (high - low) or max(1e-3, 0.02 * abs(high))
    x0, x1 = float(times.min()), float(times.max())
    floor = low if low == 0.0 else low - room
    return Frame(x0, x1 if x1 > x0 else x0 + 1.0, floor, high + room)


def _axes(frame: Frame, x_words: str, y_words: str, y_numbers: bool) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    marks = []
    for value in ticks(frame.y0, frame.y1) if y_numbers else ():
        y = f"{float(frame.y(value)):.1f}"
        marks.append(f'<line x1="{LEFT}" x2="{right}" y1="{y}" y2="{y}" stroke="#e3e7ec"/>')
        marks.append(f'<text x="{LEFT - 6}" y="{y}" dy="0.35em" text-anchor="end" fill="#444">{_number(value)}</text>')
    for value in ticks(frame.x0, frame.x1, 8):
        x = f"{float(frame.x(value)):.1f}"
        marks.append(f'<line x1="{x}" x2="{x}" y1="{bottom}" y2="{bottom + 4}" stroke="#888"/>')
        marks.append(f'<text x="{x}" y="{bottom + 15}" text-anchor="middle" fill="#444">{_number(value)}</text>')
    marks.append(f'<path d="M{LEFT},{TOP}V{bottom}H{right}" fill="none" stroke="#888"/>')
    middle = (LEFT + right) / 2
    marks.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle" fill="#444">{escape(x_words)}</text>')
    height = (TOP + bottom) / 2
    turn = f'transform="rotate(-90 13 {height:.0f})"'
    marks.append(f'<text x="13" y="{height:.0f}" text-anchor="middle" fill="#444" {turn}>{escape(y_words)}</text>')
    return "".join(marks)


def _line(frame: Frame, times: Floats, values: Floats, color: str) -> str:
    points = _points(frame.x(times), frame.y(values))
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.8" stroke-linejoin="round"/>'


def _band(frame: Frame, times: Floats, low: Floats, high: Floats, color: str) -> str:
    x = np.concatenate([times, times[::-1]])
    y = np.concatenate([high, low[::-1]])
    return f'<polygon points="{_points(frame.x(x), frame.y(y))}" fill="{color}" fill-opacity="0.16"/>'


def _doses(simulation: Simulation, panel: Panel, frame: Frame, scale: float) -> str:
    """A grey strip where an infusion runs, a short mark where a dose is given at once."""
    bottom, marks = HEIGHT - BOTTOM, []
    for event in simulation.regimen.events():
        if event.time > panel.stop:
            break
        x0, x1 = float(frame.x(event.time / scale)), float(frame.x(min(event.end, panel.stop) / scale))
        if x1 - x0 >= 1.0:
            size = f'width="{x1 - x0:.1f}" height="{bottom - TOP}"'
            marks.append(f'<rect x="{x0:.1f}" y="{TOP}" {size} fill="#000" fill-opacity="0.06"/>')
        else:
            place = f'x1="{x0:.1f}" x2="{x0:.1f}" y1="{bottom - 8}" y2="{bottom}"'
            marks.append(f'<line {place} stroke="#555" stroke-width="1.5"/>')
    return "".join(marks)


def _points(x: Floats, y: Floats) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _number(value: float) -> str:
    return "0" if abs(value) < 1e-12 else f"{value:.6g}"


def _y_words(simulation: Simulation, panel: Panel) -> tuple[str, bool]:
    """Words of the y axis, and whether it carries numbers: not where the evidence supports only a direction."""
    if all(simulation.signal(name).kind == "sign" for name in panel.names):
        return "direction only", False
    return unit_shown(panel.unit) or "share (0 to 1)", True
