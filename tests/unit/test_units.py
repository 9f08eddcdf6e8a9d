"""Every factor of the canonical units is proved with pint, which shares no code with it."""

from __future__ import annotations

import math
from typing import Any

import pint
import pytest

from ketworks.engine.units import CANONICAL, signal_factor, to_canonical
from ketworks.errors import WrongUse
from ketworks.quantity import registry

KETAMINE = 237.73  # g/mol
# what the field writes and pint spells otherwise
SPELLED = {"1": "dimensionless", "%": "percent", "y": "year", "dB": "decibel"}


def spelled(unit: str) -> str:
    """``mL/100g/min`` and ``L/min/y`` as pint reads them."""
    words = [SPELLED.get(word, word) for word in unit.replace("100g", "hectogram").split("/")]
    return "/".join(words)


def is_logarithmic(unit: str) -> bool:
    return unit == "dB"  # a level, not a factor: pint converts it by its own rule, and we never convert it


@pytest.fixture(scope="module")
def units() -> pint.UnitRegistry[Any]:
    return registry()


@pytest.mark.parametrize("unit", [unit for unit in CANONICAL if not is_logarithmic(unit)])
def test_factor_is_what_pint_says(units: pint.UnitRegistry[Any], unit: str) -> None:
    name, factor = CANONICAL[unit]
    proof = units.Quantity(1.0, spelled(unit)).to(spelled(name)).magnitude
    assert math.isclose(factor, proof, rel_tol=1e-15)


@pytest.mark.parametrize("unit", CANONICAL)
def test_canonical_unit_is_its_own(unit: str) -> None:
    name, _ = CANONICAL[unit]
    assert CANONICAL.get(name, (name, 1.0)) == (name, 1.0)


def test_logarithmic_units_are_never_scaled(units: pint.UnitRegistry[Any]) -> None:
    for unit in filter(is_logarithmic, CANONICAL):
        assert CANONICAL[unit] == (unit, 1.0)
        assert spelled(unit) in units


@pytest.mark.parametrize(("given", "wanted"), [("ng/mL", "umol/L"), ("ng/mL", "nmol/L"), ("umol/L", "ng/mL")])
def test_mass_and_molar_meet(units: pint.UnitRegistry[Any], given: str, wanted: str) -> None:
    mass = units.Quantity(KETAMINE, "g/mol")
    one = units.Quantity(1.0, given)
    proof = (one / mass if given == "ng/mL" else one * mass).to(wanted).magnitude
    assert math.isclose(signal_factor(given, wanted, KETAMINE), proof, rel_tol=1e-14)


def test_mass_and_molar_do_not_meet_without_a_molar_mass() -> None:
    with pytest.raises(WrongUse, match="umol/L"):
        signal_factor("ng/mL", "umol/L", None)


def test_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(WrongUse, match=r"nearest: .*umol/L"):
        to_canonical(1.0, "umol/l")
