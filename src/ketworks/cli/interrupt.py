"""Ctrl-C: answered at once where Python runs, at the next step where a library swallowed it; always exit 130."""

from __future__ import annotations

import signal
from types import FrameType

_REQUESTED: list[int] = []


def arm() -> None:
    """From now on an interrupt is remembered as well as raised."""
    signal.signal(signal.SIGINT, _remember)


def requested() -> bool:
    """Whether the user has asked to stop."""
    return bool(_REQUESTED)


def stop_if_requested() -> None:
    """Raises the interrupt again if something swallowed it (a callback of the compiler may)."""
    if _REQUESTED:
        raise KeyboardInterrupt


def _remember(number: int, _: FrameType | None) -> None:
    _REQUESTED.append(number)
    raise KeyboardInterrupt
