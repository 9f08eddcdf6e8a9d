"""What is read off a run: rates, band powers, the gamma peak, and how single cells change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from network import SAMPLE_MS, Floats
from numpy.typing import NDArray
from scipy.signal import welch
from simulate import Run

from ketworks.circuit.stage import BANDS

WINDOW_S = 2.0
SURE = 1.96  # standard normal, two-sided 5 %


def rates(run: Run, start: float, stop: float) -> dict[str, float]:
    """Mean rate of each class between two times, Hz."""
    return {cell: float(per_cell(run, cell, start, stop).mean() / (stop - start)) for cell in run.counts}


def per_cell(run: Run, cell: str, start: float, stop: float) -> NDArray[np.int64]:
    """Spikes of each cell of a class between two times."""
    t, i = run.spikes[cell]
    return np.bincount(i[(t >= start) & (t < stop)], minlength=run.counts[cell])


def spectrum(run: Run, start: float, stop: float) -> tuple[Floats, Floats]:
    """Frequencies (Hz) and power density of the EEG proxy (pA^2/Hz), Welch with 2-s Hann windows, half overlapping
    (or one window where there is less)."""
    rate = 1e3 / SAMPLE_MS
    x = run.eeg[round(start * rate) : round(stop * rate)]
    frequency, power = welch(x, rate, nperseg=min(len(x), round(WINDOW_S * rate)))
    return frequency, power


def bands(frequency: Floats, power: Floats, edges: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Mean power of each band, dB, over the same edges as the mass's."""
    made = {}
    for band in BANDS:
        low, high = edges[band]
        inside = (frequency >= low) & (frequency < high)
        made[band] = float(10.0 * np.log10(power[inside].mean()))
    return made


def peak(frequency: Floats, power: Floats, low: float, high: float) -> tuple[float, float]:
    """Frequency of the largest power between two edges after removal of a power law, Hz, and its height, dB.

    The power law is the least-squares line of log power on log frequency between half the low and 1.5 times the high
    edge. The height is over that line; a spectrum without a peak gives a height near 0.
    """
    wide = (frequency >= 0.5 * low) & (frequency <= 1.5 * high)
    x, y = np.log10(frequency[wide]), 10.0 * np.log10(power[wide])
    smooth = np.convolve(y - np.polyval(np.polyfit(x, y, 1), x), np.ones(5) / 5.0, mode="same")
    inside = (frequency[wide] >= low) & (frequency[wide] <= high)
    best = int(np.argmax(np.where(inside, smooth, -np.inf)))
    return float(frequency[wide][best]), float(smooth[best])


def changed(before: NDArray[np.int64], after: NDArray[np.int64], spread: float = 1.0) -> dict[str, float]:
    """Shares of cells whose number of spikes fell, rose or did neither in equally long times.

    A cell has changed when |n1 - n0| > 1.96 spread sqrt(n1 + n0); ``spread`` 1 is a Poisson cell. Silent cells are not
    changed. ``spread`` is taken from two drug-free stretches, so that 5 % of the cells of an unchanged network pass.
    """
    score = (after - before) / np.sqrt(np.maximum(after + before, 1))
    fell, rose = float(np.mean(score < -SURE * spread)), float(np.mean(score > SURE * spread))
    return {"fell": fell, "rose": rose, "neither": 1.0 - fell - rose}


def cell_spread(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Standard deviation over the cells of the score of ``changed`` between two equally long stretches of one run."""
    return float(np.std((second - first) / np.sqrt(np.maximum(second + first, 1))))
