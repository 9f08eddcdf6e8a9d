"""A picture of the table of interventions: one square for each mechanism and row."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ketworks.report.plot import STYLE
from ketworks.rivals.interventions import WHO
from ketworks.rivals.mechanism_table import AGREES, CANNOT_SAY, CONTRADICTS, Cell, MechanismComparison

_COLORS = {AGREES: "#1b7f79", CONTRADICTS: "#c8553d", CANNOT_SAY: "#d9d9d9"}
_FAINT = 0.35  # opacity of what does not count
_HEADS = {"human": "people", "animal": "animals and cells"}


def figure(found: MechanismComparison) -> Figure:
    """People on the left, animals on the right; faint squares do not count."""
    parts = [[row for row in found.rows if row.who == who] for who in WHO]
    tall = max(len(rows) for rows in parts)
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(13.5, 1.9 + 0.27 * tall), layout="constrained")
        FigureCanvasAgg(whole)
        for axes, who, rows in zip(whole.subplots(1, 2), WHO, parts, strict=True):
            for y, row in enumerate(rows):
                for x, name in enumerate(found.mechanisms):
                    _square(axes, x, y, found.cells[row.id][name])
            scores = (found.score(name, who) for name in found.mechanisms)
            names = [f"{n}\n{s.agrees} of {s.judged}" for n, s in zip(found.mechanisms, scores, strict=True)]
            axes.set_xticks(range(len(names)), names, rotation=40, ha="left", fontsize=7.5)
            axes.xaxis.tick_top()
            axes.set_yticks(range(len(rows)), [row.intervention for row in rows], fontsize=7.5)
            axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(tall - 0.5, -0.5))
            axes.set_title(_HEADS[who], loc="left", fontsize=9)
            axes.tick_params(length=0)
            for side in axes.spines.values():
                side.set_visible(False)
        whole.suptitle(
            f"{found.words}: benefit over that without the intervention; green agrees, red contradicts, "
            "grey cannot say, faint does not count",
            x=0.01,
            ha="left",
            fontsize=9,
        )
    return whole


def _square(axes: Any, x: int, y: int, cell: Cell) -> None:
    faint = 1.0 if cell.counts or cell.verdict == CANNOT_SAY else _FAINT
    axes.add_patch(mpl.patches.Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, color=_COLORS[cell.verdict], alpha=faint))
    words = "" if cell.ratio is None else f"{cell.ratio:.1f}"
    axes.text(x, y, words, ha="center", va="center", fontsize=7, color="white" if cell.counts else "#444444")
