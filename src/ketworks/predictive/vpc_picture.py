"""The picture of a visual predictive check: data, their percentiles, and the bands that the model gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ketworks.io.whole_file import write_whole
from ketworks.predictive.vpc import BELOW, Cell, Floats, VpcResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = (".png", ".svg")
DOTS_PER_INCH = 150
_COLORS = {5.0: "#3b6fb6", 50.0: "#b5533c", 95.0: "#3b6fb6"}
_MOST_POINTS = 3000  # drawn per panel; more would hide what they show
_AXIS_WORDS = {"time": "time", "after-dose": "time after dose"}


def save_vpc(result: VpcResult, path: Path, logarithmic: bool = False) -> Path:
    """Writes the picture as PNG or SVG, by the ending of the name."""
    whole = vpc_figure(result, logarithmic)
    return write_whole(path, lambda there: whole.savefig(there, dpi=DOTS_PER_INCH))


def vpc_figure(result: VpcResult, logarithmic: bool = False) -> Figure:
    """One panel per stratum; below it the share under the limit of quantification where there is one."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ketworks.report.plot import STYLE

    names = result.strata
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    shares = 2 if result.limit else 1
    with mpl.rc_context(STYLE):
        width = 7.0 if columns == 1 else 4.4 * columns
        whole = Figure(figsize=(width, (3.8 + (1.5 if result.limit else 0.0)) * rows + 0.7), layout="constrained")
        FigureCanvasAgg(whole)
        axes = whole.subplots(rows * shares, columns, squeeze=False, height_ratios=[2.6, 1.0][:shares] * rows)
        for place in range(rows * columns):
            row, column = divmod(place, columns)
            panels = [axes[row * shares + k, column] for k in range(shares)]
            if place >= len(names):
                for panel in panels:
                    panel.remove()
                continue
            _panel(panels[0], result, place, logarithmic)
            if result.limit:
                _below_panel(panels[1], result, names[place])
        handles, labels = axes[0, 0].get_legend_handles_labels()
        whole.legend(handles, labels, loc="outside lower center", ncols=columns + 1, frameon=False, fontsize=8.0)
        whole.suptitle(_title(result), x=0.01, ha="left", fontsize=10.0)
    return whole


def _title(result: VpcResult) -> str:
    kind = "Prediction-corrected visual predictive check" if result.corrected else "Visual predictive check"
    total, outside = len(result.cells), sum(cell.outside for cell in result.cells)
    return f"{kind}: {result.model}\n{outside} of {total} outside their 90 % band, p = {result.p:.2g}"


def _panel(axis: Axes, result: VpcResult, place: int, logarithmic: bool) -> None:
    name, x, y = result.points[place]
    cells = [cell for cell in result.cells if cell.stratum == name]
    step = -(-len(x) // _MOST_POINTS)
    axis.plot(
        x[::step], y[::step], ".", color="#777777", markersize=4, alpha=0.5, markeredgewidth=0, label="observations"
    )
    for percentile, color in _COLORS.items():
        mine = sorted((cell for cell in cells if cell.percentile == percentile), key=lambda cell: cell.center)
        middle = percentile == 50.0
        _band(axis, mine, color, f"{'median' if middle else '5th, 95th percentile'}: model, 90 % band")
        words = "median: data" if middle else "5th, 95th percentile: data"
        style = "-" if middle else "--"
        _line(axis, mine, "#222222", style, words)
    _outside(axis, [cell for cell in cells if cell.percentile != BELOW])
    if result.limit:
        axis.axhline(result.limit, color="#999999", linewidth=0.8, linestyle=":", label="limit of quantification")
    if logarithmic:
        _logarithmic(axis, y)
    words = f"prediction-corrected level ({result.unit})" if result.corrected else f"level ({result.unit})"
    axis.set_ylabel(words)
    axis.set_xlabel(f"{_AXIS_WORDS[result.axis]} ({result.time_unit})")
    if name:
        axis.set_title(name)


def _logarithmic(axis: Axes, values: Floats) -> None:
    """Plain numbers at 1, 2 and 5 of each decade; what a model says at or below 0 runs out of the picture."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_yscale("log", nonpositive="clip")
    if (values > 0).any():
        axis.set_ylim(bottom=0.6 * float(values[values > 0].min()))
    axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())


def _band(axis: Axes, cells: list[Cell], color: str, words: str) -> None:
    x, low, high, middle = (
        np.array([getattr(cell, key) for cell in cells]) for key in ("center", "band_low", "band_high", "band_middle")
    )
    new = words not in axis.get_legend_handles_labels()[1]
    axis.fill_between(x, low, high, color=color, alpha=0.22, linewidth=0, label=words if new else None)
    axis.plot(x, middle, color=color, linewidth=0.8, alpha=0.8)


def _line(axis: Axes, cells: list[Cell], color: str, style: str, words: str) -> None:
    new = words not in axis.get_legend_handles_labels()[1]
    x, y = [cell.center for cell in cells], [cell.observed for cell in cells]
    axis.plot(x, y, style, color=color, linewidth=1.3, label=words if new else None)


def _outside(axis: Axes, cells: list[Cell]) -> None:
    out = [cell for cell in cells if cell.outside]
    axis.plot(
        [cell.center for cell in out], [cell.observed for cell in out], "o", markersize=6, markerfacecolor="none",
        markeredgecolor="#d00000", markeredgewidth=1.3, label="outside its band",
    )  # fmt: skip


def _below_panel(axis: Axes, result: VpcResult, name: str) -> None:
    cells = sorted(
        (cell for cell in result.cells if cell.stratum == name and cell.percentile == BELOW),
        key=lambda cell: cell.center,
    )
    _band(axis, cells, "#5a8f5a", "share below: model, 90 % band")
    _line(axis, cells, "#222222", "-", "share below: data")
    _outside(axis, cells)
    axis.set_ylim(-0.03, 1.03)
    axis.set_ylabel("share below limit")
    axis.set_xlabel(f"{_AXIS_WORDS[result.axis]} ({result.time_unit})")
