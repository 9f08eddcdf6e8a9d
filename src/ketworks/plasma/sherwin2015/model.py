"""Sherwin 2015 as a plasma stage."""

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
    allometric,
    by_flows,
    carried,
    lay_out,
    log_variance,
    racemate,
    weighted,
)
from ketworks.plasma.tables import rows_of

VARIES = ("central_volume", "volume_2", "clearance", "flow_2")


@dataclass(frozen=True)
class Sherwin2015(MammillaryPlasma):
    """Children after an intravenous bolus, two compartments."""

    variant: ClassVar[str] = "sherwin2015"
    meaning: ClassVar[str] = "racemate in children, two compartments; iv"
    folders: ClassVar[tuple[str, ...]] = ("sherwin2015",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.{name}" for name in VARIES)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("sherwin2015")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (allometric, log_variance, by_flows, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Typical values scaled by weight, each with the same assumed spread."""
        sd = jnp.sqrt(log_variance(p["sherwin2015.cv.every"]))
        spread = {name: sd * eta[f"plasma.{name}"] for name in VARIES}
        return Constants(by_flows(p, "sherwin2015.", weighted(p, "sherwin2015", person["weight"]), spread))
