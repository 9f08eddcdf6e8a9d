"""The arterial-to-venous bridge: why a forearm vein shows half the arterial level while an infusion runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import single
from ketworks.plasma.layout import Layout


class ArmBridge(NamedTuple):
    """Rates of the bridge, 1/min, each of shape (people,)."""

    fill: Array
    arm: Array


def arm_bridge(p: Mapping[str, Array], central_volume: Array, weight: Array) -> ArmBridge:
    """Arterial blood carries the first pass of the running infusion; the arm follows only the mixed level.

    C_mixed = C_arterial - X          dX/dt = (R - Qpk X) / V1        dC_vein/dt = k_arm (C_mixed - C_vein)

    Symbols: C - umol/L; X first-pass excess, R/Qpk once built up - umol/L; R running infusion - umol/min;
             Qpk mixing flow - L/min; V1 central volume - L; k_arm - 1/min
    Source:  structure R/Qpk and the two constants Henthorn 2018 (k_arm recalled); the build-up of X over V1/Qpk
             (about 1.5 min) is an assumption: a well-mixed central volume cannot show R/Qpk at once, and with
             Qpk >= CL + Q2 + Q3 the mixed level then never falls below zero
    Leaves out: the return of drug from the tissue of the arm, so that venous levels 1 to 4 h after the end are 10 to
             25 % too low.
    """
    flow = p["bridge.mixing_flow"] * (weight / p["simons2022.reference_weight"]) ** p["simons2022.weight_power_flow"]
    fill = flow / (central_volume * p["bridge.fill_rate_volume"])
    return ArmBridge(fill, jnp.full_like(weight, 1.0) * p["bridge.arm_rate"])


def add_vein(layout: Layout, bridge: ArmBridge, central_volume: Array, norketamine_volume: Array) -> None:
    """The compartments of the bridge behind a core: excess and veins are levels in umol/L, not amounts."""
    layout.add(single(bridge.fill), "excess")
    layout.add(single(bridge.arm), "vein")
    layout.add(single(bridge.arm), "norketamine_vein")
    layout.flux("central", "vein", bridge.arm / central_volume)
    layout.flux("excess", "vein", -bridge.arm)
    layout.flux("norketamine", "norketamine_vein", bridge.arm / norketamine_volume)
