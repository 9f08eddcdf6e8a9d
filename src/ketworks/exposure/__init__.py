"""Exposure: what pharmacokineticists ask of a curve of levels, simulated or measured. See ``docs/exposure.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ketworks.exposure.context_half_time import context_sensitive_half_time
    from ketworks.exposure.level_table import Columns, exposure_of_table
    from ketworks.exposure.measured_curve import nca
    from ketworks.exposure.phases import phases_of
    from ketworks.exposure.simulated import exposure_of

_HOME = {
    "Columns": "level_table",
    "exposure_of_table": "level_table",
    "phases_of": "phases",
    "context_sensitive_half_time": "context_half_time",
    "exposure_of": "simulated",
    "nca": "measured_curve",
}
__all__ = [
    "Columns",
    "context_sensitive_half_time",
    "exposure_of",
    "exposure_of_table",
    "nca",
    "phases_of",
]


def __getattr__(name: str) -> Any:
    """Functions are imported when they are first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
