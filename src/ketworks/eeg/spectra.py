"""Power spectra of a trace by windows, kept apart so that their sampling error can be told, and band powers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GROUPS = 8  # groups of windows that a jackknife leaves out in turn


def window_spectra(signal: Floats, per_s: float, window: float) -> tuple[Floats, Floats]:
    """Power densities of successive half-overlapping Hann windows (Welch's method before its average).

    Equation:  P(f) = 2 abs(FFT(h (y - mean)))^2 / (fs sum h^2), h the Hann window; the density at 0 and at fs/2 is
    not doubled.

    Args:
        signal: (samples, n).
        per_s: samples per second, fs.
        window: length of a window, s; cut to the length of the signal.

    Returns:
        Frequencies (Hz) and densities, pA^2/Hz, shape (windows, frequencies, n).

    Source: Welch's method.  Leaves out: windows that do not fit in whole.
    """
    size = min(round(window * per_s), len(signal))
    step = max(size // 2, 1)
    starts = range(0, len(signal) - size + 1, step)
    hann = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size))[:, None]
    scale = 2.0 / (per_s * np.sum(hann**2))
    spectra = []
    for start in starts:
        part = signal[start : start + size]
        spectra.append(scale * np.abs(np.fft.rfft((part - part.mean(axis=0)) * hann, axis=0)) ** 2)
    found = np.stack(spectra)
    found[:, 0] *= 0.5
    if size % 2 == 0:
        found[:, -1] *= 0.5
    return np.asarray(np.fft.rfftfreq(size, 1.0 / per_s), dtype=np.float64), found


def band_db(frequency: Floats, power: Floats, low: float, high: float) -> Floats:
    """Mean power density between two frequencies in dB: 10 log10(mean P), shape (n,).

    Args:
        frequency: Hz; power: (frequencies, n); low, high: edges, Hz, both included.

    Source: definition.  Leaves out: the separation of rhythms from background (see ``background``).
    """
    inside = (frequency >= low) & (frequency <= high)
    return np.asarray(10.0 * np.log10(power[inside].mean(axis=0)))


def spectral_slope(frequency: Floats, power: Floats, low: float, high: float) -> Floats:
    """Slope of log10 power against log10 frequency between two edges, rhythms and all, (n,); a rise means flatter.

    Equation:  weighted least squares, each frequency weighing as its width in log f, 1/f

    Args:
        frequency: Hz; power: (frequencies, n); low, high: edges, Hz, both included.

    Source: the definition of ``circuit.aperiodic_slope``.  Leaves out: the separation of rhythms from background.
    """
    inside = (frequency >= low) & (frequency <= high)
    x, share = np.log10(frequency[inside]), 1.0 / frequency[inside]
    x = x - np.average(x, weights=share)
    return np.asarray((share * x) @ np.log10(power[inside]) / np.sum(share * x * x))


def jackknife(parts: Floats, statistic: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """A statistic of the mean of ``parts`` over its first axis, its change against column 0, and that change's error.

    Equation:  se^2 = (G-1)/G * sum_g (d_-g - mean d)^2,  d = statistic[1:] - statistic[0], g left out in turn

    The columns share their random input, so the error of a difference is far below that of the columns themselves.

    Args:
        parts: (windows, ..., n), column 0 drug-free.
        statistic: (..., n) -> (n,).

    Returns:
        The statistic (n,) and the standard error of its difference from column 0, (n,); nan with one window.

    Source: the delete-a-group jackknife.  Leaves out: what overlapping windows of two groups share.
    """
    whole = statistic(parts.mean(axis=0))
    groups = np.array_split(np.arange(len(parts)), min(GROUPS, len(parts)))
    if len(groups) < 2:
        return whole, np.full(whole.shape, np.nan)
    left = np.stack([statistic(np.delete(parts, group, axis=0).mean(axis=0)) for group in groups])
    differences = left - left[:, :1]
    spread = ((differences - differences.mean(axis=0)) ** 2).sum(axis=0)
    return whole, np.sqrt((len(groups) - 1) / len(groups) * spread)
