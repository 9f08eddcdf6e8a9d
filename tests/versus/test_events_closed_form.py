"""Closed forms of linear kinetics against general ways: SciPy's ODE solver, and matrix exponentials with 50 digits."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.propagate import Channel, Link, diagonalize, exchange, propagate, single
from ketworks.events import LinearModel, amounts, read
from ketworks.events.exponential import Modes, advance

Floats = NDArray[np.float64]
Dose = tuple[float, int, float, float]  # time, compartment, amount, duration

USUAL = {"KA": 1.1, "CL": 4.2, "V": 31.0, "Q": 2.5, "V2": 55.0, "Q2": 2.5, "Q3": 0.6, "V3": 210.0}
SIX_DECADES = {"KA": 900.0, "CL": 1.0, "V": 1.0, "Q": 1000.0, "V2": 1.0, "Q2": 1000.0, "Q3": 0.001, "V3": 1.0}
SIX_THE_OTHER_WAY = {"KA": 1e-3, "CL": 1e3, "V": 1.0, "Q": 5.0, "V2": 1.0, "Q2": 5.0, "Q3": 0.02, "V3": 20.0}
STRUCTURES = ["one", "one oral", "two", "two oral", "three", "three oral"]
TIMES = [1e-4, 0.01, 0.5, 1.0, 1.999, 2.0, 6.0, 24.0, 24.1, 100.0, 2000.0]


def values_of(model: LinearModel, values: dict[str, float]) -> dict[str, float]:
    return {name: values[name] for name in model.parameters}


def table_of(doses: Sequence[Dose], times: Sequence[float]) -> str:
    rows = [(time, f"{time!r},1,{place},{amount!r},{duration!r}") for time, place, amount, duration in doses]
    rows += [(time, f"{time!r},0,0,0,0") for time in times]
    return "TIME,EVID,CMT,AMT,DUR\n" + "\n".join(row for _, row in sorted(rows, key=lambda one: one[0])) + "\n"


def solved(matrix: Floats, doses: Sequence[Dose], times: Sequence[float]) -> Floats:
    """Amounts by a general stiff solver, started anew wherever an input changes."""
    edges = sorted({0.0, *times, *(one[0] for one in doses), *(one[0] + one[3] for one in doses)})
    x, found = np.zeros(matrix.shape[0]), {}
    for start, end in zip([0.0, *edges], edges, strict=False):
        rate = np.zeros_like(x)
        for time, place, amount, duration in doses:
            if duration and time <= start < time + duration:
                rate[place - 1] += amount / duration
        if end > start:
            scale = max(1e-30, float(np.abs(x).max()), float(rate.max()) * (end - start))
            run = solve_ivp(
                lambda t, y, r=rate: matrix @ y + r,
                (start, end),
                x,
                "Radau",
                rtol=1e-10,
                atol=1e-13 * scale,
                jac=matrix,
            )
            x = run.y[:, -1]
        for time, place, amount, duration in doses:
            if time == end and not duration:
                x[place - 1] += amount
        found[end] = x.copy()
    return np.array([found[time] for time in times])


def digits(matrix: Floats, doses: Sequence[Dose], time: float) -> list[float]:
    """Amounts by superposition of matrix exponentials with 50 digits."""
    size = matrix.shape[0]
    with mpmath.workdps(50):
        big = mpmath.zeros(size + 1, size + 1)
        for i in range(size):
            for j in range(size):
                big[i, j] = mpmath.mpf(float(matrix[i, j]))
        total = mpmath.zeros(size + 1, 1)
        for start, place, amount, duration in doses:
            since = mpmath.mpf(time) - mpmath.mpf(start)
            if since < 0:
                continue
            x, run = mpmath.zeros(size + 1, 1), big.copy()
            if duration:
                run[place - 1, size] = mpmath.mpf(amount) / mpmath.mpf(duration)
                x[size] = 1
                x = mpmath.expm(run * min(since, mpmath.mpf(duration))) * x
                x[size], run[place - 1, size] = 0, 0
                since = max(since - mpmath.mpf(duration), mpmath.mpf(0))
            else:
                x[place - 1] = mpmath.mpf(amount)
            total += mpmath.expm(run * since) * x
        return [float(total[i]) for i in range(size)]


PATTERNS = {
    "bolus": [(0.0, 1, 100.0, 0.0), (24.0, 1, 50.0, 0.0)],
    "infusion": [(0.0, 1, 100.0, 2.0), (1.0, 1, 30.0, 5.0)],
    "both": [(0.0, 1, 100.0, 0.0), (0.5, 1, 40.0, 1.5), (24.0, 1, 10.0, 0.1)],
}


@pytest.mark.parametrize(
    "pattern", ["both", *(pytest.param(one, marks=pytest.mark.slow) for one in ("bolus", "infusion"))]
)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_against_a_general_solver(structure: str, pattern: str) -> None:
    model = LinearModel.named(structure)
    values, times = values_of(model, USUAL), [time for time in TIMES if time <= 100.0]
    table = read(table_of(PATTERNS[pattern], times))
    found = amounts(model, table, values)[table["EVID"] == 0]
    wanted = solved(model.matrix({k: np.float64(v) for k, v in values.items()}), PATTERNS[pattern], times)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rates", [USUAL, SIX_DECADES, SIX_THE_OTHER_WAY], ids=["usual", "six", "six, slow uptake"])
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_against_fifty_digits(structure: str, pattern: str, rates: dict[str, float]) -> None:
    model = LinearModel.named(structure)
    values = values_of(model, rates)
    table = read(table_of(PATTERNS[pattern], TIMES))
    found = amounts(model, table, values)[table["EVID"] == 0]
    matrix = model.matrix({k: np.float64(v) for k, v in values.items()})
    for time, row in zip(TIMES, found, strict=True):
        for amount, wanted in zip(row, digits(matrix, PATTERNS[pattern], time), strict=True):
            assert amount == pytest.approx(wanted, rel=1e-8, abs=1e-250), (time, row)


STEADY = {
    "bolus": "0,1,100,0,0,12",
    "infusion": "0,1,100,0,5,12",
    "infusion as long as the interval": "0,1,100,0,12,12",
    "infusions that overlap": "0,1,100,0,31,12",
    "endless": "0,1,0,8,0,0",
}


@pytest.mark.parametrize("rates", [USUAL, SIX_DECADES, SIX_THE_OTHER_WAY], ids=["usual", "six", "six, slow uptake"])
@pytest.mark.parametrize("kind", STEADY)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_steady_state_against_fifty_digits(structure: str, kind: str, rates: dict[str, float]) -> None:
    """The state an interval leaves as it was, solved with 50 digits by integrals of all infusions that run in it."""
    model = LinearModel.named(structure)
    values = values_of(model, rates)
    table = read(f"TIME,EVID,AMT,RATE,DUR,II,SS\n{STEADY[kind]},1\n7,0,0,0,0,0,0\n")
    found = amounts(model, table, values)
    matrix = model.matrix({k: np.float64(v) for k, v in values.items()})
    _, _, amount, rate, duration, interval = (float(cell) for cell in STEADY[kind].split(","))
    at, later = steady(matrix, amount, rate, duration, interval, 7.0)
    np.testing.assert_allclose(found[0], at, rtol=1e-8)
    np.testing.assert_allclose(found[1], later, rtol=1e-8)


def steady(matrix: Floats, amount: float, rate: float, duration: float, interval: float, after: float) -> list[Floats]:
    """Amounts at the dose (a bolus given) and ``after`` it, from the sum of all earlier doses as a geometric series."""
    size = matrix.shape[0]
    with mpmath.workdps(50):
        m = mpmath.matrix(matrix.tolist())
        unit = mpmath.matrix([1] + [0] * (size - 1))
        if not interval:
            settled = mpmath.lu_solve(-m, unit * rate)
            return [numbers(settled), numbers(mpmath.expm(m * after) * settled)]

        def one(since: float) -> mpmath.matrix:
            if not duration:
                return mpmath.expm(m * since) * unit * amount
            ran = min(since, duration)
            inner = mpmath.lu_solve(m, (mpmath.expm(m * ran) - mpmath.eye(size)) * unit) * (amount / duration)
            return mpmath.expm(m * (since - ran)) * inner

        def all_until(since: float) -> mpmath.matrix:
            number = 0
            total = mpmath.zeros(size, 1)
            while since + number * interval < duration:
                total += one(since + number * interval)
                number += 1
            rest = mpmath.eye(size) - mpmath.expm(m * interval)
            return total + mpmath.lu_solve(rest, one(since + number * interval))

        return [numbers(all_until(0.0)), numbers(all_until(after))]


def numbers(vector: mpmath.matrix) -> Floats:
    return np.array([float(value) for value in vector])


@pytest.mark.slow
@pytest.mark.parametrize("oral", [False, True])
@pytest.mark.parametrize("rates", [USUAL, SIX_DECADES, SIX_THE_OTHER_WAY], ids=["usual", "six", "six, slow uptake"])
def test_the_propagator_of_the_chain_against_fifty_digits(rates: dict[str, float], oral: bool) -> None:
    """``engine/propagate`` and the event engine solve one system; both are held to the same digits."""
    model = LinearModel.named("three oral" if oral else "three")
    values = values_of(model, rates)
    matrix = model.matrix({k: np.float64(v) for k, v in values.items()})

    def one(name: str) -> jnp.ndarray:
        return jnp.array([values[name]])

    body = exchange([one("V"), one("V2"), one("V3")], {(0, 1): one("Q2"), (0, 2): one("Q3")}, {0: one("CL")})
    blocks, links = ([single(one("KA")), body], [Link(1, 0, one("KA"))]) if oral else ([body], [])
    cascade = diagonalize(blocks, links)
    size = matrix.shape[0]
    entry = jnp.zeros((1, size)).at[:, 0].set(1.0)
    start, _, amount, duration = (jnp.array(column) for column in zip(*PATTERNS["infusion"], strict=True))
    channel = Channel(entry, start, duration, amount[None])
    found = np.asarray(propagate(cascade, [channel], jnp.array(TIMES), jnp.eye(size)[None]))[0].T
    wanted = [digits(matrix, PATTERNS["infusion"], time) for time in TIMES]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-13)


def test_uptake_as_fast_as_loss_is_exact() -> None:
    """KA = CL / V has no sum of two exponentials: amount x KA t exp(-KA t)."""
    table = read("TIME,AMT\n0,100\n0.5,0\n3,0\n40,0\n")
    found = amounts(LinearModel.named("one oral"), table, {"KA": 0.25, "CL": 5.0, "V": 20.0})
    time = table["TIME"]
    np.testing.assert_allclose(found[:, 1], 100.0 * 0.25 * time * np.exp(-0.25 * time), rtol=1e-12)


def test_modes_and_matrix_exponentials_agree() -> None:
    model = LinearModel.named("three oral")
    matrix = model.matrix({k: np.array([v]) for k, v in values_of(model, USUAL).items()})
    modes = Modes.of(matrix)
    assert modes.safe.all()
    times = np.array([0.01, 0.3, 2.0, 50.0, 300.0])
    x = np.tile([10.0, 0.0, 3.0, 1.0], (times.size, 1))
    rate = np.tile([0.0, 2.0, 0.0, 0.0], (times.size, 1))
    by_modes = modes.advance(np.zeros(times.size, np.int64), x, times, rate)
    by_powers = advance(np.repeat(matrix, times.size, axis=0), x, times, rate)
    np.testing.assert_allclose(by_modes, by_powers, rtol=1e-10)
