"""Reads a regimen from TOML keys. Each value is read by the sentence's grammar, so that both say the same.

| key | value |
|---|---|
| ``drug``, ``salt`` | ``"esketamine"``, ``"HCl"``; once, at the top |
| ``route``, ``dose``, ``rate`` | ``"iv"``, ``"0.5 mg/kg"``, ``"0.1 mg/kg/h"`` |
| ``over``, ``bolus`` | ``"40 min"``, ``true`` |
| ``[[then]]`` | a further step: ``dose``, ``rate``, ``over``, ``bolus``, ``route``, and ``after = "30 min"`` |
| ``at`` or ``days`` | ``"0, 2, 4 d"``; ``[1, 3, 5]``, where day 1 is the day of the first dose |
| ``every`` or ``often`` | ``"3 d"``; ``"twice weekly"``; with ``for`` or ``count``, and ``from`` |
| ``for``, ``count``, ``from`` | ``"3 weeks"``; ``6``; ``"28 d"`` |
| ``when`` | the end of a sentence: ``"twice weekly for 4 weeks then once weekly for 4 weeks"`` |
| ``[[part]]`` | a further course with its own calendar: all keys but ``drug``, ``salt``, ``part`` and ``with`` |
| ``[[with]]`` | another drug: ``drug dose route``; ``over``, ``before = "60 min"`` or ``after``, ``first = true`` |
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ketworks.dose.regimen import Regimen
from ketworks.dose.sentence import check_value, parse
from ketworks.errors import WrongUse, unknown
from ketworks.other_drugs import GIVEN

_NAME_KEYS = {"drug": "drug", "salt": "salt"}
_STEP_KEYS = {"dose": "amount", "rate": "rate", "route": "way", "over": "time", "bolus": ""}
_AFTER_KEYS = {"after": "time"}
_CALENDAR_KEYS = {"at": "moments", "days": "", "every": "time", "often": "often", "when": "when"}
_LENGTH_KEYS = {"for": "time", "count": "", "from": "time"}
_RULES = _NAME_KEYS | _STEP_KEYS | _AFTER_KEYS | _CALENDAR_KEYS | _LENGTH_KEYS
_WITH_KEYS = {"drug": "", "dose": "amount", "route": "way", "over": "time", "before": "time", "after": "time"}
_RULES |= _WITH_KEYS | _NAME_KEYS
_PART_KEYS = {*_STEP_KEYS, *_CALENDAR_KEYS, *_LENGTH_KEYS, "then"}
_EXAMPLES = {"bolus": "bolus = true", "days": "days = [1, 3, 5]", "count": "count = 6", "dose": 'dose = "0.5 mg/kg"'}
_EXAMPLES |= {"route": 'route = "iv"', "over": 'over = "40 min"', "rate": 'rate = "0.1 mg/kg/h"'}


def from_toml(text: str) -> Regimen:
    """The regimen that a TOML text says.

    Args:
        text: keys as listed at the head of this module.

    Raises:
        WrongUse: not TOML, an unknown key, a value that its rule does not read, or keys that contradict each other.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not TOML: {error}", "lines such as the one to paste", "", 'dose = "0.5 mg/kg"') from None
    return from_table(table)


