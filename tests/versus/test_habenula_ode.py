"""The trapped share in the habenula against SciPy, and against the closed form at a standing level."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp

from ketworks.plasticity.rivals.calibrate import curves
from ketworks.plasticity.rivals.habenula import trapped_course

jax.config.update("jax_enable_x64", True)
HALF, HOLD = 0.035, 1440.0


def test_trapped_share_follows_a_stiff_solver_after_a_real_infusion() -> None:
    stored = curves()
    times, level = stored["time_min"], stored["receptor.active_ketamine"]
    made = trapped_course(jnp.asarray(times), jnp.asarray(level)[None], jnp.asarray(HALF), jnp.asarray(HOLD))[0]

    def slope(t: float, y: list[float]) -> float:
        return (float(np.interp(t, times, level)) / HALF * (1.0 - y[0]) - y[0]) / HOLD

    kinks = np.unique(times)
    path = solve_ivp(slope, (0.0, times[-1]), [0.0], t_eval=kinks, method="LSODA", rtol=1e-8, atol=1e-11, max_step=20.0)
    reference = np.interp(times, path.t, path.y[0])
    assert 0.3 < reference.max() < 0.8
    np.testing.assert_allclose(np.asarray(made), reference, atol=1e-3)


def test_a_standing_level_traps_by_the_closed_form_whatever_the_steps() -> None:
    level = 0.1
    pace = (level / HALF + 1.0) / HOLD
    for times in (np.linspace(0.0, 5000.0, 7), np.geomspace(1.0, 5001.0, 60) - 1.0):
        standing = jnp.full((2, len(times)), level)
        made = trapped_course(jnp.asarray(times), standing, jnp.asarray(HALF), jnp.asarray(HOLD))
        want = level / (level + HALF) * (1.0 - np.exp(-pace * times))
        np.testing.assert_allclose(np.asarray(made[1]), want, atol=1e-12)
