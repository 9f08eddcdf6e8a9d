"""The exact propagator against the matrix exponential in 40-digit arithmetic."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.propagate import Channel, Link, diagonalize, exchange, propagate, single, transits

V1, V2, V3, CL, Q2, Q3, KT, VN1, VN2, CLN, QN = 11.6, 39.0, 174.0, 1.48, 2.43, 1.21, 0.0995, 11.6, 221.0, 1.0, 2.63
STATES = 7


def system() -> tuple[NDArray[np.float64], object]:
    def one(x: float) -> jax.Array:
        return jnp.array([x])

    blocks = [
        exchange([one(V1), one(V2), one(V3)], {(0, 1): one(Q2), (0, 2): one(Q3)}, {0: one(CL)}),
        transits(one(KT), 2),
        exchange([one(VN1), one(VN2)], {(0, 1): one(QN)}, {0: one(CLN)}),
    ]
    links = [Link(3, 0, one(CL / V1)), Link(5, 4, one(KT))]
    a = np.zeros((STATES, STATES))
    a[0, 0], a[0, 1], a[0, 2] = -(CL + Q2 + Q3) / V1, Q2 / V2, Q3 / V3
    a[1, 0], a[1, 1], a[2, 0], a[2, 2] = Q2 / V1, -Q2 / V2, Q3 / V1, -Q3 / V3
    a[3, 0], a[3, 3], a[4, 3], a[4, 4], a[5, 4] = CL / V1, -KT, KT, -KT, KT
    a[5, 5], a[5, 6], a[6, 5], a[6, 6] = -(CLN + QN) / VN1, QN / VN2, QN / VN1, -QN / VN2
    return a, diagonalize(blocks, links)


def reference(a: NDArray[np.float64], t: float, rate: float, stop: float) -> list[float]:
    """Amounts after a constant input into state 0 that ends at ``stop``, to 30 digits."""
    with mpmath.workdps(40):
        augmented = mpmath.zeros(STATES + 1, STATES + 1)
        for i in range(STATES):
            for j in range(STATES):
                augmented[i, j] = mpmath.mpf(float(a[i, j]))
        augmented[0, STATES] = mpmath.mpf(rate)
        x = mpmath.expm(augmented * mpmath.mpf(min(t, stop))) * mpmath.matrix([0] * STATES + [1])
        x[STATES] = 0
        if t > stop:
            x = mpmath.expm(augmented * (mpmath.mpf(t) - mpmath.mpf(stop))) * x
        return [float(x[i]) for i in range(STATES)]


@pytest.mark.parametrize(
    "t", [5.0, *(pytest.param(t, marks=pytest.mark.slow) for t in (20.0, 40.0, 120.0)), 41.0, 1440.0, 14400.0]
)
def test_infusion_meets_the_reference_to_1e_9(t: float) -> None:
    a, cascade = system()
    entry = jnp.zeros((1, STATES)).at[:, 0].set(1.0)
    channel = Channel(entry, jnp.array([0.0]), jnp.array([40.0]), jnp.array([[100.0]]))
    read = jnp.eye(STATES)[None]
    found = np.asarray(propagate(cascade, [channel], jnp.array([t]), read))[0, :, 0]  # type: ignore[arg-type]
    wanted = np.array(reference(a, t, 100.0 / 40.0, 40.0))
    for state in range(STATES):
        assert abs(found[state] / wanted[state] - 1.0) <= 1e-9, state


def test_one_compartment_with_rates_six_decades_apart() -> None:
    fast, slow = 1e3, 1e-3
    cascade = diagonalize([single(jnp.array([fast])), single(jnp.array([slow]))], [Link(1, 0, jnp.array([fast]))])
    times = np.array([1e-4, 1e-2, 1.0, 100.0, 5000.0])
    entry = jnp.array([[1.0, 0.0]])
    dose = Channel(entry, jnp.array([0.0]), jnp.array([0.0]), jnp.array([[1.0]]))
    found = np.asarray(propagate(cascade, [dose], jnp.asarray(times), jnp.array([[[0.0, 1.0]]])))[0, 0]
    wanted = fast / (fast - slow) * (np.exp(-slow * times) - np.exp(-fast * times))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_chain_of_equal_transits_is_exact(count: int) -> None:
    """A bolus into the first of n equal compartments leaves the last as a gamma density."""
    rate, times = 0.3, np.array([1e-3, 0.5, 4.0, 30.0, 120.0])
    cascade = diagonalize([transits(jnp.array([rate]), count)], [])
    entry = jnp.zeros((1, count)).at[:, 0].set(1.0)
    dose = Channel(entry, jnp.array([0.0]), jnp.array([0.0]), jnp.array([[1.0]]))
    found = np.asarray(propagate(cascade, [dose], jnp.asarray(times), jnp.eye(count)[None]))[0, -1]
    wanted = np.exp(-rate * times) * (rate * times) ** (count - 1) / math.factorial(count - 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_modes_that_coincide_and_meet_do_not_pass_silently() -> None:
    rate = jnp.array([0.1])
    cascade = diagonalize([single(rate), single(rate)], [Link(1, 0, rate)])
    dose = Channel(jnp.array([[1.0, 0.0]]), jnp.array([0.0]), jnp.array([0.0]), jnp.array([[1.0]]))
    found = propagate(cascade, [dose], jnp.array([1.0]), jnp.array([[[0.0, 1.0]]]))
    assert not bool(jnp.isfinite(found).all())
