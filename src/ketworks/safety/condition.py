"""When a rule fires: comparisons joined by ``and`` and ``or``, over facts of which some may be unknown."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse

Fact = float | str | None
"""A number in the unit of its question, a word such as ``yes``, or None where it is not known."""
ALWAYS = "always"
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_TEST = re.compile(r"([a-z_0-9]+) (is|>=|<=|>|<) (\S+)")
_SAME = 1e-9  # relative difference of two numbers taken for one


@dataclass(frozen=True)
class Comparison:
    """One comparison: ``systolic > 140`` or ``pregnant is yes``."""

    key: str
    compare: str
    value: float | str

    def holds(self, fact: Fact) -> bool | None:
        """Whether the fact meets it; None where the fact is not known."""
        if fact is None:
            return None
        if self.compare != "is":
            return bool(_COMPARE[self.compare](fact, self.value))
        if isinstance(self.value, str) or isinstance(fact, str):
            return fact == self.value
        return abs(fact - self.value) <= _SAME * max(abs(self.value), 1.0)


@dataclass(frozen=True)
class Condition:
    """Any of several groups of tests, all of which must hold; no group at all is always met.

    Attributes:
        text: as written, for example ``age <= 65 and systolic > 140 or systolic > 150``.
        any_of: the groups.
    """

    text: str
    any_of: tuple[tuple[Comparison, ...], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The facts that are asked for, each once, in order."""
        return tuple(dict.fromkeys(test.key for group in self.any_of for test in group))

    def holds(self, facts: Mapping[str, Fact]) -> bool | None:
        """Whether it is met: True, False, or None where what is not known decides.

        A group with a test that fails is no longer open, whatever else is unknown; one group that is met is enough.
        """
        if not self.any_of:
            return True
        found = [_all([test.holds(facts.get(test.key)) for test in group]) for group in self.any_of]
        return True if True in found else None if None in found else False

    def open_keys(self, facts: Mapping[str, Fact]) -> tuple[str, ...]:
        """The unknown facts that could still decide."""
        keys = [
            test.key
            for group in self.any_of
            if _all([test.holds(facts.get(test.key)) for test in group]) is None
            for test in group
            if facts.get(test.key) is None
        ]
        return tuple(dict.fromkeys(keys))

    def met_by(self, facts: Mapping[str, Fact]) -> tuple[str, ...]:
        """The facts of the first group that is met."""
        for group in self.any_of:
            if all(test.holds(facts.get(test.key)) for test in group):
                return tuple(test.key for test in group)
        return ()

    def over(self, tables: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        """Where it is met, for numbers of many people and times at once; every key must be there."""
        groups = [
            np.all([_COMPARE[test.compare](tables[test.key], test.value) for test in group], axis=0)
            for group in self.any_of
        ]
        return np.asarray(np.any(groups, axis=0), dtype=np.bool_)


def condition(text: str) -> Condition:
    """Reads a condition.

    Raises:
        WrongUse: a part that is no comparison.
    """
    if text == ALWAYS:
        return Condition(text, ())
    return Condition(text, tuple(tuple(map(_test, group.split(" and "))) for group in text.split(" or ")))


def _test(text: str) -> Comparison:
    match = _TEST.fullmatch(text.strip())
    if match is None:
        raise WrongUse(f"condition {text!r}", "a name, is or a comparison, and a value", "", "systolic > 140")
    key, compare, word = match.groups()
    try:
        return Comparison(key, compare, float(word))
    except ValueError:
        if compare != "is":
            raise WrongUse(f"condition {text!r} compares with a word", "a number", "", f"{key} is {word}") from None
        return Comparison(key, compare, word)


def _all(found: list[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True
