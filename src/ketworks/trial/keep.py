"""Long parts of a trial by name, so that a caller may keep each on disk and take it from there the next time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Keep = Callable[[str, Callable[[], Arrays]], Arrays]
"""Given a part's name and how it is made, returns the part; within one trial a name stands for one part."""


def at_once(_: str, make: Callable[[], Arrays]) -> Arrays:
    """Makes the part and keeps nothing."""
    return make()
