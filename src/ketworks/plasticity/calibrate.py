"""Fits the drive and the synaptic chain; prints the parameter rows. Run: ``python -m ketworks.plasticity.calibrate``.

1. Drive. C50 makes the drive received after 0.1, 0.2, 0.5 and 1.0 mg/kg over 40 min follow the assumed dose curve:
   a pulse of that drive lets fast gain jump by kA * g with g = dose / (dose + D50), scaled to 1 at 0.5 mg/kg.
   u_max makes the drive of one 0.5 mg/kg infusion 1.
2. Chain. Growth, loss time and the two weights of the effect follow from the drug effects in ``mood_anchors.csv`` by
   least squares; kA, tauA, tauD, kK, tauK and rho are held (see their rows). An effect in points becomes the share that
   the drug takes of what control P and expectancy X had left, f = (E - X) / (S0 - P - X): one dose against midazolam
   and repeated doses against saline then speak of the same thing.

``calibration_curve.csv`` is receptor.active_ketamine of a typical adult of 75 kg after 0.5 mg/kg racemate over 40 min
with the plasma stage ``simons2022`` and the receptor stage ``trapping-block``; kinetics are linear in dose. After a
change of those stages, write the curve anew and run this module.

    run = ketworks.simulate("0.5 mg/kg iv over 40 min", ketworks.Person(weight="75 kg", age=45),
                            outputs=["receptor.active_ketamine"], band=False)
    run.times, run.tables["receptor.active_ketamine"][0]    # min and umol/L, to 4 d
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.optimize import least_squares  # type: ignore[import-untyped]

from ketworks.engine.grid import time_grid
from ketworks.engine.units import to_canonical
from ketworks.evidence.parameters import load
from ketworks.plasticity import drive, exponential_steps
from ketworks.plasticity.synaptic_chain import Rates

Floats = NDArray[np.float64]
FOLDER = Path(__file__).parent
OUTCOME = FOLDER.parent / "outcome"

DOSES = (0.1, 0.2, 0.5, 1.0)  # mg/kg over 40 min, the doses that were tried against midazolam
STANDARD = 0.5  # mg/kg, the dose whose drive is 1
INFUSION = 40.0  # min
_DAY = to_canonical(1.0, "d")[0]
_START = (3.0, 3.0, 0.3, 0.4)  # 1/d, d, 1, 1: where the search begins
_LEAST = (0.1, 0.3, 0.0, 0.0)
_MOST = (20.0, 40.0, 1.0, 1.0)


class Curve(NamedTuple):
    """Active drug after one standard infusion: times min, level umol/L, both of shape (times,)."""

    times: Floats
    level: Floats


class Anchor(NamedTuple):
    """A mean drug effect: name, dose times d, time d; effect, change under its control, and expectancy in points."""

    name: str
    doses: tuple[float, ...]
    time: float
    effect: float
    control: float
    expectancy: float

    def share(self, baseline: float) -> float:
        """What the drug took of what control and expectancy had left."""
        return (self.effect - self.expectancy) / (baseline - self.control - self.expectancy)


class DriveFit(NamedTuple):
    """Half-drive level umol/L, largest drive 1/min, and drive received at ``DOSES`` as fitted and as wanted."""

    half_level: float
    largest: float
    received: Floats
    wanted: Floats


class ChainFit(NamedTuple):
    """Growth 1/d, loss time d, largest share 1, fast share 1, and the shares at the anchors as fitted and as wanted."""

    growth: float
    loss_time: float
    largest_share: float
    fast_share: float
    shares: Floats
    wanted: Floats


def read_curve(path: Path = FOLDER / "calibration_curve.csv") -> Curve:
    """The stored curve (columns ``time_min``, ``active_umol_per_l``)."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [(float(row["time_min"]), float(row["active_umol_per_l"])) for row in csv.DictReader(handle)]
    return Curve(*np.array(rows).T)


def read_anchors(path: Path = FOLDER / "mood_anchors.csv") -> list[Anchor]:
    """The mean drug effects that set the chain."""
    points = ("time_d", "effect_point", "control_point", "expectancy_point")
    with path.open(encoding="utf-8", newline="") as handle:
        return [
            Anchor(row["name"], _days(row["doses_d"]), *(float(row[name]) for name in points))
            for row in csv.DictReader(handle)
        ]


def wanted_drive(jump: float, half_dose: float) -> Floats:
    """Drive that lets fast gain jump by kA * g at each of ``DOSES``: a = ln(1 - kA g) / ln(1 - kA)."""
    doses = np.array(DOSES)
    height = doses / (doses + half_dose) * (STANDARD + half_dose) / STANDARD
    return np.asarray(np.log1p(-jump * height) / np.log1p(-jump), dtype=np.float64)


