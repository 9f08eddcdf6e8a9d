"""Eigenvalues and eigenvectors of many small symmetric matrices at once, by cyclic Jacobi rotations.

Two to five compartments converge to rounding in a few sweeps. Against LAPACK: no call leaves the compiled program (so
that it can be kept between processes), all people rotate together, and small rates beside large ones keep their digits.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

SWEEPS = 7  # convergence is quadratic; matrices up to 6 x 6 are at rounding after 5
NEGLIGIBLE = 1e-15  # of two diagonal entries: what parts them and couples them is rounding, any angle will do


def symmetric_modes(matrix: Array) -> tuple[Array, Array]:
    """Eigenvalues (people, states) and eigenvectors in columns (people, states, states), in no particular order.

    Args:
        matrix: symmetric, shape (people, states, states).
    """
    size = matrix.shape[-1]
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]

    def sweep(_: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
        for i, j in pairs:
            state = _rotate(*state, i, j)
        return state

    identity = jnp.broadcast_to(jnp.eye(size), matrix.shape)
    diagonal, vectors = jax.lax.fori_loop(0, SWEEPS, sweep, (matrix, identity))
    return jnp.diagonal(diagonal, axis1=1, axis2=2), vectors


def _rotate(matrix: Array, vectors: Array, i: int, j: int) -> tuple[Array, Array]:
    """One rotation that empties the entry (i, j)."""
    off, gap = matrix[:, i, j], matrix[:, j, j] - matrix[:, i, i]
    # the angle does not depend on the scale, and squares of what is left beside a repeated eigenvalue would underflow
    scale = jax.lax.stop_gradient(jnp.abs(off) + jnp.abs(gap))
    done = scale <= NEGLIGIBLE * (jnp.abs(matrix[:, i, i]) + jnp.abs(matrix[:, j, j]))
    safe = jnp.where(done, 1.0, scale)
    off, gap = jnp.where(done, 0.0, off / safe), jnp.where(done, 1.0, gap / safe)
    spread = jnp.sqrt(gap * gap + 4.0 * off * off)
    tangent = 2.0 * off / (gap + jnp.where(gap < 0.0, -spread, spread))
    cosine = 1.0 / jnp.sqrt(1.0 + tangent * tangent)
    sine = tangent * cosine
    c, s = cosine[:, None], sine[:, None]
    column_i, column_j = matrix[:, :, i], matrix[:, :, j]
    matrix = matrix.at[:, :, i].set(c * column_i - s * column_j).at[:, :, j].set(s * column_i + c * column_j)
    row_i, row_j = matrix[:, i, :], matrix[:, j, :]
    matrix = matrix.at[:, i, :].set(c * row_i - s * row_j).at[:, j, :].set(s * row_i + c * row_j)
    matrix = matrix.at[:, i, j].set(0.0).at[:, j, i].set(0.0)
    vector_i, vector_j = vectors[:, :, i], vectors[:, :, j]
    return matrix, vectors.at[:, :, i].set(c * vector_i - s * vector_j).at[:, :, j].set(s * vector_i + c * vector_j)
