"""Canonical units inside the model, and the factors that lead to them.

Slow clocks run in minutes, membranes in milliseconds; volumes in litres, flows in L/min, amounts in umol. The factors
are written out so that a run needs no unit library; ``tests/unit/test_units.py`` proves each of them with pint.
"""

from __future__ import annotations

from ketworks.errors import unknown

CANONICAL: dict[str, tuple[str, float]] = {
    "1": ("1", 1.0),
    "%": ("1", 0.01),
    "min": ("min", 1.0),
    "h": ("min", 60.0),
    "d": ("min", 1440.0),
    "1/min": ("1/min", 1.0),
    "1/h": ("1/min", 1.0 / 60.0),
    "1/d": ("1/min", 1.0 / 1440.0),
    "ms": ("ms", 1.0),
    "s": ("s", 1.0),
    "1/ms": ("1/ms", 1.0),
    "1/s": ("1/s", 1.0),
    "L/umol/s": ("L/umol/s", 1.0),
    "Hz": ("Hz", 1.0),
    "L": ("L", 1.0),
    "mL": ("L", 1e-3),
    "L/kg": ("L/kg", 1.0),
    "L/min": ("L/min", 1.0),
    "L/h": ("L/min", 1.0 / 60.0),
    "L/h/y": ("L/min/y", 1.0 / 60.0),
    "L/min/y": ("L/min/y", 1.0),
    "kg": ("kg", 1.0),
    "mg": ("mg", 1.0),
    "mg/kg": ("mg/kg", 1.0),
    "mg/h": ("mg/min", 1.0 / 60.0),
    "mg/kg/h": ("mg/kg/min", 1.0 / 60.0),
    "cm": ("cm", 1.0),
    "y": ("y", 1.0),
    "g/mol": ("g/mol", 1.0),
    "umol": ("umol", 1.0),
    "umol/L": ("umol/L", 1.0),
    "nmol/mL": ("umol/L", 1.0),
    "nmol/L": ("umol/L", 1e-3),
    "mmol/L": ("umol/L", 1e3),
    "nmol/L/min": ("umol/L/min", 1e-3),
    "nmol/L/min/h": ("umol/L/min/min", 1e-3 / 60.0),
    "ng/mL": ("ng/mL", 1.0),
    "ng/mL*h": ("ng/mL*min", 60.0),
    "mmHg": ("mmHg", 1.0),
    "mmHg/min": ("mmHg/min", 1.0),
    "L/min/mmHg": ("L/min/mmHg", 1.0),
    "1/mV": ("1/mV", 1.0),
    "mV": ("mV", 1.0),
    "nS": ("nS", 1.0),
    "pF": ("pF", 1.0),
    "pA": ("pA", 1.0),
    "pA/Hz": ("pA/Hz", 1.0),
    "mS/cm^2": ("mS/cm^2", 1.0),
    "uA/cm^2": ("uA/cm^2", 1.0),
    "uF/cm^2": ("uF/cm^2", 1.0),
    "point": ("point", 1.0),
    "dB": ("dB", 1.0),
    "mL/100g/min": ("mL/100g/min", 1.0),
}


def to_canonical(value: float, unit: str) -> tuple[float, str]:
    """``value`` in the canonical unit of its kind, with that unit's name."""
    if unit not in CANONICAL:
        raise unknown("unit", unit, CANONICAL)
    name, factor = CANONICAL[unit]
    return value * factor, name


def signal_factor(given: str, wanted: str, molar_mass: float | None) -> float:
    """Factor from a signal's unit to the unit that a need declares; mass and molar meet through the molar mass.

    Args:
        given: unit of the produced signal.
        wanted: unit of the need.
        molar_mass: g/mol, or None.

    Raises:
        WrongUse: when the units do not meet.
    """
    if given == wanted:
        return 1.0
    given_factor, given_name = to_canonical(1.0, given)
    wanted_factor, wanted_name = to_canonical(1.0, wanted)
    ratio = given_factor / wanted_factor
    if given_name == wanted_name:
        return ratio
    if molar_mass is not None and (given_name, wanted_name) == ("ng/mL", "umol/L"):
        return ratio / molar_mass
    if molar_mass is not None and (given_name, wanted_name) == ("umol/L", "ng/mL"):
        return ratio * molar_mass
    raise unknown("unit for this signal", wanted, [given])
