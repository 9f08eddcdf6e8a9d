"""What an analysis gives, and the library behind the analyses."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any, NamedTuple


class Estimate(NamedTuple):
    """One contrast: ``value`` with its 95 % interval and p; None where not estimable, and ``note`` says why."""

    analysis: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    n: int
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


def estimate(
    analysis: str, quantity: str, numbers: tuple[float, float, float, float], n: int, note: str = ""
) -> Estimate:
    """An estimate of (value, low, high, p); what is not finite is taken as not estimable."""
    if not all(math.isfinite(one) for one in numbers):
        return cannot(analysis, quantity, n, note or "cannot be estimated from these data")
    return Estimate(analysis, quantity, *numbers, n, note)


def cannot(analysis: str, quantity: str, n: int, why: str) -> Estimate:
    """An analysis that these data do not allow."""
    return Estimate(analysis, quantity, None, None, None, None, n, why)


def library(module: str = "statsmodels.api") -> Any:
    """A module of statsmodels, whose import is slow and waits until an analysis needs it."""
    return import_module(module)
