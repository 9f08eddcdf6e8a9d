"""Block of resting NMDA currents on pyramidal cells: eEF2 kinase falls silent and synapses translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from jax import Array

from ketworks.engine.signal import Need
from ketworks.plasticity.rivals.rival import Rival, links, stated

_BLOCK = "receptor.block_pyramidal"
_PREFIX = "direct_block."
_STEPS = ("eef2", "trkb", "protein", "ampa")


def released_translation(block: Array, half: Array) -> Array:
    """Share of the largest drive at a given block of the pyramidal cells' NMDA current.

    Equation:  s = K / (K + K50)
    Symbols:   s drive - 1;  K share of NMDA current lost at rest - 1;  K50 block at half of the largest drive - 1
    Source:    the form is an assumption; that resting block silences eEF2 kinase and releases translation of BDNF was
               found in mice (Autry 2011, abstract, row MECH-001)
    Leaves out: the difference between currents of spontaneous release and of ambient glutamate; age (absent in
               juveniles, row P033).
    """
    return block / (block + half)


@dataclass(frozen=True)
class DirectBlock(Rival):
    """Resting NMDA currents of pyramidal cells hold translation down; block releases it."""

    variant: ClassVar[str] = "direct-block"
    meaning: ClassVar[str] = "block of resting NMDA currents on pyramidal cells releases translation through eEF2"
    needs: ClassVar[tuple[Need, ...]] = (Need(_BLOCK, "1"),)
    prefix: ClassVar[str] = _PREFIX
    steps: ClassVar[tuple[str, ...]] = _STEPS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = links((_BLOCK,), _PREFIX, _STEPS)
    equations = stated(released_translation)

    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive from block, shape (people, times)."""
        return released_translation(inputs[_BLOCK], p["direct_block.half_block"])