def read_toml(path: str | Path) -> Regimen:
    """The regimen in a TOML file.

    Raises:
        WrongUse: the file cannot be read, or as :func:`from_toml`.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable TOML file in UTF-8") from None
    return from_toml(text)


def from_table(table: Mapping[str, Any]) -> Regimen:
    """The regimen that a parsed table says, for example the ``[regimen]`` table of a larger file.

    Raises:
        WrongUse: as :func:`from_toml`.
    """
    _known(table, {*_PART_KEYS, *_NAME_KEYS, "part", "with"})
    names = [_text(table, key) for key in _NAME_KEYS if key in table]
    first = {key: value for key, value in table.items() if key in _PART_KEYS}
    further = _tables(table, "part")
    parts = ([first] if first or not further else []) + further
    sentence = " ".join([*names, "; ".join(_part(part) for part in parts)])
    sentence = ", ".join([sentence, *(_companion(other) for other in _tables(table, "with"))])
    try:
        return parse(sentence)
    except WrongUse as error:
        raise WrongUse(f"the keys say: {error.given}", error.expected, error.nearest, error.paste) from None


def _part(part: Mapping[str, Any]) -> str:
    _known(part, _PART_KEYS)
    steps = [_step(part)]
    for step in _tables(part, "then"):
        _known(step, {*_STEP_KEYS, *_AFTER_KEYS})
        steps.append(_step(step))
    return f"{' then '.join(steps)} {_calendar(part)}".strip()


def _companion(keys: Mapping[str, Any]) -> str:
    _known(keys, {*_WITH_KEYS, "first"})
    if not isinstance(keys.get("drug"), str) or keys["drug"] not in GIVEN:
        raise unknown("drug under [[with]]:", str(keys.get("drug", "")), GIVEN)
    if "dose" not in keys or "route" not in keys:
        raise WrongUse(
            f"{keys['drug']} without dose or route", 'dose = "0.2 mg" and route = "oral"', "", 'dose = "0.2 mg"'
        )
    if "before" in keys and "after" in keys:
        raise WrongUse("the keys before and after together", "one of them", "", 'before = "60 min"')
    if not isinstance(keys.get("first", False), bool):
        raise _wrong_type("first", keys["first"], "true or false")
    words = [keys["drug"], *(_text(keys, key) for key in ("dose", "route"))]
    words += [f"over {_text(keys, 'over')}"] if "over" in keys else []
    timed = [f"{_text(keys, key)} {key}" for key in ("before", "after") if key in keys]
    if keys.get("first"):
        timed = [f"{timed[0]} the first dose"] if timed else ["with the first dose"]
    return " ".join(words + timed)


def _step(keys: Mapping[str, Any]) -> str:
    if "dose" not in keys and "rate" not in keys:
        raise WrongUse("no key dose or rate", 'dose = "0.5 mg/kg", or rate = "0.1 mg/kg/h"', "", _EXAMPLES["dose"])
    words = [f"after {_text(keys, 'after')}"] if "after" in keys else []
    words += [_text(keys, key) for key in ("dose", "rate", "route") if key in keys]
    if "bolus" in keys:
        if not isinstance(keys["bolus"], bool):
            raise _wrong_type("bolus", keys["bolus"], "true or false")
        words += ["bolus"] if keys["bolus"] else []
    if "over" in keys:
        words.append(f"over {_text(keys, 'over')}")
    return " ".join(words)


def _calendar(keys: Mapping[str, Any]) -> str:
    chosen = [key for key in _CALENDAR_KEYS if key in keys]
    if len(chosen) > 1:
        raise WrongUse(f"the keys {' and '.join(chosen)} together", "one of " + ", ".join(_CALENDAR_KEYS))
    lengths = [key for key in _LENGTH_KEYS if key in keys]
    if lengths and (not chosen or chosen[0] not in ("every", "often")):
        given = f"the key {lengths[0]} without every or often"
        raise WrongUse(given, "how often", "", 'often = "twice weekly"')
    if not chosen:
        return ""
    key = chosen[0]
    if key == "days":
        days = keys["days"]
        if not isinstance(days, list) or not days or not all(type(day) is int for day in days):
            raise _wrong_type("days", days, "a list of whole numbers")
        return "on days " + ", ".join(str(day) for day in days)
    words = {"at": "at ", "every": "every "}.get(key, "") + _text(keys, key)
    return " ".join([words, *(_length(keys, name) for name in lengths)])


def _length(keys: Mapping[str, Any], key: str) -> str:
    if key != "count":
        return f"{key} {_text(keys, key)}"
    if type(keys[key]) is not int or keys[key] < 1:
        raise _wrong_type(key, keys[key], "a whole number of 1 or more")
    return f"x {keys[key]}"


def _text(keys: Mapping[str, Any], key: str) -> str:
    """The value of a key, after its grammar rule has read it."""
    value = keys[key]
    if not isinstance(value, str):
        raise _wrong_type(key, value, "text with a unit" if _RULES[key] in ("amount", "rate", "time") else "text")
    try:
        check_value(value, _RULES[key], f'{key} = "{{}}"')
    except WrongUse as error:
        raise WrongUse(f"key {key}: {error.given}", error.expected, error.nearest, error.paste) from None
    return " ".join(value.split())


def _tables(keys: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = keys.get(key, [])
    if not isinstance(found, list) or not all(isinstance(table, Mapping) for table in found):
        raise _wrong_type(key, found, f"tables under [[{key}]]")
    return found


def _known(keys: Mapping[str, Any], allowed: set[str]) -> None:
    for key in keys:
        if key not in allowed:
            raise unknown("key", key, allowed)


def _wrong_type(key: str, value: object, expected: str) -> WrongUse:
    return WrongUse(f"key {key} = {value!r}", expected, "", _EXAMPLES.get(key, ""))
