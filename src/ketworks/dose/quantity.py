"""Numbers with units from the grammar's tokens, converted in decimal arithmetic so that 500 ug is exactly 0.5 mg."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from ketworks.dose.syntax import Place
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

MINUTES = {"s": Decimal(1) / 60, "m": Decimal(1), "h": Decimal(60), "d": Decimal(1440), "w": Decimal(10080)}
"""Minutes in a time unit, by its first letter."""

_MILLIGRAMS = {"mg": Decimal(1), "milligram": Decimal(1), "g": Decimal(1000), "gram": Decimal(1000)}
_MICROGRAM = Decimal(1) / 1000
_PER_HOUR = {"m": Decimal(60), "h": Decimal(1), "d": Decimal(1) / 24}
_UNIT = re.compile(r"(?P<mass>[a-zµμ]+?)s?\s*(?P<kg>(/|per)\s*kg)?\s*((/|per)\s*(?P<time>[a-z])[a-z]*)?", re.IGNORECASE)


def decimal(written: Written, place: Place, zero: bool = False) -> Decimal:
    """The number at a place.

    Raises:
        WrongUse: too large or too small for a float, or zero where that makes no sense.
    """
    text = written.text[place[0] : place[1]]
    value = float(text)
    if value == 0 and zero:
        return Decimal(0)
    if value == 0 or not math.isfinite(value):
        others = [written.instead(*place, other) for other in ("0.5", "50", "1", "10")]
        raise written.wrong(*place, f"the number {text}", "a finite number above 0", others)
    return Decimal(text)


def whole(written: Written, place: Place) -> int:
    """The whole number of 1 or more at a place."""
    value = decimal(written, place)
    if value != value.to_integral_value():
        raise written.wrong(*place, f"the number {written.text[place[0] : place[1]]}", "a whole number of 1 or more")
    return int(value)


def minutes(number: Decimal, unit: str) -> float:
    """A time in minutes."""
    return float(number * MINUTES[unit[0].lower()])


def dose(number: Decimal, unit: str) -> tuple[float, str]:
    """An amount in ``mg`` or ``mg/kg``, or a rate in ``mg/h`` or ``mg/kg/h``, from any unit the grammar reads."""
    found = _UNIT.fullmatch(unit)
    if found is None:
        raise WrongUse(f"unit {unit!r}", "a unit such as mg, mg/kg, mg/kg/h")
    mass = found["mass"].lower()
    factor = _MILLIGRAMS.get(mass, _MICROGRAM)
    name = "mg/kg" if found["kg"] else "mg"
    if found["time"]:
        return float(number * factor * _PER_HOUR[found["time"].lower()]), f"{name}/h"
    return float(number * factor), name
