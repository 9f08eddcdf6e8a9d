"""What a measurement shows beside the person's own level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ResidualError:
    """Standard deviations of the error of measurement.

    Attributes:
        proportional: relative to the level.
        additive: in the unit of the values.
        log: on the log scale; excludes the other two.
    """

    proportional: float = 0.0
    additive: float = 0.0
    log: float = 0.0

    def measured(self, level: Floats, draws: Floats) -> Floats:
        """Levels with error.

        y = level (1 + p e1) + a e2    or    y = level exp(s e1)

        Symbols:
            p   proportional standard deviation - 1
            a   additive standard deviation - unit of the values
            s   standard deviation on the log scale - 1
            e1, e2   standard-normal draws - 1

        Source: definition.
        Leaves out: correlation between samples of one person.

        Args:
            level: shape (replicates, observations).
            draws: standard-normal, shape (replicates, observations, 2).
        """
        if self.log:
            return np.asarray(level * np.exp(self.log * draws[..., 0]))
        return np.asarray(level * (1.0 + self.proportional * draws[..., 0]) + self.additive * draws[..., 1])
