"""Prediction discrepancies of a data set under a model, with tests and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.predictive.check_data import Observed, Replicates
from ketworks.predictive.discrepancies import discrepancies
from ketworks.predictive.goodness import LEVEL, Criterion, criteria

Floats = NDArray[np.float64]
FEWEST = 3  # observations


@dataclass(frozen=True)
class NpdeResult:
    """The discrepancies and their tests.

    Attributes:
        values: one per observation.
        band: 5th, 50th and 95th percentile, over the model's own data sets, of each sorted value, shape (3, n).
        prediction: mean of the replicates, per observation.
        observed: the data.
        criteria: mean, variance, normality, global.
        decorrelated: ``npde`` rather than ``npd``.
        replicates: their number.
        seed: of the replicates.
        unit: of the data.
        time_unit: of the times.
        model: name.
    """

    values: Floats
    band: Floats
    prediction: Floats
    observed: Observed
    criteria: tuple[Criterion, ...]
    decorrelated: bool
    replicates: int
    seed: int
    unit: str
    time_unit: str
    model: str

    @property
    def name(self) -> str:
        """``npde`` or ``npd``."""
        return "npde" if self.decorrelated else "npd"

    @property
    def flagged(self) -> bool:
        """Whether discrepancies so far from standard normal would be rare if the model were true."""
        return self.criteria[-1].p < LEVEL

    def rows(self) -> list[dict[str, Any]]:
        """One row per observation, for a table."""
        data = self.observed
        return [
            {
                "id": data.ids[data.person[k]],
                "time": float(data.time[k]),
                "output": str(data.output[k]),
                "observed": float(data.value[k]),
                "prediction": float(self.prediction[k]),
                self.name: float(self.values[k]),
            }
            for k in range(len(data))
        ]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; a p-value that a test cannot give is null."""
        return {
            "check": self.name,
            "model": self.model,
            "flagged": self.flagged,
            "tests": [
                one._asdict() | {"textbook": None if np.isnan(one.textbook) else one.textbook} for one in self.criteria
            ],
            "replicates": self.replicates,
            "seed": self.seed,
            "unit": self.unit,
            "time_unit": self.time_unit,
            "observations": self.rows(),
        }


def prediction_errors(
    observed: Observed, replicates: Replicates, decorrelated: bool = True, mean_test: str = "wilcoxon"
) -> NpdeResult:
    """The discrepancies of the data, and how rare they would be under the model.

    Args:
        observed: the data.
        replicates: the model's replicates of them, 200 or more.
        decorrelated: within each person, by the Cholesky factor of the simulated covariance.
        mean_test: ``wilcoxon`` or ``t``, for the textbook p-value.

    Raises:
        WrongUse: fewer than three observations or 200 replicates.
    """
    if len(observed) < FEWEST:
        raise WrongUse(f"{len(observed)} observations", f"{FEWEST} or more: a test of normality needs them")
    found = discrepancies(observed.value, replicates.censored(observed.limit), observed.person, decorrelated)
    band = np.percentile(np.sort(found.simulated, axis=1), (5.0, 50.0, 95.0), axis=0)
    return NpdeResult(
        found.observed, band, found.prediction, observed, criteria(found, mean_test), decorrelated,
        len(replicates.values), replicates.seed, replicates.unit, replicates.time_unit, replicates.model,
    )  # fmt: skip
