"""How much of each drug given at a time is in the body, over the amount at which its effects are stated."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

_APART = 1e-6  # relative distance of the two rates below which the difference of exponentials is lost to rounding


def course(since: Array, duration: Array, out: Array, uptake: Array, into_vein: Array) -> Array:
    """Share of a dose that is in the body at a time since its start.

    Equation:  into a vein   a = [1 - exp(-k min(s, T))] exp(-k (s - T)+) / (k T),  or exp(-k s) at once (T = 0)
               otherwise     a = ka / (ka - k) * [exp(-k s) - exp(-ka s)];  a = 0 before the dose
    Symbols:   s time since the start - min;  T duration - min;  k rate out, ka rate of uptake - 1/min;  a - 1
    Source:    definition of one compartment with first-order uptake
    Leaves out: distribution (an intravenous dose acts harder at first than this says), delay from blood to brain,
               and every difference between people.

    Args:
        since: shape (doses, times).
        duration: shape (doses, 1); 0 for a dose at once.
        out: shape (doses, 1).
        uptake: shape (doses, 1).
        into_vein: 1 or 0, shape (doses, 1).

    Returns:
        Shape (doses, times).
    """
    s = jnp.maximum(since, 0.0)
    lasting = jnp.where(duration > 0.0, duration, 1.0)
    filled = -jnp.expm1(-out * jnp.minimum(s, lasting)) / (out * lasting)
    infused = filled * jnp.exp(-out * jnp.maximum(s - lasting, 0.0))
    direct = jnp.where(duration > 0.0, infused, jnp.exp(-out * s))
    near = jnp.abs(uptake - out) < _APART * out
    rate = jnp.where(near, out * (1.0 + 2.0 * _APART), uptake)
    absorbed = rate / (rate - out) * (jnp.exp(-out * s) - jnp.exp(-rate * s))
    return jnp.where(since < 0.0, 0.0, jnp.where(into_vein > 0.0, direct, absorbed))


def over_reference(amount: Array, share: Array, reference: Array, owner: Array, in_body: Array) -> Array:
    """Amount of each drug in the body over its reference amount.

    Equation:  r_d(t) = sum over doses of d of F D a(t) / A0
    Symbols:   D dose - mg;  F share that reaches the blood - 1;  a share in the body - 1;  A0 reference - mg;  r - 1
    Source:    linear kinetics
    Leaves out: saturation and interaction of the drugs' own kinetics, with each other and with ketamine.

    Args:
        amount: mg, shape (people, doses).
        share: shape (doses,).
        reference: mg, shape (people, doses).
        owner: 1 where a dose is of a drug, shape (drugs, doses).
        in_body: shape (doses, times).

    Returns:
        Shape (drugs, people, times).
    """
    entered = amount * share / reference
    weighted: Array = jnp.einsum("pd,gd,dt->gpt", entered, owner, in_body)
    return weighted
