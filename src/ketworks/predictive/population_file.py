"""Reads a population model from TOML: a linear model as ``ketworks events --model`` reads it, and how people differ.

```toml
name = "theophylline"
structure = "one oral"      # or compartments and rates: see ketworks.events.model_file

[units]                     # of the table, and of its DV
time = "h"
amount = "mg"
volume = "L"
output = "mg/L"

[parameters]                # of the typical person
KA = "1.5 1/h"
CL = {value = "2.8 L/h", per = "WT", reference = 70, power = 0.75}
V = "32 L"

[between]                   # log-normal: cv, where var ln = ln(1 + cv^2); or sd or variance of the logarithm
CL = {cv = "30 %"}
V = {variance = 0.02}

[[correlation]]             # of the logarithms
between = ["CL", "V"]
value = 0.4

[residual]                  # proportional, additive, or both; or log (a standard deviation) alone
proportional = "10 %"       # [residual.central], [residual.metabolite] where outputs differ
additive = "0.3 mg/L"
```
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ketworks.errors import KetworksError, WrongUse, unknown
from ketworks.events.model_file import KEYS, from_keys
from ketworks.predictive.population import Floats, PopulationModel
from ketworks.predictive.residual_error import ResidualError
from ketworks.quantity import registry

_OWN = ("name", "between", "correlation", "residual")
_KINDS = ("proportional", "additive", "log")
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
        keys = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not TOML: {error}", "keys and values", "", 'structure = "one oral"') from None
    _known(keys, (*_OWN, *KEYS), "")
    name = keys.get("name")
    if not isinstance(name, str) or not name.strip():
        raise WrongUse(f"key name = {name!r}" if "name" in keys else "no key 'name'", "text", paste='name = "my model"')
    if "residual" not in keys:
        raise WrongUse("no table [residual]", "the error of measurement", paste='[residual]  proportional = "15 %"')
    stated = from_keys({key: value for key, value in keys.items() if key not in _OWN})
    unit = stated.units["output"]
    effects, covariance = _between(keys, tuple(stated.given))
    residual = _residuals(_table(keys, "residual"), unit, stated.model.compartments)
    return PopulationModel(
        name.strip(), stated.model, stated.given, effects, covariance, residual, stated.units["time"], unit
    )


def _between(keys: Mapping[str, Any], parameters: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    given = _table(keys, "between") if "between" in keys else {}
    _known(given, parameters, "between")
    names = tuple(given)
    covariance = np.diag([_variance(name, value) for name, value in given.items()]) if names else np.zeros((0, 0))
    for one in _tables(keys, "correlation"):
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
    example = f'{name} = {{cv = "30 %"}}'
    if not (isinstance(value, Mapping) and len(value) == 1):
        raise WrongUse(f"between {name} = {value!r}", "one of cv, sd, variance", paste=example)
    _known(value, ("cv", "sd", "variance"), f"between.{name}")
    [(kind, number)] = value.items()
    size = _share(number, f"between {name}, {kind}", example)
    return {"cv": math.log1p(size**2), "sd": size**2, "variance": size}[kind]


def _residuals(
    given: Mapping[str, Any], unit: str, compartments: tuple[str, ...]
) -> ResidualError | dict[str, ResidualError]:
    """One error for every output, or one for each compartment that is named."""
    if any(isinstance(value, Mapping) for value in given.values()):
        _known(given, compartments, "residual")
        return {name: _residual(_table(given, name), unit, f"residual.{name}") for name in given}
    return _residual(given, unit, "residual")


def _residual(given: Mapping[str, Any], unit: str, where: str) -> ResidualError:
    _known(given, _KINDS, where)
    if "log" in given and len(given) > 1:
        raise WrongUse(f"[{where}] has log and others", "log alone, or proportional and additive", paste="log = 0.2")
    sizes = {key: _share(given[key], f"{where} {key}", f'{key} = "15 %"') for key in given if key != "additive"}
    if "additive" in given:
        sizes["additive"] = _quantity(given["additive"], unit, f"{where} additive")
    if not sizes or min(sizes.values()) < 0 or not any(sizes.values()):
        raise WrongUse(f"[{where}] {dict(given)!r}", "an error above 0", paste='proportional = "15 %"')
    return ResidualError(**sizes)


def _quantity(value: Any, unit: str, what: str) -> float:
    read = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if read is None or not read[2]:
        raise WrongUse(f"{what} = {value!r}", f"a number with a unit such as {unit}", paste=f'"0.1 {unit}"')
    try:
        return float(registry().Quantity(float(read[1]), read[2]).to(unit).magnitude)
    except Exception as error:  # pint raises many kinds, among them tokenizer errors; all mean the same here
        raise WrongUse(f"{what}: {read[2]!r}", f"a unit of the kind of {unit}") from error


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
        near = f'"{number:g} %"' if math.isfinite(number) and number > 0 else ""
        raise WrongUse(f"{what} = {value!r}", f"0 to {_LARGEST_SHARE:g}, that is 0 to 500 %", near, example)
    return number


def _known(given: Mapping[str, Any], allowed: Collection[str], where: str) -> None:
    for key in given:
        if key not in allowed:
            raise unknown(f"key in [{where}]" if where else "key", key, allowed)


def _table(keys: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if not isinstance(keys[key], Mapping):
        raise WrongUse(f"key {key} = {keys[key]!r}", f"a table [{key}]")
    return dict(keys[key])


def _tables(keys: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = keys.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise WrongUse(f"key {key} = {found!r}", f"tables under [[{key}]]", paste=f"[[{key}]]")
    return found
