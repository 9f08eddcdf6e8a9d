"""How far the directions at 0.5 mg/kg hang on the numbers that were assumed or fitted."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit import stage
from ketworks.circuit.column import column
from ketworks.circuit.stage import CircuitStage, state_of

jax.config.update("jax_enable_x64", True)
HALF_MG_PER_KG, WITHOUT_SST = (0.141, 0.183, 0.215, 0.108), (0.141, 0.183, 0.0, 0.108)


@pytest.mark.slow
def test_directions_when_every_assumed_and_fitted_number_moves_by_five_percent() -> None:
    rows = CircuitStage.parameters()
    p = {key: jnp.asarray(row.canonical) for key, row in rows.items()}
    loose = [key for key, row in rows.items() if row.grade == "E" and key.startswith("column.")]
    draws = np.exp(0.05 * np.random.default_rng(7).standard_normal((len(loose), 400)))
    moved = {key: p[key] * jnp.asarray(draws[i]) for i, key in enumerate(loose)}
    blocks = jnp.asarray([(0.0,) * 4, HALF_MG_PER_KG, WITHOUT_SST]).T

    def one(some):
        values = {**p, **some}
        c = column(values)
        return *state_of(values, c, blocks), jnp.min(c.drive[:2]), c.tonic[2, 0]

    y, health, drive, tonic = (np.asarray(x) for x in jax.jit(jax.vmap(one))(moved))
    kept = np.all(health == 0, axis=1) & (drive > 0) & (tonic > 0)
    assert kept.mean() > 0.8
    rise = y[kept][:, :, 1] - y[kept][:, :, 0]
    share = dict(zip(stage._FROM_CIRCUIT, np.mean(rise > 0, axis=0), strict=True))
    assert share["circuit.sst_rate"] < 0.01
    assert share["circuit.pv_rate"] > 0.95
    assert share["circuit.pyramidal_rate"] > 0.75
    assert share["circuit.gamma_power"] > 0.6
    assert share["circuit.alpha_power"] < 0.45
    assert share["circuit.beta_power"] < 0.45
    without = y[kept][:, :, 2] - y[kept][:, :, 0]
    assert np.mean(without[:, stage._FROM_CIRCUIT.index("circuit.pyramidal_rate")] > 0) < 0.05
    assert np.mean(without[:, stage._FROM_CIRCUIT.index("circuit.gamma_power")] > 0) < 0.1
