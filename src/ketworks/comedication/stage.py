"""The place for other drugs beside ketamine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.comedication.alone import alone
from ketworks.comedication.signals import NEUTRAL, OUTPUTS
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load


@dataclass(frozen=True)
class Company(Stage):
    """Factors on what ketamine does; each is neutral where no other drug is taken."""

    name: ClassVar[str] = "comedication"
    variant: ClassVar[str] = "factors"
    meaning: ClassVar[str] = "factors and shifts by which other drugs change what ketamine does"
    outputs: ClassVar[tuple[Signal, ...]] = OUTPUTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(NEUTRAL, ("comedication.alone",))
    equations = dict.fromkeys(NEUTRAL, (alone,))

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the comedication folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Factors and shifts over time.

        Args:
            around: times, people and parameters.
            inputs: none.

        Returns:
            The declared outputs, shape (people, times). Closed form: no error of its own.
        """
        shape = (around.schedule.s_amount.shape[0], around.times.shape[0])
        share = around.p["comedication.alone"]
        return {name: jnp.broadcast_to(alone(share, value), shape) for name, value in NEUTRAL.items()}
