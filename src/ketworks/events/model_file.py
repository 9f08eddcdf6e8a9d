"""Reads a linear model with its parameters and units from TOML.

    structure = "two oral"              # a name of ketworks.events.linear_model; or compartments and rates, see below

    [units]                             # of the table, and of what is predicted
    time = "h"
    amount = "mg"
    volume = "L"
    output = "ng/mL"

    [parameters]
    CL = "4.2 L/h"                      # a value with its unit
    V = {column = "V1", unit = "L"}     # a column of the table, for each record
    V2 = {value = "55 L", per = "WT", reference = 70, power = 1}      # 55 L x (WT / 70)^1, WT a column
    F1 = "0.45"                         # a share has no unit
    D2 = {column = "DUR2", unit = "h"}

Without ``structure``: ``compartments = ["gut", "central"]``, ``dose`` and ``output`` (names, may be left out), and the
tables ``[rates]`` with ``"gut -> central" = "KA"`` and ``"central ->" = "CL/V"``, ``[copies]`` likewise (the source
keeps what the target receives), ``[volumes]`` with ``central = "V"``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.errors import WrongUse, unknown
from ketworks.events.linear_model import LinearModel
from ketworks.events.solution import predict
from ketworks.events.table import TIME_UNITS, EventTable, Numbers
from ketworks.quantity import registry

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEYS = ("structure", "compartments", "rates", "copies", "volumes", "dose", "output", "units", "parameters")
_UNITS = {"time": "h", "amount": "mg", "volume": "L", "output": "ng/mL"}
_PARTS = ("value", "column", "unit", "per", "reference", "power")
_EXAMPLE = 'CL = "4.2 L/h"'
_UNIT = re.compile(r"(?:1|[A-Za-z]{1,12})(?:/[A-Za-z]{1,12}){0,3}")


@dataclass(frozen=True)
class Given:
    """How one parameter is given; as in the table at the head of this module."""

    value: float | None
    column: str
    factor: float
    per: str = ""
    reference: float = 1.0
    power: float = 1.0

    def of(self, table: EventTable) -> Numbers:
        """The parameter at each record."""
        if self.value is None:
            return table[self.column] * self.factor
        at = np.full(len(table), self.value)
        return at * (table[self.per] / self.reference) ** self.power if self.per else at


@dataclass(frozen=True)
class StatedModel:
    """A linear model, its parameters, and the units of what goes in and comes out.

    Attributes:
        model: the structure; its factor leads to the output's unit.
        given: its parameters by name, in the table's units.
        units: ``time``, ``amount``, ``volume`` and ``output``.
    """

    model: LinearModel
    given: Mapping[str, Given]
    units: Mapping[str, str]

    def predict(self, table: EventTable, progress: Callable[[str], None] | None = None) -> NDArray[np.float64]:
        """What the model says of every record, shape (records,), in ``units["output"]``.

        Raises:
            WrongUse: the table counts time in another unit, lacks a column, or does not fit the model.
        """
        if table.time_unit and table.time_unit != self.units["time"]:
            given = f"a table in {table.time_unit} and a model in {self.units['time']}"
            raise WrongUse(given, "one unit of time", f'time = "{table.time_unit}" below [units], with values to match')
        parameters = {name: one.of(table) for name, one in self.given.items()}
        return predict(self.model, table, parameters, progress)


def read_model(path: str | Path) -> StatedModel:
    """The model in a TOML file.

    Raises:
        WrongUse: the file cannot be read, or as :func:`from_toml`.
    """
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable TOML file") from None
    return from_toml(text)


def from_toml(text: str) -> StatedModel:
    """The model that a TOML text says.

    Raises:
        WrongUse: not TOML, an unknown key, a unit of another kind, a parameter that is missing or too many.
    """
    try:
        keys = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not TOML: {error}", 'lines such as structure = "two oral"', "", _EXAMPLE) from None
    return from_keys(keys)


def from_keys(keys: Mapping[str, Any]) -> StatedModel:
    """The model that the keys of a TOML text say; errors as :func:`from_toml`."""
    _only(keys, KEYS, "key")
    units = _units(keys)
    factor = _to(f"1 {units['amount']}/{units['volume']}", units["output"], "output")
    model = _structure(keys, factor)
    parameters = _table(keys, "parameters")
    kinds = _kinds(model, units)
    for name in parameters:
        if name not in kinds:
            raise unknown("parameter", name, kinds)
    for name in model.parameters:
        if name not in parameters:
            raise WrongUse(f"no parameter {name}", "all of " + ", ".join(model.parameters), "", f"{name} = ...")
    return StatedModel(model, {name: _given(name, one, kinds[name]) for name, one in parameters.items()}, units)


def _only(keys: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    for name in keys:
        if name not in known:
            raise unknown(what, name, known)


def _table(keys: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = keys.get(name, {})
    if not isinstance(table, dict):
        raise WrongUse(f"{name} = {table!r}", f"a table [{name}]")
    return table


def _units(keys: Mapping[str, Any]) -> dict[str, str]:
    said = _table(keys, "units")
    _only(said, tuple(_UNITS), "unit of")
    for name, example in _UNITS.items():
        if not isinstance(said.get(name), str):
            raise WrongUse(f"[units] without {name}", "time, amount, volume and output", "", f'{name} = "{example}"')
    if said["time"] not in TIME_UNITS:
        raise unknown("time unit", said["time"], TIME_UNITS)
    return said


def _structure(keys: Mapping[str, Any], factor: float) -> LinearModel:
    parts = [name for name in ("compartments", "rates", "copies", "volumes", "dose", "output") if name in keys]
    if "structure" in keys:
        if parts:
            raise WrongUse(f"structure together with {', '.join(parts)}", "a structure by name, or its parts")
        return LinearModel.named(str(keys["structure"]), factor)
    if not isinstance(keys.get("compartments"), list):
        raise WrongUse("a model without structure", "a structure, or compartments", "", 'structure = "two oral"')
    return LinearModel.explicit(
        [str(name) for name in keys["compartments"]],
        _arrows(_table(keys, "rates")),
        {name: str(volume) for name, volume in _table(keys, "volumes").items()},
        str(keys.get("dose", "")),
        str(keys.get("output", "")),
        _arrows(_table(keys, "copies")),
        factor,
    )


def _arrows(table: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    found = {}
    for words, rate in table.items():
        source, arrow, to = (part.strip() for part in words.partition("->"))
        if not arrow or not source:
            raise WrongUse(f"rate of {words!r}", "source and target with an arrow", "", '"gut -> central" = "KA"')
        found[source, to] = str(rate)
    return found


def _kinds(model: LinearModel, units: Mapping[str, str]) -> dict[str, str]:
    """Unit of each parameter that the model may have; empty for a share."""
    time, amount, volume = units["time"], units["amount"], units["volume"]
    kinds = {name: volume for name in model.scales if name}
    for one in model.transfers:
        kinds[one.flow] = f"{volume}/{time}" if one.volume else f"1/{time}"
        if one.volume:
            kinds[one.volume] = volume
    by_letter = {"ALAG": time, "D": time, "R": f"{amount}/{time}", "F": ""}
    return kinds | {name: by_letter[name.rstrip("0123456789")] for name in model.optional}


def _given(name: str, said: Any, unit: str) -> Given:
    bare = said.get("value") if isinstance(said, dict) else said
    number = bare if isinstance(bare, int | float) and not isinstance(bare, bool) else 1
    example = f'{name} = "{number} {unit}"' if unit else f"{name} = {number}"
    if isinstance(said, str | int | float) and not isinstance(said, bool):
        return Given(_value(name, said, unit, example), "", 1.0)
    if not isinstance(said, dict):
        raise WrongUse(f"{name} = {said!r}", "text with a unit, or a table", "", example)
    _only(said, _PARTS, f"part of {name}:")
    if ("value" in said) == ("column" in said):
        raise WrongUse(f"{name} with value and column, or neither", "one of them", "", example)
    if "column" in said:
        if {"per", "reference", "power"} & {*said}:
            raise WrongUse(f"{name}: column with per", "value with per, or a column alone", "", example)
        said_unit = said.get("unit", "")
        if unit and not said_unit:
            paste = f'{name} = {{column = "{said["column"]}", unit = "{unit}"}}'
            raise WrongUse(f"{name} from column {said['column']} without a unit", f"a unit, such as {unit}", "", paste)
        return Given(None, str(said["column"]), _to(f"1 {said_unit}", unit, name) if unit else 1.0)
    numbers = [said.get("reference", 1.0), said.get("power", 1.0)]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers) or numbers[0] <= 0:
        raise WrongUse(f"{name}: reference and power {numbers}", "numbers, the reference above 0")
    value = _value(name, said["value"], unit, example if len(said) == 1 else f'value = "{number} {unit}"')
    return Given(value, "", 1.0, str(said.get("per", "")), float(numbers[0]), float(numbers[1]))


def _value(name: str, said: str | int | float, unit: str, example: str) -> float:
    if not isinstance(said, str):
        if unit:
            raise WrongUse(f"{name} = {said} has no unit", f"a value in {unit}", f'"{said} {unit}"', example)
        return float(said)
    return _to(said, unit, name)


def _to(text: str, unit: str, name: str) -> float:
    """A quantity in text as a number in ``unit``."""
    number, _, words = text.strip().partition(" ")
    try:
        value = float(number)
    except ValueError:
        raise WrongUse(f"{name}: {text!r}", f"a number and a unit: '1 {unit}'".rstrip()) from None
    words = words.strip()
    if bool(words) != bool(unit):
        nearest = f"'{number} {unit}'" if unit else f"'{number}'"
        raise WrongUse(f"{name}: {text!r}", f"a value in {unit}" if unit else "a share without unit", nearest)
    if words and not _UNIT.fullmatch(words):
        raise WrongUse(f"{name}: {text!r}", f"a unit of the kind of {unit}", f"'{number} {unit}'")
    try:
        return float(registry().Quantity(value, words).to(unit or "dimensionless").magnitude)
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        raise WrongUse(f"{name}: {text!r}", f"a unit of the kind of {unit}", f"'{number} {unit}'") from error
