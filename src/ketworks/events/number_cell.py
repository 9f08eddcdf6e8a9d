"""Cells that should hold a number: what is accepted, and for everything else what it looks like and how to write it."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?(?:\s*[aApP][mM])?", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2,4}.*", re.ASCII
)
_WITH_UNIT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*[A-Za-z%/]+", re.ASCII)
_NOT_FINITE = {"nan", "na", "n/a", "inf", "-inf", "+inf", "infinity", "null", "none", "#n/a", "#value!"}
MISSING = ("", ".")
EXPECTED = "a finite number with a decimal point; `.` or nothing for none"
TIMES_ARE_NUMBERS = "times as numbers counted from the person's first record, all in one unit (hours, for example)"


class NumberCells(dict[str, float]):
    """Texts of cells with their numbers, each text read once: NaN for a missing one, infinity for what is no number."""

    def __missing__(self, cell: str) -> float:
        """Reads a text that is met for the first time."""
        text = cell.strip()
        if text in MISSING:
            value = math.nan
        elif _NUMBER.fullmatch(text):
            value = float(text)
        else:
            value = math.inf
        if len(self) < 1_000_000:  # a million different texts fill some hundred MB
            self[cell] = value
        return value


def remedy(text: str) -> tuple[str, str]:
    """What to write instead of a cell that is no number: what is expected, and the nearest valid text, if any."""
    text = text.strip()
    if _DECIMAL_COMMA.fullmatch(text):
        return EXPECTED, text.replace(",", ".")
    if clock := _CLOCK.fullmatch(text):
        hours = int(clock[1]) + int(clock[2]) / 60
        return f"{TIMES_ARE_NUMBERS}, not clock times", f"{hours:g} hours after midnight, less the first time"
    if _DATE.fullmatch(text):
        return f"{TIMES_ARE_NUMBERS}, not dates", ""
    if unit := _WITH_UNIT.fullmatch(text):
        return f"{EXPECTED}; no unit in the cell", unit[1]
    if text.lower() in _NOT_FINITE:
        return EXPECTED, "."
    return EXPECTED, ""
