"""The brain stage: regional cerebral blood flow from arterial S-ketamine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.brain.flow_response import flow_change, flow_driving_level
from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load

_S, _R = "plasma.s_ketamine.arterial", "plasma.r_ketamine.arterial"
_REGIONS = {
    "global": ("whole brain", "#8c2d04"),
    "anterior_cingulate": ("anterior cingulate", "#cc4c02"),
    "thalamus": ("thalamus", "#7a5195"),
    "putamen": ("putamen", "#4d7358"),
    "frontal": ("frontal cortex", "#2f6690"),
    "insula": ("insula", "#b08900"),
}
_PERCENT = 100.0


def _signal(region: str) -> Signal:
    words, color = _REGIONS[region]
    return Signal(
        name=f"brain.cbf.{region}",
        unit="%",
        label=f"Blood flow change, {words}",
        color=color,
        meaning=f"Change of cerebral blood flow from its value without drug, {words}.",
        baseline=0.0,
        headline=region in ("global", "anterior_cingulate"),
    )


def _c50(region: str) -> str:
    return "regional_flow.c50" if region == "global" else "regional_flow.regional_c50"


@dataclass(frozen=True)
class RegionalFlow(Stage):
    """Cerebral blood flow of six regions as a saturating function of arterial S-ketamine."""

    name: ClassVar[str] = "brain"
    variant: ClassVar[str] = "regional-flow"
    meaning: ClassVar[str] = "regional cerebral blood flow from arterial S-ketamine, solved from PET at steady levels"
    needs: ClassVar[tuple[Need, ...]] = (Need(_S, "ng/mL"), Need(_R, "ng/mL"))
    outputs: ClassVar[tuple[Signal, ...]] = tuple(_signal(region) for region in _REGIONS)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        f"brain.cbf.{region}": (
            *(_S, _R, f"regional_flow.most_{region}", _c50(region)),
            *("regional_flow.r_weight", "regional_flow.half_life"),
        )
        for region in _REGIONS
    }
    equations = {f"brain.cbf.{region}": (flow_driving_level, lagged, flow_change) for region in _REGIONS}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the brain folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Change of flow per region.

        Args:
            around: times and parameters.
            inputs: arterial S- and R-ketamine, ng/mL, shape (people, times).

        Returns:
            ``brain.cbf.*`` in %, shape (people, times), and ``error.brain.cbf.*``, the cost of sampling the plasma.
        """
        p = around.p
        plasma = flow_driving_level(inputs[_S], inputs[_R], p["regional_flow.r_weight"])
        rate = jnp.log(2.0) / p["regional_flow.half_life"]
        site = lagged(around.times, plasma, rate)
        error = lag_error(around.times, plasma, rate)
        made: dict[str, Array] = {}
        for region in _REGIONS:
            name = f"brain.cbf.{region}"
            made[name] = _PERCENT * flow_change(site, p[f"regional_flow.most_{region}"], p[_c50(region)])
            made[f"error.{name}"] = error
        return made
