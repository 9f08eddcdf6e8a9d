"""Numbers from the grammar's tokens, each a finite number above 0 or an error that says what would be accepted."""

from __future__ import annotations

import math
from decimal import Decimal

from ketworks.dose.limits import parameters
from ketworks.dose.syntax import Place
from ketworks.dose.wording import number
from ketworks.dose.written import Written

_ABOVE_ZERO = "a finite number above 0"


def decimal(written: Written, place: Place, zero: bool = False, expected: str = _ABOVE_ZERO) -> Decimal:
    """The number at a place.

    Raises:
        WrongUse: too large or too small for a float, or zero where that makes no sense; ``expected`` says what would
            be accepted. No other number is suggested: which one was meant cannot be known.
    """
    text = written.text[place[0] : place[1]]
    value = float(text)
    if value == 0 and zero:
        return Decimal(0)
    if value == 0 or not math.isfinite(value):
        raise written.wrong(*place, f"the number {text}", expected)
    return Decimal(text)


def count(written: Written, place: Place) -> int:
    """The number of doses at a place."""
    most = number(parameters()["dose.most_events"].value)
    return whole(written, place, f"a whole number from 1 to {most}, as in `daily x 6`")


def whole(written: Written, place: Place, expected: str = "a whole number of 1 or more") -> int:
    """The whole number of 1 or more at a place."""
    value = decimal(written, place, expected=expected)
    if value != value.to_integral_value():
        raise written.wrong(*place, f"the number {written.text[place[0] : place[1]]}", expected)
    return int(value)
