"""Brunette 2011 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.herd2007.model import VARIES, disposition
from ketworks.plasma.mammillary import (
    Body,
    Constants,
    MammillaryPlasma,
    absorption,
    allometric,
    by_flows,
    carried,
    lay_out,
    log_variance,
    racemate,
)
from ketworks.plasma.tables import rows_of


@dataclass(frozen=True)
class Brunette2011(MammillaryPlasma):
    """Oral ketamine in children with burns; what it does after it arrived is that of Herd 2007."""

    routes: tuple[str, ...] = ("oral",)

    variant: ClassVar[str] = "brunette2011"
    meaning: ClassVar[str] = "racemate in children with burns, oral uptake on the disposition of Herd 2007"
    folders: ClassVar[tuple[str, ...]] = ("herd2007", "brunette2011")
    absorbed: ClassVar[tuple[str, ...]] = ("oral",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    random_effects: ClassVar[tuple[str, ...]] = (*(f"plasma.{name}" for name in VARIES), "plasma.oral_rate")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("herd2007", "brunette2011")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (absorption, disposition, allometric, by_flows, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Herd's disposition times an assumed ratio of 1, and the oral uptake that was read."""
        herd = disposition(p, person["weight"], eta)
        ratio = p["brunette2011.disposition_over_herd"]
        parent = Body(
            tuple(volume * ratio for volume in herd.volumes),
            tuple(flow * ratio for flow in herd.flows),
            herd.clearance * ratio,
        )
        slower = -jnp.sqrt(log_variance(p["brunette2011.cv.oral_half_time"])) * eta["plasma.oral_rate"]
        uptake = absorption(p["brunette2011.oral_share"], p["brunette2011.oral_half_time"], slower)
        return Constants(parent, absorption=uptake)
