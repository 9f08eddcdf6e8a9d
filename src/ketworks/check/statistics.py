"""One number out of a simulated signal, the way a paper reports it.

Every function takes ``times`` (min, shape (times,), increasing), ``values`` (shape (people, times)) and ``baseline``
(shape (people,), the value without drug). Values between times are on a straight line.

Three summaries of a rise must not be mixed: the change of the mean at one time (``change_at``), the peak of the mean
curve (``peak_change``), and the mean of each person's own peak (``mean_peak_change``), which is the largest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Window = tuple[float, float] | None


def at_time(times: Floats, values: Floats, at: float) -> Floats:
    """Each person's value at one time, shape (people,); not a number outside the simulated times."""
    if not times[0] <= at <= times[-1]:
        return np.full(len(values), np.nan)
    return np.array([np.interp(at, times, person) for person in values])


def within(times: Floats, values: Floats, window: Window) -> tuple[Floats, Floats]:
    """The part of the curves inside a window, with its two ends interpolated."""
    if window is None:
        return times, values
    low, high = max(window[0], times[0]), min(window[1], times[-1])
    inside = (times > low) & (times < high)
    cut = np.concatenate([[low], times[inside], [high]])
    ends = at_time(times, values, low)[:, None], at_time(times, values, high)[:, None]
    return cut, np.concatenate([ends[0], values[:, inside], ends[1]], axis=1)


def after_dose(times: Floats, values: Floats, sessions: int, change: bool) -> tuple[Floats, Floats]:
    """The readings after the dose of one session or of several, one session after the other.

    Args:
        times: min, shape (sessions * readings,), increasing; the first of each session is before the dose.
        values: shape (people, sessions * readings).
        sessions: how many.
        change: whether each is wanted as the change from the first reading of its session.

    Returns:
        Times and values without the first readings.
    """
    each = values.reshape(len(values), sessions, -1)
    later = each[:, :, 1:] - (each[:, :, :1] if change else 0.0)
    return times.reshape(sessions, -1)[:, 1:].ravel(), later.reshape(len(values), -1)


def value_at(times: Floats, values: Floats, baseline: Floats, at: float) -> float:
    """Mean over people at one time."""
    return float(np.mean(at_time(times, values, at)))


def change_at(times: Floats, values: Floats, baseline: Floats, at: float) -> float:
    """Mean over people of the change from baseline at one time."""
    return float(np.mean(at_time(times, values, at) - baseline))


def percent_change_at(times: Floats, values: Floats, baseline: Floats, at: float) -> float:
    """Mean over people of the change from baseline at one time, in percent of each person's baseline."""
    return float(np.mean(100.0 * (at_time(times, values, at) - baseline) / baseline))


