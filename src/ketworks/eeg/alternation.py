"""Does gamma come in bursts between slow waves? Power in both bands by the second, held against random phases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SURROGATES = 199
RARE = 0.01  # share of surrogates that may alternate as much, for alternation to count
SMOOTH = 1.0  # s; the cycle looked for lasts several seconds


class Alternation(NamedTuple):
    """``correlation`` of gamma with slow-delta power, that which 99 % of traces of the same spectrum with random phases
    stay above, and whether it ``occurs``: below that and below the least that counts.
    """

    correlation: float
    by_chance: float
    occurs: bool


def alternation(
    trace: Floats,
    per_s: float,
    gamma: tuple[float, float],
    slow: tuple[float, float],
    least: float,
    seed: int = 1,
) -> Alternation:
    """Tests one trace for gamma bursts that alternate with slow waves.

    Equation:  c = corr(g, d), g and d the power in the gamma and slow-delta band, averaged over 1 s each;
    occurs if c < least and c lies below 99 % of its values in 199 traces of the same spectrum with random phases

    Args:
        trace: (samples,); per_s: samples per second; gamma, slow: band edges, Hz.
        least: correlation above which nothing is called alternation, below 0.
        seed: of the random phases.

    Source: test against phase-random surrogates; rows ``eeg.slow_*``, ``eeg.alternation``.
    Leaves out: the shape of bursts; a cycle far longer than the trace.
    """
    count = min(round(2.0 * gamma[1] * len(trace) / per_s), len(trace) // 2) + 1  # twice gamma's upper edge is enough
    values = np.fft.rfft(trace - trace.mean())[:count]
    rate = 2.0 * (count - 1) * per_s / len(trace)
    found = _correlation(values, rate, gamma, slow)
    draw = np.random.default_rng(seed)
    others = [
        _correlation(np.abs(values) * np.exp(2j * np.pi * draw.random(count)), rate, gamma, slow)
        for _ in range(SURROGATES)
    ]
    limit = float(np.quantile(others, RARE))
    return Alternation(found, limit, bool(found < min(limit, least)))


def _correlation(
    values: NDArray[np.complex128], per_s: float, gamma: tuple[float, float], slow: tuple[float, float]
) -> float:
    """Correlation of the powers in two bands, from the Fourier transform of a trace."""
    size = 2 * (values.size - 1)
    frequency = np.arange(values.size) * per_s / size
    stretch = max(round(SMOOTH * per_s), 1)
    powers = []
    for low, high in (gamma, slow):
        kept = np.fft.irfft(np.where((frequency >= low) & (frequency <= high), values, 0.0), size)
        powers.append((kept[: size // stretch * stretch].reshape(-1, stretch) ** 2).mean(axis=1))
    return float(np.corrcoef(*powers)[0, 1])
