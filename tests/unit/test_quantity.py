"""Quantities at the edge: every short-cut factor is what pint says, and nothing is guessed or evaluated."""

from __future__ import annotations

import math
import time
from typing import Any

import pint
import pytest

from ketworks.errors import EXIT_WRONG_USE, WrongUse
from ketworks.quantity import COMMON, registry, to_number

SPELLED = {"y": "year", "mins": "minutes"}  # what the field writes and pint spells otherwise
UNITS = registry()


def read(value: object, unit: str = "kg", bare: bool = False) -> float:
    return to_number(value, unit, "weight", 0.0, 1000.0, bare=bare)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in COMMON.items() for name in names])
def test_every_common_factor_is_what_pint_says(kind: str, name: str) -> None:
    proof = UNITS.Quantity(1.0, SPELLED.get(name, name)).to(kind).magnitude
    assert math.isclose(COMMON[kind][name], proof, rel_tol=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("80 kg", "kg", 80.0),
        ("80kg", "kg", 80.0),
        ("  80.5   kg ", "kg", 80.5),
        (".5 kg", "kg", 0.5),
        ("5. kg", "kg", 5.0),
        ("+8e1 kg", "kg", 80.0),
        ("70000 g", "kg", 70.0),
        ("100 lb", "kg", 45.359237),
        ("1.7 m", "cm", 170.0),
        ("2 h", "min", 120.0),
        ("0.5 d", "min", 720.0),
        ("11 stone", "kg", 11 * 6.35029318),  # not in the short list: pint reads it
        ("480 months", "year", 40.0),
    ],
)
def test_text_with_a_unit_is_read(text: str, unit: str, number: float) -> None:
    assert math.isclose(read(text, unit), number, rel_tol=1e-12)


@pytest.mark.parametrize("value", [70, 70.0, "70", " 70 "])
def test_a_bare_number_is_refused_with_the_line_that_works(value: object) -> None:
    with pytest.raises(WrongUse, match="has no unit") as caught:
        read(value)
    assert caught.value.nearest == "'70 kg'"
    assert caught.value.exit_code == EXIT_WRONG_USE


@pytest.mark.parametrize("value", [40, 40.0, "40"])
def test_a_bare_number_is_read_where_the_unit_is_understood(value: object) -> None:
    assert read(value, "year", bare=True) == 40.0


@pytest.mark.parametrize("value", [True, False, None, math.nan, math.inf, -math.inf, "nan kg", "inf kg", "1e400 kg"])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    for bare in (False, True):
        with pytest.raises(WrongUse):
            read(value, bare=bare)


def test_a_decimal_comma_is_refused_and_the_point_shown() -> None:
    with pytest.raises(WrongUse, match="comma") as caught:
        read("70,5 kg")
    assert caught.value.nearest == "'70.5 kg'"


def test_a_misspelled_unit_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUse) as caught:
        read("70 Kg")
    assert "kg" in caught.value.nearest.split(", ")


@pytest.mark.parametrize("text", ["170 cm", "70 kelvin", "70 degC", "70 mg/kg", "70 umol", "70 %"])
def test_a_unit_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(WrongUse, match="of the kind of kg"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "kg",  # pint reads one kilogram
        "2*35 kg",
        "70 kg + 3 kg",
        "70 ± 3 kg",  # pint reads 210 kg
        "70 %kg",
        "70 kg; 80 kg",
        "70-80 kg",
        "7_0 kg",
        "0x46 kg",
        "(70) kg",
        "70 kg kg",
        "70 kg\0",
        "__import__('os').system('true') kg",
        "1/0 kg",
    ],
)
def test_nothing_but_one_number_and_one_unit_is_read(text: str) -> None:
    with pytest.raises(WrongUse):
        read(text)


@pytest.mark.parametrize("text", ["9**9**9 kg", "70 " + "x" * 20_000, "(" * 20_000 + "70 kg", "1" * 100_000 + " kg"])
def test_hostile_text_is_refused_at_once(text: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(WrongUse):
        read(text)
    assert time.perf_counter() - begin < 1.0


def test_pint_quantities_of_any_registry_are_read() -> None:
    other: pint.UnitRegistry[Any] = pint.UnitRegistry()
    assert math.isclose(read(UNITS.Quantity(154.0, "lb")), 154 * 0.45359237, rel_tol=1e-12)
    assert read(other.Quantity(70.0, "kg")) == 70.0


@pytest.mark.parametrize(
    "value",
    [
        UNITS.Quantity(70.0, "cm"),
        UNITS.Quantity(70.0, ""),
        UNITS.Quantity([70.0, 71.0], "kg"),
        UNITS.Quantity(math.nan, "kg"),
        b"70 kg",
        [70],
        {"kg": 70},
        object(),
    ],
)
def test_objects_that_hold_no_single_quantity_of_the_kind_are_refused(value: object) -> None:
    with pytest.raises(WrongUse):
        read(value)


@pytest.mark.parametrize(
    ("text", "fits"), [("0 kg", True), ("1000 kg", True), ("-1e-9 kg", False), ("1000.1 kg", False)]
)
def test_the_range_is_closed_and_named(text: str, fits: bool) -> None:
    if fits:
        read(text)
        return
    with pytest.raises(WrongUse, match="0 to 1000 kg"):
        read(text)
