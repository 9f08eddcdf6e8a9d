"""The constants of Clements and Nimmo 1981 as a plasma stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jax import Array

from ketworks.engine.signal import Signal
from ketworks.plasma.mammillary import Constants, MammillaryPlasma, by_rates, carried, lay_out, racemate
from ketworks.plasma.tables import rows_of


@dataclass(frozen=True)
class Clements1981(MammillaryPlasma):
    """The two compartments of Clements and Nimmo 1981 as pump software keeps them."""

    variant: ClassVar[str] = "clements1981"
    meaning: ClassVar[str] = "racemate, two compartments of pump software from 250 ug/kg; iv"
    folders: ClassVar[tuple[str, ...]] = ("clements1981",)
    outputs: ClassVar[tuple[Signal, ...]] = racemate("venous")
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = carried(outputs, tuple(rows_of("clements1981")))
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = dict.fromkeys(rests_on, (by_rates, lay_out))

    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """Everything in proportion to weight, as in the software; no variability between people was read."""
        return Constants(by_rates(p, "clements1981.", person["weight"]))
