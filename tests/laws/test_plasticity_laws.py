"""Laws of the plasticity stage on any drug curve."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ketworks.engine.grid import time_grid
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.plasticity import signals
from ketworks.plasticity.stage import Disinhibition

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
TIMES = time_grid([0.0, 5000.0], [], 14.0 * 1440.0)
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
VALUES = {key: jnp.asarray(row.canonical) for key, row in Disinhibition.parameters().items()}
STAGE = Disinhibition()

peaks = st.floats(0.0, 20.0)
rates = st.floats(1e-4, 0.05)


@jax.jit
def _run(active: jax.Array) -> dict[str, jax.Array]:
    return STAGE.run(Surroundings(jnp.asarray(TIMES), NONE, {}, {}, VALUES), {"receptor.active_ketamine": active})


def run(active: Floats) -> dict[str, Floats]:
    return {name: np.array(array) for name, array in _run(jnp.asarray(active)).items()}


def curve(peak: float, rate: float) -> Floats:
    rise = np.minimum(TIMES / 40.0, 1.0)
    later = np.where(TIMES < 5000.0, 0.0, 0.5 * peak * np.exp(-rate * np.maximum(TIMES - 5000.0, 0.0)))
    return peak * rise * np.exp(-rate * np.maximum(TIMES - 40.0, 0.0)) + later


@given(peaks, rates)
@settings(max_examples=40, deadline=None)
def test_states_stay_within_zero_and_one(peak: float, rate: float) -> None:
    made = run(curve(peak, rate)[None].repeat(2, axis=0))
    for name in signals.STATES:
        assert np.all(np.isfinite(made[name]))
        assert made[name].min() >= 0.0
        assert made[name].max() <= 1.0


@given(peaks, rates, st.floats(1.05, 10.0))
@settings(max_examples=40, deadline=None)
def test_more_drug_never_means_less_gain(peak: float, rate: float, factor: float) -> None:
    level = curve(peak, rate)
    made = run(np.stack([level, factor * level]))
    for name in (*signals.STATES, signals.DRIVE, signals.DOSES):
        slack = 1e-3 * max(made[name].max(), 1e-12)
        assert np.all(made[name][1] >= made[name][0] - slack), name


@given(peaks, rates, peaks)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_company(peak: float, rate: float, other: float) -> None:
    level = curve(peak, rate)
    one = run(np.stack([level, curve(other, 0.01)]))
    two = run(np.stack([level, curve(20.0 - other, 0.002)]))
    for signal in signals.OUTPUTS:
        np.testing.assert_array_equal(one[signal.name][0], two[signal.name][0])


@given(peaks, rates)
@settings(max_examples=20, deadline=None)
def test_drive_received_never_falls(peak: float, rate: float) -> None:
    received = run(curve(peak, rate)[None].repeat(2, axis=0))[signals.DOSES][0]
    assert np.all(np.diff(received) >= -1e-6 * max(received.max(), 1e-12))
