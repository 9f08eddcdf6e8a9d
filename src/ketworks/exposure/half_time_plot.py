"""The picture of context-sensitive half-times: time to fall against length of infusion, typical line and 90 % band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ketworks.report.plot import STYLE

if TYPE_CHECKING:
    from ketworks.exposure.context_half_time import HalfTimes

COLORS = {"arterial": "#b03a2e", "venous": "#1f4e79"}


def figure(found: HalfTimes) -> Figure:
    """The picture; a length after which the level did not fall so far leaves a gap."""
    color = COLORS.get(found.signal.rsplit(".", 1)[-1], "#404040")
    band = found.band()
    with mpl.rc_context(STYLE):
        whole = Figure(figsize=(6.0, 3.6), layout="constrained")
        FigureCanvasAgg(whole)
        axis = whole.subplots()
        axis.plot(found.lengths, _drawn(found.center), color=color, linewidth=1.6, marker="o", markersize=3.0)
        if band is not None:
            low, high = (_drawn(edge) for edge in band)
            axis.fill_between(found.lengths, low, high, color=color, alpha=0.16, linewidth=0)
        axis.set_xlabel("length of the infusion (min)")
        axis.set_ylabel(f"time to {100.0 * found.remaining:g} % of {found.signal} (min)")
        axis.set_xlim(left=0.0)
        axis.set_ylim(bottom=0.0)
        axis.set_title(f"{found.drug} iv, {found.held} held constant; grade {found.grade}")
    return whole


def _drawn(values: list[float | None]) -> np.ma.MaskedArray[tuple[int], np.dtype[np.float64]]:
    absent = [value is None for value in values]
    return np.ma.masked_array([value or 0.0 for value in values], mask=absent)
