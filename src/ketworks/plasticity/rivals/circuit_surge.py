"""Disinhibition taken at its word: the surge of glutamate that the circuit stage makes is the drive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Need
from ketworks.plasticity.rivals.rival import Rival, links, stated

_GLUTAMATE = "circuit.glutamate"
_PREFIX = "circuit_surge."
_STEPS = ("glutamate", "ampa", "trkb", "mtor", "protein")


def surge_drive(glutamate: Array, half: Array) -> Array:
    """Share of the largest drive at a given level of extracellular glutamate.

    Equation:  s = r / (r + r50),   r = max(G - 1, 0)
    Symbols:   s drive - 1;  G glutamate over baseline - 1;  r rise above rest - 1;  r50 rise at half of the largest
               drive - 1
    Source:    the form is an assumption; that the surge starts plasticity is the hypothesis of this mechanism
    Leaves out: what a fall below rest does to synapses.
    """
    rise = jnp.maximum(glutamate - 1.0, 0.0)
    return rise / (rise + half)


@dataclass(frozen=True)
class DisinhibitionCircuit(Rival):
    """Glutamate above rest drives the chain: no surge, no plasticity, so too high a dose does less."""

    variant: ClassVar[str] = "disinhibition-circuit"
    meaning: ClassVar[str] = "the circuit's glutamate surge starts the chain, which needs mTOR as in the rat"
    needs: ClassVar[tuple[Need, ...]] = (Need(_GLUTAMATE, "1"),)
    prefix: ClassVar[str] = _PREFIX
    steps: ClassVar[tuple[str, ...]] = _STEPS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = links((_GLUTAMATE,), _PREFIX, _STEPS)
    equations = stated(surge_drive)

    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive from glutamate over baseline, shape (people, times)."""
        return surge_drive(inputs[_GLUTAMATE], p["circuit_surge.half_rise"])
