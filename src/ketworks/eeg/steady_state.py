"""The steady-state response to a train of clicks: its power and how well trials lock to the train."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def at_rate(signal: Floats, per_s: float, rate: float, trial: float) -> Floats:
    """Complex amplitude at the rate of the train in successive trials, (trials, n).

    Equation:  X_k = 2/N sum_t y(t) exp(-i 2 pi f t) over trial k of N samples

    Args:
        signal: (samples, n), from a click on.
        per_s: samples per second.
        rate: f, Hz; a whole number of cycles must fill a trial.
        trial: length of a trial, s.

    Source: definition.  Leaves out: harmonics.
    """
    size = round(trial * per_s)
    cut = signal[: len(signal) // size * size].reshape(-1, size, signal.shape[1])
    wave = np.exp(-2j * np.pi * rate * np.arange(size) / per_s)
    return np.asarray(2.0 / size * np.einsum("t,ktn->kn", wave, cut))


def evoked_db(amplitudes: Floats) -> Floats:
    """Power of the part that trials share: 20 log10 abs(mean X), dB, (n,), from mean amplitudes (n,)."""
    return np.asarray(20.0 * np.log10(np.abs(amplitudes)))


def locking(amplitudes: Floats) -> Floats:
    """Phase-locking factor abs(mean of X/abs(X)) over trials, 0 to 1, from mean unit vectors (n,)."""
    return np.asarray(np.abs(amplitudes))
