"""The plasma stage for intravenous ketamine: arterial and venous levels per enantiomer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import Channel, propagate
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import pick
from ketworks.plasma import simons2022
from ketworks.plasma.arm_bridge import arm_bridge
from ketworks.plasma.signals import LEVELS, TABLE, named_levels

_CORE = tuple(
    f"simons2022.{name}" for name in ("central_volume", "volume_2", "volume_3", "clearance", "flow_2", "flow_3")
)
_SIZE = ("simons2022.weight_power_flow", "simons2022.weight_power_volume", "simons2022.reference_weight")
_MADE_N = ("simons2022.norketamine_delay", "simons2022.norketamine_volume_2", "simons2022.norketamine_clearance")
_CHAIN_N = (*_MADE_N, "simons2022.norketamine_flow_2", "simons2022.fraction_norketamine")
_CHAIN_H = tuple(key for key in TABLE if key.startswith("simons2022.hydroxynorketamine"))
_SPREAD_K = tuple(f"simons2022.variance.{name}" for name in ("central_volume", "clearance", "flow_3"))
_SPREAD_N = tuple(f"simons2022.variance.{name}" for name in ("norketamine_clearance", "norketamine_delay"))
_SPREAD_H = tuple(key for key in TABLE if key.startswith("simons2022.variance.hydroxynorketamine"))
_BRIDGE = ("bridge.mixing_flow", "bridge.arm_rate", "bridge.fill_rate_volume")

_Z95 = 1.6448536269514722  # 95th percentile of the standard normal


def _intravenous_rests_on() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    parent = (*_CORE, *_SIZE, *_SPREAD_K, "molar_mass.ketamine")
    nor = (*parent, *_CHAIN_N, *_SPREAD_N, "molar_mass.norketamine")
    for signal in LEVELS:
        _, analyte, site = signal.name.split(".")
        keys = parent if analyte.endswith("ketamine") and "nor" not in analyte else nor
        if analyte == "hydroxynorketamine":
            keys = (
                *nor,
                *_CHAIN_H,
                *_SPREAD_H,
                "simons2022.fraction_hydroxynorketamine",
                "molar_mass.hydroxynorketamine",
            )
            keys = (*keys, "enantiomer.hydroxynorketamine_exposure_ratio", "hydroxynorketamine.uncertainty")
        if not analyte.startswith("s_"):
            keys = (*keys, "enantiomer.clearance_ratio")
        found[signal.name] = (*keys, *_BRIDGE) if site == "venous" else keys
    return found


@dataclass(frozen=True)
class IntravenousPlasma(Stage):
    """Simons 2022 core run once per enantiomer, with the arm bridge; R-ketamine differs in clearance only."""

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "simons2022"
    meaning: ClassVar[str] = "three-compartment arterial core per enantiomer, metabolite chain, arm bridge; IV only"
    outputs: ClassVar[tuple[Signal, ...]] = LEVELS
    random_effects: ClassVar[tuple[str, ...]] = (
        *(f"plasma.{name}" for name in simons2022.RANDOM_EFFECTS),
        "plasma.hydroxynorketamine_scale",
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _intravenous_rests_on()
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (simons2022.individual_constants, simons2022.cascade)
        + ((arm_bridge,) if signal.name.endswith("venous") else ())
        for signal in LEVELS
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Rows of Simons 2022, of the enantiomer differences and of the bridge."""
        return pick(TABLE, ("simons2022.", "enantiomer.", "hydroxynorketamine.", "bridge.", "molar_mass."))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels of all analytes at both sites, ng/mL, shape (people, times)."""
        p, weight = around.p, around.person["weight"]
        s = simons2022.individual_constants(p, weight, around.eta)
        r = s._replace(
            clearance=s.clearance * p["enantiomer.clearance_ratio"],
            clearance_h=s.clearance_h / p["enantiomer.hydroxynorketamine_exposure_ratio"],
        )
        both = simons2022.Constants(*(jnp.concatenate(pair) for pair in zip(s, r, strict=True)))
        bridge = arm_bridge(p, both.v1, jnp.concatenate([weight, weight]))
        amount = jnp.concatenate([around.schedule.s_amount, around.schedule.r_amount])
        dose = Channel(simons2022.entry(both), around.schedule.start, around.schedule.duration, amount)
        levels = propagate(simons2022.cascade(both, bridge), [dose], around.times, simons2022.readings(both))
        people = weight.shape[0]
        # the 90 % band of the scale spans a division and a multiplication by the stated factor
        spread = jnp.log(p["hydroxynorketamine.uncertainty"]) / _Z95
        scale = jnp.exp(spread * around.eta["plasma.hydroxynorketamine_scale"])[:, None]
        return named_levels(p, levels[:people], levels[people:], scale)
