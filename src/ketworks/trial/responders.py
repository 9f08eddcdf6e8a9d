"""Analyses of response and remission: logistic regression, Fisher's exact test, Bayesian responder rates."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np

from ketworks.trial.conduct import Data
from ketworks.trial.endpoints import Values, reached
from ketworks.trial.estimate import Estimate, cannot, estimate, library
from ketworks.trial.plan import Analysis, Trial

_NODES = 400  # of the quadrature over a rate
_Z = 1.959963984540054  # 97.5th percentile of the standard normal


def _groups(trial: Trial, data: Data, analysis: Analysis) -> tuple[Values, np.ndarray, np.ndarray]:
    """Values, who counts, and 1 in the first arm, for the first period."""
    first, second = (trial.arm(name) for name in analysis.arms)
    found = reached(trial, data, trial.endpoint(analysis.endpoint))
    arm = data.arm[:, 0]
    kept = found.counts[:, 0] & np.isin(arm, (first, second))
    return found, kept, (arm[kept] == first).astype(np.float64)


def counts(trial: Trial, data: Data, analysis: Analysis) -> tuple[int, int, int, int]:
    """Those who reached the endpoint and all, in the first arm and in the second."""
    found, kept, group = _groups(trial, data, analysis)
    hit = found.value[kept, 0]
    of_first, of_second = int(group.sum()), int((1.0 - group).sum())
    return int((hit * group).sum()), of_first, int((hit * (1.0 - group)).sum()), of_second


def logistic(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Odds ratio, adjusted for baseline (statsmodels Logit).

    Equation:  logit P = a + b g + c S0;  exp(b) is reported
    Symbols:   g 1 in the first arm; S0 baseline - points
    Source:    statsmodels, Wald interval
    Leaves out: trials in which one arm has no or only responders: they cannot be estimated, and say so.
    """
    found, kept, group = _groups(trial, data, analysis)
    hit, n = found.value[kept, 0], int(kept.sum())
    for arm in (0.0, 1.0):
        share = hit[group == arm].mean() if (group == arm).any() else 0.0
        if share in (0.0, 1.0):
            return cannot(analysis.name, "odds ratio", n, "an arm without, or with nobody but, responders")
    base = data.baseline[kept, 0]
    design = np.column_stack([np.ones(n), group, base - base.mean()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say of convergence is asked for below
        try:
            fit = library().Logit(hit, design).fit(disp=0)
        except np.linalg.LinAlgError:
            return cannot(analysis.name, "odds ratio", n, "baseline parts responders from the rest entirely")
    low, high = np.exp(np.clip(fit.conf_int()[1], -300.0, 300.0))
    if not fit.mle_retvals["converged"]:
        return cannot(analysis.name, "odds ratio", n, "the regression did not converge")
    numbers = (float(np.exp(fit.params[1])), float(low), float(high), float(fit.pvalues[1]))
    return estimate(analysis.name, "odds ratio", numbers, n)


def fisher(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Difference of rates with Newcombe's interval, and p of Fisher's exact test (SciPy)."""
    from scipy.stats import fisher_exact  # type: ignore[import-untyped]

    hit_1, n_1, hit_2, n_2 = counts(trial, data, analysis)
    if not n_1 or not n_2:
        return cannot(analysis.name, "difference of rates", n_1 + n_2, "nobody in an arm")
    low, high = newcombe(hit_1, n_1, hit_2, n_2)
    p = float(fisher_exact([[hit_1, n_1 - hit_1], [hit_2, n_2 - hit_2]]).pvalue)
    return estimate(analysis.name, "difference of rates", (hit_1 / n_1 - hit_2 / n_2, low, high, p), n_1 + n_2)


def newcombe(hit_1: int, n_1: int, hit_2: int, n_2: int) -> tuple[float, float]:
    """95 % interval of a difference of two rates, from the Wilson intervals of both (Newcombe's method 10)."""
    low_1, high_1 = wilson(hit_1, n_1)
    low_2, high_2 = wilson(hit_2, n_2)
    rate_1, rate_2 = hit_1 / n_1, hit_2 / n_2
    down = float(np.hypot(rate_1 - low_1, high_2 - rate_2))
    up = float(np.hypot(high_1 - rate_1, rate_2 - low_2))
    return rate_1 - rate_2 - down, rate_1 - rate_2 + up


def wilson(hit: int, n: int) -> tuple[float, float]:
    """95 % Wilson score interval of a rate (statsmodels)."""
    low, high = library("statsmodels.stats.proportion").proportion_confint(hit, n, method="wilson")
    return float(low), float(high)


def bayes(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Difference of responder rates with independent uniform priors; ``p`` is twice the smaller tail beyond zero.

    Equation:  rate_k ~ Beta(1 + hits, 1 + misses);  P(rate_1 > rate_2) = integral of f_1 F_2
    Symbols:   f density, F distribution of the two posteriors; interval by the normal of the posterior's moments
    Source:    the conjugate pair of beta and binomial, integrated by Gauss-Legendre over 400 nodes
    Leaves out: prior knowledge; baseline.
    """
    hit_1, n_1, hit_2, n_2 = counts(trial, data, analysis)
    first, second = posterior(hit_1, n_1), posterior(hit_2, n_2)
    above = probability_above(first, second)
    means = [a / (a + b) for a, b in (first, second)]
    variance = sum(a * b / ((a + b) ** 2 * (a + b + 1)) for a, b in (first, second))
    middle, half = means[0] - means[1], _Z * variance**0.5
    numbers = (middle, middle - half, middle + half, 2.0 * min(above, 1.0 - above))
    return estimate(analysis.name, "difference of rates", numbers, n_1 + n_2, f"P(first is better) {above:.3f}")


def posterior(hit: int, n: int) -> tuple[float, float]:
    """Shapes of the beta distribution of a rate after ``hit`` of ``n``, from a uniform prior."""
    return 1.0 + hit, 1.0 + n - hit


def probability_above(first: tuple[float, float], second: tuple[float, float], by: float = 0.0) -> float:
    """P(x > y + by) for independent beta variables, each given by its two shapes, of 1 or more; ``by`` from 0 to 1."""
    from scipy.stats import beta

    nodes, weights = _quadrature()
    spread = 1.0 - by  # nodes on by to 1, below which the integrand is zero
    x = by + spread * nodes
    return float(spread * np.sum(weights * beta.pdf(x, *first) * beta.cdf(x - by, *second)))


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights
