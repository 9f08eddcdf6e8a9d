"""Plausibility limits of a single dose: they catch a slip of unit or of decimal point, and say nothing of safety."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ketworks.dose.route import MAY_HAVE_RATE
from ketworks.dose.wording import HOUR, number, short
from ketworks.engine.parameter import Parameter
from ketworks.evidence.parameters import load

TWIN = {"mg": "mg/kg", "mg/kg": "mg", "mg/h": "mg/kg/h", "mg/kg/h": "mg/h"}
"""The unit that a unit is most often confused with."""


class Implausible(NamedTuple):
    """A dose outside its limits.

    Attributes:
        why: what is wrong with it.
        accepted: the accepted range, with its unit.
        instead: the likely meaning, or else the nearest accepted dose.
        side: ``above`` or ``below`` the accepted range.
        likely: whether ``instead`` is the same number in the unit most often confused with the given one.
    """

    why: str
    accepted: str
    instead: str
    side: str
    likely: bool


def parameters() -> Mapping[str, Parameter]:
    """The rows of ``dose/parameters.tsv`` by id."""
    return load(str(Path(__file__).parent))


def accepted_range(unit: str, route: str, duration: float) -> tuple[float, float]:
    """Smallest and largest accepted amount (``mg``, ``mg/kg``) or rate (``mg/h``, ``mg/kg/h``).

    An amount given over a time may reach the largest single dose plus the largest sustained rate times the time; a
    rate may not lead to more than that amount.

    Args:
        unit: of the amount or rate.
        route: one of ``ROUTES``; a rate needs one of ``MAY_HAVE_RATE``.
        duration: min; 0 for a dose given at once.
    """
    if unit.endswith("/h"):
        total_unit = unit.removesuffix("/h")
        _, most_total = accepted_range(total_unit, route, duration)
        most = _limit("most_rate", route, unit)
        return _limit("least_rate", route, unit), min(most, most_total * HOUR / duration) if duration > 0 else most
    most = _limit("most", route, unit)
    if duration > 0 and route in MAY_HAVE_RATE:
        most += _limit("most_sustained_rate", route, f"{unit}/h") * duration / HOUR
    return _limit("least", route, unit), most


def longest(route: str) -> float:
    """Longest time, in min, over which one dose of a route may be given; infinite where no limit is set."""
    row = parameters().get(f"dose.longest_infusion.{route}")
    return math.inf if row is None else row.canonical


def implausible(amount: float, unit: str, route: str, duration: float) -> Implausible | None:
    """What is wrong with a dose, or ``None``. ``duration`` in min, 0 for a dose given at once."""
    low, high = accepted_range(unit, route, duration)
    if low <= amount <= high:
        return None
    accepted = f"{number(low)} to {short(high)} {unit} {route}"
    side = "below" if amount < low else "above"
    twin = TWIN[unit]
    twin_low, twin_high = accepted_range(twin, route, duration)
    if twin_low <= amount <= twin_high and ("/kg" in twin) == (amount < low):
        why = f"{number(amount)} {unit} {route} is too {'small' if amount < low else 'large'}; {twin} is likely meant"
        return Implausible(why, accepted, f"{number(amount)} {twin}", side, True)
    why = f"{number(amount)} {unit} {route} is {side} any dose in use"
    return Implausible(why, accepted, f"{number(low) if amount < low else short(high)} {unit}", side, False)


def _limit(kind: str, route: str, unit: str) -> float:
    return parameters()[f"dose.{kind}.{route}.{unit.replace('/', '_per_')}"].value
