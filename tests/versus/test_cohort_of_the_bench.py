"""The slow chain that the bench solves is the shipped one: its text against the stages' own equations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.body import baroreflex, pressures
from ketworks.body.stage import Baroreflex
from ketworks.engine.jax_setup import set_up
from ketworks.plasticity import drive, synaptic_chain
from ketworks.plasticity.stage import Disinhibition, rates_of

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def bench() -> Iterator[dict[str, ModuleType]]:
    """The parts of ``bench/cohort`` that need nothing but NumPy."""
    set_up()
    sys.path.insert(0, str(BENCH))
    try:
        from cohort import model, panels, problem  # type: ignore[import-not-found,unused-ignore]

        yield {"model": model, "panels": panels, "problem": problem}
    finally:
        sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def somewhere(bench: dict[str, ModuleType]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """States of one person somewhere on the way, the person's constants, and rates of change by the bench's text."""
    model, problem = bench["model"], bench["problem"]
    drawn = np.random.default_rng(3).uniform(0.1, 0.9, len(model.STATES))
    states = dict(zip(model.STATES, drawn * problem.SCALE, strict=True)) | {"hr": 1.2, "co": 1.3, "re": 0.8}
    person = dict(zip(model.PERSONAL, problem.problem(2).personal[:, 1], strict=True))
    f = model.rates(problem.shared(), {"log": np.log})
    return states, person, dict(zip(model.STATES, f(states.values(), person.values(), 1.0), strict=True))


def test_plasticity_is_that_of_the_stage(bench: dict[str, ModuleType], somewhere: tuple[dict[str, float], ...]) -> None:
    states, _, found = somewhere
    c = bench["problem"].shared()
    p = {key: jnp.asarray(row.canonical) for key, row in Disinhibition.parameters().items()}
    rates = rates_of(p)
    active = jnp.asarray(states["bk"] + c["potency_n"] * states["bn"])
    s = drive.saturating_drive(active, p["synaptic_drive.half_level"], p["synaptic_drive.steepness"])
    wanted = {
        "a": synaptic_chain.fast_gain(states["a"], s, rates),
        "d": synaptic_chain.translation(states["d"], states["a"], rates),
        "n": synaptic_chain.structural_gain(states["n"], states["d"], states["k"], rates),
        "k": synaptic_chain.consolidation(states["k"], s, rates),
        "received": synaptic_chain.drive_received(s, rates),
    }
    for name, value in wanted.items():
        assert found[name] == pytest.approx(float(value), rel=1e-12), name


def test_circulation_is_that_of_the_stage(
    bench: dict[str, ModuleType], somewhere: tuple[dict[str, float], ...]
) -> None:
    states, person, found = somewhere
    p = {key: jnp.asarray(row.canonical) for key, row in Baroreflex.parameters().items()}
    level, total = jnp.asarray([states["ha"]]), jnp.asarray([states["ht"]])
    pushes = baroreflex.drug_drive(level, level, total, jnp.asarray([person["theta"]]), p)
    at = jnp.asarray([[states["hr"]], [states["co"]], [states["re"]]])
    wanted = baroreflex.turnover(at, pushes, p)
    assert [found["hr"], found["co"], found["re"]] == pytest.approx(list(np.asarray(wanted[:, 0])), rel=1e-12)


def test_systolic_pressure_is_that_of_the_stage(
    bench: dict[str, ModuleType], somewhere: tuple[dict[str, float], ...]
) -> None:
    states, person, _ = somewhere
    model, problem = bench["model"], bench["problem"]
    functions = {"log": np.log, "exp": np.exp}
    read = model.readings(problem.shared(), functions)(states.values(), person.values(), 0.0)
    p = {key: jnp.asarray(row.canonical) for key, row in Baroreflex.parameters().items()}
    rate = jnp.asarray(states["hr"])
    stroke = baroreflex.stroke_volume(jnp.asarray(states["co"]), rate, p["baroreflex.filling"])
    systole = pressures.systole_share(rate, p["systole.share"], p["systole.shortening"])
    pulse = pressures.pulse_pressure(jnp.asarray(person["pulse0"]), stroke, systole, p["systole.share"])
    mean = person["mean0"] * rate * stroke * states["re"]
    systolic, _ = pressures.systolic_diastolic(mean, pulse, p["rest.mean_share"])
    assert dict(zip(model.READ, read, strict=True))["systolic"] == pytest.approx(float(systolic), rel=1e-12)


def test_a_lag_on_a_panel_is_exact_for_a_polynomial(bench: dict[str, ModuleType]) -> None:
    panels = bench["panels"]
    nodes = panels.lobatto(6)
    for z in (1e-6, 0.3, 4.0, 300.0):
        keep, weights = (part[0] for part in panels.lags(nodes, np.array([z])))
        # x = s and y(0) = 1: y = exp(-z c) + c - (1 - exp(-z c)) / z
        wanted = np.exp(-z * nodes) + nodes + np.expm1(-z * nodes) / z
        assert keep + weights @ nodes == pytest.approx(wanted, abs=1e-11)


def test_integrals_on_a_panel_are_exact_for_a_polynomial(bench: dict[str, ModuleType]) -> None:
    panels = bench["panels"]
    nodes = panels.lobatto(7)
    assert panels.integrals(nodes) @ nodes**6 == pytest.approx(nodes**7 / 7, abs=1e-15)
    places = np.array([0.1, 0.77])
    assert panels.values_at(nodes, places) @ nodes**6 == pytest.approx(places**6, abs=1e-14)
