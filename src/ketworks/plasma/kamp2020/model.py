"""The arterial core of Kamp 2020 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.mammillary import (
    Constants,
    MammillaryPlasma,
    allometric,
    by_flows,
    carried,
    lay_out,
    racemate,
    weighted,
)
from ketworks.plasma.tables import rows_of


@dataclass(frozen=True)
class Kamp2020(MammillaryPlasma):
    """Kamp 2020, three compartments, arterial, without its two venous delay compartments (not read)."""

    variant: ClassVar[str] = "kamp2020"
    meaning: ClassVar[str] = "racemate, arterial core of 14 raw data sets; iv"
    folders: ClassVar[tuple[str, ...]] = ("kamp2020",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("arterial")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("kamp2020")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(
        rests_on, (allometric, by_flows, lay_out)
    )

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Typical values scaled by weight; no variability between people was read."""
        return Constants(by_flows(p, "kamp2020.", weighted(p, "kamp2020", person["weight"]), {}))
