"""Ctrl-C: answered at once where Python runs, at the next step where a library swallowed it; always exit 130."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_REQUESTED: list[int] = []


def arm() -> None:
    """From now on an interrupt is remembered as well as raised."""
    signal.signal(signal.SIGINT, _remember)
    sys.unraisablehook = _without_interrupt


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


def _without_interrupt(unraisable: UnraisableHookArgs) -> None:
    """Says nothing of an interrupt that a callback cannot pass on: it is remembered and answered at the next step."""
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
