"""Analyses of time to a lost response: Kaplan-Meier with the log-rank test, and Cox regression (statsmodels)."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.conduct import Data
from ketworks.trial.endpoints import Times, time_to_relapse
from ketworks.trial.estimate import Estimate, cannot, estimate, library
from ketworks.trial.plan import Analysis, Trial
from ketworks.trial.pool import Floats

Events = NDArray[np.bool_]
_QUANTITY = "hazard ratio of losing the response"


def _pair(trial: Trial, data: Data, analysis: Analysis) -> tuple[Times, np.ndarray]:
    """Times of the two arms' responders, and 1 in the first arm."""
    found = time_to_relapse(trial, data, trial.endpoint(analysis.endpoint))
    first, second = (trial.arm(name) for name in analysis.arms)
    kept = np.isin(found.arm, (first, second)) & (found.days > 0.0)
    times = Times(found.days[kept], found.event[kept], found.arm[kept], found.baseline[kept])
    return times, (times.arm == first).astype(np.float64)


def _thin(times: Times, group: np.ndarray) -> str:
    """Why these data say nothing, or an empty text."""
    if min((group > 0).sum(), (group == 0).sum()) < 2 or len(np.unique(times.days)) < 2:
        return "fewer than two responders in an arm, or no visit after the response"
    return "" if times.event.any() else "nobody lost the response"


def _endless(times: Times, group: np.ndarray) -> str:
    """Why no ratio of hazards can be said, or an empty text: it has no finite estimate where an arm lost nobody."""
    if times.event[group > 0].any() and times.event[group == 0].any():
        return ""
    return "an arm in which nobody lost the response"


def kept_curve(days: Floats, event: Events) -> tuple[Floats, Floats]:
    """Kaplan-Meier estimate: days of a loss, and the share that has kept the response after each.

    Equation:  K(t) = product over t_j <= t of (1 - d_j / n_j)
    Symbols:   d_j losses at t_j, n_j people still watched before it - 1
    Source:    the product-limit estimate; tests hold it to statsmodels SurvfuncRight
    Leaves out: its interval.
    """
    at = np.unique(days[event])
    watched = (days[:, None] >= at).sum(axis=0)
    lost = (event[:, None] & (days[:, None] == at)).sum(axis=0)
    return at, np.cumprod(1.0 - lost / np.maximum(watched, 1))


def median_days(days: Floats, event: Events) -> float | None:
    """Days until half have lost the response by the Kaplan-Meier estimate, or None while it stays above a half."""
    at, kept = kept_curve(days, event)
    below = np.flatnonzero(kept <= 0.5 + 1e-12)
    return float(at[below[0]]) if len(below) else None


def kaplan_meier(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Difference of the shares that keep the response to the end, with Greenwood's errors; p of the log-rank test.

    Source:    statsmodels SurvfuncRight and survdiff
    Leaves out: who had not responded; losses between visits are dated to the visit; the error of an arm in which
               nobody or everybody lost the response, which makes the interval too narrow there.
    """
    survival = library("statsmodels.duration.survfunc")
    times, group = _pair(trial, data, analysis)
    quantity = "difference of shares that keep the response"
    if why := _thin(times, group):
        return cannot(analysis.name, quantity, len(group), why)
    shares, errors = [], []
    for one in (1.0, 0.0):
        member = group == one
        if not times.event[member].any():  # all keep it; Greenwood's error is then zero
            shares.append(1.0)
            errors.append(0.0)
            continue
        curve = survival.SurvfuncRight(times.days[member], times.event[member].astype(int))
        shares.append(float(curve.surv_prob[-1]))
        errors.append(float(curve.surv_prob_se[-1]) if np.isfinite(curve.surv_prob_se[-1]) else 0.0)
    _, p = survival.survdiff(times.days, times.event.astype(int), group)
    middle, half = shares[0] - shares[1], 1.959963984540054 * math.hypot(*errors)
    return estimate(analysis.name, quantity, (middle, middle - half, middle + half, float(p)), len(group))


def cox(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """Hazard ratio adjusted for baseline.

    Equation:  h = h0(t) exp(b g + c S0);  exp(b) is reported
    Source:    statsmodels PHReg, Efron's handling of ties, Wald interval
    Leaves out: a change of the ratio over time; intervals between visits.
    """
    times, group = _pair(trial, data, analysis)
    if why := _thin(times, group) or _endless(times, group):
        return cannot(analysis.name, _QUANTITY, len(group), why)
    design = np.column_stack([group, times.baseline - times.baseline.mean()])
    regression = library("statsmodels.duration.hazard_regression").PHReg
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that went wrong is not finite, and is told
        try:
            fit = regression(times.days, design, status=times.event.astype(int), ties="efron").fit(disp=0)
        except np.linalg.LinAlgError:
            return cannot(analysis.name, _QUANTITY, len(group), "the regression did not converge")
    low, high = np.exp(np.clip(fit.conf_int()[0], -300.0, 300.0))
    numbers = (float(np.exp(fit.params[0])), float(low), float(high), float(fit.pvalues[0]))
    return estimate(analysis.name, _QUANTITY, numbers, len(group))
