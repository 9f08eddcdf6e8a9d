"""What the command line says when a test types it; the fixture ``ketworks`` is in conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Said(NamedTuple):
    """Exit code, data and words of one command."""

    code: int
    out: str
    err: str


Ketworks = Callable[..., Said]
