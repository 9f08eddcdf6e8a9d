"""The figure of a trial: flow of people, course of the score, differences with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.io.whole_file import write_whole
from ketworks.trial.endpoints import time_to_relapse
from ketworks.trial.flow import Flow, flow, headings
from ketworks.trial.measures import measure
from ketworks.trial.relapse import kept_curve
from ketworks.trial.study import TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 150
_COLORS = ("#b5533c", "#3b6fb6", "#588157", "#8a5a83", "#bc6c25", "#455a64")
_LINES = ("-", "--", ":")  # of endpoints in one panel
_DAY = 1440.0


def save_figure(result: TrialResult, path: Path) -> Path:
    """Writes the picture, by the ending of the name."""
    whole = trial_figure(result)
    return write_whole(path, lambda there: whole.savefig(there, dpi=DOTS_PER_INCH))


def trial_figure(result: TrialResult) -> Figure:
    """Flow on top; below it the mean score with its 95 % interval, and the analyses of changes or the relapses."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ketworks.report.plot import STYLE

    beside = _beside(result)
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(9.0, 6.4), layout="constrained")
        FigureCanvasAgg(whole)
        columns = 2 if beside else 1
        axes = whole.subplot_mosaic(
            "FF;CD" if beside else "F;C",
            height_ratios=[1.0, 1.7],
            width_ratios=[3, 2][:columns],
        )
        _flow(axes["F"], flow(result.trial, result.data))
        _course(axes["C"], result)
        if beside:
            beside(axes["D"], result)
        whole.suptitle(f"{result.trial.title} (simulated, seed {result.trial.seed})", x=0.01, ha="left", fontsize=10.0)
    return whole


def _beside(result: TrialResult) -> Callable[[Axes, TrialResult], None] | None:
    """What stands beside the course: differences, where changes are analysed, else the share without a relapse."""
    if any(one.value is not None and "points" in one.quantity for one in result.estimates):
        return _forest
    return _kept if any(one.kind == "relapse" for one in result.trial.endpoints) else None


def _flow(panel: Axes, found: Flow) -> None:
    """Boxes from the first look to the last visit, one below another, and one a row for each arm."""
    panel.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    panel.axis("off")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "#777777", "linewidth": 0.8}
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7.5, "bbox": box}
    arrow = {"arrowstyle": "->", "color": "#777777", "linewidth": 0.8, "shrinkA": 10.0, "shrinkB": 10.0, "zorder": 1}
    verb = "randomised" if len(found.arms) > 1 else "enrolled"
    looked, out, _ = headings(found)
    strata = "".join(f", {people} in {group}" for group, people in found.groups)
    panel.text(0.5, 0.92, f"{looked} {found.assessed}, {out} {found.excluded}", **look)
    panel.text(0.5, 0.62, f"{verb} {found.randomised}{strata}", **look)
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
    panel.set_ylabel(f"{measure(trial.measure).title}, mean and 95 % interval")
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


def _kept(panel: Axes, result: TrialResult) -> None:
    """Share without a relapse after the endpoint's visit: arms by colour, endpoints by line."""
    trial = result.trial
    for line, endpoint in zip(_LINES, (one for one in trial.endpoints if one.kind == "relapse"), strict=False):
        found = time_to_relapse(trial, result.data, endpoint)
        for place, arm in enumerate(trial.arms):
            member = found.arm == place
            at, kept = kept_curve(found.days[member], found.event[member])
            ends = float(found.days[member].max(initial=0.0))
            days, share = np.array([0.0, *at, ends]), np.array([1.0, *kept, kept[-1] if len(kept) else 1.0])
            color = _COLORS[place % len(_COLORS)]
            name = f"{arm.name}, {endpoint.group or endpoint.name}"
            panel.step(days, share, line, where="post", color=color, label=name)
    panel.set_ylim(0.0, 1.02)
    panel.set_xlabel("days after randomisation" if trial.withdrawal else "days after the response")
    panel.set_ylabel("share without relapse")
    panel.legend(frameon=False, fontsize=7.0)
