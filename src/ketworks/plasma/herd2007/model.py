"""Herd and Anderson 2007 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.mammillary import (
    Body,
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


def disposition(p: Mapping[str, Array], weight: Array, eta: Mapping[str, Array]) -> Body:
    """Two compartments of a child of this weight.

    value = typical * (weight / 70 kg)^power * exp(sqrt(ln(1 + CV^2)) * eta)

    Symbols: weight - kg; eta - standard-normal draw; CV - between-person coefficient of variation
    Source:  Herd 2007 abstract
    Leaves out: correlations between the four (not read); anything beyond 152 min, the last sample.
    """
    spread = {name: jnp.sqrt(log_variance(p[f"herd2007.cv.{name}"])) * eta[f"plasma.{name}"] for name in VARIES}
    return by_flows(p, "herd2007.", weighted(p, "herd2007", weight), spread)


@dataclass(frozen=True)
class Herd2007(MammillaryPlasma):
    """Children in an emergency department, two compartments."""

    variant: ClassVar[str] = "herd2007"
    meaning: ClassVar[str] = "racemate in children of 1 to 14 y, two compartments, sampled to 152 min; iv"
    folders: ClassVar[tuple[str, ...]] = ("herd2007",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.{name}" for name in VARIES)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("herd2007")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (disposition, allometric, by_flows, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """The disposition of each child."""
        return Constants(disposition(p, person["weight"], eta))
