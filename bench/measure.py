"""One measured thing, how to time it, and how to print many of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    """A measurement beside what it is compared with; ``ratio`` = value / base.

    ``target`` is the largest value wanted, in ``unit``; None where only the ratio is of interest.
    """

    name: str
    value: float
    unit: str
    base_name: str
    base: float
    target: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.base

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return f"{'within' if self.value <= self.target else 'ABOVE'} {self.target:g} {self.unit}"


def best_of(count: int, work: Callable[[], object]) -> float:
    """Shortest of ``count`` wall-clock times, s: the least disturbed by whatever else the machine does."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def table(rows: list[Row]) -> str:
    cells = [("what", "measured", "ratio", "to", "target")] + [
        (
            row.name,
            f"{row.value:.3g} {row.unit}",
            f"{row.ratio:.3g}",
            f"{row.base_name} ({row.base:.3g} {row.unit})",
            row.verdict,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