def fit_drive(curve: Curve, jump: float, half_dose: float) -> DriveFit:
    """C50 by least squares on the logarithms of the drive received, over a grid of 1 % steps."""
    wanted = wanted_drive(jump, half_dose)
    standard = DOSES.index(STANDARD)

    def area(half: float) -> Floats:
        levels = curve.level[None] * (np.array(DOSES) / STANDARD)[:, None]
        return np.asarray(np.trapezoid(levels / (levels + half), curve.times, axis=1), dtype=np.float64)

    halves = np.geomspace(1e-3, 1e1, 926)
    misfit = [float(np.sum(np.log(area(h) / area(h)[standard] / wanted) ** 2)) for h in halves]
    best = float(halves[int(np.argmin(misfit))])
    return DriveFit(best, 1.0 / float(area(best)[standard]), area(best) / area(best)[standard], wanted)


def fit_chain(
    curve: Curve, anchors: Sequence[Anchor], fixed: Mapping[str, float], fitted: DriveFit, baseline: float
) -> ChainFit:
    """Growth, loss time and the weights of A and N by least squares on the anchors.

    Args:
        curve: active drug after one standard infusion.
        anchors: effects to meet, equally weighted as shares.
        fixed: canonical values of the rows that are held, by id.
        fitted: the drive.
        baseline: score before treatment, points.
    """
    grids = [_anchor_grid(curve, anchor) for anchor in anchors]
    wanted = np.array([anchor.share(baseline) for anchor in anchors])

    def shares(x: Floats) -> Floats:
        rates = _rates(fixed, fitted, x)
        ends = np.array([_end_states(times, level, fitted.half_level, rates) for times, level in grids])
        return np.asarray(x[2] * ends[:, 0] + x[3] * ends[:, 1], dtype=np.float64)

    found = least_squares(lambda x: shares(x) - wanted, _START, x_scale=_START, bounds=(_LEAST, _MOST)).x
    largest = float(found[2] + found[3])
    return ChainFit(float(found[0]), float(found[1]), largest, float(found[2]) / largest, shares(found), wanted)


def _days(cell: str) -> tuple[float, ...]:
    return tuple(float(part) for part in cell.split(";"))


def _anchor_grid(curve: Curve, anchor: Anchor) -> tuple[Array, Array]:
    starts = np.array(anchor.doses) * _DAY
    times = time_grid([*starts, *(starts + INFUSION)], [], anchor.time * _DAY)
    level = sum(np.interp(times - start, curve.times, curve.level, left=0.0, right=0.0) for start in starts)
    return jnp.asarray(times), jnp.asarray(level)[None]


def _rates(fixed: Mapping[str, float], fitted: DriveFit, x: Floats) -> Rates:
    return Rates(
        jump=jnp.asarray(fixed["synaptic_chain.jump"]),
        largest_drive=jnp.asarray(fitted.largest),
        fast_time=jnp.asarray(fixed["synaptic_chain.fast_time"]),
        delay=jnp.asarray(fixed["synaptic_chain.delay"]),
        growth=jnp.asarray(x[0] / _DAY),
        loss_time=jnp.asarray(x[1] * _DAY),
        trace_gain=jnp.asarray(fixed["synaptic_chain.trace_gain"]),
        trace_time=jnp.asarray(fixed["synaptic_chain.trace_time"]),
        hold=jnp.asarray(fixed["synaptic_chain.hold"]),
    )


@jax.jit
def _end_states(times: Array, level: Array, half: Array, rates: Rates) -> Array:
    """Fast gain and synaptic gain at the last time, shape (2,)."""
    one = jnp.ones(())
    fine_times, fine_level = exponential_steps.halved(times, level)
    share, fine_share = (drive.saturating_drive(x, half, one) for x in (level, fine_level))
    states = exponential_steps.solve(times, share, fine_times, fine_share, rates).states
    return jnp.stack([states[0, 0, -1], states[2, 0, -1]])


def main() -> None:
    """Fits and prints."""
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    fixed = {key: row.canonical for key, row in load(str(FOLDER)).items()}
    curve, anchors = read_curve(), read_anchors()
    fitted = fit_drive(curve, fixed["synaptic_chain.jump"], fixed["synaptic_drive.dose_ed50"])
    chain = fit_chain(curve, anchors, fixed, fitted, load(str(OUTCOME))["madrs.baseline"].canonical)
    print(f"synaptic_drive.half_level\t{fitted.half_level:.4g} umol/L")
    print(f"synaptic_drive.largest\t{fitted.largest:.4g} 1/min")
    for dose, got, wanted in zip(DOSES, fitted.received, fitted.wanted, strict=True):
        print(f"  drive received at {dose} mg/kg\t{got:.3f} (wanted {wanted:.3f})")
    print(f"synaptic_chain.growth\t{chain.growth:.4g} 1/d")
    print(f"synaptic_chain.loss_time\t{chain.loss_time:.4g} d")
    print(f"mood.largest_share\t{chain.largest_share:.4g}")
    print(f"mood.fast_share\t{chain.fast_share:.4g}")
    for anchor, share, aim in zip(anchors, chain.shares, chain.wanted, strict=True):
        print(f"  {anchor.name}\t{share:.3f} (wanted {aim:.3f})")


if __name__ == "__main__":
    main()
