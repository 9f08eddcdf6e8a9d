"""Quantities at the edges: text or pint quantities in, canonical numbers out. A bare number is refused.

Common units are read without pint, whose import would cost a run a third of a second; ``tests/unit/test_quantity.py``
proves each factor with pint, and every other unit is read by pint itself.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ketworks.errors import WrongUse, nearest_of

if TYPE_CHECKING:
    import pint

_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]{1,30})?\s*")
COMMON: dict[str, dict[str, float]] = {
    "kg": {"kg": 1.0, "g": 1e-3, "lb": 0.45359237, "lbs": 0.45359237},
    "cm": {"cm": 1.0, "m": 100.0, "mm": 0.1},
    "year": {"y": 1.0, "yr": 1.0, "year": 1.0, "years": 1.0},
    "min": {
        "s": 1.0 / 60.0,
        "sec": 1.0 / 60.0,
        "min": 1.0,
        "mins": 1.0,
        "minutes": 1.0,
        "h": 60.0,
        "hr": 60.0,
        "hours": 60.0,
        "d": 1440.0,
        "day": 1440.0,
        "days": 1440.0,
        "week": 10080.0,
        "weeks": 10080.0,
    },
    "mmHg": {"mmHg": 1.0},
    "ms": {"ms": 1.0, "s": 1000.0},
    "mg": {"mg": 1.0, "ug": 1e-3, "g": 1000.0},
}


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The project's pint registry, with the field's own units (point, fraction counts) defined."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry()
    units.define("point = []")
    return units


def to_number(value: object, unit: str, what: str, low: float, high: float, bare: bool = False) -> float:
    """A quantity as a number in ``unit``, checked against the accepted range.

    Args:
        value: text such as ``"80 kg"``, a pint quantity, or (where ``bare`` allows it) a number.
        unit: ``kg``, ``cm``, ``year``, ``min``, ``mmHg``, ``ms`` or ``mg``.
        what: name for the message, for example ``weight``.
        low: smallest accepted number, in ``unit``.
        high: largest accepted number, in ``unit``.
        bare: whether a number without unit is understood as ``unit``.

    Raises:
        WrongUse: no unit, a unit of another kind, not a number, or outside the range.
    """
    number = _read(value, unit, what, bare)
    if not math.isfinite(number) or not low <= number <= high:
        nearest = f"{min(max(number, low), high):g} {unit}" if math.isfinite(number) else ""
        raise WrongUse(f"{what} {value!r}", f"{low:g} to {high:g} {unit}", nearest)
    return number


def _read(value: object, unit: str, what: str, bare: bool) -> float:
    if isinstance(value, bool) or value is None:
        raise WrongUse(f"{what} {value!r}", f"a number with a unit, such as '70 {unit}'")
    if isinstance(value, int | float):
        if bare or not math.isfinite(value):
            return float(value)
        raise WrongUse(f"{what} {value!r} has no unit", f"a unit, such as {unit}", f"'{value:g} {unit}'")
    if isinstance(value, str):
        return _read_text(value, unit, what, bare)
    try:
        return float(value.to(unit).magnitude)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # no quantity; one of another kind (pint's error is a TypeError), or many
        raise WrongUse(f"{what} {value!r}", f"text such as '70 {unit}', or a pint quantity") from None


def _read_text(text: str, unit: str, what: str, bare: bool) -> float:
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match:
        number, name = float(match[1]), match[2]
        if name is None:
            return _read(number, unit, what, bare)
        if name in COMMON[unit]:
            return number * COMMON[unit][name]
    if re.fullmatch(r"\s*[-+]?\d+,\d+.*", text):
        raise WrongUse(f"{what} {text!r} has a comma", "a point as decimal mark", repr(text.replace(",", ".")))
    try:
        if match is None:  # pint would read "70 +- 3 kg" or "kg" as an expression and answer with some number
            raise ValueError("not one number and one unit")
        return float(registry().Quantity(number, match[2]).to(unit).magnitude)
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        known = COMMON[unit]
        raise WrongUse(
            f"{what} {text!r}",
            f"a number with a unit of the kind of {unit}: {', '.join(known)}",
            nearest_of(match[2] if match and match[2] else text, known),
            f"'70 {unit}'" if unit == "kg" else "",
        ) from error
