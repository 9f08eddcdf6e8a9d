"""Levels at the edges: text with a unit in, a number in the curve's unit out."""

from __future__ import annotations

import math
import re

from ketworks.engine.units import CANONICAL, signal_factor
from ketworks.errors import WrongUse, nearest_of
from ketworks.quantity import registry

NUMBER_AND_UNIT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-zµμ]\S*)?\s*")
_MOLAR_MASS_UNIT = "g/mol"
LEVELS = ("ng/mL", "ug/L", "ug/mL", "mg/L", "umol/L", "nmol/L", "nmol/mL")


def to_level(text: str, unit: str, molar_mass: float | None, what: str) -> float:
    """A level such as ``"100 ng/mL"`` as a number in ``unit``; mass and molar levels meet through the molar mass.

    Args:
        text: number and unit.
        unit: of the curve.
        molar_mass: g/mol of what the curve measures, or None.
        what: name for the message.

    Raises:
        WrongUse: no number, no unit, a unit of another kind, or a level below 0.
    """
    match = NUMBER_AND_UNIT.fullmatch(text)
    if match is None or match[2] is None:
        raise WrongUse(f"{what} {text!r}", f"a number with a unit, such as '100 {unit}'", paste=f"'100 {unit}'")
    value = float(match[1]) * factor(match[2], unit, molar_mass, what)
    if not math.isfinite(value) or value < 0.0:
        raise WrongUse(f"{what} {text!r}", "a level of 0 or more")
    return value


def factor(given: str, wanted: str, molar_mass: float | None, what: str) -> float:
    """What one ``given`` is in ``wanted``; common units without pint, which takes a third of a second to import."""
    try:
        if given in CANONICAL and wanted in CANONICAL:
            return signal_factor(given, wanted, molar_mass)
        units = registry()
        quantity = units.Quantity(1.0, given)
        if not quantity.is_compatible_with(wanted) and molar_mass is not None:
            mass = units.Quantity(molar_mass, _MOLAR_MASS_UNIT)
            by_mass = quantity.is_compatible_with("umol/L")
            quantity = quantity * mass if by_mass else quantity / mass
        return float(quantity.to(wanted).magnitude)
    except Exception as error:  # pint raises many kinds for one fault: this is no unit of a level in these terms
        raise WrongUse(f"{what}: unit {given!r}", f"a unit that converts to {wanted}", nearest_of(given, LEVELS)) from (
            error
        )


def to_milligrams(text: str) -> float:
    """A dose such as ``"35 mg"``.

    Raises:
        WrongUse: no number, no unit of mass, or nothing above 0.
    """
    match = NUMBER_AND_UNIT.fullmatch(text)
    try:
        mass = float(registry().Quantity(float(match[1]), match[2]).to("mg").magnitude) if match and match[2] else 0.0
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        raise WrongUse(f"dose {text!r}", "a mass, such as '35 mg'", paste="'35 mg'") from error
    if not (math.isfinite(mass) and mass > 0.0):
        raise WrongUse(f"dose {text!r}", "a mass above 0, such as '35 mg'", paste="'35 mg'")
    return mass


def litres_per_mg(unit: str) -> float | str:
    """Litres in which one mg makes one ``unit``; the reason when ``unit`` is no mass in a volume."""
    if unit == "ng/mL":
        return 1000.0
    units = registry()
    per = units.Quantity(1.0, "mg") / units.Quantity(1.0, unit)
    if not per.is_compatible_with("L"):
        return f"the levels are in {unit}, the dose in mg: state the levels as mass in a volume"
    return float(per.to("L").magnitude)


def check_level_unit(unit: str) -> str:
    """The unit, if it is a mass or an amount of substance in a volume.

    Raises:
        WrongUse: it is another one.
    """
    if unit in LEVELS:
        return unit
    try:
        quantity = registry().Quantity(1.0, unit)
        fits = any(quantity.is_compatible_with(kind) for kind in ("ng/mL", "umol/L"))
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        raise WrongUse(f"unit of level {unit!r}", ", ".join(LEVELS), nearest_of(unit, LEVELS)) from error
    if not fits:
        raise WrongUse(f"unit of level {unit!r}", ", ".join(LEVELS), nearest_of(unit, LEVELS))
    return unit
