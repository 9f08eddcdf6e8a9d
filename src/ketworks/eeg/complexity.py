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
    Leaves out: comparison with a shuffled or phase-random sequence; it depends on length and rate of sampling, so
    compare only values made with the same.
    """
    signs = "".join("1" if up else "0" for up in trace > np.median(trace))
    return words(signs) * log2(len(signs)) / len(signs)
