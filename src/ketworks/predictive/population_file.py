"""Reads a population model from TOML; every number with a dimension carries its unit.

```toml
name = "theophylline"
time_unit = "h"             # of the table's TIME
amount_unit = "mg"          # of its AMT
value_unit = "mg/L"         # of its DV
structure = "one oral"      # one, two, three; with "oral" a depot before it; or advan1 2 3 4 11 12

[typical]
KA = "1.5 1/h"
CL = "2.8 L/h"
V = "32 L"

[between]                   # log-normal: cv, where var ln = ln(1 + cv^2); or sd or variance of the logarithm
CL = { cv = "30 %" }
V = { variance = 0.02 }

[[correlation]]             # of the logarithms
between = ["CL", "V"]
value = 0.4

[[covariate]]               # CL x (WT / 70)^0.75
parameter = "CL"
column = "WT"
reference = "70 kg"
power = 0.75

[residual]                  # proportional, additive, or both; or log (a standard deviation) alone
proportional = "10 %"
additive = "0.3 mg/L"
```
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ketworks.errors import KetworksError, WrongUse, unknown
from ketworks.events import LinearModel
from ketworks.predictive.population import CovariatePower, Floats, PopulationModel
from ketworks.predictive.residual_error import ResidualError
from ketworks.quantity import registry

_NEEDED = ("name", "time_unit", "amount_unit", "value_unit", "structure", "typical", "residual")
_KEYS = (*_NEEDED, "between", "correlation", "covariate")
_TIME_UNITS = ("min", "h", "d")
_DIMENSIONS = {
    "CL": "L/{time}",
    "Q": "L/{time}",
    "V": "L",
    "KA": "1/{time}",
    "F": "",
    "ALAG": "{time}",
    "D": "{time}",
    "R": "{amount}/{time}",
}
"""Unit of each parameter by its letters; a number behind them names the compartment."""
_EXAMPLES = {"CL": "5 L/h", "Q": "5 L/h", "V": "40 L", "KA": "1.2 1/h", "ALAG": "0.5 h", "D": "0.5 h", "R": "10 mg/h"}
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
_LARGEST_SHARE = 5.0  # a variation of 500 %; above it a percentage was surely meant


def read_population(path: str | Path) -> PopulationModel:
    """The population model in a TOML file.

    Raises:
        WrongUse: the file cannot be read, or as :func:`from_toml`, with the file's name before it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable TOML file in UTF-8") from None
    try:
        return from_toml(text)
    except KetworksError as error:
        raise WrongUse(f"{path}: {error.given}", error.expected, error.nearest, error.paste) from None


