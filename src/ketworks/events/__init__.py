"""NONMEM event tables: read, told in sentences, solved exactly for linear models, written back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ketworks.events.linear_model import LinearModel
    from ketworks.events.reading import Choices, read
    from ketworks.events.solution import amounts, predict
    from ketworks.events.table import EventTable
    from ketworks.events.words import explain
    from ketworks.events.writing import csv_text

_HOME = {
    "Choices": "reading",
    "EventTable": "table",
    "LinearModel": "linear_model",
    "amounts": "solution",
    "csv_text": "writing",
    "explain": "words",
    "predict": "solution",
    "read": "reading",
}

__all__ = ["Choices", "EventTable", "LinearModel", "amounts", "csv_text", "explain", "predict", "read"]


def __getattr__(name: str) -> object:
    """Parts are imported when they are used."""
    if name in _HOME:
        return getattr(import_module(f"ketworks.events.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
