"""Exposure: what pharmacokineticists ask of a curve of levels, simulated or measured. See ``docs/exposure.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ketworks.exposure.context_half_time import context_sensitive_half_time
    from ketworks.exposure.measured_curve import nca
    from ketworks.exposure.settings import Settings
    from ketworks.exposure.simulated import exposure_of

_HOME = {
    "context_sensitive_half_time": "context_half_time",
    "exposure_of": "simulated",
    "nca": "measured_curve",
    "Settings": "settings",
}
__all__ = ["Settings", "context_sensitive_half_time", "exposure_of", "nca"]


def __getattr__(name: str) -> Any:
    """Functions are imported when they are first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
