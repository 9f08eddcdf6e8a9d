"""One measure at each time beside its drug-free value, with the error of the difference and what direction that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ketworks.eeg.spectra import Floats
from ketworks.peaks import FLAT

APART = 20.0  # min between two times beyond which a straight line between them tells no half-time
CLEAR = 2.0  # standard errors of a difference beyond which it has a direction


class Measured(NamedTuple):
    """One measure over the recording.

    Attributes:
        name, label, unit: of the measure.
        values: drug-free, then at each time, (1 + times,).
        error: standard error of the difference from the drug-free value, (1 + times,); nan where unknown.
    """

    name: str
    label: str
    unit: str
    values: Floats
    error: Floats

    @property
    def change(self) -> Floats:
        """Difference from the drug-free value at each time, (times,)."""
        return np.asarray(self.values[1:] - self.values[0])

    @property
    def noise_floor(self) -> Floats:
        """Smallest change that could be told from noise at each time, (times,): two standard errors."""
        return np.asarray(CLEAR * self.error[1:])

    @property
    def directions(self) -> list[str]:
        """``up`` or ``down`` beyond two standard errors, ``flat`` below what counts as a change, else ``unclear``."""
        size = 1.0 if self.unit == "dB" else abs(float(self.values[0]))  # the reference of decibels is arbitrary
        least = FLAT * max(1.0, size)
        return [_direction(float(d), float(e), least) for d, e in zip(self.change, self.noise_floor, strict=True)]

    def half_gone(self, at: Floats, end: float) -> float | None:
        """Minutes after the last dose ends until half of the change there is gone.

        Equation:  the first t at which abs(change(end + t)) <= abs(change(end)) / 2, straight between times

        Args:
            at: min, (times,), rising; end: min.

        Returns:
            None without a clear change at that very time, when half remains at the last time, or when the times around
            the half are more than 20 min apart.

        Source: definition.  Leaves out: a change that comes back.
        """
        place = int(np.searchsorted(at, end))
        if place == len(at) or at[place] != end or self.directions[place] not in ("up", "down"):
            return None
        left = self.change[place:] / self.change[place]
        below = np.flatnonzero(left <= 0.5)
        if not below.size:
            return None
        k = int(below[0])
        if at[place + k] - at[place + k - 1] > APART:
            return None
        share = (left[k - 1] - 0.5) / (left[k - 1] - left[k])
        return float(at[place + k - 1] + share * (at[place + k] - at[place + k - 1]) - end)


def _direction(change: float, floor: float, least: float) -> str:
    if abs(change) <= least:
        return "flat"
    if not abs(change) > floor:  # also where the error is unknown
        return "unclear"
    return "up" if change > 0.0 else "down"
