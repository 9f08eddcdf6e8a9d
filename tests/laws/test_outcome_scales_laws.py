"""Laws of the other scales for any MADRS: ranges, order, and thresholds that follow the scores."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.outcome.measures import SCALES, LinkedScales

jax.config.update("jax_enable_x64", True)

NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
VALUES = {key: jnp.asarray(row.canonical) for key, row in LinkedScales.parameters().items()}
scores = st.floats(0.0, 60.0)


@given(scores, scores, scores)
@settings(max_examples=60, deadline=None)
def test_worse_on_madrs_is_never_better_on_another_scale(start: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    madrs = jnp.asarray([[start, low], [start, high]])
    around = Surroundings(jnp.asarray([0.0, 1440.0]), NONE, {}, {}, VALUES)
    made = {name: np.asarray(array) for name, array in LinkedScales().run(around, {"outcome.madrs": madrs}).items()}
    for scale in SCALES:
        score = made[f"outcome.{scale.name}"]
        assert 0.0 <= score.min() <= score.max() <= LinkedScales.parameters()[f"{scale.name}.top"].value
        assert score[0, 1] <= score[1, 1]
        for kind in ("response", "remission"):
            share = made[f"outcome.{kind}.{scale.name}"]
            assert set(np.unique(share)) <= {0.0, 1.0}
            assert share[0, 1] >= share[1, 1]
