"""The 1/f background of a spectrum and the peaks above it.

The steps are those of the algorithm known as FOOOF or specparam, written out because the one is no longer maintained
and the other has candidates for a release only; tests hold it to numbers of FOOOF 1.1.1.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.eeg.settings import Settings

Floats = NDArray[np.float64]
LOWEST = 2.5  # percentile of the flattened spectrum below which points are taken for background in the first pass
HALF_WIDTH = 2.0 * np.sqrt(2.0 * np.log(2.0))  # full width at half height of a Gaussian over its standard deviation
NEAR = 3.0  # standard deviations: how far the fit may move a peak's centre
OVERLAP = 0.75  # standard deviations on either side within which two peaks are one


class Peak(NamedTuple):
    """A rhythm: centre (Hz), height over the background (log10 of power), width (two standard deviations, Hz)."""

    centre: float
    height: float
    width: float


class Background(NamedTuple):
    """``offset`` (log10 of power at 1 Hz), ``exponent``, the peaks by centre, and the share of variance explained."""

    offset: float
    exponent: float
    peaks: tuple[Peak, ...]
    explained: float


def background(frequency: Floats, power: Floats, s: Settings, like: Background | None = None) -> Background:
    """Splits a spectrum into a straight line in log-log and Gaussian peaks.

    Equation:  log10 P(f) = b - x log10 f + sum_k h_k exp(-(f - c_k)^2 / (2 s_k^2))

    ==========  ========================================  =====
    b           offset                                    log10
    x           aperiodic exponent; smaller is flatter    1
    h, c, s     height, centre, half the width of a peak  log10, Hz, Hz
    ==========  ========================================  =====

    Args:
        frequency: Hz; power: density, same shape.
        s: range of the fit and limits of peaks.
        like: the fit of a spectrum that this one is compared with: its peaks are where the fit of peaks begins, so that
            none comes or goes by noise and small differences of exponent can be told.

    Source: the steps of FOOOF (Donoghue 2020): line through the lowest points, peaks one by one, all peaks together,
    line through what is left.
    Leaves out: a knee; the column's own spectrum bends near 45 Hz, see docs/eeg.md.
    """
    inside = (frequency >= s.fit_low) & (frequency <= s.fit_high)
    f, y = frequency[inside], np.log10(power[inside])
    offset, exponent = _line(f, y)
    flat = np.maximum(y - _background_at(f, offset, exponent), 0.0)
    lowest = flat <= np.percentile(flat, LOWEST)
    if np.unique(f[lowest]).size > 1:
        offset, exponent = _line(f[lowest], y[lowest])
    flat = y - _background_at(f, offset, exponent)
    guess = _guessed(f, flat, s) if like is None else [(c, h, w / 2.0) for c, h, w in like.peaks]
    found = _fitted(f, flat, guess, s)
    rhythms = _gaussians(f, *np.ravel(found)) if found else np.zeros_like(f)
    offset, exponent = _line(f, y - rhythms)
    left = y - _background_at(f, offset, exponent) - rhythms
    peaks = tuple(sorted(Peak(float(c), float(h), float(2.0 * w)) for c, h, w in found))
    return Background(offset, exponent, peaks, float(1.0 - left.var() / y.var()))


def _background_at(f: Floats, offset: float, exponent: float) -> Floats:
    return np.asarray(offset - exponent * np.log10(f))


def _line(f: Floats, y: Floats) -> tuple[float, float]:
    """Offset and exponent by least squares."""
    slope, offset = np.polyfit(np.log10(f), y, 1)
    return float(offset), float(-slope)


def _fitted(
    f: Floats, flat: Floats, guess: list[tuple[float, float, float]], s: Settings
) -> list[tuple[float, float, float]]:
    """Centre, height and standard deviation of each peak: guessed one by one, now fitted together."""
    from scipy.optimize import OptimizeWarning, curve_fit  # type: ignore[import-untyped]

    if not guess:
        return []
    low = [(c - NEAR * w, 0.0, s.peak_width_low / 2.0) for c, _, w in guess]
    high = [(c + NEAR * w, np.inf, s.peak_width_high / 2.0) for c, _, w in guess]
    low = [(max(edge[0], f[0]), *edge[1:]) for edge in low]
    high = [(min(edge[0], f[-1]), *edge[1:]) for edge in high]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # the covariance, which is not used, may be unknown
        found, _ = curve_fit(_gaussians, f, flat, np.ravel(guess), bounds=(np.ravel(low), np.ravel(high)))
    return [tuple(row) for row in found.reshape(-1, 3)]


def _guessed(f: Floats, flat: Floats, s: Settings) -> list[tuple[float, float, float]]:
    """Peaks from the highest down, each taken off before the next is sought; none at an edge, none on a higher one."""
    left, found = flat.copy(), list[tuple[float, float, float]]()
    while len(found) < s.peaks:
        top = int(np.argmax(left))
        height, centre = float(left[top]), float(f[top])
        if height <= max(s.peak_deviations * float(left.std()), s.peak_height):
            break
        below = np.flatnonzero(left <= 0.5 * height)
        sides = [
            abs(f[top] - f[near[i]]) for near, i in ((below[below < top], -1), (below[below > top], 0)) if near.size
        ]
        width = 2.0 * min(sides, default=f[-1] - f[0]) / HALF_WIDTH
        width = float(np.clip(width, s.peak_width_low / 2.0, s.peak_width_high / 2.0))
        left -= _gaussians(f, centre, height, width)
        found.append((centre, height, width))
    inside = sorted(peak for peak in found if f[0] + peak[2] < peak[0] < f[-1] - peak[2])
    lower = [
        min(a, b, key=lambda peak: peak[1])
        for a, b in pairwise(inside)
        if a[0] + OVERLAP * a[2] > b[0] - OVERLAP * b[2]
    ]
    return [peak for peak in inside if peak not in lower]


def _gaussians(f: Floats, *numbers: float) -> Floats:
    rows = np.reshape(numbers, (-1, 3))
    return np.asarray(sum(h * np.exp(-0.5 * ((f - c) / w) ** 2) for c, h, w in rows))
