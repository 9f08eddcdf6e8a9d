"""What all drugs together make of one output."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

_LEAST = 1e-6  # a factor of nothing would have no logarithm


def strength(ratio: Array, reach: Array) -> Array:
    """Effect of a drug over its effect at the reference amount.

    Equation:  s = R r / (R - 1 + r)
    Symbols:   r amount in the body over the reference - 1;  R effect of a very large amount - 1;  s = 1 at r = 1
    Source:    assumed: no dose-response of these drugs beside ketamine was read
    Leaves out: steepness; tolerance. Not for sedation and opioids: there a ceiling would hide danger.
    """
    return reach * ratio / (reach - 1.0 + ratio)


def product_of_factors(factors: Array, strengths: Array) -> Array:
    """The factor of all drugs together.

    Equation:  g = product over drugs of g_d ^ s_d
    Symbols:   g_d factor of a drug at its reference amount - 1;  s_d its strength - 1
    Source:    assumed: effects multiply
    Leaves out: drugs that share one place of action and cannot add up there.

    Args:
        factors: shape (drugs,).
        strengths: shape (drugs, people, times).

    Returns:
        Shape (people, times).
    """
    return jnp.exp(sum_of_shifts(jnp.log(jnp.maximum(factors, _LEAST)), strengths))


def sum_of_shifts(shifts: Array, ratios: Array) -> Array:
    """The shift of all drugs together, without a ceiling.

    Equation:  x = sum over drugs of x_d r_d
    Symbols:   x_d shift of a drug at its reference amount - 1;  r_d its amount in the body over the reference - 1
    Source:    sedation: assumed, a logit that grows in proportion to the amount; none was read to level off, and one
               that did would hide the danger of a large dose. Opioids: a level over its C50 is in proportion by
               definition; that those of several add up is assumed
    Leaves out: synergy; a ceiling, as of a partial agonist.

    Args:
        shifts: shape (drugs,).
        ratios: shape (drugs, people, times); strengths where they are summed as logarithms of factors.

    Returns:
        Shape (people, times).
    """
    # no matrix product: its order of sums, and so the last digit, would depend on how many people there are
    return jnp.sum(shifts[:, None, None] * ratios, axis=0)
