"""Does gamma come in bursts between slow waves? Gamma power by the second, held against traces of the same spectrum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SURROGATES = 199
RARE = 0.01  # share of surrogates that may be as uneven, for unevenness to count
SMOOTH = 0.5  # s; the cycle looked for is several seconds long


class Alternation(NamedTuple):
    """``unevenness`` of gamma power (standard deviation over mean), that which 99 % of random traces of the same
    spectrum stay below, its correlation with slow-delta power, and whether it ``occurs``: uneven beyond chance, and
    gamma low while slow-delta is high.
    """

    unevenness: float
    by_chance: float
    correlation: float
    occurs: bool


def alternation(
    trace: Floats, per_s: float, gamma: tuple[float, float], slow: tuple[float, float], seed: int = 1
) -> Alternation:
    """Tests one trace for gamma bursts that alternate with slow waves.

    Equation:  g(t), d(t): power in the gamma and slow-delta band, averaged over 0.5 s; unevenness = sd(g)/mean(g);
    occurs if it exceeds that of 99 % of 199 phase-random traces with the same spectrum, and corr(g, d) < 0

    Args:
        trace: (samples,); per_s: samples per second; gamma, slow: band edges, Hz.
        seed: of the random phases.

    Source: test against phase-random surrogates; band of slow-delta: rows ``eeg.slow_*``.
    Leaves out: the shape of bursts; a cycle far longer than the trace.
    """
    values = np.fft.rfft(trace - trace.mean())
    found, with_slow = (_power(values, len(trace), per_s, band) for band in (gamma, slow))
    draw = np.random.default_rng(seed)
    others = []
    for _ in range(SURROGATES):
        phases = np.exp(2j * np.pi * draw.random(values.size))
        others.append(_unevenness(_power(np.abs(values) * phases, len(trace), per_s, gamma)))
    limit = float(np.quantile(others, 1.0 - RARE))
    correlation = float(np.corrcoef(found, with_slow)[0, 1])
    uneven = _unevenness(found)
    return Alternation(uneven, limit, correlation, bool(uneven > limit and correlation < 0.0))


def _power(values: NDArray[np.complex128], size: int, per_s: float, band: tuple[float, float]) -> Floats:
    """Power in a band, averaged over SMOOTH seconds, from the trace's Fourier transform."""
    frequency = np.fft.rfftfreq(size, 1.0 / per_s)
    inside = (frequency >= band[0]) & (frequency <= band[1])
    kept = np.fft.irfft(np.where(inside, values, 0.0), size)
    stretch = max(round(SMOOTH * per_s), 1)
    return np.asarray((kept[: size // stretch * stretch].reshape(-1, stretch) ** 2).mean(axis=1))


def _unevenness(power: Floats) -> float:
    return float(power.std() / power.mean())
