"""Windows and lengths of time at the edges: ``"0 to 24 h"``, ``"10, 30, 60 min"``."""

from __future__ import annotations

import re

from ketworks.errors import WrongUse
from ketworks.exposure.interval import Span
from ketworks.quantity import to_number
from ketworks.time_points import LATEST

_WINDOW = re.compile(r"\s*(\S+?)\s*([A-Za-z]+)?\s+to\s+(\S+?)\s*([A-Za-z]+)\s*")


def window_of(text: str | None, what: str = "window") -> Span | None:
    """A window such as ``"0 to 24 h"`` in min; None for none.

    Raises:
        WrongUse: it does not parse, has no unit, or ends before it starts.
    """
    if text is None or text == "":
        return None
    match = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise WrongUse(f"{what} {text!r}", "from, to and a unit", paste=f"{what} '0 to 24 h'")
    first, first_unit, last, unit = match.groups()
    span = Span(
        to_number(f"{first} {first_unit or unit}", "min", what, 0.0, LATEST),
        to_number(f"{last} {unit}", "min", what, 0.0, LATEST),
    )
    if span.stop <= span.start:
        raise WrongUse(f"{what} {text!r}", "an end later than its start", paste=f"{what} '0 to 24 h'")
    return span
