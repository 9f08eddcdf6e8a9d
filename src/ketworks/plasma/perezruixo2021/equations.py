"""Perez-Ruixo 2021: nasal, oral and intravenous esketamine, and noresketamine, from venous samples, n = 820."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, exchange, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver.first_pass import LiverState, escape_after
from ketworks.plasma.route_facts import given_by

RANDOM_EFFECTS = (
    "nasal_fraction",
    "nasal_rate",
    "swallowed_rate",
    "oral_rate",
    "central_volume",
    "volume_1",
    "hepatic_flow",
    "hepatic_volume",
    "hepatic_other_loss",
    "norketamine_volume",
    "norketamine_clearance",
)


class Constants(NamedTuple):
    """One person's constants; volumes L, flows L/min, rates 1/min, shares 1, each of shape (people,)."""

    nasal_fraction_logit_shift: Array
    nasal_rate: Array
    swallowed_rate: Array
    oral_rate: Array
    gut_escape: Array
    vc: Array
    v1: Array
    q1: Array
    v2: Array
    q2: Array
    qh: Array
    vh: Array
    other_loss: Array
    to_norketamine: Array
    vn1: Array
    vn2: Array
    qn: Array
    clearance_n: Array


def individual_constants(p: Mapping[str, Array], age: Array, eta: Mapping[str, Array], liver: LiverState) -> Constants:
    """Typical values, the fall of hepatic flow with age, co-medication and organ function, and the person's deviations.

    Qh = 151 L/h - 2.19 L/h/y * max(0, age - 60 y);   value = typical * exp(sqrt(ln(1 + CV^2)) * eta)

    kel, kmet times the liver's intrinsic ratio;   CLn times norketamine's;   Fgut after the gut wall's

    Symbols: CV - between-person coefficient of variation; eta - standard-normal draw; age - y; ratios - 1
    Source:  Perez-Ruixo 2021 Table 3; ratios ``plasma/liver/first_pass.py``
    Leaves out: weight, sex and disease (no effect found); the Asian and Japanese factors, since a person here has no
             ancestry; variability of the norketamine formation rate (missing in print).
    """
    one = jnp.ones_like(age)

    def own(name: str) -> Array:
        sd = jnp.sqrt(jnp.log1p(p[f"perezruixo2021.cv.{name}"] ** 2))
        return p[f"perezruixo2021.{name}"] * jnp.exp(sd * eta[f"plasma.nasal.{name}"])

    def shared(name: str) -> Array:
        return p[f"perezruixo2021.{name}"] * one

    beyond = jnp.maximum(age - p["perezruixo2021.age_knee"], 0.0)
    typical_flow = shared("hepatic_flow")
    aged = (typical_flow + p["perezruixo2021.hepatic_flow_age_slope"] * beyond) / typical_flow
    return Constants(
        nasal_fraction_logit_shift=p["perezruixo2021.sd.nasal_fraction"] * eta["plasma.nasal.nasal_fraction"],
        nasal_rate=own("nasal_rate"),
        swallowed_rate=own("swallowed_rate"),
        oral_rate=own("oral_rate"),
        gut_escape=escape_after(shared("gut_escape"), liver.gut_intrinsic_ratio),
        vc=own("central_volume"),
        v1=own("volume_1"),
        q1=shared("flow_1"),
        v2=shared("volume_2"),
        q2=shared("flow_2"),
        qh=own("hepatic_flow") * aged,
        vh=own("hepatic_volume"),
        other_loss=own("hepatic_other_loss") * liver.intrinsic_ratio,
        to_norketamine=shared("hepatic_norketamine_rate") * liver.intrinsic_ratio,
        vn1=own("norketamine_volume"),
        vn2=shared("norketamine_volume_2"),
        qn=shared("norketamine_flow_2"),
        clearance_n=own("norketamine_clearance") * liver.norketamine_clearance_ratio,
    )


def add_body(layout: Layout, c: Constants) -> None:
    """Three depots, three compartments with a well-stirred liver, and norketamine in two compartments.

    dNose = -ka_n Nose          dGut = R_swallowed - ka_sw Gut          dStomach = R_oral - ka_po Stomach
    dC = R_iv + ka_n Nose - (Qh+Q1+Q2)/Vc C + Qh/Vh L + Q1/V1 P1 + Q2/V2 P2
    dL = ka_sw Gut + ka_po Stomach + Qh/Vc C - Qh/Vh L - (kel + kmet) L
    dN1 = kmet L - (CLn+Qn)/Vn1 N1 + Qn/Vn2 N2      dN2 exchanges with N1

    Symbols: amounts - umol; R inputs - umol/min; Q, CL - L/min; V - L; ka, kel, kmet - 1/min
    Source:  Perez-Ruixo 2021 Table 3, written so that mass is conserved (the printed depot equations are not)
    Leaves out: metabolism in the gut wall beyond the fixed escape share.
    """
    layout.add(single(c.nasal_rate), "nose")
    layout.add(single(c.swallowed_rate), "gut")
    layout.add(single(c.oral_rate), "stomach")
    body = exchange(
        [c.vc, c.v1, c.v2, c.vh],
        {(0, 1): c.q1, (0, 2): c.q2, (0, 3): c.qh},
        {3: (c.other_loss + c.to_norketamine) * c.vh},
    )
    layout.add(body, "central", "shallow", "deep", "liver")
    layout.add(exchange([c.vn1, c.vn2], {(0, 1): c.qn}, {0: c.clearance_n}), "norketamine", "norketamine_deep")
    layout.flux("nose", "central", c.nasal_rate)
    layout.flux("gut", "liver", c.swallowed_rate)
    layout.flux("stomach", "liver", c.oral_rate)
    layout.flux("liver", "norketamine", c.to_norketamine)


