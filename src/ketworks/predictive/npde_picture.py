"""The pictures of prediction discrepancies: quantiles, histogram, against time and against prediction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ketworks.io.whole_file import write_whole
from ketworks.predictive.bins import bins
from ketworks.predictive.npde import NpdeResult
from ketworks.predictive.vpc_picture import DOTS_PER_INCH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
_NINETY = 1.6448536269514722  # standard-normal quantile that 5 % exceed
_BLUE, _DARK, _GREY = "#3b6fb6", "#222222", "#777777"
_TREND_BINS = 8


def save_npde(result: NpdeResult, path: Path) -> Path:
    """Writes the four panels as PNG or SVG, by the ending of the name."""
    whole = npde_figure(result)
    return write_whole(path, lambda there: whole.savefig(there, dpi=DOTS_PER_INCH))


def npde_figure(result: NpdeResult) -> Figure:
    """Quantile plot, histogram, discrepancies against time and against prediction."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ketworks.report.plot import STYLE

    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(9.0, 7.0), layout="constrained")
        FigureCanvasAgg(whole)
        axes = whole.subplots(2, 2)
        _quantiles(axes[0, 0], result)
        _histogram(axes[0, 1], result)
        _against(axes[1, 0], result, result.observed.time, f"time ({result.time_unit})")
        _against(axes[1, 1], result, result.prediction, f"mean prediction ({result.unit})")
        verdict = "flagged" if result.flagged else "not flagged"
        shown = ", ".join(f"{one.name} {one.p:.2g}" for one in result.criteria)
        title = f"Prediction discrepancies ({result.name}): {result.model}: {verdict}\np-values: {shown}"
        whole.suptitle(title, x=0.01, ha="left", fontsize=10.0)
    return whole


def _quantiles(axis: Axes, result: NpdeResult) -> None:
    from scipy.special import ndtri  # type: ignore[import-untyped]

    count = len(result.values)
    expected = ndtri((np.arange(count) + 0.5) / count)
    axis.fill_between(
        expected, result.band[0], result.band[2], color=_BLUE, alpha=0.22, linewidth=0, label="90 % of the model's own"
    )
    axis.plot(expected, expected, color=_BLUE, linewidth=0.8)
    axis.plot(expected, np.sort(result.values), ".", color=_DARK, markersize=3, label="data")
    axis.set_xlabel("standard-normal quantile")
    axis.set_ylabel(f"sorted {result.name}")
    axis.legend(frameon=False, fontsize=8.0, loc="upper left")


def _histogram(axis: Axes, result: NpdeResult) -> None:
    edges = np.linspace(-4.0, 4.0, 25)
    axis.hist(result.values, bins=edges.tolist(), density=True, color="#b9c4d3", edgecolor="white", linewidth=0.5)
    x = np.linspace(-4.0, 4.0, 200)
    axis.plot(x, np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi), color=_BLUE, linewidth=1.3, label="standard normal")
    axis.set_xlabel(result.name)
    axis.set_ylabel("density")
    axis.legend(frameon=False, fontsize=8.0, loc="upper left")


def _against(axis: Axes, result: NpdeResult, x: Floats, words: str) -> None:
    axis.plot(x, result.values, ".", color=_GREY, markersize=4, alpha=0.5, markeredgewidth=0)
    for level, style in ((-_NINETY, "--"), (0.0, "-"), (_NINETY, "--")):
        axis.axhline(level, color=_BLUE, linewidth=0.9, linestyle=style)
    made = bins(x, str(min(_TREND_BINS, max(1, len(x) // 15))))
    for share, style in ((5.0, "--"), (50.0, "-"), (95.0, "--")):
        trend = [np.percentile(result.values[made.index == number], share) for number in range(len(made.center))]
        axis.plot(made.center, trend, style, color=_DARK, linewidth=1.3)
    axis.set_xlabel(words)
    axis.set_ylabel(f"{result.name} (lines: 5th, 50th, 95th percentile)")