def peak(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """Highest point of the mean curve."""
    return float(np.max(_mean_curve(times, values, window)[1]))


def trough(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """Lowest point of the mean curve."""
    return float(np.min(_mean_curve(times, values, window)[1]))


def time_of_peak(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """Time of the highest point of the mean curve, min; the first of equals."""
    cut, curve = _mean_curve(times, values, window)
    return float(cut[np.argmax(curve)])


def peak_change(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """The largest departure of the mean curve from the mean baseline, with its sign."""
    change = _mean_curve(times, values, window)[1] - np.mean(baseline)
    return float(change[np.argmax(np.abs(change))])


def percent_peak_change(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """``peak_change`` in percent of the mean baseline."""
    return float(100.0 * peak_change(times, values, baseline, window) / np.mean(baseline))


def mean_peak_change(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """Mean over people of each person's own highest point minus own baseline."""
    return float(np.mean(_own_peaks(times, values, window) - baseline))


def sd_peak_change(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """Standard deviation (n - 1) between people of each person's own highest point minus own baseline."""
    return float(np.std(_own_peaks(times, values, window) - baseline, ddof=1))


def share_above(times: Floats, values: Floats, baseline: Floats, threshold: float, window: Window = None) -> float:
    """Share of people whose own highest point exceeds the threshold."""
    return float(np.mean(_own_peaks(times, values, window) > threshold))


def share_change_above(
    times: Floats, values: Floats, baseline: Floats, threshold: float, window: Window = None
) -> float:
    """Share of people whose own highest point exceeds own baseline by more than the threshold."""
    return float(np.mean(_own_peaks(times, values, window) - baseline > threshold))


def share_relapsed(times: Floats, values: Floats, baseline: Floats, threshold: float, window: Window = None) -> float:
    """Of those at half of own baseline or below when the window begins, the share that reaches the threshold in it.

    Not a number where nobody is that low.
    """
    _, inside = within(times, values, window)
    responders = inside[inside[:, 0] <= 0.5 * baseline]
    return float(np.mean(np.max(responders, axis=1) >= threshold)) if len(responders) else float("nan")


def ratio_over_window(times: Floats, values: Floats, baseline: Floats, window: Window = None) -> float:
    """The mean curve where the window ends over where it begins."""
    curve = _mean_curve(times, values, window)[1]
    return float(curve[-1] / curve[0])


def mean(times: Floats, values: Floats, baseline: Floats, at: float | None = None, window: Window = None) -> float:
    """Mean over people of the value at one time, or else of each person's average over the window."""
    return float(np.mean(_own_values(times, values, at, window)))


def sd(times: Floats, values: Floats, baseline: Floats, at: float | None = None, window: Window = None) -> float:
    """Standard deviation (n - 1) between people of the value at one time, or else of the average over the window."""
    return float(np.std(_own_values(times, values, at, window), ddof=1))


def sd_over_mean_at(times: Floats, values: Floats, baseline: Floats, at: float) -> float:
    """Standard deviation between people over their mean at one time, as a fraction."""
    return sd(times, values, baseline, at) / value_at(times, values, baseline, at)


def cv_at(times: Floats, values: Floats, baseline: Floats, at: float) -> float:
    """Coefficient of variation between people at one time, in percent."""
    return 100.0 * sd_over_mean_at(times, values, baseline, at)


def ratio_at(times: Floats, values: Floats, baseline: Floats, at: float, over_times: Floats, over: Floats) -> float:
    """Mean of one signal over the mean of another at one time."""
    return float(np.mean(at_time(times, values, at)) / np.mean(at_time(over_times, over, at)))


def correlation_at(
    times: Floats, values: Floats, baseline: Floats, at: float, over_times: Floats, over: Floats
) -> float:
    """Pearson's correlation over people between two signals at one time; not a number where one of them is constant."""
    one, other = at_time(times, values, at), at_time(over_times, over, at)
    if np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def exposure_over(
    times: Floats, values: Floats, baseline: Floats, over_times: Floats, over: Floats, window: Window = None
) -> float:
    """Mean exposure (area under the curve in the window) to one signal over that to another."""
    return float(np.mean(_own_areas(times, values, window)) / np.mean(_own_areas(over_times, over, window)))


def exposure_ratio(
    times: Floats, values: Floats, baseline: Floats, reference: tuple[Floats, Floats], window: Window = None
) -> float:
    """Mean exposure over the mean exposure in the reference run."""
    return float(np.mean(_own_areas(times, values, window)) / np.mean(_own_areas(*reference, window)))


def exposure_over_ratio(
    times: Floats,
    values: Floats,
    baseline: Floats,
    over_times: Floats,
    over: Floats,
    reference: tuple[Floats, Floats],
    over_reference: tuple[Floats, Floats],
    window: Window = None,
) -> float:
    """``exposure_over`` over the same in the reference run."""
    usual = exposure_over(*reference, baseline, *over_reference, window)
    return exposure_over(times, values, baseline, over_times, over, window) / usual


def peak_ratio(
    times: Floats, values: Floats, baseline: Floats, reference: tuple[Floats, Floats], window: Window = None
) -> float:
    """Highest point of the mean curve over that in the reference run."""
    return peak(times, values, baseline, window) / peak(*reference, baseline, window)


def sign_at(times: Floats, values: Floats, baseline: Floats, at: float, flat: float = 0.0) -> str | None:
    """Direction of the mean change at one time: ``up``, ``down``, or ``none`` within ``flat`` of no change.

    None where the time was not simulated.
    """
    change = change_at(times, values, baseline, at)
    if not np.isfinite(change):
        return None
    return "none" if abs(change) <= flat else ("up" if change > 0 else "down")


def gmr(times: Floats, values: Floats, baseline: Floats, at: Floats, observed: Floats) -> float:
    """Geometric mean of predicted over observed values; 1 is no bias."""
    return float(np.exp(np.mean(_log_ratios(times, values, at, observed))))


def aafe(times: Floats, values: Floats, baseline: Floats, at: Floats, observed: Floats) -> float:
    """Absolute average fold error: the geometric mean of the larger of predicted/observed and its inverse."""
    return float(np.exp(np.mean(np.abs(_log_ratios(times, values, at, observed)))))


def _log_ratios(times: Floats, values: Floats, at: Floats, observed: Floats) -> Floats:
    curve = np.mean(values, axis=0)
    predicted = np.interp(at, times, curve, left=np.nan, right=np.nan)
    usable = (predicted > 0.0) & (observed > 0.0)
    safe = np.where(usable, predicted, 1.0) / np.where(usable, observed, 1.0)
    return np.where(usable, np.log(safe), np.nan)


def _mean_curve(times: Floats, values: Floats, window: Window) -> tuple[Floats, Floats]:
    cut, inside = within(times, values, window)
    return cut, np.mean(inside, axis=0)


def _own_peaks(times: Floats, values: Floats, window: Window) -> Floats:
    peaks: Floats = np.max(within(times, values, window)[1], axis=1)
    return peaks


def _own_values(times: Floats, values: Floats, at: float | None, window: Window) -> Floats:
    if at is not None:
        return at_time(times, values, at)
    cut, _ = within(times, values, window)
    averages: Floats = _own_areas(times, values, window) / (cut[-1] - cut[0])
    return averages


def _own_areas(times: Floats, values: Floats, window: Window) -> Floats:
    cut, inside = within(times, values, window)
    areas: Floats = np.sum(0.5 * (inside[:, 1:] + inside[:, :-1]) * np.diff(cut), axis=1)
    return areas
