"""Eigenvalues and eigenvectors of many small symmetric matrices at once, by cyclic Jacobi rotations.

Two to five compartments converge to rounding in a few sweeps. Against LAPACK: no call leaves the compiled program (so
that it can be kept between processes), all people rotate together, and small rates beside large ones keep their digits.
Each entry is an array over people of its own, so that a rotation runs in vector registers.

A compiler may round a product before it is added or not, and may choose differently for one person and for thousands.
So that a person's bytes do not depend on company, no product here is added to another or used in two sums.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

Entries = dict[tuple[int, int], Array]
SWEEPS = 7  # convergence is quadratic; matrices up to 6 x 6 are at rounding after 5
NEGLIGIBLE = 1e-15  # of two diagonal entries: what parts them and couples them is rounding, any angle will do


def symmetric_modes(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues (people, states) and eigenvectors in columns (people, states, states), in no particular order.

    Args:
        matrix: symmetric, shape (people, states, states).
    """
    size = matrix.shape[-1]
    places = [(i, j) for i in range(size) for j in range(i, size)]
    entries = {(i, j): matrix[:, i, j] for i, j in places}
    zero, one = jnp.zeros_like(matrix[:, 0, 0]), jnp.ones_like(matrix[:, 0, 0])
    vectors = {(k, i): one if k == i else zero for k in range(size) for i in range(size)}

    def sweep(_: Array | int, state: tuple[Entries, Entries]) -> tuple[Entries, Entries]:
        for i, j in places:
            if i < j:
                state = _rotate(*state, i, j)
        return state

    if size == 2:
        entries, vectors = sweep(0, (entries, vectors))  # one rotation is all there is
    elif size > 2:
        entries, vectors = jax.lax.fori_loop(0, SWEEPS, sweep, (entries, vectors))
    values = jnp.stack([entries[i, i] for i in range(size)], axis=1)
    rows = [jnp.stack([vectors[k, i] for i in range(size)], axis=1) for k in range(size)]
    return values, jnp.stack(rows, axis=1)


def _rotate(entries: Entries, vectors: Entries, i: int, j: int) -> tuple[Entries, Entries]:
    """One rotation that empties the entry (i, j); of the matrix only the upper triangle is kept."""
    first, last, off = entries[i, i], entries[j, j], entries[i, j]
    over, below = _tangent(first, last, off)
    tangent, change = over / below, over * off / below
    cosine = jnp.sqrt(1.0 / (1.0 + tangent * tangent))
    sine, half = tangent * cosine, tangent * cosine / (1.0 + cosine)
    turned = {(i, i): first - change, (j, j): last + change, (i, j): jnp.zeros_like(off)}
    size = max(place[0] for place in vectors) + 1
    for k in range(size):
        if k not in (i, j):
            at_i, at_j = (min(i, k), max(i, k)), (min(j, k), max(j, k))
            turned[at_i], turned[at_j] = _turned(entries[at_i], entries[at_j], sine, half)
    moved = {}
    for k in range(size):
        moved[k, i], moved[k, j] = _turned(vectors[k, i], vectors[k, j], sine, half)
    return entries | turned, vectors | moved


def _tangent(first: Array, last: Array, off: Array) -> tuple[Array, Array]:
    """Tangent of the smaller angle that empties ``off``, as numerator and denominator.

    With q = 2 off / (last - first) it is q / (1 + sqrt(1 + q^2)), and written in 1 / q where that is the smaller.
    """
    gap, double = last - first, 2.0 * off
    # what parts the two and couples them may be rounding; any angle will do then, and squares of it would underflow
    done = jnp.abs(off) + jnp.abs(gap) <= NEGLIGIBLE * (jnp.abs(first) + jnp.abs(last))
    steep = jnp.abs(double) > jnp.abs(gap)
    under = jnp.where(steep, gap, double) / jnp.where(done, 1.0, jnp.where(steep, double, gap))
    under = jnp.where(done, 0.0, under)
    root = jnp.sqrt(1.0 + under * under)
    over = jnp.where(done, 0.0, jnp.where(steep, 1.0, under))
    return over, jnp.where(steep, under + jnp.where(under < 0.0, -root, root), 1.0 + root)


def _turned(a: Array, b: Array, sine: Array, half: Array) -> tuple[Array, Array]:
    """The pair turned: cosine a - sine b and sine a + cosine b, by ``half`` = tan(angle / 2)."""
    return a - sine * (b + half * a), b + sine * (a - half * b)
