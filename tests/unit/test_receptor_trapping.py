"""The pore equations against the facts they must reproduce."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.receptor import stage, trapping_block
from ketworks.receptor.stage import TrappingBlock

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in TrappingBlock.parameters().items()}
PUBLISHED = {"2a": (0.33, 5.35), "2b": (0.31, 5.08), "2c": (0.51, 1.18), "2d": (0.83, 2.95)}


def block_of_racemate(total: float, magnesium: float) -> np.ndarray:
    """Block of the four subunits at -66 mV by a racemate (umol/L), through the whole chain of equations."""
    zero = jnp.zeros(())
    active = stage.active_drug.active_ketamine([total / 2, total / 2, zero, zero], stage.potencies(P))
    kd, free = stage.pore(P, jnp.array([[-66.0]]), jnp.asarray(magnesium))
    return np.asarray(trapping_block.trapped_share(active, kd, free))[0]


@pytest.mark.parametrize("subunit", range(4))
def test_half_blocking_levels_with_and_without_magnesium(subunit: int) -> None:
    without, with_mg = list(PUBLISHED.values())[subunit]
    for level, magnesium in ((without, 0.0), (with_mg, 1000.0)):
        block = block_of_racemate(level, magnesium)[subunit]
        implied = level * (1 - block) / block
        assert implied == pytest.approx(level, rel=0.15)


def test_magnesium_free_share_agrees_with_jahr_stevens_at_2a_and_2b() -> None:
    _, free = stage.pore(P, jnp.array([[-66.0]]), P["magnesium.brain"])
    jahr_stevens = 1 / (1 + np.exp(0.062 * 66) / 3.57)
    np.testing.assert_allclose(free[0, :2], jahr_stevens, rtol=0.15)


def test_potency_order_of_enantiomers_and_metabolites() -> None:
    ratios = 1 / np.asarray(stage.potencies(P))
    np.testing.assert_allclose(ratios, [1, 4.7, 5.7, 43], rtol=0.02)


def test_kinetics_settle_at_the_steady_state() -> None:
    kd, free, active = jnp.array([0.2, 0.5]), jnp.array([0.06, 0.28]), jnp.array(0.7)
    po, k_on = P["kinetics.open_probability"], P["kinetics.k_on"]
    tau = trapping_block.settling_time(active, kd, free, po, k_on)

    def step(trapped, _):
        slope = trapping_block.trapping_rate(trapped, active, kd, free, po, k_on)
        return trapped + 0.02 * jnp.min(tau) * slope, None

    end, _ = jax.lax.scan(step, jnp.zeros(2), None, length=5000)
    np.testing.assert_allclose(end, trapping_block.trapped_share(active, kd, free), rtol=1e-9)
    assert float(jnp.max(tau)) < 10  # seconds, against minutes of drug kinetics


def test_activity_sets_the_pace_and_not_the_depth() -> None:
    quiet = trapping_block.trapping_rate(jnp.array(0.1), 0.7, 0.2, 0.06, 0.01, 140.0)
    busy = trapping_block.trapping_rate(jnp.array(0.1), 0.7, 0.2, 0.06, 0.04, 140.0)
    assert float(busy / quiet) == pytest.approx(4.0)
    at_rest = trapping_block.trapped_share(jnp.array(0.7), 0.2, 0.06)
    for po in (0.01, 0.04):
        assert float(trapping_block.trapping_rate(at_rest, 0.7, 0.2, 0.06, po, 140.0)) == pytest.approx(0, abs=1e-12)


def test_a_blocker_that_escapes_loses_block_in_quiet_cells() -> None:
    def settled(po: float) -> float:  # zero of the linear rate
        slope0 = trapping_block.trapping_rate(jnp.array(0.0), 1.0, 0.8, 0.06, po, 140.0, 0.2)
        slope1 = trapping_block.trapping_rate(jnp.array(1.0), 1.0, 0.8, 0.06, po, 140.0, 0.2)
        return float(slope0 / (slope0 - slope1))

    assert settled(0.0005) < 0.8 * settled(0.02)


def test_hydroxynorketamine_barely_blocks_and_is_not_an_input() -> None:
    # 46 umol/L at 2A without magnesium (Abbott & Popescu 2020), competed by magnesium
    _, free = stage.pore(P, jnp.array([[-66.0]]), P["magnesium.brain"])
    assert float(trapping_block.trapped_share(jnp.array(10.0), 46.0, free[0, 0])) < 0.05
    assert not any("hydroxy" in need.name for need in TrappingBlock.needs)
