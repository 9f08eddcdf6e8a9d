"""Bladder and liver: what exposure over about a month adds up to."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def bladder_excess(recent: Array, threshold: Array, regular: Array, regular_ratio: Array) -> Array:
    """Hazard of bladder symptoms above that of people who never use ketamine, as a multiple of it.

    Equation:  h = (RR - 1) max(0, (M - M0) / (M1 - M0))
    Symbols:   M recent exposure - ng/mL*min; M0 threshold, M1 that of regular users - ng/mL*min; RR their risk
               ratio - 1
    Source:    risk ratio 3 to 4 of regular users [B0257]; M0 and M1 are assumed
    Leaves out: recovery and scars, time in urine, everything but ketamine that such users take.
    """
    return (regular_ratio - 1.0) * jnp.maximum(recent - threshold, 0.0) / (regular - threshold)


def liver_injury(recent: Array, half: Array, steepness: Array) -> Array:
    """Probability of liver enzymes above three times the upper limit.

    Equation:  P = M^n / (M^n + M50^n)
    Symbols:   M recent exposure - ng/mL*min; M50 exposure at which half have it - ng/mL*min; n steepness - 1
    Source:    three of six in a second infusion of 100 h, 16 days after the first [B0381]; n is assumed
    Leaves out: sensitisation by the first course, other drugs of intensive care, the days until enzymes rise.
    """
    ratio = recent / half
    return ratio**steepness / (1.0 + ratio**steepness)
