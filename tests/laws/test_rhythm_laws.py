"""Laws that the retrosplenial cell must keep for any block."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.rhythm.cell import at_rest, cell, outward, resting_voltage
from ketworks.rhythm.stage import RetrosplenialPacemaker, under_block

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in RetrosplenialPacemaker.parameters().items()}
SHARE = st.floats(0, 0.99)
at = jax.jit(lambda block, hcn1: (resting_voltage(cell(P), block, hcn1), under_block(P, block, hcn1)))


@settings(max_examples=60, deadline=None)
@given(SHARE, SHARE)
def test_the_cell_is_balanced_where_it_rests_and_nothing_is_nan(block: float, hcn1: float) -> None:
    k, i = jnp.array([block]), jnp.array([hcn1])
    voltage, mode = at(k, i)
    assert abs(float(outward(cell(P), at_rest(P, voltage), k, i)[0])) < 1e-6
    assert jnp.isfinite(mode.growth).all()
    assert (mode.frequency >= 0.0).all()


@settings(max_examples=60, deadline=None)
@given(SHARE, SHARE, SHARE)
def test_more_block_never_lifts_the_rest(block: float, more: float, hcn1: float) -> None:
    low, high = sorted((block, more))
    voltage, _ = at(jnp.array([low, high]), jnp.array([hcn1, hcn1]))
    assert float(voltage[1]) <= float(voltage[0]) + 1e-9


@settings(max_examples=30, deadline=None)
@given(SHARE, SHARE)
def test_a_level_does_not_depend_on_its_neighbours(block: float, other: float) -> None:
    one, both = jnp.array([block, block]), jnp.array([block, other])
    np.testing.assert_array_equal(at(one, one)[1].growth[0], at(both, both)[1].growth[0])
