"""Analyses of a change: covariance, t test, mixed model for repeated measures, crossover."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ketworks.trial.conduct import Data
from ketworks.trial.endpoints import belongs, change
from ketworks.trial.estimate import Estimate, cannot, estimate, library
from ketworks.trial.plan import Analysis, Trial
from ketworks.trial.pool import Floats

_QUANTITY = "difference in change, points"
_FEWEST = 2  # people an arm


def ancova(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Change on arm, baseline and stratum, by least squares (statsmodels OLS), for those with a rating.

    Equation:  d = a + b g + c S0 + strata
    Symbols:   d change - points; g 1 in the first arm and 0 in the second; S0 baseline - points; b is reported
    Source:    statsmodels
    Leaves out: other arms of the trial: each contrast stands on its two arms alone.
    """
    return _least_squares(trial, data, analysis, adjusted=True)


def t_test(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Change on arm alone, which is Student's t test with equal variances (statsmodels OLS)."""
    return _least_squares(trial, data, analysis, adjusted=False)


def _least_squares(trial: Trial, data: Data, analysis: Analysis, adjusted: bool) -> Estimate:
    first, second = (trial.arm(name) for name in analysis.arms)
    found = change(trial, data, trial.endpoint(analysis.endpoint), analysis.missing)
    arm = data.arm[:, 0]
    kept = found.counts[:, 0] & np.isin(arm, (first, second))
    group = (arm[kept] == first).astype(np.float64)
    if min(group.sum(), (1.0 - group).sum()) < _FEWEST:
        return cannot(analysis.name, _QUANTITY, int(kept.sum()), "fewer than two people in an arm")
    columns = [np.ones(len(group)), group]
    if adjusted:
        columns.append(data.baseline[kept, 0])
        columns += [(data.stratum[kept] == one).astype(np.float64) for one in np.unique(data.stratum[kept])[1:]]
    design = np.column_stack(columns)
    if np.linalg.matrix_rank(design) < design.shape[1] or len(group) <= design.shape[1]:
        return cannot(analysis.name, _QUANTITY, len(group), "too few people for the adjustment")
    return _told(library().OLS(found.value[kept, 0], design).fit(), 1, analysis, len(group))


def _told(fit: Any, place: int, analysis: Analysis, n: int) -> Estimate:
    low, high = np.asarray(fit.conf_int())[place]
    numbers = (float(fit.params[place]), float(low), float(high), float(fit.pvalues[place]))
    return estimate(analysis.name, _QUANTITY, numbers, n)


def mmrm(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Mixed model for repeated measures, the nearest that statsmodels has: a random intercept for each person.

    Equation:  d_ij = m_j + b_j g_i + c_j S0_i + u_i + e_ij,  all visits up to the endpoint's; b there is reported
    Symbols:   d change at visit j - points; m_j, b_j, c_j for each visit; u_i person; e_ij residual
    Source:    statsmodels MixedLM, restricted likelihood
    Leaves out: an unstructured covariance (here all visits correlate alike, with one variance) and the
               Kenward-Roger degrees of freedom (here the normal distribution): in small trials too sure.
    """
    first, second = (trial.arm(name) for name in analysis.arms)
    endpoint = trial.endpoint(analysis.endpoint)
    visits = trial.visit(endpoint) + 1
    arm = data.arm[:, 0]
    rows = np.flatnonzero(np.isin(arm, (first, second)) & belongs(trial, data, endpoint))
    seen = data.seen[rows, 0, :visits]
    person, visit = np.nonzero(seen)
    group = (arm[rows] == first).astype(np.float64)[person]
    n = len(np.unique(person))
    last = visit == visits - 1
    if visits < 2:
        return cannot(analysis.name, _QUANTITY, n, "one visit only: an analysis of covariance says the same")
    if min(group[last].sum(), (1.0 - group[last]).sum()) < _FEWEST:
        return cannot(analysis.name, _QUANTITY, n, "fewer than two people in an arm")
    base = data.baseline[rows, 0]
    centred = (base - base.mean())[person]
    value = (data.score[rows, 0, :visits] - base[:, None])[seen]
    at = np.eye(visits)[visit]
    design = np.hstack([at, at * group[:, None], at * centred[:, None]])
    fit = _mixed(value, design, person)
    if fit is None:
        return cannot(analysis.name, _QUANTITY, n, "the mixed model did not converge")
    return _told(fit, 2 * visits - 1, analysis, n)


def _mixed(value: Floats, design: Floats, person: Any) -> Any:
    """The fitted model, or None when it does not converge."""
    mixed = library("statsmodels.regression.mixed_linear_model").MixedLM
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say of convergence is asked for below
        try:
            fit = mixed(value, design, groups=person).fit(reml=True, method=["lbfgs"])
        except (np.linalg.LinAlgError, ValueError):
            return None
    return fit if fit.converged else None


def crossover(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Two periods: the difference between periods, compared between the two sequences (statsmodels OLS).

    Equation:  d_1 - d_2 = p + b q,  q = 1 for the sequence first arm, second arm and -1 for the other
    Symbols:   d change in a period from its own baseline - points; p effect of the period; b is reported
    Source:    the classical two-by-two analysis
    Leaves out: people seen in one period only; carry-over, which is in the data and not adjusted for.
    """
    first, _ = (trial.arm(name) for name in analysis.arms)
    found = change(trial, data, trial.endpoint(analysis.endpoint), analysis.missing)
    kept = found.counts.all(axis=1)
    order = np.where(data.arm[kept, 0] == first, 1.0, -1.0)
    n = int(kept.sum())
    if min((order > 0).sum(), (order < 0).sum()) < _FEWEST:
        return cannot(analysis.name, _QUANTITY, n, "fewer than two people in a sequence")
    difference = found.value[kept, 0] - found.value[kept, 1]
    return _told(library().OLS(difference, np.column_stack([np.ones(n), order])).fit(), 1, analysis, n)
