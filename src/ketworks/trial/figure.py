"""The figure of a trial: flow of people, course of the score, differences with their intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.io.whole_file import write_whole
from ketworks.trial.flow import Flow, flow
from ketworks.trial.study import TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 150
_COLORS = ("#b5533c", "#3b6fb6", "#588157", "#8a5a83", "#bc6c25", "#455a64")
_DAY = 1440.0


def save_figure(result: TrialResult, path: Path) -> Path:
    """Writes the picture, by the ending of the name."""
    whole = trial_figure(result)
    return write_whole(path, lambda there: whole.savefig(there, dpi=DOTS_PER_INCH))


def trial_figure(result: TrialResult) -> Figure:
    """Flow on top; below it the mean score with its 95 % interval, and the analyses of changes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ketworks.report.plot import STYLE

    shown = [one for one in result.estimates if one.value is not None and "points" in one.quantity]
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(9.0, 6.4), layout="constrained")
        FigureCanvasAgg(whole)
        columns = 2 if shown else 1
        axes = whole.subplot_mosaic(
            "FF;CD" if shown else "F;C",
            height_ratios=[1.0, 1.7],
            width_ratios=[3, 2][:columns],
        )
        _flow(axes["F"], flow(result.trial, result.data))
        _course(axes["C"], result)
        if shown:
            _forest(axes["D"], result)
        whole.suptitle(f"{result.trial.title} (simulated, seed {result.trial.seed})", x=0.01, ha="left", fontsize=10.0)
    return whole


def _flow(panel: Axes, found: Flow) -> None:
    """Boxes from the first look to the last visit, one below another, and one a row for each arm."""
    panel.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    panel.axis("off")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "#777777", "linewidth": 0.8}
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7.5, "bbox": box}
    arrow = {"arrowstyle": "->", "color": "#777777", "linewidth": 0.8, "shrinkA": 10.0, "shrinkB": 10.0, "zorder": 1}
    verb = "randomised" if len(found.arms) > 1 else "enrolled"
    panel.text(0.5, 0.92, f"assessed {found.assessed}, excluded {found.excluded}", **look)
    panel.text(0.5, 0.62, f"{verb} {found.randomised}", **look)
    panel.annotate("", (0.5, 0.62), (0.5, 0.92), arrowprops=arrow)
    for place, arm in enumerate(found.arms):
        x = (place + 0.5) / len(found.arms)
        lost = f"left {arm.left}, rescued {arm.rescued}"
        words = f"{arm.name}\nallocated {arm.allocated}\n{lost}\nseen at the end {arm.seen}"
        panel.annotate("", (x, 0.3), (0.5, 0.56), arrowprops=arrow)
        panel.text(x, 0.14, words, **look)


def _course(panel: Axes, result: TrialResult) -> None:
    trial, data = result.trial, result.data
    days = np.array([0.0, *trial.visits]) / _DAY
    for place, arm in enumerate(trial.arms):
        aside = (place - 0.5 * (len(trial.arms) - 1)) * 0.008 * days[-1]  # so that intervals do not hide one another
        member = data.arm == place
        base = data.baseline[member]
        means, halves = [base.mean()], [_half(base)]
        for visit in range(len(trial.visits)):
            values = data.score[:, :, visit][member & data.seen[:, :, visit]]
            means.append(values.mean() if len(values) else np.nan)
            halves.append(_half(values))
        panel.errorbar(
            days + aside,
            means,
            yerr=halves,
            marker="o",
            ms=3.5,
            capsize=2,
            color=_COLORS[place % len(_COLORS)],
            label=arm.name,
        )
    panel.set_xlabel("days of a period" if trial.periods > 1 else "days")
    panel.set_ylabel("MADRS, mean and 95 % interval")
    panel.set_ylim(bottom=0.0)
    panel.legend(frameon=False, fontsize=8.0)


def _half(values: np.ndarray) -> float:
    return 1.96 * float(values.std(ddof=1)) / float(np.sqrt(len(values))) if len(values) > 1 else 0.0


def _forest(panel: Axes, result: TrialResult) -> None:
    shown = [one for one in result.estimates if one.value is not None and "points" in one.quantity]
    for row, one in enumerate(reversed(shown)):
        value, *ends = (np.nan if x is None else x for x in (one.value, one.low, one.high))
        panel.plot(ends, [row, row], color="#444444")
        panel.plot([value], [row], "s", color="#444444", ms=4.0)
    panel.axvline(0.0, color="#999999", lw=0.8)
    panel.set_yticks(range(len(shown)), [one.analysis.replace(", ", "\n") for one in reversed(shown)], fontsize=7.0)
    panel.set_ylim(-0.6, len(shown) - 0.4)
    panel.set_xlabel("difference in change, points (95 % CI)")
