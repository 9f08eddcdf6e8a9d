"""A wrong model on purpose: factors on typical values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ketworks.errors import WrongUse


def check_factor(name: str, factor: float) -> float:
    """The factor, if it is finite and above 0."""
    if not (np.isfinite(factor) and factor > 0):
        raise WrongUse(f"scale {name}={factor!r}", "a number above 0", paste=f"--scale {name}=1.5")
    return factor


def scaled_name(name: str, factors: Mapping[str, float]) -> str:
    """The model's name with what was scaled."""
    words = ", ".join(f"{key} x {factor:g}" for key, factor in factors.items())
    return f"{name} ({words})" if words else name
