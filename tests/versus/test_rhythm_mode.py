"""The leading motion against eigenvalues by LAPACK, and the stepped cell against half its step."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.rhythm.cell import State, at_rest, cell, change, resting_voltage
from ketworks.rhythm.in_time import STEP, rhythm
from ketworks.rhythm.mode import Mode, leading_mode
from ketworks.rhythm.stage import RetrosplenialPacemaker

jax.config.update("jax_enable_x64", True)
ROWS = RetrosplenialPacemaker.parameters()
P = {key: jnp.asarray(row.canonical) for key, row in ROWS.items()}


def varied(seed: int) -> dict[str, jax.Array]:
    """All numbers that have an interval, somewhere in it."""
    draw = np.random.default_rng(seed)
    return {
        key: jnp.asarray(value if row.low is None else draw.uniform(row.low, row.high))
        for (key, row), value in zip(ROWS.items(), P.values(), strict=True)
    }


def by_lapack(p: dict[str, jax.Array], block: float, hcn1_block: float) -> Mode:
    made, k, i = cell(p), jnp.asarray(block), jnp.asarray(hcn1_block)
    x = at_rest(p, resting_voltage(made, k, i))
    jacobian = jax.jacfwd(lambda y: jnp.stack(change(made, State(*y), k, i)))(jnp.stack(x))
    roots = np.linalg.eigvals(np.asarray(jacobian))
    lead = roots[np.argmax(roots.real)]
    return Mode(jnp.asarray(1e3 * lead.real), jnp.asarray(1e3 * abs(lead.imag) / (2.0 * np.pi)))


FEW = (0, 3, 8)


@pytest.mark.parametrize(
    "seed", [seed if seed in FEW else pytest.param(seed, marks=pytest.mark.slow) for seed in range(12)]
)
def test_leading_motion_is_the_leading_eigenvalue(seed: int) -> None:
    p = P if seed == 0 else varied(seed)
    for block in (0.0, 0.1, 0.3, 0.8):
        found = leading_mode(cell(p), jnp.asarray(block), jnp.asarray(0.7 * block))
        np.testing.assert_allclose(found, by_lapack(p, block, 0.7 * block), rtol=1e-7, atol=1e-6)


def test_half_the_step_gives_the_same_rhythm() -> None:
    block = jnp.array([0.1, 0.15, 0.2])
    usual, fine = rhythm(P, block, 0.75 * block), rhythm(P, block, 0.75 * block, STEP / 2.0)
    np.testing.assert_allclose(usual.frequency, fine.frequency, rtol=1e-3)
    np.testing.assert_allclose(usual.swing, fine.swing, rtol=1e-3)


@pytest.mark.slow
def test_near_the_edge_the_rhythm_has_the_frequency_of_the_leading_motion() -> None:
    block = jnp.array([0.062])
    found, mode = rhythm(P, block, 0.75 * block), leading_mode(cell(P), block, 0.75 * block)
    if found.frequency[0] > 0.0:
        assert found.frequency[0] == pytest.approx(float(mode.frequency[0]), rel=0.2)
