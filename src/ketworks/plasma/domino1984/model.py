"""The constants of Domino as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.mammillary import Constants, MammillaryPlasma, by_rates, carried, lay_out, racemate
from ketworks.plasma.tables import rows_of


@dataclass(frozen=True)
class Domino1984(MammillaryPlasma):
    """Domino's three compartments as pump software keeps them."""

    variant: ClassVar[str] = "domino1984"
    meaning: ClassVar[str] = "racemate, three compartments of pump software; iv"
    folders: ClassVar[tuple[str, ...]] = ("domino1984",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("domino1984")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(rests_on, (by_rates, lay_out))

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Everything in proportion to weight, as in the software; no variability between people was read."""
        return Constants(by_rates(p, "domino1984.", person["weight"]))