def nasal_share(p: Mapping[str, Array], first: Array, amount: Array, start: Array) -> Array:
    """Share of each nasal dose that is taken up in the nose: each device after the first of a session adds less.

    U(N) = FR_1 (min(N, 1) + 0.62 max(N - 1, 0));   FR_k = (U(N_k) - U(N_k - D_k)) / D_k

    Symbols: D_k dose - devices of 28 mg; N_k devices of the session so far, this dose included; FR_1 share of the first
             device, FR_k of dose k - 1; U taken up - devices. For one dose at once this is the printed
             FR(D) = FR_1 (1 + (N - 1) 0.62) / N
    Source:  Perez-Ruixo 2021 Table 3; that devices minutes apart add up as at once is its meaning of N; that a session
             is an hour is assumed (devices are five minutes apart, sessions days)
    Leaves out: doses below one device (treated as one).

    Args:
        p: parameter values by id.
        first: share of a first device, scalar.
        amount: umol of both enantiomers by the nose, shape (people, doses).
        start: min, sorted, shape (doses,).
    """
    devices = amount * p["molar_mass.ketamine"] / 1000.0 / p["perezruixo2021.device_amount"]
    order = jnp.arange(start.shape[0])
    since = start[:, None] - start[None, :]
    earlier = (order[None, :] < order[:, None]) & (since < p["perezruixo2021.session"])
    before = jnp.sum(jnp.where(earlier[None], devices[:, None, :], 0.0), axis=2)

    def taken(count: Array) -> Array:
        later = p["perezruixo2021.nasal_fraction_later_devices"]
        return first * (jnp.minimum(count, 1.0) + later * jnp.maximum(count - 1.0, 0.0))

    given = devices > 0.0
    return jnp.where(given, (taken(before + devices) - taken(before)) / jnp.where(given, devices, 1.0), first)


def nasal_fraction(p: Mapping[str, Array], amount: Array, start: Array, shift: Array) -> Array:
    """A person's share of each nasal dose: the typical one shifted on the logit scale.

    odds(FR) = odds(FR_typical) exp(eta)

    Symbols: FR - 1; eta a person's deviation - 1
    Source:  Perez-Ruixo 2021 Table 3
    Leaves out: the time between the sprays of one dose (given at once).
    """
    typical = nasal_share(p, p["perezruixo2021.nasal_fraction"], amount, start)
    odds = typical / (1.0 - typical) * jnp.exp(shift)[:, None]
    return odds / (1.0 + odds)


def channels(
    layout: Layout, p: Mapping[str, Array], c: Constants, schedule: Schedule, routes: tuple[str, ...]
) -> list[Channel]:
    """The ways in: at once into the nose and slowly into the gut, by mouth, and into a vein.

    Drug that the gut wall takes out is lost; the share that passes it is c.gut_escape.
    """
    lasting = jnp.ones_like(schedule.start)
    made = []
    if "nasal" in routes:
        amount = given_by(schedule, ("nasal",)) * schedule.s_amount
        share = nasal_fraction(p, amount, schedule.start, c.nasal_fraction_logit_shift)
        passes = c.gut_escape[:, None] * (1.0 - share) * amount
        swallowed = p["perezruixo2021.swallowed_duration"] * lasting
        made += [
            Channel(layout.vector({"nose": 1.0}), schedule.start, jnp.zeros_like(lasting), share * amount),
            Channel(layout.vector({"gut": 1.0}), schedule.start, swallowed, passes),
        ]
    if "oral" in routes:
        passes = c.gut_escape[:, None] * given_by(schedule, ("oral",)) * schedule.s_amount
        entry = layout.vector({"stomach": 1.0})
        made.append(Channel(entry, schedule.start, p["perezruixo2021.oral_duration"] * lasting, passes))
    if "iv" in routes:
        amount = given_by(schedule, ("iv",)) * schedule.s_amount
        made.append(Channel(layout.vector({"central": 1.0}), schedule.start, schedule.duration, amount))
    return made


def readings(layout: Layout, p: Mapping[str, Array], c: Constants) -> Array:
    """Venous levels in umol/L: esketamine, norketamine.

    Symbols: C = A / V - umol/L
    Source:  Perez-Ruixo 2021 Table 3
    Leaves out: the norketamine flux is carried in ketamine mass, without correction for molar mass, as in the
             source's other models; Vn and CLn are apparent and absorb it.
    """
    as_mass = p["molar_mass.ketamine"] / p["molar_mass.norketamine"]
    return layout.readings({"central": 1.0 / c.vc}, {"norketamine": as_mass / c.vn1})


def arterial_from_venous(p: Mapping[str, Array], venous: Array) -> Array:
    """The arterial level after nasal dosing, taken as equal to the venous one.

    C_art = ratio * C_ven

    Symbols: C - umol/L; ratio - 1
    Source:  assumption: nobody sampled arteries after nasal dosing, and no infusion runs that would part the two
    Leaves out: the lead of arterial over venous blood while the level rises.
    """
    return p["nasal.arterial_over_venous"] * venous
