"""Laws of regional flow: bounded, rising with level, and the same for a person in any batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.brain.stage import RegionalFlow
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)

TIMES = np.linspace(0.0, 60.0, 13)
NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
LEVELS = st.lists(st.floats(0.0, 2e4), min_size=13, max_size=13)
RUN = jax.jit(lambda around, inputs: RegionalFlow().run(around, inputs))


def flow(s: np.ndarray) -> dict[str, np.ndarray]:
    p = {k: row.canonical for k, row in RegionalFlow.parameters().items()}
    inputs = {f"plasma.{x}_ketamine.arterial": jnp.asarray(s) for x in "sr"}
    made = RUN(Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, {}, p), inputs)
    return {name: np.asarray(x) for name, x in made.items() if name.startswith("brain.")}


@given(LEVELS, LEVELS)
@settings(max_examples=60, deadline=None)
def test_flow_change_is_bounded_and_rises_with_the_level(first: list[float], more: list[float]) -> None:
    low = flow(np.array([first]))
    high = flow(np.array([first]) + np.array([more]))
    for name, change in low.items():
        most = RegionalFlow.parameters()[name.replace("brain.cbf.", "regional_flow.most_")].value
        assert np.all((change >= 0.0) & (change < most))
        assert np.all(high[name] >= change - 1e-9)


@given(LEVELS, LEVELS)
@settings(max_examples=30, deadline=None)
def test_a_person_does_not_depend_on_the_batch(one: list[float], other: list[float]) -> None:
    alone, together = flow(np.array([one])), flow(np.array([one, other]))
    for name, change in alone.items():
        np.testing.assert_array_equal(change[0], together[name][0])
