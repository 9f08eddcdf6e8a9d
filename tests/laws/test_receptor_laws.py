"""Laws that block must keep for any drug level, voltage and mix of substances."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ketworks.receptor import hcn1, occupancy, stage, trapping_block
from ketworks.receptor.stage import TrappingBlock
from ketworks.receptor.use_dependence import Pace, pace, settled_share, stepped

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


CONCENTRATION = st.floats(1e-3, 100)
KD = st.floats(0.05, 50)
FREE = st.floats(0.01, 1)
OPENING = st.floats(1e-3, 1)
ENTRY = st.floats(1, 500)
ESCAPE = st.floats(0, 2)


def pace_of(c: float, kd: float, free: float, po: float, k_on: float, escape: float) -> Pace:
    """One step, one subunit."""
    return pace(*(np.array([[x]]) for x in (c, kd, free, po)), k_on, escape)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(CONCENTRATION, KD, FREE, OPENING, ENTRY, st.floats(0, 1))
def test_kinetics_end_in_the_steady_state_of_the_stage(c, kd, free, po, k_on, start) -> None:  # type: ignore[no-untyped-def]
    here = pace_of(c, kd, free, po, k_on, 0.0)
    long = np.array([40.0 / here.loss[0, 0]])
    end = stepped(here, long, np.array([start]))[-1, 0]
    steady = float(trapping_block.trapped_share(*(jnp.array(x) for x in (c, kd, free))))
    assert abs(end - steady) < 1e-12
    assert abs(settled_share(here)[0, 0] - steady) < 1e-12
    assert abs(1.0 / here.loss[0, 0] - float(trapping_block.settling_time(c, kd, free, po, k_on))) < 1e-9 / po


@settings(max_examples=100, deadline=None)
@given(CONCENTRATION, KD, FREE, OPENING, ENTRY, ESCAPE, st.floats(0, 1))
def test_steps_may_be_cut_anywhere_and_stay_a_share(c, kd, free, po, k_on, escape, start) -> None:  # type: ignore[no-untyped-def]
    here = pace_of(c, kd, free, po, k_on, escape)
    whole = stepped(here, np.array([1.0]), np.array([start]))[-1, 0]
    halves = Pace(*(np.repeat(x, 2, axis=0) for x in here))
    cut = stepped(halves, np.array([0.37, 0.63]), np.array([start]))[-1, 0]
    assert 0.0 <= whole <= 1.0
    assert abs(whole - cut) < 1e-12


@settings(max_examples=100, deadline=None)
@given(CONCENTRATION, KD, FREE, ENTRY, st.floats(0.01, 2), OPENING, st.floats(1.5, 100))
def test_escape_makes_depth_depend_on_activity(c, kd, free, k_on, escape, po, busier) -> None:  # type: ignore[no-untyped-def]
    perfect = settled_share(pace_of(c, kd, free, po, k_on, 0.0))[0, 0]
    quiet = settled_share(pace_of(c, kd, free, po, k_on, escape))[0, 0]
    busy = settled_share(pace_of(c, kd, free, po * busier, k_on, escape))[0, 0]
    assert quiet < busy < perfect
    silent = settled_share(pace_of(c, kd, free, 0.0, k_on, escape))[0, 0]
    assert silent == 0.0
    without_end = settled_share(pace_of(c, kd, free, po * 1e12, k_on, escape))[0, 0]
    assert abs(without_end - perfect) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(LEVEL, min_size=4, max_size=4), st.integers(0, 3), st.floats(0.1, 50))
def test_occupancy_is_a_share_and_no_substance_lowers_it(levels: list[float], which: int, more: float) -> None:
    brain = [jnp.array([[x]]) for x in levels]
    raised = [x + more if i == which else x for i, x in enumerate(brain)]
    before, after = occupancy.read_outs(P, brain), occupancy.read_outs(P, raised)
    for target in occupancy.TARGETS:
        low, high = float(before[target.signal][0, 0]), float(after[target.signal][0, 0])
        assert 0.0 <= low <= high < 1.0
        assert (high > low) == (which in target.halves)
