"""Laws that the column must keep for any block."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.circuit import cells, glutamate, synapses
from ketworks.circuit.column import column
from ketworks.circuit.stage import CircuitStage, state_of
from ketworks.circuit.working_point import working_point

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()}
C = column(P)
SHARE = st.floats(0, 0.8)
find = jax.jit(lambda block: working_point(C, block))
state = jax.jit(lambda block: state_of(P, C, block))


@settings(max_examples=60, deadline=None)
@given(SHARE, SHARE, st.floats(0, 0.2), st.floats(0, 0.7))
def test_a_working_point_exists_and_rates_stay_between_zero_and_their_ceiling(
    e: float, pv: float, more_sst: float, h: float
) -> None:
    at = find(jnp.array([e, pv, e + more_sst, h])[:, None])
    assert float(at.residual[0]) < 1e-8
    assert jnp.all((at.rates > 0) & (at.rates < C.ceiling))


@settings(max_examples=30, deadline=None)
@given(SHARE, SHARE)
def test_a_state_does_not_depend_on_its_neighbours(a: float, b: float) -> None:
    one, other = jnp.full((4, 1), a), jnp.full((4, 1), b)
    both = state(jnp.concatenate([one, other], axis=1))[0]
    np.testing.assert_allclose(both[:, 0], state(jnp.concatenate([one, one], axis=1))[0][:, 0], rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 20), st.floats(0, 20), st.floats(0.05, 0.95), st.floats(0.1, 5))
def test_glutamate_follows_firing_monotonely_and_is_damped(a: float, b: float, share: float, half: float) -> None:
    low, high = (float(glutamate.steady_glutamate(jnp.asarray(r), share, half)) for r in sorted((a, b)))
    assert 0 <= low <= high + 1e-12
    assert float(glutamate.steady_glutamate(jnp.asarray(1.0), share, half)) - 1 < 1e-12
    assert abs(high - 1) <= share * max(abs(max(a, b) - 1), 0) * (1 + 1 / half) + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-5, 0.2), st.floats(0.02, 1), st.floats(0, 1000), st.floats(0, 1000))
def test_slow_release_response_is_the_slope_of_release(r: float, use: float, recovery: float, fac: float) -> None:
    slope = jax.grad(lambda r: synapses.release(r, use, recovery, fac))(r)
    response = synapses.release_response(jnp.asarray(r), use, recovery, fac, jnp.zeros(()))
    assert abs(float(slope - response)) < 1e-9 * max(1.0, abs(float(slope)))


@settings(max_examples=60, deadline=None)
@given(st.floats(-90, -30), st.floats(1e-3, 0.02), st.floats(1, 5))
def test_threshold_inverts_the_rate_function(v: float, r: float, slope: float) -> None:
    theta = cells.threshold_for(jnp.asarray(v), jnp.asarray(r), jnp.asarray(0.06), jnp.asarray(slope))
    assert abs(float(cells.firing_rate(jnp.asarray(v), 0.06, theta, slope)) - r) < 1e-12
