"""Laws that pain must keep for any level, draw and order of delay and saturation."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax import Array

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.pain import signals
from ketworks.pain.stage import CentralSensitisation, Neuropathic, SaturatingInput

TIMES = jnp.asarray(np.concatenate([np.linspace(0.0, 6000.0, 7), np.linspace(8000.0, 120000.0, 6)]))
NONE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
VARIANTS = (CentralSensitisation, SaturatingInput, Neuropathic)
OFTEN = [VARIANTS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in VARIANTS[1:])]
LEVELS = st.lists(st.floats(0.0, 5000.0), min_size=13, max_size=13)
SHARES = st.lists(st.floats(0.0, 1.0), min_size=13, max_size=13)
DRAW = st.floats(-4.0, 4.0)


def made(
    variant: type[CentralSensitisation], s: list[float], acute: list[float], draws: tuple[float, ...]
) -> dict[str, Array]:
    p = {key: jnp.asarray(row.canonical) for key, row in variant.parameters().items()}
    eta = {name: jnp.asarray([draw]) for name, draw in zip(variant.random_effects, draws, strict=True)}
    level, share = jnp.asarray([s]), jnp.asarray([acute])
    inputs = {variant.needs[0].name: level, variant.needs[1].name: 0.5 * level, variant.needs[2].name: share}
    return variant().run(Surroundings(TIMES, NONE, {}, eta, p), inputs)


@pytest.mark.parametrize("variant", OFTEN)
@given(s=LEVELS, acute=SHARES, response=DRAW, sensitivity=DRAW, baseline=DRAW)
def test_everything_stays_on_its_scale(
    variant: type[CentralSensitisation],
    s: list[float],
    acute: list[float],
    response: float,
    sensitivity: float,
    baseline: float,
) -> None:
    found = made(variant, s, acute, (response, sensitivity, baseline))
    for name in (signals.SLOW, signals.RELIEF, signals.RESPONDER):
        assert ((found[name] >= 0.0) & (found[name] <= 1.0 + 1e-12)).all()
    for name in (signals.SCORE, signals.MEAN, signals.PLACEBO, signals.FALL):
        assert ((found[name] >= -1e-12) & (found[name] <= 10.0)).all()
    assert (found[signals.SCORE] <= found[signals.PLACEBO] + 1e-12).all()


@pytest.mark.parametrize("variant", OFTEN)
@given(s=LEVELS, more=st.floats(1.0, 5.0), sensitivity=DRAW)
def test_more_drug_never_leaves_more_pain(
    variant: type[CentralSensitisation], s: list[float], more: float, sensitivity: float
) -> None:
    nothing, draws = [0.0] * 13, (0.0, sensitivity, 0.0)
    low, high = (made(variant, levels, nothing, draws)[signals.SCORE] for levels in (s, [more * one for one in s]))
    assert (high <= low + 1e-9).all()


@pytest.mark.parametrize("variant", OFTEN)
@given(acute=SHARES, sensitivity=DRAW)
def test_without_drug_a_person_whom_placebo_does_not_help_keeps_the_pain(
    variant: type[CentralSensitisation], acute: list[float], sensitivity: float
) -> None:
    nothing = [0.0] * 13
    score = made(variant, nothing, nothing, (0.0, sensitivity, 0.0))[signals.SCORE]
    assert (score == score[0, 0]).all()
    relieved = made(variant, nothing, acute, (4.0, sensitivity, 0.0))[signals.SCORE]
    np.testing.assert_allclose(relieved[0], (1.0 - np.asarray(acute)) * float(score[0, 0]), atol=1e-12)


def test_slow_relief_has_a_slope_where_there_is_no_drug() -> None:
    def last(level: Array) -> Array:
        return CentralSensitisation().slow_relief(
            TIMES, level, jnp.asarray(1e-4), jnp.asarray([[10.0]]), jnp.asarray(1.0)
        )[0, -1]

    slope = jax.grad(last)(jnp.zeros((1, 13)))
    assert jnp.isfinite(slope).all()
    assert (slope >= 0.0).all()
    assert (slope > 0.0).any()
