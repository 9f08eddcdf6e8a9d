"""Other depression scales from MADRS: what a score on one corresponds to on another."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def in_proportion(madrs: Array, per_madrs: Array, top: Array) -> Array:
    """The score on a scale that runs in proportion to MADRS (HAM-D 17, PHQ-9).

    Equation:  Y = min(c M, Y_top)
    Symbols:   Y score, M MADRS, Y_top largest score - points;  c - 1
    Source:    HAM-D 17: scores of 10, 20, 30 and 40 correspond to 13, 26, 39 and 52 to 53 of MADRS, by percentiles of
               ratings made together (Leucht 2018). PHQ-9: the change that matters is 6 points, on MADRS 10; that the
               whole scale runs so is an assumption (rows ``hamd17.*``, ``phq9.*``)
    Leaves out: the scatter of one scale around the other: the score that corresponds, not what a rating finds.
    """
    return jnp.minimum(per_madrs * madrs, top)


def along_line(madrs: Array, known_madrs: Array, known: Array, top: Array) -> Array:
    """The score on a scale whose relation to MADRS is known at some points (QIDS-SR16), on straight lines between them.

    Equation:  Y = Y_k + (Y_k+1 - Y_k) (M - M_k) / (M_k+1 - M_k),  M_k <= M <= M_k+1;  the last line goes on up to Y_top
    Symbols:   Y, Y_k scores, M, M_k MADRS, Y_top - points; M_k and Y_k rise, the first are 0, shape (points,)
    Source:    5 corresponds to 7.5 by item response theory; means at baseline and after a year of the same 233 people,
               17.6 with 31.9 and 12.5 with 21.9 (Carmody 2006); 0 with 0 and the line beyond are assumed
    Leaves out: the scatter around the line, as above.
    """
    slope = (known[-1] - known[-2]) / (known_madrs[-1] - known_madrs[-2])
    beyond = slope * jnp.maximum(madrs - known_madrs[-1], 0.0)
    return jnp.minimum(jnp.interp(madrs, known_madrs, known) + beyond, top)


def whole_points(score: Array) -> Array:
    """The score as trials count it, in whole points; half a point counts up.

    Equation:  Z = floor(Y + 1/2)
    Symbols:   Y, Z - points
    Source:    definition: items are whole numbers
    Leaves out: nothing.
    """
    return jnp.floor(score + 0.5)
