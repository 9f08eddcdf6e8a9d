"""Lempel-Ziv complexity of a trace: how many new words a reader meets in its ups and downs."""

from __future__ import annotations

from math import log2

import numpy as np
from numpy.typing import NDArray


def words(sequence: str) -> int:
    """Number of words of the exhaustive history of a sequence (Lempel and Ziv 1976).

    Equation:  from each place the shortest word is read that does not occur in all that was read before its last sign;
    the last word may be unfinished.  '0001101001000101' has six: 0.001.10.100.1000.101.

    Source: Lempel and Ziv 1976, the definition.  Leaves out: nothing.
    """
    start, count, size = 0, 0, len(sequence)
    while start < size:
        end = start + 1
        while end <= size and sequence[start:end] in sequence[: end - 1]:
            end += 1
        count, start = count + 1, end
    return count


def complexity(trace: NDArray[np.float64]) -> float:
    """Lempel-Ziv complexity of one stretch, cut at its median.

    Equation:  LZc = c log2(n) / n, c words in n signs; about 1 for coin tosses, towards 0 for a plain rhythm

    Args:
        trace: (samples,).

    Source: LZ76 with the usual asymptotic normalisation.
    Leaves out: comparison with sequences of the same spectrum (``beyond_spectrum``); it depends on length and rate of
    sampling, so compare only values made with the same.
    """
    signs = "".join("1" if up else "0" for up in trace > np.median(trace))
    return words(signs) * log2(len(signs)) / len(signs)


def beyond_spectrum(trace: NDArray[np.float64], phases: NDArray[np.float64]) -> float:
    """Lempel-Ziv complexity of one stretch over that of traces with its spectrum and random phases.

    Equation:  c / mean of c over surrogates; 1 for a Gaussian trace, whatever its spectrum

    Args:
        trace: (samples,).
        phases: of the surrogates, radians, (surrogates, samples // 2 + 1).

    Source: phase-random surrogates. A trace of which only the spectrum was changed keeps its value.
    Leaves out: surrogates with the same amplitude distribution; signs about the median do not see that.
    """
    values = np.fft.rfft(trace - trace.mean())
    others = np.fft.irfft(np.abs(values) * np.exp(1j * phases), len(trace), axis=1)
    return complexity(trace) / float(np.mean([complexity(other) for other in others]))
