"""What six days of ticlopidine leave of CYP2B6 in the hours after ketamine: its levels exactly, the enzyme in steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, exchange, propagate, transits
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver.first_pass import extracted
from ketworks.plasma.liver.ticlopidine import inactivation, reversible
from ketworks.plasma.tables import rows_of

_PASSED = 5  # the depot and the four transits behind it
_STEPS = 48  # of the enzyme, in one interval between two doses of ticlopidine
_DOSES = 2 * int(rows_of("ashraf2018")["ashraf2018.ticlopidine_days"].value) + 1  # the last one with ketamine
ROWS = tuple(f"ashraf2018.ticlopidine_{name}" for name in ("absorption_rate", "volume", "flow_2", "volume_2", "days"))


class Course(NamedTuple):
    """What a course of ticlopidine leaves of CYP2B6.

    Attributes:
        activity: share of CYP2B6 left active, mean over the interval after ketamine, shape (people,).
        error: how far half as many steps are off, the largest over people.
    """

    activity: Array
    error: Array


def unbound_portal(p: Mapping[str, Array], flow: Array, times: Array) -> Array:
    """Unbound ticlopidine in the portal vein over the course, umol/L, shape (people, times).

    depot and four transits at ktr;   dC = (1 - E) ktr T5 - (E QH + Q) C / Vc + Q P / Vp;   dP = Q (C / Vc - P / Vp)
    I = fu (C / Vc + ktr T5 / QPV)

    Symbols: C, P, T5 amounts in blood, deep compartment and last transit - umol; ktr - 1/min; E extraction, fu - 1;
             QH, QPV hepatic and portal flow, Q - L/min; V - L; I - umol/L
    Source:  Ashraf 2018 Tables 1 and 2, 250 mg twice daily; gut wall, portal vein and liver (1 L each in the source)
             taken as passed at once
    Leaves out: between-person variability of ticlopidine; its inhibition of its own metabolism.
    """
    one = jnp.ones_like(flow)
    row = {
        name: p[f"ashraf2018.ticlopidine_{name}"] * one for name in ("absorption_rate", "volume", "flow_2", "volume_2")
    }
    binding = p["ashraf2018.ticlopidine_unbound"] / p["ashraf2018.ticlopidine_blood_to_plasma"]
    extraction = extracted(p["ashraf2018.ticlopidine_intrinsic_clearance"] * binding, flow)
    rate = row["absorption_rate"]
    layout = Layout(flow.shape[0])
    names = [f"passed_{k}" for k in range(_PASSED)]
    layout.add(transits(rate, _PASSED), *names)
    layout.add(
        exchange([row["volume"], row["volume_2"]], {(0, 1): row["flow_2"]}, {0: extraction * flow}), "blood", "deep"
    )
    layout.flux(names[-1], "blood", (1.0 - extraction) * rate)
    amount = p["ashraf2018.ticlopidine_amount"] * 1000.0 / p["molar_mass.ticlopidine"]
    starts = p["ashraf2018.ticlopidine_interval"] * jnp.arange(_DOSES)
    doses = Channel(layout.vector({names[0]: 1.0}), starts, 0.0 * starts, amount * jnp.ones((flow.shape[0], _DOSES)))
    portal = p["ashraf2018.portal_share"] * flow
    read = layout.readings({"blood": binding / row["volume"], names[-1]: binding * rate / portal})
    return propagate(layout.cascade(), [doses], times, read)[:, 0]


def activity_after_course(p: Mapping[str, Array], flow: Array) -> Course:
    """Mean share of CYP2B6 left active over the interval that begins with ketamine and the last dose of ticlopidine.

    dX/dt = kdeg (1 - X) - kinact I / (KI + I) X;   X = 1 before the course;   activity = mean of X / (1 + I / Ki)

    Symbols: X enzyme over its usual amount - 1; kdeg, kinact - 1/min; I unbound portal ticlopidine, KI, Ki - umol/L
    Source:  Ashraf 2018 Table 1 and supplement; the source takes X at its steady state for each level
    Leaves out: the change of activity while ketamine is there: one mean serves all of its hours. CYP2B6 is nearly off
             throughout, so this costs less than 1 % of exposure (tests/versus/test_plasma_ticlopidine.py).
    """
    times = p["ashraf2018.ticlopidine_interval"] * jnp.arange(_DOSES * _STEPS + 1) / _STEPS
    inhibitor = unbound_portal(p, flow, times)
    fine, coarse = (_mean_activity(p, times[::skip], inhibitor[:, ::skip], _STEPS // skip) for skip in (1, 2))
    return Course(fine, jnp.max(jnp.abs(fine - coarse)))


def _mean_activity(p: Mapping[str, Array], times: Array, inhibitor: Array, steps: int) -> Array:
    """Mean activity over the last ``steps``; each step is exact for the mean of the loss rates at its two ends."""
    turnover = p["ashraf2018.cyp2b6_degradation"]
    loss = turnover + inactivation(p, inhibitor)
    middle = 0.5 * (loss[:, 1:] + loss[:, :-1])
    kept = jnp.exp(-middle * jnp.diff(times))

    def step(alive: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        rate, stays = now
        alive = alive * stays + turnover / rate * (1.0 - stays)
        return alive, alive

    _, path = jax.lax.scan(step, jnp.ones_like(loss[:, 0]), (middle.T, kept.T))
    active = path.T[:, -steps - 1 :] * reversible(p, inhibitor[:, -steps - 1 :])
    return jnp.mean(0.5 * (active[:, 1:] + active[:, :-1]), axis=1)
