"""Effects of which only the direction is known, as -1, 0 or +1."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def from_level(level: Array, threshold: Array, direction: Array) -> Array:
    """A direction that is shown from some level on.

    Equation:  D = direction where C >= C0, else 0
    Symbols:   C level or recent exposure - ng/mL or ng/mL*min; C0 where it was shown - the same; direction -1 or +1
    Source:    each row of directions in the table of values
    Leaves out: every size; below C0 zero means "not shown", not "absent".
    """
    return jnp.where(level >= threshold, direction, 0.0)


def shown_by_interval(level: Array, low: Array, high: Array) -> Array:
    """The direction that an interval shows while drug is there; none when the interval holds zero.

    Equation:  D = +1 if low > 0, -1 if high < 0, else 0, where C > 0
    Symbols:   low, high interval of the change - mmHg; C arterial ketamine - ng/mL
    Source:    Drayna 2012, children, 0.96 to 4 mg/kg [B0254]
    Leaves out: doses above 4 mg/kg, adults, glaucoma: of these nothing is known, and zero says nothing.
    """
    shown = jnp.where(low > 0.0, 1.0, jnp.where(high < 0.0, -1.0, 0.0))
    return jnp.where(level > 0.0, shown, 0.0)
