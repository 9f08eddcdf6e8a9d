"""Laws that block must keep for any drug level, voltage and mix of substances."""

import jax
import jax.numpy as jnp
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.receptor import hcn1, stage, trapping_block
from ketworks.receptor.stage import TrappingBlock

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in TrappingBlock.parameters().items()}
LEVEL = st.floats(0, 1e3)
VOLTAGE = st.floats(-90, 20)


@settings(max_examples=60, deadline=None)
@given(LEVEL, LEVEL, VOLTAGE)
def test_block_is_bounded_and_rises_with_the_level(a: float, b: float, voltage: float) -> None:
    kd, free = stage.pore(P, jnp.array([[voltage]]), P["magnesium.brain"])
    low, high = (trapping_block.trapped_share(jnp.array(c), kd, free) for c in sorted((a, b)))
    assert jnp.all((low >= 0) & (high < 1) & (high >= low))


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 100), st.floats(-90, -20), st.floats(0.1, 20))
def test_depolarisation_deepens_block_at_magnesium_guarded_subunits(c: float, voltage: float, more: float) -> None:
    kd, free = stage.pore(P, jnp.array([[voltage], [voltage + more]]), P["magnesium.brain"])
    block = trapping_block.trapped_share(jnp.array(c), kd, free)
    assert jnp.all(block[1, :2] > block[0, :2]) or voltage + more > -50  # Woodhull wins once magnesium has left


@settings(max_examples=40, deadline=None)
@given(st.lists(LEVEL, min_size=4, max_size=4), st.floats(0, 5))
def test_active_drug_is_linear_in_all_substances(levels: list[float], factor: float) -> None:
    weights = stage.potencies(P)
    once = stage.active_drug.active_ketamine([jnp.array(x) for x in levels], weights)
    scaled = stage.active_drug.active_ketamine([jnp.array(x * factor) for x in levels], weights)
    assert jnp.allclose(scaled, factor * once, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(LEVEL)
def test_hcn1_block_is_a_share(level: float) -> None:
    assert 0 <= float(hcn1.hcn1_block(jnp.array(level), P["hcn1.ec50"])) < 1
