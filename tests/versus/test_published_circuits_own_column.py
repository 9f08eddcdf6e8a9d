"""What Kirli 2014 say of gamma, asked of this project's own column by its linear spectrum (read only)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ketworks.circuit
from ketworks.evidence.parameters import load

FREQUENCIES = np.linspace(30.0, 80.0, 6)


@pytest.fixture(scope="module")
def column():
    import jax.numpy as jnp

    from ketworks.circuit.column import column

    rows = load(str(Path(ketworks.circuit.__file__).parent))
    return column({key: jnp.asarray(row.canonical) for key, row in rows.items()})


def gamma(c, block: np.ndarray) -> np.ndarray:
    """Mean power density in 30-80 Hz, dB, for blocks (4, n); a block below 0 is more NMDA than usual."""
    import jax.numpy as jnp

    from ketworks.circuit.membrane import slopes_at
    from ketworks.circuit.spectrum import power_density
    from ketworks.circuit.working_point import working_point

    point = working_point(c, jnp.asarray(block))
    assert float(point.residual.max()) < 1e-9
    x = slopes_at(c, point.voltage, point.rates, jnp.asarray(block))
    return 10.0 * np.log10(np.mean([power_density(c, x, jnp.asarray(f)) for f in FREQUENCIES], axis=0))


def block(kind: int, share: tuple[float, ...]) -> np.ndarray:
    found = np.zeros((4, len(share)))
    found[kind] = 1.0 - np.array(share)
    return found


@pytest.mark.slow
def test_gamma_rises_with_nmda_on_pyramidal_cells(column) -> None:
    power = gamma(column, block(0, (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)))
    assert (np.diff(power) > 0.3).all()


def test_gamma_against_nmda_on_pv_cells_only_falls(column) -> None:
    """A miss: no rising limb. PV cells of the column are driven by AMPA, and NMDA only inhibits it further."""
    power = gamma(column, block(1, (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)))
    assert (np.diff(power) < 0.0).all()


def test_gamma_needs_ampa_on_pv_cells(column) -> None:
    without = column._replace(ampa=column.ampa.at[1].set(0.0))
    assert gamma(without, np.zeros((4, 1)))[0] < gamma(column, np.zeros((4, 1)))[0] - 5.0
