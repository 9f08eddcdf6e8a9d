"""Are prediction discrepancies those of a true model: mean 0, variance 1, normal; and all three together."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import unknown
from ketworks.predictive.discrepancies import Discrepancies

Floats = NDArray[np.float64]
MEAN_TESTS = ("wilcoxon", "t")
LEVEL = 0.05
_SHAPIRO_MOST = 5000  # beyond this SciPy's p-value of the normality test may be wrong, as it says itself


class Criterion(NamedTuple):
    """One test of the discrepancies.

    Attributes:
        name: ``mean``, ``variance``, ``normality`` or ``global``.
        value: mean, variance, Shapiro-Wilk's W; the number of tests for ``global``.
        textbook: p-value if discrepancies of one person were independent; NaN where the test cannot give one.
        p: share of the model's own simulated data sets that lie as far out, the data counted with them.
    """

    name: str
    value: float
    textbook: float
    p: float


def criteria(found: Discrepancies, mean_test: str = "wilcoxon") -> tuple[Criterion, ...]:
    """Mean, variance, normality, and the smallest of the three with Bonferroni's correction.

    Textbook p-values assume independent numbers, which decorrelation does not give where a model is not linear
    in its random effects; ``p`` assumes nothing: every ranking replicate is taken as data once, and the data
    are one more such set if the model is true.

    Args:
        found: of :func:`ketworks.predictive.discrepancies.discrepancies`.
        mean_test: ``wilcoxon`` (signed ranks) or ``t``, for the textbook p-value of the mean.
    """
    if mean_test not in MEAN_TESTS:
        raise unknown("test of the mean", mean_test, MEAN_TESTS)
    data, own = found.observed, found.simulated
    spread = own.var(axis=1, ddof=1)
    normality = np.array([_shapiro(row)[0] for row in own])
    w, w_textbook = _shapiro(data)
    three = (
        Criterion("mean", float(data.mean()), _mean_p(data, mean_test), two_sided(data.mean(), own.mean(axis=1))),
        Criterion("variance", float(data.var(ddof=1)), _variance_p(data), two_sided(data.var(ddof=1), spread)),
        Criterion("normality", w, w_textbook, one_sided(-w, -normality)),
    )
    textbook = np.nanmin([one.textbook for one in three])
    together = Criterion("global", 3.0, min(1.0, 3.0 * float(textbook)), min(1.0, 3.0 * min(one.p for one in three)))
    return (*three, together)


def one_sided(value: float, own: Floats) -> float:
    """Share of data sets, the real one counted with them, whose value is at least this large."""
    return float((1 + np.sum(own >= value)) / (len(own) + 1))


def two_sided(value: float, own: Floats) -> float:
    """Twice the smaller tail, at most 1."""
    return min(1.0, 2.0 * min(one_sided(value, own), one_sided(-value, -own)))


def _mean_p(data: Floats, mean_test: str) -> float:
    from scipy import stats  # type: ignore[import-untyped]

    if not data.any():
        return 1.0
    return float((stats.ttest_1samp(data, 0.0) if mean_test == "t" else stats.wilcoxon(data)).pvalue)


def _variance_p(data: Floats) -> float:
    """Fisher's test of variance 1: (n - 1) s^2 is chi-square with n - 1 degrees of freedom; twice the smaller tail."""
    from scipy import stats

    free = len(data) - 1
    squares = free * data.var(ddof=1)
    return float(min(1.0, 2.0 * min(stats.chi2.cdf(squares, free), stats.chi2.sf(squares, free))))


def _shapiro(data: Floats) -> tuple[float, float]:
    from scipy import stats

    if np.ptp(data) == 0.0:
        return 1.0, 1.0  # nothing varies: the three tests of a constant say no more than its mean does
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "scipy.stats.shapiro: For N > 5000", UserWarning)
        found = stats.shapiro(data)
    return float(found.statistic), float(found.pvalue) if len(data) <= _SHAPIRO_MOST else float("nan")
