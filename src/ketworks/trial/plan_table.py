"""Reads values from a parsed TOML table, with errors that name the key, what was expected and a line to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ketworks.errors import WrongUse, unknown
from ketworks.quantity import to_number


class Keys(NamedTuple):
    """One table of a plan: ``where`` is its name for errors."""

    where: str
    table: Mapping[str, Any]

    def known(self, allowed: Sequence[str]) -> Keys:
        """Refuses a key that is none of these; the nearest one is named."""
        for key in self.table:
            if key not in allowed:
                raise unknown(f"key in {self.where}", key, allowed)
        return self

    def text(self, key: str, default: str | None = None, choices: Sequence[str] = ()) -> str:
        """A text, one of the choices when there are any."""
        value = self.table.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "text", f'{key} = "{choices[0] if choices else "..."}"')
        if choices and value not in choices:
            raise unknown(f"{key} in {self.where}", value, choices, f'{key} = "{choices[0]}"')
        return value.strip()

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number within limits, both ends included."""
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self._wrong(key, f"a number from {low:g} to {high:g}", f"{key} = {low:g}")
        return float(value)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within limits."""
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._wrong(key, f"a whole number from {low} to {high}", f"{key} = {max(low, 1)}")
        return value

    def optional(self, key: str, low: float, high: float) -> float | None:
        """A number, or None when the key is not there."""
        return self.number(key, low, high) if key in self.table else None

    def minutes(self, key: str, default: str | None = None) -> float:
        """A time with its unit, in min."""
        value = self.table.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a time with its unit", f'{key} = "24 h"')
        return to_number(value, "min", f"{key} in {self.where}", 0.0, 2.0 * 365.0 * 1440.0)

    def truth(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", f"{key} = true")
        return value

    def sub(self, key: str) -> Keys:
        """A table below this one; empty when it is not there."""
        value = self.table.get(key, {})
        if not isinstance(value, Mapping):
            raise self._wrong(key, f"a table [{key}]", f"[{key}]")
        return Keys(f"[{key}]", value)

    def tables(self, key: str) -> list[Keys]:
        """All tables under ``[[key]]``."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self._wrong(key, f"tables under [[{key}]]", f"[[{key}]]")
        return [Keys(f"[[{key}]] {place}", one) for place, one in enumerate(value, 1)]

    def names(self, key: str, choices: Sequence[str], default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of names, each one of the choices."""
        value = self.table.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(key, "a list of names", f'{key} = ["{choices[0]}"]')
        for one in value:
            if one not in choices:
                raise unknown(f"{key} in {self.where}", one, choices)
        return tuple(value)

    def _wrong(self, key: str, expected: str, paste: str) -> WrongUse:
        given = f"{key} = {self.table[key]!r}" if key in self.table else f"no key {key}"
        return WrongUse(f"{given} in {self.where}", expected, paste=paste)
