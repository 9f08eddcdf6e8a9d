"""The closed form against ways that know nothing of its structure: matrix exponentials in 60 digits, Radau, LSODA.

A parent of one to three compartments, its metabolite in two, and accumulators for all that leaves; given as a bolus,
by infusion, by mouth, and again and again; rates of one decade and of more than six.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from jax import Array
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from ketworks.engine.propagate import Block, Channel, Link, diagonalize, exchange, propagate, rate_matrix, single

Floats = NDArray[np.float64]
DOSE, INFUSION = 100.0, 40.0
TIMES = np.array([1e-3, 0.1, 3.0, 20.0, 40.0, 41.0, 90.0, 240.0, 1440.0, 10_000.0])
# ka, v1 v2 v3, cl q2 q3, vn1 vn2, cln qn: 1/min, L and L/min
ORDINARY = (0.07, 11.6, 39.0, 174.0, 1.48, 2.43, 1.21, 12.1, 221.0, 1.0, 2.63)
APART = (300.0, 1.0, 20.0, 5000.0, 2.0, 90.0, 0.9, 0.6, 3000.0, 0.05, 40.0)
SETS = {"ordinary": ORDINARY, "apart": APART}
WAYS = ("bolus", "infusion", "oral")
TO_METABOLITE = 0.8


def parts(constants: Sequence[Array | float], count: int) -> tuple[list[Block], list[Link]]:
    """Depot, parent, metabolite, and two accumulators: for what the parent loses otherwise, and for the metabolite."""
    ka, v1, v2, v3, cl, q2, q3, vn1, vn2, cln, qn = (jnp.reshape(jnp.asarray(x, float), (1,)) for x in constants)
    flows = {(0, 1): q2, (0, 2): q3}
    body = exchange([v1, v2, v3][:count], {pair: flows[pair] for pair in list(flows)[: count - 1]}, {0: cl})
    zero = jnp.zeros(1)
    blocks = [single(ka), body, exchange([vn1, vn2], {(0, 1): qn}, {0: cln}), single(zero), single(zero)]
    parent, metabolite = 1, 1 + count
    links = [
        Link(parent, 0, ka),
        Link(metabolite, parent, TO_METABOLITE * cl / v1),
        Link(metabolite + 2, parent, (1.0 - TO_METABOLITE) * cl / v1),
        Link(metabolite + 3, metabolite, cln / vn1),
    ]
    return blocks, links


@partial(jax.jit, static_argnums=1)
def amounts(constants: Array, count: int, entry: Array, doses: Array, times: Array) -> Array:
    """All states at the times after doses (start, duration, amount)."""
    size = count + 5
    start, duration, amount = doses.T
    channel = Channel(entry[None], start, duration, amount[None])
    return propagate(diagonalize(*parts(list(constants), count)), [channel], times, jnp.eye(size)[None])[0]


def found(name: str, count: int, way: str) -> Floats:
    entry = np.eye(count + 5)[0 if way == "oral" else 1]
    doses = np.array([[0.0, INFUSION if way == "infusion" else 0.0, DOSE]])
    return np.asarray(amounts(jnp.array(SETS[name]), count, jnp.asarray(entry), jnp.asarray(doses), jnp.asarray(TIMES)))


def dense(name: str, count: int) -> Floats:
    return np.asarray(rate_matrix(*parts(SETS[name], count)))[0]


@cache
def exact(name: str, count: int, way: str) -> Floats:
    """States by the exponential of the matrix widened by its input, in 60 digits."""
    size = count + 5
    with mpmath.workdps(60):
        wide = mpmath.zeros(size + 1, size + 1)
        wide[:size, :size] = mpmath.matrix(dense(name, count).tolist())
        state = mpmath.matrix([0] * size + [1])
        if way == "infusion":
            wide[1, size] = mpmath.mpf(DOSE) / mpmath.mpf(INFUSION)
        else:
            state[0 if way == "oral" else 1] = DOSE
        made, before, running = [], 0.0, way == "infusion"
        for time in TIMES:
            state = mpmath.expm(wide * mpmath.mpf(time - before), method="pade") * state
            before = float(time)
            if running and time == INFUSION:  # one of the times
                wide[1, size], running = 0, False
            made.append([float(state[i]) for i in range(size)])
    return np.array(made).T


def test_rates_of_the_second_set_are_six_decades_apart() -> None:
    rates = np.abs(np.linalg.eigvals(dense("apart", 3)))
    rates = rates[rates > 1e-12]
    assert rates.max() / rates.min() > 1e6


def test_the_rate_matrix_is_that_of_the_equations() -> None:
    ka, v1, v2, v3, cl, q2, q3, vn1, vn2, cln, qn = ORDINARY
    wanted = np.zeros((8, 8))
    wanted[0, 0], wanted[1, 0] = -ka, ka
    wanted[1, 1], wanted[1, 2], wanted[1, 3] = -(cl + q2 + q3) / v1, q2 / v2, q3 / v3
    wanted[2, 1], wanted[2, 2], wanted[3, 1], wanted[3, 3] = q2 / v1, -q2 / v2, q3 / v1, -q3 / v3
    wanted[4, 1], wanted[6, 1] = 0.8 * cl / v1, 0.2 * cl / v1
    wanted[4, 4], wanted[4, 5], wanted[5, 4], wanted[5, 5] = -(cln + qn) / vn1, qn / vn2, qn / vn1, -qn / vn2
    wanted[7, 4] = cln / vn1
    np.testing.assert_allclose(dense("ordinary", 3), wanted, rtol=1e-15)


COUNTS = [*(pytest.param(few, marks=pytest.mark.slow) for few in (1, 2)), 3]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("name", SETS)
def test_the_rate_matrix_has_the_modes_of_the_cascade(name: str, count: int) -> None:
    system = diagonalize(*parts(SETS[name], count))
    rebuilt = np.asarray(system.to_states)[0] * np.asarray(system.rates)[0] @ np.asarray(system.to_modes)[0]
    matrix = dense(name, count)
    assert np.abs(rebuilt - matrix).max() <= 1e-12 * np.abs(matrix).max()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", SETS)
def test_every_state_is_that_of_the_matrix_exponential(name: str, count: int, way: str) -> None:
    ours, wanted = found(name, count, way), exact(name, count, way)
    error, largest = np.abs(ours - wanted), wanted.max(axis=1, keepdims=True)
    for share, bound in ((1e-4, 1e-10), (1e-9, 1e-6)):  # of each state's own largest amount
        counts = wanted > share * largest
        assert np.max(error[counts] / wanted[counts]) <= bound
    assert error.max() <= 1e-13 * DOSE


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "method"), [("ordinary", "LSODA"), ("apart", "LSODA"), ("apart", "Radau")])
def test_general_solvers_find_the_same(name: str, method: str, way: str) -> None:
    matrix = dense(name, 3)
    state = np.zeros(8)
    if way != "infusion":
        state[0 if way == "oral" else 1] = DOSE
    made = []
    split = TIMES.searchsorted(INFUSION) + 1  # the solver starts anew where the input stops
    for times, running in ((TIMES[:split], way == "infusion"), (TIMES[split - 1 :], False)):
        drive = np.eye(8)[1] * (DOSE / INFUSION if running else 0.0)
        start = 0.0 if len(made) == 0 else times[0]
        solved = solve_ivp(
            lambda t, y, b=drive: matrix @ y + b, (start, times[-1]), state, method, times,
            rtol=1e-9, atol=1e-13, jac=lambda t, y: matrix,
        )  # fmt: skip
        state = solved.y[:, -1]
        made.append(solved.y if not made else solved.y[:, 1:])
    wanted = np.concatenate(made, axis=1)
    counts = wanted > 1e-4 * wanted.max(axis=1, keepdims=True)  # below, the solvers' own tolerance shows
    ours = found(name, 3, way)
    assert np.max(np.abs(ours - wanted)[counts] / wanted[counts]) <= 1e-6


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", SETS)
def test_what_was_given_is_all_there(name: str, count: int, way: str) -> None:
    given = DOSE * np.minimum(TIMES / INFUSION, 1.0) if way == "infusion" else np.full(len(TIMES), DOSE)
    assert np.abs(found(name, count, way).sum(axis=0) - given).max() <= 1e-8 * DOSE


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("interval", [25.0, 720.0])  # the shorter one is shorter than the infusion
@pytest.mark.parametrize("count", [1, 3])
def test_many_doses_come_to_the_steady_state_of_linear_algebra(count: int, interval: float, way: str) -> None:
    """After so many that nothing of the first is left, a dose finds what solves x = exp(M tau) x + one interval's."""
    many = 1024 if interval < INFUSION else 64
    duration = INFUSION if way == "infusion" else 0.0
    doses = np.array([[interval * k, duration, DOSE] for k in range(many)])
    entry = np.eye(count + 5)[0 if way == "oral" else 1]
    offsets = np.array([1.0, 10.0, 24.0])
    times = interval * (many - 1) + offsets
    given = jnp.array(ORDINARY), count, jnp.asarray(entry), jnp.asarray(doses), jnp.asarray(times)
    ours = np.asarray(amounts(*given))[: count + 3]
    matrix = dense("ordinary", count)[: count + 3, : count + 3]
    kept = np.eye(count + 3)
    for offset, column in zip(offsets, ours.T, strict=True):
        one = _of_all_before(matrix, entry[: count + 3], duration, interval, offset)
        wanted = np.linalg.solve(kept - expm(matrix * interval), one)
        np.testing.assert_allclose(column, wanted, rtol=1e-8, atol=1e-10 * np.abs(wanted).max())


def _of_all_before(matrix: Floats, entry: Floats, duration: float, interval: float, offset: float) -> Floats:
    """What the doses of one interval leave at ``offset`` after a dose, before the geometric sum over intervals.

    A dose that is over leaves exp(M (offset - stop)) x(stop); of infusions longer than the interval those still
    running are set apart by their age, and (1 - exp(M tau)) of them is taken, so that the sum gives them once.
    """
    size, keep = len(matrix), np.eye(len(matrix)) - expm(matrix * interval)
    if duration == 0.0:
        return np.asarray(expm(matrix * offset) @ entry * DOSE)
    running = [age for age in offset + interval * np.arange(4) if age < duration]
    first = running[-1] + interval if running else offset
    filled = np.zeros(size)
    for age in running:
        filled += np.linalg.solve(matrix, (expm(matrix * age) - np.eye(size)) @ entry) * DOSE / duration
    whole = np.linalg.solve(matrix, (expm(matrix * duration) - np.eye(size)) @ entry) * DOSE / duration
    return np.asarray(expm(matrix * (first - duration)) @ whole + keep @ filled)
