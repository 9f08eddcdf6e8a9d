"""What a predictive check works on: observations of people, and the model's replicates of exactly these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Observed:
    """Observations, one entry each, in the order of the table.

    Attributes:
        person: number of the person, 0 on.
        ids: the people's IDs as text, by number.
        time: in the table's unit.
        after_dose: time since the latest dose; since time 0 before the first.
        value: the measured number (DV); the limit where below it.
        output: name of what was measured.
        columns: further columns by name, as text, for strata.
        limit: lowest value that can be quantified, 0 when there is none.
        below: whether the value lies below the limit.
    """

    person: Ints
    ids: tuple[str, ...]
    time: Floats
    after_dose: Floats
    value: Floats
    output: NDArray[np.str_]
    columns: Mapping[str, NDArray[np.str_]]
    limit: float
    below: NDArray[np.bool_]

    def __len__(self) -> int:
        """Number of observations."""
        return len(self.value)

    def censored(self, limit: float) -> Observed:
        """The same with a limit of quantification: what lies below becomes the limit."""
        if not np.isfinite(limit) or limit < 0:
            raise WrongUse(f"limit of quantification {limit!r}", "a number of 0 or more, in the unit of DV")
        below = self.below | (self.value < limit)
        return replace(self, value=np.where(below, limit, self.value), limit=limit, below=below)


@dataclass(frozen=True)
class Replicates:
    """Simulated data sets of the same people, doses and times.

    Attributes:
        values: with residual error, shape (replicates, observations).
        typical: prediction for the typical person with the same covariates, without error, shape (observations,).
        seed: what they were drawn with.
        unit: of the values.
        time_unit: of the observations' times.
        model: name of the model.
    """

    values: Floats
    typical: Floats
    seed: int
    unit: str
    time_unit: str
    model: str

    def censored(self, limit: float) -> Floats:
        """The values as an assay with this limit would give them."""
        return np.maximum(self.values, limit) if limit else self.values
