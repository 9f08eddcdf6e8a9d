"""What is computed: every metric by name, with its unit and words. A metric that cannot be computed says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ketworks.errors import unknown

Found = float | str
"""A number in the level's unit, minutes, litres and umol or mg; or the sentence that says why there is none."""

MINUTES: Mapping[str, float] = {"min": 1.0, "h": 60.0, "d": 1440.0}
"""Minutes in a unit of time in which metrics are given."""

PHASES = (1, 2, 3, 4)
"""Of a curve after a push into a vein, fastest first."""

_UNITS: Mapping[str, tuple[str, int]] = {  # kind: unit, and the power of time in it
    "level": ("{level}", 0),
    "time": ("{time}", 1),
    "area": ("{level}*{time}", 1),
    "moment": ("{level}*{time}**2", 2),
    "rate": ("1/{time}", -1),
    "percent": ("%", 0),
    "plain": ("1", 0),
    "flow": ("L/{time}", -1),
    "volume": ("L", 0),
}

METRICS: Mapping[str, tuple[str, str]] = {  # name: kind, words
    "cmax": ("level", "highest level"),
    "tmax": ("time", "time of the highest level, from the first dose"),
    "clast": ("level", "last level that counts"),
    "tlast": ("time", "its time"),
    "auc_last": ("area", "area under the curve to the last level"),
    "auc_inf": ("area", "area under the curve to infinity"),
    "auc_extrapolated": ("percent", "share of it beyond the last level"),
    "aumc_inf": ("moment", "area under time x level to infinity"),
    "mrt": ("time", "mean residence time, input time taken off (with absorption where a dose is absorbed)"),
    "lambda_z": ("rate", "terminal rate"),
    "half_life": ("time", "terminal half-life"),
    "lambda_z_points": ("plain", "points behind it"),
    "lambda_z_adjusted_r2": ("plain", "adjusted r squared of its line"),
    "clearance": ("flow", "clearance, CL"),
    "vz": ("volume", "volume by the terminal phase, Vz"),
    "vss": ("volume", "volume at steady state, Vss"),
    "clearance_over_f": ("flow", "clearance over bioavailability, CL/F"),
    "vz_over_f": ("volume", "volume by the terminal phase over bioavailability, Vz/F"),
    "interval_auc": ("area", "area within the interval"),
    "interval_cmax": ("level", "highest level within the interval"),
    "interval_cmin": ("level", "lowest level within the interval"),
    "interval_cavg": ("level", "mean level over the interval"),
    "interval_trough": ("level", "level at the end of the interval"),
    "fluctuation": ("percent", "peak-trough fluctuation, (highest - lowest) / mean of the interval"),
    "time_above": ("time", "time above the stated level"),
    "accumulation_peak": ("plain", "highest level after the last session over that after the first"),
    "accumulation_auc": ("plain", "area after the last session over that after the first"),
    "ratio_mass": ("plain", "area of the metabolite over that of its parent, by mass"),
    "ratio_molar": ("plain", "area of the metabolite over that of its parent, by moles"),
    **{f"phase_{k}_half_life": ("time", f"half-life of phase {k} after a push into a vein") for k in PHASES},
    **{f"phase_{k}_share": ("percent", f"share of the area in phase {k}") for k in PHASES},
}


def known(*found: Found) -> tuple[float, ...] | str:
    """The numbers, or the first reason among them."""
    reasons = [one for one in found if isinstance(one, str)]
    return reasons[0] if reasons else tuple(one for one in found if not isinstance(one, str))


class Metric(NamedTuple):
    """One value with its unit, or the reason why there is none (then ``value`` is None)."""

    name: str
    value: float | None
    unit: str
    why: str = ""


def metric(name: str, found: Found, level_unit: str, time_unit: str) -> Metric:
    """A result in the units in which it is given.

    Args:
        name: one of ``METRICS``.
        found: in the level's unit and minutes, or a reason.
        level_unit: unit of the levels.
        time_unit: ``min``, ``h`` or ``d``.
    """
    pattern, power = _UNITS[METRICS[name][0]]
    unit = pattern.format(level=level_unit, time=check_time_unit(time_unit))
    if isinstance(found, str):
        return Metric(name, None, unit, found)
    return Metric(name, float(found) / MINUTES[time_unit] ** power, unit)


def check_time_unit(unit: str) -> str:
    """The unit, if metrics can be given in it."""
    if unit not in MINUTES:
        raise unknown("unit of time", unit, MINUTES, '"h"')
    return unit
