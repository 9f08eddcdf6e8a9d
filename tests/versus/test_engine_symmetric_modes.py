"""Jacobi modes against LAPACK: random, repeated, diagonal and graded matrices of every size in use."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.symmetric_modes import symmetric_modes

COUNT, ROUNDING = 500, 5e-15
Matrices = NDArray[np.float64]
modes = jax.jit(symmetric_modes)


def random(size: int, seed: int = 1) -> Matrices:
    a = np.random.default_rng(seed).standard_normal((COUNT, size, size))
    return a + a.transpose(0, 2, 1)


def repeated(size: int) -> Matrices:
    """Eigenvalues 0 and 1 only, so that most of them are repeated."""
    rng = np.random.default_rng(2)
    q = np.linalg.qr(rng.standard_normal((COUNT, size, size)))[0]
    made = np.einsum("nij,nj,nkj->nik", q, rng.integers(0, 2, (COUNT, size)).astype(float), q)
    return 0.5 * (made + made.transpose(0, 2, 1))


def diagonal(size: int) -> Matrices:
    return random(size, 3) * np.eye(size)


def graded(size: int) -> Matrices:
    """Entries over six decades."""
    scale = 10.0 ** np.random.default_rng(4).uniform(-3.0, 0.0, (COUNT, size))
    return random(size, 5) * scale[:, :, None] * scale[:, None, :]


def structured(size: int) -> Matrices:
    one, ones = np.eye(size), np.ones((size, size))
    return np.array([0 * ones, one, ones, ones + one, ones - size * one, one + np.eye(size, k=1) + np.eye(size, k=-1)])


@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("kind", [random, repeated, diagonal, graded, structured])
def test_modes_are_those_of_lapack(kind, size: int) -> None:  # type: ignore[no-untyped-def]
    matrix = kind(size)
    values, vectors = (np.asarray(x) for x in modes(jnp.asarray(matrix)))
    wanted = np.linalg.eigh(matrix)[0]
    scale = np.maximum(np.abs(wanted).max(axis=1), 1e-300)
    assert (np.abs(np.sort(values, axis=1) - wanted).max(axis=1) <= ROUNDING * scale).all()
    rebuilt = np.einsum("nij,nj,nkj->nik", vectors, values, vectors)
    assert (np.abs(rebuilt - matrix).max(axis=(1, 2)) <= ROUNDING * scale).all()
    np.testing.assert_allclose(
        np.einsum("nij,nik->njk", vectors, vectors), np.broadcast_to(np.eye(size), matrix.shape), atol=ROUNDING
    )


@jax.jit
def gradients(matrix: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Of 0.3 trace(M) - 1.1 trace(M^3) by way of the eigenvalues, and of a function of the eigenvectors."""
    (values, vectors), back = jax.vjp(symmetric_modes, matrix)
    return back((0.3 - 3.3 * values**2, jnp.zeros_like(vectors)))[0], back((0.0 * values, jnp.cos(vectors)))[0]


@pytest.mark.slow
def test_gradients_are_finite_and_those_of_first_order_theory() -> None:
    matrix = np.concatenate([kind(4)[:100] for kind in (random, graded, diagonal, repeated, structured)])
    by_values, by_vectors = (np.asarray(x) for x in gradients(jnp.asarray(matrix)))
    assert np.isfinite(by_values).all()
    assert np.isfinite(by_vectors).all()
    wanted = 0.3 * np.eye(4) - 3.3 * np.einsum("nij,njk->nik", matrix, matrix)
    found = 0.5 * (by_values + by_values.transpose(0, 2, 1))
    np.testing.assert_allclose(found[:300], wanted[:300], rtol=1e-10, atol=1e-10)  # no eigenvalue is repeated there


def test_small_rates_beside_large_ones_keep_their_digits() -> None:
    """Positive definite, graded by twelve decades: every eigenvalue to rounding of itself."""
    scale = np.array([1.0, 1e-3, 1e-6])
    core = np.array([[2.0, 0.5, 0.3], [0.5, 2.0, 0.4], [0.3, 0.4, 2.0]])
    matrix = core * scale[:, None] * scale[None, :]
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(50):
        wanted = sorted(float(x) for x in mpmath.eigsy(mpmath.matrix(matrix.tolist()), eigvals_only=True))
    np.testing.assert_allclose(np.sort(np.asarray(modes(jnp.asarray(matrix)[None])[0])[0]), wanted, rtol=1e-14)
