"""Times in minutes and doses in mg, mg/kg, mg/h or mg/kg/h, in decimal arithmetic so that 500 ug is exactly 0.5 mg."""

from __future__ import annotations

import re
from decimal import Decimal

from ketworks.errors import WrongUse

MINUTES = {"s": Decimal(1) / 60, "m": Decimal(1), "h": Decimal(60), "d": Decimal(1440), "w": Decimal(10080)}
"""Minutes in a time unit, by its first letter."""

_MILLIGRAMS = {"mg": Decimal(1), "milligram": Decimal(1), "g": Decimal(1000), "gram": Decimal(1000)}
_MICROGRAM = Decimal(1) / 1000
_PER_HOUR = {"m": Decimal(60), "h": Decimal(1), "d": Decimal(1) / 24}
_UNIT = re.compile(
    r"(?P<mass>[a-zµμ]+?)s?\s*(?P<kg>(/|per)\s*kg)?\s*((/|per)\s*(?P<time>24\s*h|[a-z])[a-z]*)?", re.IGNORECASE
)


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
        per = "d" if found["time"].startswith("24") else found["time"].lower()
        return float(number * factor * _PER_HOUR[per]), f"{name}/h"
    return float(number * factor), name
