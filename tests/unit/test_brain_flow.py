"""Regional flow: the points it was solved from, the point it predicts, and its behaviour without drug."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.brain.stage import RegionalFlow
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)

LONG = np.linspace(0.0, 240.0, 121)
NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))


def flow(s: object, r: object, times: np.ndarray = LONG) -> dict[str, np.ndarray]:
    shape = (1, len(times))
    s_level, r_level = (np.broadcast_to(np.asarray(x, dtype=float), shape) for x in (s, r))
    around = Surroundings(
        jnp.asarray(times), NO_DOSE, {}, {}, {k: row.canonical for k, row in RegionalFlow.parameters().items()}
    )
    inputs = {
        "plasma.s_ketamine.arterial": jnp.asarray(s_level),
        "plasma.r_ketamine.arterial": jnp.asarray(r_level),
    }
    return {name: np.asarray(x) for name, x in RegionalFlow().run(around, inputs).items()}


@pytest.mark.parametrize(
    ("region", "s_level", "observed"),
    [
        ("global", 159.0, 13.7),
        ("global", 1959.0, 36.4),
        ("anterior_cingulate", 159.0, 31.6),
        ("thalamus", 205.5, 28.5),
        ("putamen", 205.5, 26.8),
        ("frontal", 205.5, 25.4),
        ("insula", 1959.0, 86.5),
    ],
)
def test_meets_the_points_it_was_solved_from(region: str, s_level: float, observed: float) -> None:
    settled = flow(s_level, 0.0)[f"brain.cbf.{region}"][0, -1]
    assert settled == pytest.approx(observed, rel=2e-3)


def test_rows_are_the_exact_solution_of_the_two_points() -> None:
    low, high, at_low, at_high = 13.7, 36.4, 159.0, 1959.0
    c50 = (high - low) / (low / at_low - high / at_high)
    rows = RegionalFlow.parameters()
    assert rows["regional_flow.c50"].value == pytest.approx(c50, rel=1e-3)
    assert rows["regional_flow.most_global"].value == pytest.approx(low * (1.0 + c50 / at_low), rel=1e-3)


def test_r_ketamine_is_predicted_to_do_nothing() -> None:
    made = flow(0.0, 200.0)
    assert all(np.all(x == 0.0) for name, x in made.items() if name.startswith("brain."))


def test_no_drug_no_change() -> None:
    assert all(np.all(x == 0.0) for x in flow(0.0, 0.0).values())


def test_flow_lags_plasma_and_reports_its_error() -> None:
    times = np.linspace(0.0, 120.0, 241)
    made = flow(np.where(times < 40.0, 3.5 * times, 140.0 * np.exp(-(times - 40.0) / 20.0)), 0.0, times)
    assert 40.0 < times[np.argmax(made["brain.cbf.global"][0])] < 50.0
    assert 0.0 < made["error.brain.cbf.global"] < 1e-3


def test_declares_what_it_makes() -> None:
    made = flow(100.0, 100.0)
    assert {signal.name for signal in RegionalFlow.outputs} <= set(made)
    known = {*RegionalFlow.parameters(), *(need.name for need in RegionalFlow.needs)}
    assert all(set(links) <= known for links in RegionalFlow.rests_on.values())
    assert set(RegionalFlow.rests_on) == set(RegionalFlow.equations) == {s.name for s in RegionalFlow.outputs}
