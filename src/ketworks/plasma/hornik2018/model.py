"""Hornik 2018 as a plasma stage."""

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
    absorption,
    allometric,
    by_flows,
    carried,
    lay_out,
    racemate,
    weighted,
)
from ketworks.plasma.tables import rows_of

_UPTAKE = ("hornik2018.im_share", "hornik2018.im_half_time")


@dataclass(frozen=True)
class Hornik2018(MammillaryPlasma):
    """Children, intravenous and intramuscular, two compartments."""

    variant: ClassVar[str] = "hornik2018"
    meaning: ClassVar[str] = "racemate in children, two compartments; iv and im"
    folders: ClassVar[tuple[str, ...]] = ("hornik2018",)
    absorbed: ClassVar[tuple[str, ...]] = ("im",)
    absorption_rows: ClassVar[tuple[str, ...]] = _UPTAKE
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(
        outputs, tuple(key for key in rows_of("hornik2018") if key not in _UPTAKE)
    )
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (allometric, by_flows, absorption, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Typical values scaled by weight; no variability between children was read."""
        weight = person["weight"]
        parent = by_flows(p, "hornik2018.", weighted(p, "hornik2018", weight), {})
        uptake = absorption(p["hornik2018.im_share"], p["hornik2018.im_half_time"], jnp.zeros_like(weight))
        return Constants(parent, absorption=uptake)
