"""NMDA drive that counts only while ketamine itself holds mu-opioid receptors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need
from ketworks.evidence.parameters import load
from ketworks.plasticity.drive import saturating_drive
from ketworks.plasticity.rivals.rival import FOLDER, Rival, links, stated

_ACTIVE = "receptor.active_ketamine"
_LOW, _HIGH = "receptor.occupancy.mu_opioid_low", "receptor.occupancy.mu_opioid_high"
_BLOCK_ROWS = ("synaptic_drive.half_level", "synaptic_drive.steepness")  # the default's, so that a refit reaches here
_NEEDED = (_ACTIVE, _LOW, _HIGH, *_BLOCK_ROWS)
_PREFIX = "opioid_gated."
_STEPS = ("opioid", "ampa", "trkb", "protein")


def middle_occupancy(low: Array, high: Array) -> Array:
    """Occupancy between the two ends of a range.

    Equation:  O = X / (1 + X),   X = sqrt(X_low X_high),   X_end = O_end / (1 - O_end)
    Symbols:   O, O_low, O_high share of mu-opioid receptors that the drug holds - 1
    Source:    algebra: the ends stand for one strength divided and multiplied by the same factor
    Leaves out: efficacy: whether ketamine does anything at the receptor it holds is not known.
    """
    product = low * high / ((1.0 - low) * (1.0 - high))
    positive = product > 0.0
    x = jnp.where(positive, jnp.sqrt(jnp.where(positive, product, 1.0)), 0.0)
    return x / (1.0 + x)


def opioid_signalling(occupancy: Array, half: Array) -> Array:
    """Share of the largest opioid signal at an occupancy.

    Equation:  M = O / (O + O50);  drive s = s_NMDA * M
    Symbols:   M - 1;  O - 1;  O50 occupancy at half of the largest signal - 1;  s_NMDA as in ``saturating_drive`` - 1
    Source:    assumed; both receptors were needed in rats (Klein 2020, abstract), whose authors read
               the opioid part as permissive: for that reading see ``--gate opioid`` of the default mechanism
    Leaves out: the body's own opioids, desensitisation.
    """
    return occupancy / (occupancy + half)


@dataclass(frozen=True)
class OpioidGated(Rival):
    """NMDA block and ketamine's own hold on mu-opioid receptors are both needed."""

    variant: ClassVar[str] = "opioid-gated"
    meaning: ClassVar[str] = "NMDA drive times opioid signalling by the mu receptors that ketamine itself holds"
    needs: ClassVar[tuple[Need, ...]] = (Need(_ACTIVE, "umol/L"), Need(_LOW, "1"), Need(_HIGH, "1"))
    prefix: ClassVar[str] = _PREFIX
    steps: ClassVar[tuple[str, ...]] = _STEPS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = links(_NEEDED, _PREFIX, _STEPS)
    equations = stated(saturating_drive, middle_occupancy, opioid_signalling)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """With the default's drive by block."""
        default = load(str(FOLDER.parent))
        return {**super().parameters(), **{key: default[key] for key in _BLOCK_ROWS}}

    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive from the drug's level and from occupancy, shape (people, times)."""
        by_block = saturating_drive(inputs[_ACTIVE], *(p[key] for key in _BLOCK_ROWS))
        occupied = middle_occupancy(inputs[_LOW], inputs[_HIGH])
        return by_block * opioid_signalling(occupied, p["opioid_gated.half_occupancy"])
