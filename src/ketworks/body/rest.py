"""The circulation without ketamine: each person's own resting values, and how they drift over a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

_DAY = 1440.0  # min


class Rest(NamedTuple):
    """Resting values of each person, shape (people, times) or broadcastable to it."""

    systolic: Array
    diastolic: Array
    heart_rate: Array


def condition(person: Mapping[str, Array], name: str, like: Array) -> Array:
    """A 0/1 column of the person, all 0 where nobody was asked about it; shape of ``like``."""
    return jnp.asarray(person[name]) if name in person else jnp.zeros_like(like)


def resting_pressure(hypertension: Array, treated: Array, eta: tuple[Array, Array], p: Mapping[str, Array]) -> Rest:
    """Resting pressure by hypertension and treatment, log-normal between people; heart rate is left at 1.

    Equation:  DBP0 = D exp(sd_D eta_D);  PP0 = (S - D) exp(sd_P eta_P);  SBP0 = DBP0 + PP0
    Symbols:   S, D typical pressures of the normotensive, of treated and of untreated hypertension - mmHg;
               sd spread of the logarithm - 1; eta standard normal - 1
    Source:    Wright 2011 (typical values); spread from quartiles of NHANES 2007-2012 less that between these groups
    Leaves out: age, sex and size (pressure rises with age: no row carries the slope); white coats; visit to visit.

    Args:
        hypertension, treated: 0/1, shape (people,); who is treated had hypertension.
        eta: draws of diastolic and pulse pressure, shape (people,).
        p: parameter values.
    """
    untreated = hypertension * (1.0 - treated)
    normal = (1.0 - hypertension) * (1.0 - treated)
    groups = ((normal, ""), (treated, "_treated"), (untreated, "_untreated"))
    systolic, diastolic = (
        sum((who * p[f"rest.{kind}{name}"] for who, name in groups), jnp.zeros_like(normal))
        for kind in ("systolic", "diastolic")
    )
    low = diastolic * jnp.exp(p["rest.diastolic_spread"] * eta[0])
    pulse = (systolic - diastolic) * jnp.exp(p["rest.pulse_spread"] * eta[1])
    return Rest(low + pulse, low, jnp.ones_like(low))


def resting_rate(eta: Array, p: Mapping[str, Array]) -> Array:
    """Resting heart rate, log-normal between people.

    Equation:  HR0 = H exp(sd_H eta)
    Symbols:   H typical heart rate - 1/min; sd_H spread of the logarithm - 1; eta standard normal - 1
    Source:    textbook adult, assumed
    Leaves out: fitness, age, sex.
    """
    return p["rest.heart_rate"] * jnp.exp(p["rest.rate_spread"] * eta)


def day_rhythm(times: Array, swing: Array, highest: Array, start: Array) -> Array:
    """What the time of day adds to a resting value, 0 at the first dose.

    Equation:  x = (W/2) (cos(2 pi (t + t0 - t1)/24 h) - cos(2 pi (t0 - t1)/24 h))
    Symbols:   x - unit of W; W peak-to-trough - mmHg or 1/min; t since the first dose, t0 clock at the first dose,
               t1 clock of the highest value - min
    Source:    Shea 2011 (pressure), Kerkhof 1998 (heart rate; found none in pressure, a contradiction that is carried)
    Leaves out: sleep, meals, posture and activity, which move pressure more than the inner clock does.
    """
    turn = 2.0 * jnp.pi / _DAY
    return 0.5 * swing * (jnp.cos(turn * (times + start - highest)) - jnp.cos(turn * (start - highest)))
