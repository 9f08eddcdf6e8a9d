"""The dose: a sentence, a TOML table or an event table, read into a regimen of molar events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ketworks.dose.amount import enantiomer_amounts
from ketworks.dose.regimen import DoseEvent, Regimen
from ketworks.dose.sentence import parse

if TYPE_CHECKING:
    from ketworks.dose.event_table import from_event_table, read_event_table
    from ketworks.dose.toml import from_toml, read_toml

_LAZY = {
    "from_event_table": "event_table",
    "read_event_table": "event_table",
    "from_toml": "toml",
    "read_toml": "toml",
}

__all__ = [
    "DoseEvent",
    "Regimen",
    "enantiomer_amounts",
    "from_event_table",
    "from_toml",
    "parse",
    "read_event_table",
    "read_toml",
]


def __getattr__(name: str) -> Any:
    """Readers of files are imported when they are used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
