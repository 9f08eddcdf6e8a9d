"""Times at which values are wanted: ``"0,20,40,80 min"``, ``"0 to 28 d by 1 d"``, or a list of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.quantity import COMMON, to_number

LATEST = 2.0 * 365.0 * 1440.0  # min
MOST = 20_000
_RANGE = re.compile(r"\s*(\S+(?:\s*[A-Za-z]+)?)\s+to\s+(\S+(?:\s*[A-Za-z]+)?)\s+by\s+(\S+(?:\s*[A-Za-z]+)?)\s*")
_EXAMPLE = "'0,20,40,80 min' or '0 to 24 h by 5 min'"


def time_points(text: str | Iterable[str]) -> NDArray[np.float64]:
    """Times in minutes since the first dose, sorted, without repeats.

    Args:
        text: a comma-separated list whose last item carries the unit for all that lack one, a range with a step, or
            a list of texts each with its unit.

    Raises:
        WrongUse: an item does not parse, lies before the first dose or later than two years, or there are too many.
    """
    if not isinstance(text, Iterable):
        raise WrongUse(f"times {text!r}", f"text such as {_EXAMPLE}")
    items = _split(text) if isinstance(text, str) else [_one(item) for item in text]
    times = np.unique(np.asarray(items, dtype=np.float64))
    if not 1 <= len(times) <= MOST:
        raise WrongUse(f"{len(times)} times", f"1 to {MOST} times", paste=f"--times {_EXAMPLE}")
    return times


def _split(text: str) -> list[float]:
    span = _RANGE.fullmatch(text)
    if span:
        stop_unit = _unit_of(span[2])
        start = _one(span[1] if _unit_of(span[1]) else f"{span[1]} {stop_unit}")
        stop, step = _one(span[2]), _one(span[3])
        if step <= 0.0 or stop < start:
            raise WrongUse(f"times {text!r}", "a later end and a step above zero", paste=f"--times {_EXAMPLE}")
        if (stop - start) / step > MOST:
            raise WrongUse(f"times {text!r}: {(stop - start) / step:.0f} times", f"at most {MOST} times")
        return [float(start + k * step) for k in range(int((stop - start) / step * (1.0 + 1e-12)) + 1)]
    parts = [part.strip() for part in text.split(",")]
    unit = _unit_of(parts[-1])
    if not unit:
        raise WrongUse(f"times {text!r} have no unit", f"a unit at the end: {_EXAMPLE}", f"'{text} min'")
    return [_one(part if _unit_of(part) else f"{part} {unit}") for part in parts]


def _one(item: str) -> float:
    return to_number(item, "min", "time", 0.0, LATEST)


def _unit_of(item: str) -> str:
    match = re.search(r"[A-Za-z]+$", item.strip())
    return match[0] if match and (match[0] in COMMON["min"] or not item.strip()[0].isalpha()) else ""
