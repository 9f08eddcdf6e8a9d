"""Which doses belong to one occasion, so that what varies from occasion to occasion is drawn once for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def occasions_of(doses: Sequence[tuple[float, float]], slots: int) -> NDArray[np.int64]:
    """The occasion of each dose: a dose that begins before all earlier ones have ended, or as they end, is of theirs.

    A bolus with the infusion that follows it, or an infusion in steps, is one occasion; doses with a pause between them
    are occasions of their own. A later dose never changes the number of an earlier one.

    Args:
        doses: start and end of each dose, min, by start.
        slots: how many numbers are wanted; the places after the last dose continue the count.

    Returns:
        Whole numbers from 0, shape (slots,).
    """
    found: list[int] = []
    latest, occasion = -np.inf, -1
    for start, end in doses:
        if start > latest:
            occasion += 1
        latest = max(latest, end)
        found.append(occasion)
    return np.array([*found, *range(occasion + 1, occasion + 1 + slots - len(found))], dtype=np.int64)
