"""The rhythm stage: whether retrosplenial layer 5 cells lose their rest under drug and turn slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load
from ketworks.rhythm import cell, mode

INPUTS = ("receptor.block_pyramidal", "receptor.hcn1_block")
PRESENT, GROWTH, FREQUENCY = "rhythm.posteromedial", "rhythm.posteromedial_growth", "rhythm.posteromedial_frequency"


def _table() -> Mapping[str, Parameter]:
    return load(str(Path(__file__).parent))


_EQUATIONS = (cell.cell, cell.outward, cell.change, cell.resting_voltage, mode.leading_mode)


@dataclass(frozen=True)
class RetrosplenialPacemaker(Stage):
    """A mean layer 5 cell near the point where it loses its rest; NMDA block carries it over, HCN1 paces it."""

    name: ClassVar[str] = "rhythm"
    variant: ClassVar[str] = "retrosplenial-pacemaker"
    meaning: ClassVar[str] = "slow rhythm of retrosplenial layer 5 cells from NMDA block, paced by HCN1"
    has_hcn1: ClassVar[bool] = True
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "1") for name in INPUTS)
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(PRESENT, "1", "posteromedial rhythm", "#8c2d5c"),
            "1 while the cells cannot rest and turn slowly, else 0; the dose at which it starts and ends is assumed.",
            kind="sign",
            baseline=0.0,
        ),
        Signal(
            *(GROWTH, "1/s", "growth of the posteromedial rhythm", "#a8567f"),
            "How fast the leading motion about the rest grows (above 0) or dies; only its direction is supported.",
            kind="sign",
        ),
        Signal(
            *(FREQUENCY, "Hz", "frequency of the posteromedial rhythm", "#c48aa8"),
            "Frequency at which the leading motion turns, whether it grows or dies; 0 where it does not turn.",
            kind="sign",
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        (PRESENT, GROWTH, FREQUENCY), (*INPUTS, *_table())
    )
    equations = dict.fromkeys((PRESENT, GROWTH, FREQUENCY), _EQUATIONS)

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the rhythm folder."""
        return _table()

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The leading motion of the cell under block.

        Args:
            around: parameters.
            inputs: NMDA block of pyramidal cells and HCN1 block, shares, shape (people, times).

        Returns:
            The declared outputs, shape (people, times). They follow block at once and exactly.
        """
        found = under_block(around.p, inputs[INPUTS[0]], inputs[INPUTS[1]], self.has_hcn1)
        present = jnp.where((found.growth > 0.0) & (found.frequency > 0.0), 1.0, 0.0)
        return {PRESENT: present, GROWTH: found.growth, FREQUENCY: found.frequency}


@dataclass(frozen=True)
class WithoutHcn1(RetrosplenialPacemaker):
    """The same cell without HCN1 channels, otherwise unchanged, as after a local loss of them."""

    variant: ClassVar[str] = "retrosplenial-without-hcn1"
    meaning: ClassVar[str] = "the same cells without HCN1 channels: no rhythm"
    has_hcn1: ClassVar[bool] = False


def under_block(p: Mapping[str, Array], block: Array, hcn1_block: Array, has_hcn1: bool = True) -> mode.Mode:
    """Leading motion of the cell under NMDA and HCN1 block (shares, one shape); without HCN1 its block is whole."""
    return mode.leading_mode(cell.cell(p), block, hcn1_block if has_hcn1 else jnp.ones_like(hcn1_block))
