"""Values and gradients through the shipped chain: replaced parameters against a run of their own and differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from ketworks.engine import compiled
from ketworks.engine.schedule import Schedule
from ketworks.people.person import Person
from ketworks.registry import default_chain

TIMES = jnp.array([0.0, 5.0, 20.0, 40.0, 60.0, 240.0])
LEVEL, PRESSURE = "plasma.s_ketamine.arterial", "body.mean_arterial_pressure"
CHAIN = default_chain("combined")


def run(outputs: list[str], values: Mapping[str, Any]) -> dict[str, Array]:
    doses = Schedule(jnp.zeros(1), jnp.array([40.0]), jnp.full((1, 1), 80.0), jnp.full((1, 1), 80.0))
    person = {name: jnp.full(1, value) for name, value in Person().covariates().items()}
    return CHAIN.run(outputs, TIMES, doses, person, CHAIN.typical(outputs, 1, 1), values).signals


def canonical(key: str) -> float:
    return next(stage.parameters()[key].canonical for stage in CHAIN.stages if key in stage.parameters())


def test_a_replaced_value_changes_the_result_and_compiles_nothing() -> None:
    key = "simons2022.clearance"
    before = np.asarray(run([LEVEL], {})[LEVEL])
    programs = len(compiled._READY)
    again = np.asarray(run([LEVEL], {key: canonical(key)})[LEVEL])
    whole = np.asarray(run([LEVEL], {key: 2})[LEVEL])  # an int and a float are one kind of value
    less = np.asarray(run([LEVEL], {key: 0.5 * canonical(key)})[LEVEL])
    np.testing.assert_array_equal(again, before)
    assert (less[:, 1:] > before[:, 1:]).all()
    assert not np.array_equal(whole, before)
    assert len(compiled._READY) == programs


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        pytest.param("simons2022.clearance", LEVEL, marks=pytest.mark.slow),
        pytest.param("simons2022.clearance", PRESSURE, marks=pytest.mark.slow),
        ("baroreflex.gain", PRESSURE),
    ],
)
def test_the_gradient_through_the_chain_is_that_of_differences(key: str, signal: str) -> None:
    def level(value: Any) -> Array:
        return run([signal], {key: value})[signal][0, 3]

    at = canonical(key)
    h = 1e-4 * at
    wanted = float(level(at + h) - level(at - h)) / (2.0 * h)
    assert abs(wanted) > 1e-6
    assert float(jax.jit(jax.grad(level))(at)) == pytest.approx(wanted, rel=1e-5)
