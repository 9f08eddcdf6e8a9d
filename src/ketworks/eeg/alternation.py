"""Does gamma come in bursts between slow waves? Power in both bands by the second, held against random phases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SURROGATES = 199
RARE = 0.01  # share of surrogates that may alternate as much, for alternation to count
SMOOTH = 1.0  # s; the cycle looked for lasts several seconds
PER_S = 10.0  # places per second at which the onset of a burst is sought
FAR = 0.5  # standard deviations from the mean that a burst must cross on its way up and on its way down
FEWEST = 3  # intervals between bursts of which a mean is told
RESAMPLES = 999
INTERVAL = (0.025, 0.975)


class Alternation(NamedTuple):
    """``correlation`` of gamma with slow-delta power, that which 99 % of traces of the same spectrum with random phases
    stay above, and whether it ``occurs``: below that and below the least that counts.

    ``period`` is the mean time from burst to burst, s, with the 95 % interval of that mean; None where no alternation
    occurs or fewer than three intervals fit into the trace.
    """

    correlation: float
    by_chance: float
    occurs: bool
    period: float | None = None
    period_low: float | None = None
    period_high: float | None = None


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
    Leaves out: the shape of bursts; a cycle of less than two seconds or of a third of the trace and more.
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
    if not found < min(limit, least):
        return Alternation(found, limit, False)
    between = np.diff(_onsets(*_powers(values, rate, gamma, slow, 1.0 / PER_S)))
    if len(between) < FEWEST:
        return Alternation(found, limit, True)
    means = between[draw.integers(0, len(between), (RESAMPLES, len(between)))].mean(axis=1)
    low, high = np.quantile(means, INTERVAL)
    return Alternation(found, limit, True, float(between.mean()), float(low), float(high))


def _onsets(gamma: Floats, slow: Floats) -> Floats:
    """Times (s) at which gamma power comes to outweigh slow power, both smoothed over a second, on a log scale.

    Equation:  d = z(log g) - z(log s); a burst begins where d rises above FAR and ends where it falls below -FAR
    """
    width = round(SMOOTH * PER_S)
    kept = [np.log(np.convolve(power, np.ones(width) / width, "valid")) for power in (gamma, slow)]
    scaled = [(row - row.mean()) / row.std() for row in kept]
    d = scaled[0] - scaled[1]
    d /= d.std()
    found, inside = list[float](), bool(d[0] > FAR)
    for place, value in enumerate(d):
        if not inside and value > FAR:
            found.append(place / PER_S)
            inside = True
        elif value < -FAR:
            inside = False
    return np.array(found)


def _correlation(
    values: NDArray[np.complex128], per_s: float, gamma: tuple[float, float], slow: tuple[float, float]
) -> float:
    """Correlation of the powers in two bands, from the Fourier transform of a trace."""
    return float(np.corrcoef(*_powers(values, per_s, gamma, slow, SMOOTH))[0, 1])


def _powers(
    values: NDArray[np.complex128],
    per_s: float,
    gamma: tuple[float, float],
    slow: tuple[float, float],
    seconds: float,
) -> tuple[Floats, Floats]:
    """Mean power of each stretch of so many seconds in two bands, from the Fourier transform of a trace."""
    size = 2 * (values.size - 1)
    frequency = np.arange(values.size) * per_s / size
    stretch = max(round(seconds * per_s), 1)
    kept = [
        np.fft.irfft(np.where((frequency >= low) & (frequency <= high), values, 0.0), size)
        for low, high in (gamma, slow)
    ]
    first, second = ((row[: size // stretch * stretch].reshape(-1, stretch) ** 2).mean(axis=1) for row in kept)
    return first, second
