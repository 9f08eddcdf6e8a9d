"""Amounts of other drugs in the body against SciPy's integration of the same compartment."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ketworks.comedication.amount_in_body import course
from ketworks.comedication.combined import product_of_factors, strength


@pytest.mark.parametrize(
    ("duration", "out", "uptake", "vein"),
    [
        (0.0, 0.01, 0.05, 0.0),
        (0.0, 0.01, 0.05, 1.0),
        (30.0, 0.02, 0.5, 1.0),
        (0.0, 0.03, 0.03, 0.0),
        (0.0, 0.1, 0.02, 0.0),
    ],
)
def test_one_compartment_agrees_with_an_integrator(duration: float, out: float, uptake: float, vein: float) -> None:
    since = np.array([-5.0, 0.0, 1.0, 10.0, 29.0, 31.0, 120.0, 600.0])

    def slope(t: float, state: np.ndarray) -> list[float]:
        rate = 1.0 / duration if duration and t < duration else 0.0
        return [rate + uptake * state[1] - out * state[0], -uptake * state[1]]

    start = [0.0, 0.0] if duration else [1.0, 0.0] if vein else [0.0, 1.0]
    found = solve_ivp(
        slope, (0.0, 600.0), start, method="LSODA", t_eval=since[1:], rtol=1e-10, atol=1e-14, max_step=1.0
    )
    made = np.asarray(
        course(*(jnp.asarray(x) for x in (since[None], [[duration]], [[out]], [[uptake]], [[vein]])))  # type: ignore[arg-type]
    )[0]
    assert made[0] == 0.0
    np.testing.assert_allclose(made[1:], found.y[0], rtol=2e-6, atol=1e-9)


def test_strength_is_one_at_the_reference_and_saturates() -> None:
    ratio = jnp.array([0.0, 1.0, 1e9])
    np.testing.assert_allclose(strength(ratio, jnp.asarray(2.0)), [0.0, 1.0, 2.0], rtol=1e-8)
    assert float(product_of_factors(jnp.array([0.0]), jnp.ones((1, 1, 1)))[0, 0]) == pytest.approx(1e-6)
