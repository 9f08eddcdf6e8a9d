"""Benefit is decided while ketamine acts: a drug counts as far as it was there at the doses."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.schedule import Schedule


def middle_of_doses(schedule: Schedule) -> Array:
    """The middle of each dose of ketamine.

    Equation:  m = t0 + T / 2
    Symbols:   t0 start, T duration of the dose - min
    Source:    definition
    Leaves out: ketamine that stays in the body after the dose.
    """
    return schedule.start + 0.5 * schedule.duration


def over_doses(gain: Array, schedule: Schedule, times: Array) -> Array:
    """The factor on benefit: the mean of the factors at the doses so far, weighted by what was given of each.

    Equation:  B(t) = sum_k D_k f_k(t) g_k / sum_k D_k f_k(t);  1 before the first dose
    Symbols:   D_k amount of ketamine - umol;  f_k share of the dose given by t - 1;  g_k factor at its middle - 1
    Source:    assumed: a drug that was gone when ketamine came cannot take benefit away, one that came later neither
    Leaves out: drugs taken between doses that act on what follows; harm that fades (RAPID saw none at day 3).

    Args:
        gain: factor at the middle of each dose, shape (people, doses).
        schedule: the doses of ketamine.
        times: min, shape (times,).

    Returns:
        Shape (people, times).
    """
    since = times[None, :] - schedule.start[:, None]
    lasting = schedule.duration[:, None]
    share = jnp.where(lasting > 0.0, jnp.clip(since / jnp.where(lasting > 0.0, lasting, 1.0), 0.0, 1.0), since >= 0.0)
    amount = schedule.s_amount + schedule.r_amount
    given = amount @ share
    weighted = (amount * gain) @ share
    return jnp.where(given > 0.0, weighted / jnp.where(given > 0.0, given, 1.0), 1.0)
