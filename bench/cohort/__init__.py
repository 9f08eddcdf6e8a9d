"""The slow chain of 1,000 people over 28 days: the engine beside a hand-written kernel and the installable solvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from measure import Row


def rows() -> list[Row]:
    """Everybody's errors, then times."""
    from cohort.compare import rows as compared  # only here: the peers import this package without JAX and ketworks

    return compared()
