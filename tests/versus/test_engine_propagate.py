"""Linear kinetics against textbook formulas, SciPy, and finite differences."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.propagate import Block, Channel, Link, diagonalize, exchange, propagate, single

Floats = NDArray[np.float64]
VOLUMES, FLOWS, CLEARANCE, UPTAKE, DOSE = (11.6, 39.0, 174.0), (2.43, 1.21), 1.48, 0.07, 100.0
TIMES = np.array([0.0, 1e-3, 0.5, 3.0, 20.0, 39.999, 40.0, 40.001, 60.0, 240.0, 1440.0, 5000.0])


def one(x: float | Array) -> Array:
    return jnp.reshape(jnp.asarray(x, dtype=jnp.float64), (1,))


def block(count: int, clearance: float | Array = CLEARANCE) -> Block:
    flows = {(0, k): one(FLOWS[k - 1]) for k in range(1, count)}
    return exchange([one(v) for v in VOLUMES[:count]], flows, {0: one(clearance)})


def levels(
    count: int,
    doses: list[tuple[float, float, float]],
    times: Floats = TIMES,
    uptake: float | None = None,
    clearance: float | Array = CLEARANCE,
) -> Array:
    """Central concentration for doses (start, duration, amount); with ``uptake`` they enter a depot."""
    slots = 8 if len(doses) <= 8 else len(doses)
    table = jnp.array([*doses, *[(doses[-1][0], 0.0, 0.0)] * (slots - len(doses))])
    return program(count, uptake, table, jnp.asarray(times), jnp.asarray(clearance))


@partial(jax.jit, static_argnums=(0, 1))
def program(count: int, uptake: float | None, doses: Array, times: Array, clearance: Array) -> Array:
    body = block(count, clearance)
    if uptake is None:
        cascade = diagonalize([body], [])
    else:
        cascade = diagonalize([single(one(uptake)), body], [Link(1, 0, one(uptake))])
    size, central = (count, 0) if uptake is None else (count + 1, 1)
    start, duration, amount = doses.T
    read = jnp.zeros((1, 1, size)).at[0, 0, central].set(1.0 / VOLUMES[0])
    entry = jnp.zeros((1, size)).at[0, 0].set(1.0)
    return propagate(cascade, [Channel(entry, start, duration, amount[None])], times, read)[0, 0]


def macro(count: int) -> tuple[Floats, Floats]:
    """Textbook hybrid rates (roots of the characteristic polynomial) and coefficients of a unit bolus, 1/L."""
    v, k = VOLUMES[0], [CLEARANCE / VOLUMES[0]]
    out = [flow / v for flow in FLOWS[: count - 1]]
    back = [flow / volume for flow, volume in zip(FLOWS[: count - 1], VOLUMES[1:count], strict=True)]
    if count == 1:
        return np.array(k), np.array([1.0 / v])
    if count == 2:
        total, product = k[0] + out[0] + back[0], k[0] * back[0]
        beta = 2.0 * product / (total + np.sqrt(total**2 - 4.0 * product))
        rates = np.array([product / beta, beta])
    else:
        a0 = k[0] * back[0] * back[1]
        a1 = k[0] * sum(back) + back[0] * back[1] + out[0] * back[1] + out[1] * back[0]
        rates = np.roots([1.0, -(k[0] + sum(out) + sum(back)), a1, -a0]).real
    parts = []
    for i, rate in enumerate(rates):
        others = np.prod([other - rate for j, other in enumerate(rates) if j != i])
        parts.append(np.prod([turn - rate for turn in back]) / others / v)
    return np.asarray(rates), np.asarray(parts)


def textbook(count: int, times: Floats, start: float, duration: float, amount: float, uptake: float | None) -> Floats:
    rates, parts = macro(count)
    since = np.maximum(times - start, 0.0)[:, None]
    if uptake is not None:
        made = amount * uptake * parts / (uptake - rates) * (np.exp(-rates * since) - np.exp(-uptake * since))
    elif duration == 0.0:
        made = amount * parts * np.exp(-rates * since)
    else:
        running = np.minimum(since, duration)
        made = amount / duration * parts / rates * -np.expm1(-rates * running) * np.exp(-rates * (since - running))
    return np.where(times >= start, made.sum(axis=1), 0.0)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("duration", "uptake"), [(0.0, None), (40.0, None), (0.0, UPTAKE)])
def test_textbook_formulas(count: int, duration: float, uptake: float | None) -> None:
    found = np.asarray(levels(count, [(0.0, duration, DOSE)], uptake=uptake))
    wanted = textbook(count, TIMES, 0.0, duration, DOSE, uptake)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-14 * wanted.max())


@pytest.mark.parametrize("count", [1, 3])
def test_overlapping_infusions_and_a_bolus_add_up(count: int) -> None:
    doses = [(0.0, 40.0, 100.0), (20.0, 100.0, 30.0), (20.0, 0.0, 10.0), (39.999, 1e-3, 5.0), (120.0, 600.0, 200.0)]
    wanted = sum(textbook(count, TIMES, *dose, None) for dose in doses)
    np.testing.assert_allclose(np.asarray(levels(count, doses)), wanted, rtol=1e-9)


@pytest.mark.parametrize("duration", [0.0, 40.0, 3000.0])
def test_many_doses_add_up_in_any_order(duration: float) -> None:
    doses = [(2000.0 * k, duration, 50.0 + k) for k in range(64)]
    times = np.linspace(0.0, 140_000.0, 97)
    wanted = sum(textbook(3, times, *dose, None) for dose in doses)
    order = np.random.default_rng(1).permutation(64)
    for given in (doses, [doses[k] for k in order]):
        np.testing.assert_allclose(np.asarray(levels(3, given, times)), wanted, rtol=1e-9, atol=1e-12 * wanted.max())


@pytest.mark.parametrize("uptake", [None, UPTAKE])
def test_a_zero_dose_makes_nothing(uptake: float | None) -> None:
    for duration in (0.0, 40.0):
        assert (np.asarray(levels(3, [(0.0, duration, 0.0), (9.0, 0.0, 0.0)], uptake=uptake)) == 0.0).all()


@pytest.mark.parametrize("duration", [0.0, 40.0])
def test_a_dose_makes_nothing_before_it_starts(duration: float) -> None:
    late = np.asarray(levels(3, [(TIMES[-1] + 1.0, duration, DOSE)]))
    assert (late == 0.0).all()
    second = np.asarray(levels(3, [(0.0, 40.0, DOSE), (TIMES[-1] + 1.0, duration, DOSE)]))
    np.testing.assert_allclose(second, np.asarray(levels(3, [(0.0, 40.0, DOSE)])), rtol=1e-13)


def test_at_the_instant_of_a_bolus_the_level_is_the_one_after_it() -> None:
    found = np.asarray(levels(1, [(TIMES[4], 0.0, DOSE)]))
    np.testing.assert_allclose(found[3:5], [0.0, DOSE / VOLUMES[0]], rtol=1e-14)


@pytest.mark.parametrize("uptake", [None, UPTAKE])
def test_scipy_finds_the_same_within_its_tolerance(uptake: float | None) -> None:
    matrix = np.asarray(block(3).matrix)[0]

    def rhs(t: float, y: Floats) -> Floats:
        rate = uptake * y[3] if uptake is not None else DOSE / 40.0 * (t < 40.0)
        return np.append(matrix @ y[:3] + rate * np.eye(3)[0], 0.0 if uptake is None else -rate)

    start, found = np.array([0.0, 0.0, 0.0, 0.0 if uptake is None else DOSE]), []
    after = TIMES[TIMES > 40.0]
    for part in (TIMES[TIMES <= 40.0], np.concatenate([[40.0], after])):  # a jump of the input starts a new run
        solved = solve_ivp(rhs, (part[0], part[-1]), start, "LSODA", part, rtol=1e-10, atol=1e-12)
        start = solved.y[:, -1]
        found.append(solved.y[0] / VOLUMES[0])
    wanted = np.concatenate([found[0], found[1][1:]])
    ours = np.asarray(levels(3, [(0.0, 40.0 if uptake is None else 0.0, DOSE)], uptake=uptake))
    np.testing.assert_allclose(ours, wanted, rtol=1e-6, atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("uptake", [None, UPTAKE])
def test_the_gradient_by_clearance_is_that_of_differences(uptake: float | None) -> None:

    def level(clearance: Array) -> Array:
        return levels(3, [(0.0, 40.0 if uptake is None else 0.0, DOSE)], TIMES, uptake, clearance)[3:]

    at = jnp.asarray(CLEARANCE)
    found = np.asarray(jax.jvp(level, (at,), (jnp.ones(()),))[1])
    back = float(jax.grad(lambda clearance: level(clearance).sum())(at))
    h = 1e-4
    wanted = np.asarray(level(jnp.asarray(CLEARANCE + h)) - level(jnp.asarray(CLEARANCE - h))) / (2.0 * h)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    assert back == pytest.approx(found.sum(), rel=1e-10)
    assert (found < 0.0).all()


@pytest.mark.parametrize("what", [pytest.param("start", marks=pytest.mark.slow), "amount", "duration"])
def test_gradients_by_the_dose_are_finite_for_empty_slots(what: str) -> None:
    values = {"start": jnp.zeros(3), "duration": jnp.array([40.0, 0.0, 0.0]), "amount": jnp.array([[100.0, 0.0, 0.0]])}

    def total(x: Array) -> Array:
        channel = Channel(jnp.eye(3)[:1], **(values | {what: x}))
        return propagate(diagonalize([block(3)], []), [channel], jnp.asarray(TIMES), jnp.ones((1, 1, 3))).sum()

    assert bool(jnp.isfinite(jax.jit(jax.grad(total))(values[what])).all())
