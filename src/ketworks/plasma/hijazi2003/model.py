"""Hijazi 2003 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.mammillary import (
    Constants,
    MammillaryPlasma,
    by_rates,
    carried,
    lay_out,
    log_variance,
    racemate,
)
from ketworks.plasma.tables import rows_of


@dataclass(frozen=True)
class Hijazi2003(MammillaryPlasma):
    """Intensive-care patients with brain or spinal-cord injury, two compartments as pump software keeps them."""

    variant: ClassVar[str] = "hijazi2003"
    meaning: ClassVar[str] = "racemate in intensive care, two compartments of pump software; iv"
    folders: ClassVar[tuple[str, ...]] = ("hijazi2003",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    random_effects: ClassVar[tuple[str, ...]] = ("plasma.clearance",)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("hijazi2003")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (log_variance, by_rates, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Everything in proportion to weight, as in the software; only the spread of clearance was read."""
        deviation = jnp.sqrt(log_variance(p["hijazi2003.cv.clearance"])) * eta["plasma.clearance"]
        return Constants(by_rates(p, "hijazi2003.", person["weight"], deviation))
