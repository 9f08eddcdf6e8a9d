"""Visual predictive check: percentiles of the data against the spread of the same percentiles in simulated data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, unknown
from ketworks.predictive.bins import Bins, bins
from ketworks.predictive.check_data import Observed, Replicates
from ketworks.predictive.goodness import LEVEL, one_sided
from ketworks.predictive.strata import Stratum, strata

Floats = NDArray[np.float64]
PERCENTILES = (5.0, 50.0, 95.0)
BAND = (5.0, 95.0)  # percentiles of the simulated percentile: a 90 % interval
BELOW = -1.0  # stands for the share below the limit where a percentile would stand
AXES = ("time", "after-dose")


class Cell(NamedTuple):
    """One percentile in one bin, or the share below the limit of quantification.

    Attributes:
        stratum: name, empty when there is one only.
        low: smallest time in the bin.
        high: largest.
        center: where it is drawn.
        size: observations.
        percentile: 5, 50, 95; ``BELOW`` for the share below the limit.
        observed: of the data.
        band_low: 5th percentile of what the replicates show.
        band_middle: their median.
        band_high: their 95th percentile.
    """

    stratum: str
    low: float
    high: float
    center: float
    size: int
    percentile: float
    observed: float
    band_low: float
    band_middle: float
    band_high: float

    @property
    def outside(self) -> bool:
        """Whether the data's percentile lies outside its band."""
        return not self.band_low <= self.observed <= self.band_high


@dataclass(frozen=True)
class VpcResult:
    """The check and its verdict.

    Attributes:
        cells: every percentile of every bin.
        points: stratum, place and (corrected) value of each observation that is in a bin.
        strata: their names, in order.
        expected_outside: mean share outside in the model's own data sets.
        p: share of data sets simulated by the model, the real one counted with them, with as many outside.
        corrected: whether prediction-corrected.
        axis: ``time`` or ``after-dose``.
        binning: how the bins were made.
        limit: of quantification, 0 for none.
        left_out: observations outside given edges.
        replicates: their number.
        seed: of the replicates.
        unit: of the values.
        time_unit: of the axis.
        model: name.
    """

    cells: tuple[Cell, ...]
    points: tuple[tuple[str, Floats, Floats], ...]
    strata: tuple[str, ...]
    expected_outside: float
    p: float
    corrected: bool
    axis: str
    binning: str
    limit: float
    left_out: int
    replicates: int
    seed: int
    unit: str
    time_unit: str
    model: str

    @property
    def outside(self) -> float:
        """Share of the observed percentiles that lie outside their bands."""
        return float(np.mean([cell.outside for cell in self.cells]))

    @property
    def flagged(self) -> bool:
        """Whether so many outside would be rare if the model were true."""
        return self.p < LEVEL

    def as_dict(self) -> dict[str, Any]:
        """For JSON; a percentile of ``below`` is the share below the limit."""
        rows = [cell._asdict() | {"outside": cell.outside} for cell in self.cells]
        for row in rows:
            row["percentile"] = "below" if row["percentile"] == BELOW else row["percentile"]
        return {
            "check": "vpc",
            "model": self.model,
            "flagged": self.flagged,
            "outside": self.outside,
            "expected_outside": self.expected_outside,
            "p": self.p,
            "corrected": self.corrected,
            "axis": self.axis,
            "bins": self.binning,
            "limit": self.limit,
            "left_out": self.left_out,
            "replicates": self.replicates,
            "seed": self.seed,
            "unit": self.unit,
            "time_unit": self.time_unit,
            "cells": rows,
        }


def predictive_check(
    observed: Observed,
    replicates: Replicates,
    binning: str = "auto",
    by: str = "",
    axis: str = "time",
    corrected: bool = False,
) -> VpcResult:
    """Percentiles of data and replicates per bin and stratum.

    With ``corrected``: y_pc = y x (median typical prediction of the bin) / (own typical prediction), for data and
    replicates alike, so that people with other doses or covariates may share a bin (Bergstrand et al. 2011; recalled).

    Args:
        observed: the data.
        replicates: the model's replicates of them.
        binning: as :func:`ketworks.predictive.bins.bins` reads it.
        by: column for strata; each measured output is a stratum of its own anyway.
        axis: ``time``, or ``after-dose``.
        corrected: whether to correct for predictions.
    """
    if axis not in AXES:
        raise unknown("axis", axis, AXES, "--axis time")
    if corrected and observed.below.any():
        given = f"prediction correction with {int(observed.below.sum())} values below the limit"
        raise WrongUse(given, "one of the two: a censored value cannot be scaled", paste="leave out --corrected")
    x = observed.time if axis == "time" else observed.after_dose
    groups = strata(observed, by)
    made = bins(x, binning)
    values = replicates.censored(observed.limit)
    cells: list[Cell] = []
    owns: list[Floats] = []
    points = []
    for group in groups:
        data = observed.value.copy()
        for number in range(len(made.center)):
            rows = group.rows[made.index[group.rows] == number]
            if not len(rows):
                continue
            factor = _correction(replicates.typical[rows], observed, rows) if corrected else np.ones(len(rows))
            data[rows] = data[rows] * factor
            for cell, own in _cells(group, made, number, data[rows], values[:, rows] * factor, observed, rows):
                cells.append(cell)
                owns.append(own)
        inside = group.rows[made.index[group.rows] >= 0]
        points.append((group.name, x[inside], data[inside]))
    share, p = _verdict(cells, np.stack(owns, axis=1))
    return VpcResult(
        tuple(cells), tuple(points), tuple(group.name for group in groups), share, p, corrected, axis, made.words,
        observed.limit, int((made.index < 0).sum()), len(values), replicates.seed, replicates.unit,
        replicates.time_unit, replicates.model,
    )  # fmt: skip


def _correction(typical: Floats, observed: Observed, rows: NDArray[np.int64]) -> Floats:
    zero = np.flatnonzero(typical <= 0)
    if len(zero):
        row = rows[zero[0]]
        raise WrongUse(
            f"person {observed.ids[observed.person[row]]} at {observed.time[row]:g}: the typical prediction is 0",
            "a level above 0 wherever there is an observation, to correct by",
            paste="leave out --corrected, or the observations before the first dose",
        )
    return np.asarray(np.median(typical) / typical)


def _cells(
    group: Stratum, made: Bins, number: int, data: Floats, own: Floats, observed: Observed, rows: NDArray[np.int64]
) -> list[tuple[Cell, Floats]]:
    """The bin's cells, each with the same percentile of every replicate."""
    pairs = [
        (percentile, float(np.percentile(data, percentile)), np.percentile(own, percentile, axis=1))
        for percentile in PERCENTILES
    ]
    if observed.limit:
        pairs.append((BELOW, float(observed.below[rows].mean()), (own <= observed.limit).mean(axis=1)))
    found = []
    for percentile, value, simulated in pairs:
        low, high = np.percentile(simulated, BAND)
        place = (group.name, float(made.low[number]), float(made.high[number]), float(made.center[number]), len(rows))
        cell = Cell(*place, percentile, value, float(low), float(np.median(simulated)), float(high))
        found.append((cell, simulated))
    return found


def _verdict(cells: list[Cell], own: Floats) -> tuple[float, float]:
    """Mean share outside in the replicates, and the share of data sets with at least as many outside as the data."""
    low, high = (np.array([getattr(cell, name) for cell in cells]) for name in ("band_low", "band_high"))
    outside = ((own < low) | (own > high)).mean(axis=1)
    seen = float(np.mean([cell.outside for cell in cells]))
    return float(outside.mean()), one_sided(seen - 1e-12, outside)