def from_toml(text: str) -> PopulationModel:
    """The population model that a TOML text says, with the keys at the head of this module.

    Raises:
        WrongUse: not TOML; a key is missing or unknown; a value without its unit or out of range.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not TOML: {error}", "keys and values", "", 'structure = "one oral"') from None
    _known(table, _KEYS, "")
    for key in _NEEDED:
        if key not in table:
            raise WrongUse(f"no key {key!r}", ", ".join(_NEEDED), paste=_needed_example(key))
    units = {"time": _text(table, "time_unit"), "amount": _text(table, "amount_unit")}
    if units["time"] not in _TIME_UNITS:
        raise unknown("time_unit", units["time"], _TIME_UNITS, 'time_unit = "h"')
    value_unit = _text(table, "value_unit")
    per_litre = _convert(1.0, f"{units['amount']}/L", value_unit, "key value_unit")
    structure = LinearModel.named(_text(table, "structure"), factor=per_litre)
    typical = _typical(_table(table, "typical"), structure, units)
    effects, covariance = _between(table, typical)
    return PopulationModel(
        _text(table, "name"), structure, typical, effects, covariance, _covariates(table),
        _residual(_table(table, "residual"), value_unit), units["time"], value_unit,
    )  # fmt: skip


def _typical(given: Mapping[str, Any], structure: LinearModel, units: Mapping[str, str]) -> dict[str, float]:
    depth = len(structure.compartments)
    further = [f"{letters}{k + 1}" for letters in ("F", "ALAG", "R", "D") for k in range(depth)]
    _known(given, [*structure.parameters, *further], "typical")
    found = {}
    for name in structure.parameters:
        if name not in given:
            paste = f'{name} = "{_EXAMPLES[_letters(name)]}"'
            raise WrongUse(f"[typical] has no {name}", ", ".join(structure.parameters), paste=paste)
    for name, value in given.items():
        unit = _DIMENSIONS[_letters(name)].format(**units)
        number = _quantity(value, unit, f"typical {name}", _EXAMPLES.get(_letters(name), "0.8"))
        if number < 0 or (number == 0 and _letters(name) != "ALAG"):
            raise WrongUse(f"typical {name} = {value!r}", "a number above 0")
        found[name] = number
    return found


def _between(table: Mapping[str, Any], typical: Mapping[str, float]) -> tuple[tuple[str, ...], Floats]:
    given = _table(table, "between") if "between" in table else {}
    _known(given, typical, "between")
    names = tuple(given)
    covariance = np.diag([_variance(name, value) for name, value in given.items()]) if names else np.zeros((0, 0))
    for one in _tables(table, "correlation"):
        _known(one, ("between", "value"), "correlation")
        pair, value = one.get("between"), one.get("value")
        if not (isinstance(pair, list) and len(pair) == 2 and pair[0] != pair[1]):
            raise WrongUse(f"correlation between {pair!r}", "two parameters", paste='between = ["CL", "V"]')
        for name in pair:
            if name not in names:
                raise unknown("parameter in [[correlation]]", str(name), names)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1 <= value <= 1:
            raise WrongUse(f"correlation of {pair[0]} and {pair[1]} is {value!r}", "a number from -1 to 1")
        i, j = names.index(pair[0]), names.index(pair[1])
        covariance[i, j] = covariance[j, i] = value * math.sqrt(covariance[i, i] * covariance[j, j])
    return names, covariance


def _variance(name: str, value: Any) -> float:
    """Variance of the logarithm."""
    example = f'{name} = {{ cv = "30 %" }}'
    if not (isinstance(value, Mapping) and len(value) == 1):
        raise WrongUse(f"between {name} = {value!r}", "one of cv, sd, variance", paste=example)
    _known(value, ("cv", "sd", "variance"), f"between.{name}")
    [(kind, number)] = value.items()
    size = _share(number, f"between {name}, {kind}", example)
    return {"cv": math.log1p(size**2), "sd": size**2, "variance": size}[kind]


def _covariates(table: Mapping[str, Any]) -> tuple[CovariatePower, ...]:
    found = []
    for one in _tables(table, "covariate"):
        keys = ("parameter", "column", "reference", "power")
        _known(one, keys, "covariate")
        for key in keys:
            if key not in one:
                raise WrongUse(f"[[covariate]] has no {key}", ", ".join(keys), paste='reference = "70 kg"')
        read = _NUMBER.fullmatch(str(one["reference"]))
        if read is None or float(read[1]) <= 0:
            raise WrongUse(
                f"reference {one['reference']!r}", "a number above 0 and a unit", paste='reference = "70 kg"'
            )
        power = one["power"]
        if isinstance(power, bool) or not isinstance(power, int | float) or not math.isfinite(power):
            raise WrongUse(f"power {power!r}", "a number", paste="power = 0.75")
        found.append(CovariatePower(str(one["parameter"]), str(one["column"]).upper(), float(read[1]), float(power)))
    return tuple(found)


def _residual(given: Mapping[str, Any], value_unit: str) -> ResidualError:
    _known(given, ("proportional", "additive", "log"), "residual")
    if "log" in given and len(given) > 1:
        raise WrongUse("[residual] has log and others", "log alone, or proportional and additive", paste="log = 0.2")
    sizes = {key: _share(given[key], f"residual {key}", f'{key} = "15 %"') for key in given if key != "additive"}
    if "additive" in given:
        sizes["additive"] = _quantity(given["additive"], value_unit, "residual additive", f"0.1 {value_unit}")
    if not sizes or min(sizes.values()) < 0 or not any(sizes.values()):
        raise WrongUse(f"[residual] {dict(given)!r}", "an error above 0", paste='proportional = "15 %"')
    return ResidualError(**sizes)


def _quantity(value: Any, unit: str, what: str, example: str) -> float:
    """A number in ``unit`` from text with a unit; a bare number only where there is no dimension."""
    if not unit:
        return _share(value, what, example)
    read = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if read is None or not read[2]:
        raise WrongUse(f"{what} = {value!r}", f"a number with a unit such as {unit}", paste=f'"{example}"')
    return _convert(float(read[1]), read[2], unit, what)


def _share(value: Any, what: str, example: str) -> float:
    """A number without dimension: 0.3, or "30 %"."""
    read = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if read is not None and read[2] == "%":
        number = float(read[1]) / 100.0
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        raise WrongUse(f"{what} = {value!r}", 'a share such as 0.3 or "30 %"', paste=example)
    if not (math.isfinite(number) and 0 <= number <= _LARGEST_SHARE):
        near = f'"{number:g} %"' if math.isfinite(number) else ""
        raise WrongUse(f"{what} = {value!r}", f"0 to {_LARGEST_SHARE:g}, that is 0 to 500 %", near, example)
    return number


def _convert(number: float, unit: str, wanted: str, what: str) -> float:
    try:
        return float(registry().Quantity(number, unit).to(wanted).magnitude)
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        raise WrongUse(f"{what}: {unit!r}", f"a unit of the kind of {wanted}") from error


def _letters(name: str) -> str:
    return name.rstrip("0123456789")


def _known(given: Mapping[str, Any], allowed: Any, where: str) -> None:
    for key in given:
        if key not in allowed:
            raise unknown(f"key in [{where}]" if where else "key", key, allowed)


def _text(table: Mapping[str, Any], key: str) -> str:
    if not isinstance(table[key], str) or not table[key].strip():
        raise WrongUse(f"key {key} = {table[key]!r}", "text", paste=_needed_example(key))
    return str(table[key].strip())


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if not isinstance(table[key], Mapping):
        raise WrongUse(f"key {key} = {table[key]!r}", f"a table [{key}]", paste=_needed_example(key))
    return dict(table[key])


def _tables(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise WrongUse(f"key {key} = {found!r}", f"tables under [[{key}]]", paste=f"[[{key}]]")
    return found


def _needed_example(key: str) -> str:
    return {
        "name": 'name = "my model"',
        "time_unit": 'time_unit = "h"',
        "amount_unit": 'amount_unit = "mg"',
        "value_unit": 'value_unit = "mg/L"',
        "structure": 'structure = "one oral"',
        "typical": '[typical]  CL = "5 L/h"',
        "residual": '[residual]  proportional = "15 %"',
    }.get(key, f"[{key}]")
