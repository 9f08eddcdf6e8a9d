"""(2R,6R)-hydroxynorketamine raises AMPA throughput; NMDA block plays no part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.signal import Need
from ketworks.plasticity.rivals.rival import Rival, links, stated

_HYDROXY = "plasma.hydroxynorketamine.arterial"
_R_NOR, _S_NOR = "plasma.r_norketamine.arterial", "plasma.s_norketamine.arterial"
_NEEDED = (_HYDROXY, _R_NOR, _S_NOR)
_PREFIX = "hnk_ampa."
_STEPS = ("ampa", "trkb", "protein")


def r_hydroxynorketamine(total: Array, r_norketamine: Array, s_norketamine: Array) -> Array:
    """The (2R,6R) part of hydroxynorketamine.

    Equation:  H_R = H * R / (R + S)
    Symbols:   H_R, H (2R,6R)- and total hydroxynorketamine - umol/L;  R, S R- and S-norketamine - umol/L
    Source:    assumed: the plasma models make the total only, and each form comes from its own norketamine
    Leaves out: that R forms more (46 against 14 times ketamine after swallowing, model of others, [PHY-013, PHY-014]);
               other hydroxynorketamines in the total; passage into the brain.
    """
    both = r_norketamine + s_norketamine
    return jnp.where(both > 0.0, total * r_norketamine / jnp.where(both > 0.0, both, 1.0), 0.0)


def metabolite_drive(level: Array, half: Array) -> Array:
    """Share of the largest drive at a given level of the metabolite.

    Equation:  s = H_R / (H_R + H50)
    Symbols:   s drive - 1;  H_R - umol/L;  H50 level at half of the largest drive - umol/L
    Source:    the form is an assumption; human neurons in a dish answer below 1 umol/L [P073]
    Leaves out: the target, which nobody has found; a bell-shaped answer.
    """
    return level / (level + half)


@dataclass(frozen=True)
class HnkAmpa(Rival):
    """A metabolite of R-ketamine does it all. Contested: no effect in the rat [P047], so never chosen by itself."""

    variant: ClassVar[str] = "hnk-ampa"
    meaning: ClassVar[str] = "(2R,6R)-hydroxynorketamine raises AMPA throughput; contested"
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "umol/L") for name in _NEEDED)
    prefix: ClassVar[str] = _PREFIX
    steps: ClassVar[tuple[str, ...]] = _STEPS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = links(_NEEDED, _PREFIX, _STEPS)
    equations = stated(r_hydroxynorketamine, metabolite_drive)

    def ungated(self, p: Mapping[str, Array], times: Array, inputs: Mapping[str, Array]) -> Array:
        """Drive from plasma levels, umol/L, shape (people, times)."""
        level = r_hydroxynorketamine(*(inputs[name] for name in _NEEDED))
        return metabolite_drive(level, p["hnk_ampa.half_level"])
