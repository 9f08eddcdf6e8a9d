"""Simons 2022: ketamine, norketamine and hydroxynorketamine of one enantiomer from arterial samples, n = 20."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import exchange, transits
from ketworks.plasma.layout import Layout


class Constants(NamedTuple):
    """One person's constants for one enantiomer; volumes L, flows L/min, delays min, each of shape (people,)."""

    v1: Array
    v2: Array
    v3: Array
    clearance: Array
    q2: Array
    q3: Array
    delay_n: Array
    vn1: Array
    vn2: Array
    clearance_n: Array
    qn: Array
    delay_h: Array
    vh1: Array
    vh2: Array
    clearance_h: Array
    qh: Array
    to_n: Array
    to_h: Array


RANDOM_EFFECTS = (
    "central_volume",
    "clearance",
    "flow_3",
    "norketamine_clearance",
    "norketamine_delay",
    "hydroxynorketamine_volume",
    "hydroxynorketamine_clearance",
    "hydroxynorketamine_flow_2",
)


def individual_constants(p: Mapping[str, Array], weight: Array, eta: Mapping[str, Array]) -> Constants:
    """Typical values scaled by body weight and by the person's deviations, for S-ketamine.

    value = typical * (weight / 70 kg)^power * exp(sqrt(variance) * eta), power 0.75 for flows, 1 for volumes

    Symbols: weight - kg; eta - standard-normal draw; variance - between-person variance on the log scale
    Source:  Simons 2022 Table 4; the exponents, not printed there, are those of children (Herd 2007)
    Leaves out: occasion-to-occasion variability; any effect of age, sex or disease
             (nobody below 19 or above 32 y was sampled).
    """
    size = weight / p["simons2022.reference_weight"]
    flow = size ** p["simons2022.weight_power_flow"]
    volume = size ** p["simons2022.weight_power_volume"]

    def own(name: str, scale: Array) -> Array:
        deviation = jnp.exp(jnp.sqrt(p[f"simons2022.variance.{name}"]) * eta[f"plasma.{name}"])
        return p[f"simons2022.{name}"] * scale * deviation

    def shared(name: str, scale: Array) -> Array:
        return p[f"simons2022.{name}"] * scale

    one = jnp.ones_like(weight)
    central = own("central_volume", volume)
    return Constants(
        v1=central,
        v2=shared("volume_2", volume),
        v3=shared("volume_3", volume),
        clearance=own("clearance", flow),
        q2=shared("flow_2", flow),
        q3=own("flow_3", flow),
        delay_n=own("norketamine_delay", one),
        vn1=central,
        vn2=shared("norketamine_volume_2", volume),
        clearance_n=own("norketamine_clearance", flow),
        qn=shared("norketamine_flow_2", flow),
        delay_h=shared("hydroxynorketamine_delay", one),
        vh1=own("hydroxynorketamine_volume", volume),
        vh2=shared("hydroxynorketamine_volume_2", volume),
        clearance_h=own("hydroxynorketamine_clearance", flow),
        qh=own("hydroxynorketamine_flow_2", flow),
        to_n=shared("fraction_norketamine", one),
        to_h=shared("fraction_hydroxynorketamine", one),
    )


def add_core(layout: Layout, c: Constants) -> None:
    """Ketamine in three compartments, two transits to norketamine, two to hydroxynorketamine.

    dK1 = Rin - (CL+Q2+Q3)/V1 K1 + Q2/V2 K2 + Q3/V3 K3      dK2, dK3 exchange with K1
    dT1 = CL/V1 K1 + gut - 2/MTT T1       dT2 = 2/MTT (T1 - T2)
    dN1 = fm_N 2/MTT T2 - (CLN+QN)/VN1 N1 + QN/VN2 N2         dN2 exchanges with N1
    dU1 = CLN/VN1 N1 - 2/MTTh U1          dU2 = 2/MTTh (U1 - U2)
    dH1 = fm_H 2/MTTh U2 - (CLH+QH)/VH1 H1 + QH/VH2 H2        dH2 exchanges with H1

    Symbols: K ketamine, T and U transit, N norketamine, H hydroxynorketamine - umol; Rin, gut (what a route adds:
             drug into the blood, drug metabolised before it) - umol/min; CL, Q - L/min; V - L; MTT - min; fm - share of
             what leaves the transits that goes on, whether it came from the blood or from the gut
    Source:  Simons 2022 Table 4 and its equations
    Leaves out: dehydronorketamine; the share 1 - fm leaves by other ways.
    """
    layout.add(
        exchange([c.v1, c.v2, c.v3], {(0, 1): c.q2, (0, 2): c.q3}, {0: c.clearance}), "central", "shallow", "deep"
    )
    layout.add(transits(2.0 / c.delay_n, 2), "formed", "forming")
    layout.add(exchange([c.vn1, c.vn2], {(0, 1): c.qn}, {0: c.clearance_n}), "norketamine", "norketamine_deep")
    layout.add(transits(2.0 / c.delay_h, 2), "hydroxylated", "hydroxylating")
    layout.add(exchange([c.vh1, c.vh2], {(0, 1): c.qh}, {0: c.clearance_h}), "hydroxynorketamine", "hydroxy_deep")
    layout.flux("central", "formed", c.clearance / c.v1)
    layout.flux("forming", "norketamine", c.to_n * 2.0 / c.delay_n)
    layout.flux("norketamine", "hydroxylated", c.clearance_n / c.vn1)
    layout.flux("hydroxylating", "hydroxynorketamine", c.to_h * 2.0 / c.delay_h)
