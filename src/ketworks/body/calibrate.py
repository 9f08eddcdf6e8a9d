"""Fits the seven free constants of the baroreflex to seven human points: ``python -m ketworks.body.calibrate``.

The points stand in ``calibration_points.tsv`` beside this file. Seven constants meet seven points exactly, so nothing
is left over to test: a pass on these points is calibration. Constants that no point fixes (filling, gain of resistance,
baselines) stay at their assumed values. The printed values are those of the ``fitted`` rows of ``parameters.tsv``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.body.settled import Steady, steady_state
from ketworks.engine.jax_setup import set_up
from ketworks.errors import SolverFailed
from ketworks.evidence.parameters import load

FREE = (
    *("baroreflex.gain", "baroreflex.sympathetic_most", "baroreflex.sympathetic_c50", "baroreflex.rate_gain"),
    *("baroreflex.vasodilation_most", "baroreflex.inotropy_most", "baroreflex.inotropy_c50"),
)
_START = (1.4, 4.0, 600.0, 0.5, 1.0, 1.0, 200.0)  # where the search begins; the end does not depend on it
_STEPS, _TOLERANCE = 60, 1e-12


def points() -> list[tuple[str, float, float, float]]:
    """Quantity, levels of S- and R-ketamine (ng/mL) and observed ratio to rest, one per calibration point."""
    with (Path(__file__).parent / "calibration_points.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            (row["quantity"], float(row["s_ng_ml"]), float(row["r_ng_ml"]), 1.0 + float(row["change_percent"]) / 100.0)
            for row in rows
        ]


def fit() -> dict[str, float]:
    """The free constants that meet the points, by damped Newton steps in their logarithms.

    Raises:
        SolverFailed: when the steps do not settle.
    """
    quantities, s_levels, r_levels, observed = zip(*points(), strict=True)
    fixed = {key: jnp.asarray(row.canonical) for key, row in load(str(Path(__file__).parent)).items()}
    pick = [Steady._fields.index(quantity) for quantity in quantities]
    index = jnp.arange(len(pick))

    def misfit(log_free: Array) -> Array:
        p = fixed | dict(zip(FREE, jnp.exp(log_free), strict=True))
        made = jnp.stack(steady_state(jnp.asarray(s_levels), jnp.asarray(r_levels), p))
        return made[jnp.asarray(pick), index] - jnp.asarray(observed)

    slope = jax.jit(jax.jacfwd(misfit))
    x = jnp.log(jnp.asarray(_START))
    for _ in range(_STEPS):
        step = jnp.linalg.solve(slope(x), misfit(x))
        x = x - step * jnp.minimum(1.0, 0.5 / jnp.max(jnp.abs(step)))
        if float(jnp.max(jnp.abs(step))) < _TOLERANCE:
            return dict(zip(FREE, map(float, jnp.exp(x)), strict=True))
    raise SolverFailed("the fit of the baroreflex constants", f"a step below {_TOLERANCE} within {_STEPS} steps")


def main() -> None:
    """Prints the fitted constants in the units of their rows."""
    set_up()
    for key, value in fit().items():
        print(f"{key}\t{value:.6g}")


if __name__ == "__main__":
    main()
