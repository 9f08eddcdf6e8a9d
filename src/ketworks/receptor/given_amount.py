"""Concentrations, voltages and times as a user writes them, or as functions of time; a bare number is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse, nearest_of

Given = str | object | Callable[[float], float]
Floats = NDArray[np.float64]


class Kind(NamedTuple):
    """A kind of quantity: its unit inside, what is accepted, and units read without pint, whose import is slow."""

    what: str
    unit: str
    low: float
    high: float
    units: Mapping[str, float]
    example: str


# the micro sign, the Greek letter and u all mean micro
_PREFIXES = {"m": 1e3, "u": 1.0, "n": 1e-3}
_MOLAR = {f"{prefix}{name}": factor for prefix, factor in _PREFIXES.items() for name in ("mol/L", "M")}
CONCENTRATION = Kind("concentration", "umol/L", 0.0, 1e4, _MOLAR, "0.5 umol/L")
MAGNESIUM = Kind("magnesium", "mmol/L", 0.0, 10.0, {key: value / 1e3 for key, value in _MOLAR.items()}, "1 mmol/L")
VOLTAGE = Kind("voltage", "mV", -150.0, 60.0, {"mV": 1.0, "V": 1e3}, "-60 mV")
DURATION = Kind("duration", "s", 1e-4, 3600.0, {"ms": 1e-3, "s": 1.0, "min": 60.0}, "10 s")
OPEN = Kind("open probability", "1", 0.0, 1.0, {}, "0.01")
_TEXT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S.*?)?\s*")


def number(given: object, kind: Kind) -> float:
    """A quantity as a number in the kind's unit.

    Raises:
        WrongUse: no unit, another kind of unit, no number, or outside the range.
    """
    found = _read(given, kind)
    if not math.isfinite(found) or not kind.low <= found <= kind.high:
        near = f"{min(max(found, kind.low), kind.high):g} {kind.unit}" if math.isfinite(found) else ""
        raise WrongUse(f"{kind.what} {given!r}", f"{kind.low:g} to {kind.high:g} {kind.unit}", near, repr(kind.example))
    return found


def curve(given: Given, kind: Kind) -> Callable[[Floats], Floats]:
    """A quantity as a function of times in s: a constant, or the user's own function, whose values are checked.

    Args:
        given: text, a pint quantity, or a function from one time in s to a number in the kind's unit.
        kind: which kind.
    """
    if not callable(given):
        constant = number(given, kind)
        return lambda times: np.full(times.shape, constant)

    def of_times(times: Floats) -> Floats:
        values = np.asarray([float(given(float(time))) for time in times])
        good = np.isfinite(values) & (values >= kind.low) & (values <= kind.high)
        if not good.all():
            at = int(np.argmin(good))
            here = f"{kind.what} is {values[at]:g} {kind.unit} at {times[at]:g} s"
            raise WrongUse(here, f"{kind.low:g} to {kind.high:g} {kind.unit}")
        return values

    return of_times


def _read(given: object, kind: Kind) -> float:
    if isinstance(given, bool) or given is None:
        raise WrongUse(f"{kind.what} {given!r}", f"text such as '{kind.example}'")
    if isinstance(given, int | float):
        if kind.unit == "1":
            return float(given)
        near = f"'{given:g} {kind.unit}'"
        raise WrongUse(f"{kind.what} {given!r} has no unit", f"a unit, such as {kind.unit}", near)
    if isinstance(given, str):
        return _read_text(given, kind)
    try:
        return float(given.to(kind.unit).magnitude)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # no quantity, or one of another kind (pint's error is a TypeError)
        raise WrongUse(f"{kind.what} {given!r}", f"text such as '{kind.example}', or a pint quantity") from None


def _read_text(text: str, kind: Kind) -> float:
    match = _TEXT.fullmatch(text.replace("\u00b5", "u").replace("\u03bc", "u").replace("\u2212", "-"))
    if match is None:
        raise WrongUse(f"{kind.what} {text!r}", f"one number and one unit, such as '{kind.example}'")
    value, unit = float(match[1]), match[2] or ""
    if kind.unit == "1" and not unit:
        return value
    if unit in kind.units:
        return value * kind.units[unit]
    if not unit:
        raise WrongUse(f"{kind.what} {text!r} has no unit", f"a unit, such as {kind.unit}", f"'{value:g} {kind.unit}'")
    return _by_pint(value, unit, text, kind)


def _by_pint(value: float, unit: str, text: str, kind: Kind) -> float:
    from ketworks.quantity import registry

    try:
        return float(registry().Quantity(value, unit).to(kind.unit).magnitude)
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        known = ", ".join(kind.units) or "no unit"
        mass = "; a mass per volume must be divided by the molar mass" if "g/" in unit else ""
        near = nearest_of(unit, kind.units)
        raise WrongUse(
            f"{kind.what} {text!r}", f"a unit of the kind of {kind.unit} ({known}){mass}", near, repr(kind.example)
        ) from error
