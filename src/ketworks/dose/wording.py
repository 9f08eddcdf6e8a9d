"""How numbers and times are written in a canonical dose sentence; what is written reads back to the same float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

HOUR, DAY, WEEK = 60.0, 1440.0, 10080.0
"""Minutes in an hour, a day, a week."""


def number(value: float) -> str:
    """The shortest decimal without exponent that reads back to exactly ``value``: ``0.5``, ``84``."""
    text = format(Decimal(repr(float(value))), "f")
    return text.removesuffix(".0")


def short(value: float) -> str:
    """A limit rounded down to three figures, so that what is shown is itself accepted."""
    scale = 10.0 ** max(0, 2 - len(str(int(value))) + 1)
    return number(int(value * scale) / scale)


def time(minutes: float) -> str:
    """Minutes in the largest unit that keeps them whole: ``40 min``, ``60 min``, ``2 h``, ``4 d``."""
    if minutes and minutes % DAY == 0:
        return f"{number(minutes / DAY)} d"
    if minutes and minutes % HOUR == 0 and minutes != HOUR:
        return f"{number(minutes / HOUR)} h"
    return f"{number(minutes)} min"


def times(minutes: Sequence[float]) -> str:
    """Several times in one unit: ``0, 2, 4 d``."""
    for name, factor in (("d", DAY), ("h", HOUR)):
        if any(minutes) and all(t % factor == 0 for t in minutes):
            return ", ".join(number(t / factor) for t in minutes) + f" {name}"
    return ", ".join(number(t) for t in minutes) + " min"
