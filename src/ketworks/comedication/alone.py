"""Ketamine alone: every factor is one, every shift is none."""

from __future__ import annotations

from jax import Array


def alone(share: Array, neutral: float) -> Array:
    """What stands at the place of other drugs where none is taken.

    Equation:  x = a * x0
    Symbols:   x0 1 for a factor, 0 for a shift - 1;  a share of ketamine's effect that is left, 1 by definition - 1
    Source:    definition: the evidence on ketamine alone is what the factors multiply
    Leaves out: drugs that the people of those studies took unasked.
    """
    return share * neutral
