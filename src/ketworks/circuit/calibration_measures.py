"""What the calibration of the column looks at: drug-free rhythms, and changes under drug over the dose axis."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.circuit import bands, membrane, spectrum
from ketworks.circuit.column import PER_S, Column, column
from ketworks.circuit.glutamate import steady_glutamate
from ketworks.circuit.stage import BANDS
from ketworks.circuit.synapses import nmda_gate, reciprocal
from ketworks.circuit.working_point import working_point

FOLDER = Path(__file__).parent
CLASSES_BLOCKED = ("pyramidal", "pv", "sst", "hcn1")
AXIS = np.array(
    [0, 0.02, 0.05, 0.09, 0.125, 0.162, 0.21, 0.267, 0.31, 0.35, 0.4, 0.443, 0.6, 0.9, 1.33, 1.78, 2.23]
)  # odds of block, pyramidal
HALF = 5  # where on the axis 0.5 mg/kg over 40 min ends
FIRST = 1  # where the order of events is read
MODES = ((10.0, 0.27), (40.0, 0.14))  # Hz and damping from which the two drug-free modes are sought
SEARCH_STEPS, LARGEST_STEP = 9, 0.15  # of Newton's method in the complex plane; share of the distance from 0


class Axis(NamedTuple):
    """The dose axis: odds of the four blocks per odds on pyramidal cells, (4,), and by glutamate target the weights
    with which its reading averages over the axis, (axis,).
    """

    ratio: NDArray[np.float64]
    weights: Mapping[str, NDArray[np.float64]]


def read_axis(clearance: float) -> Axis:
    """The axis of ``calibration_blocks.csv``: courses of block of a typical adult during and after each infusion.

    Args:
        clearance: time constant with which dialysate follows, min.

    Equation:  G(T) = sum over t of exp(-(T-t)/tau)/tau dt G(x(t)), x(t) the odds of block at t, linear between knots.
    """
    with (FOLDER / "calibration_blocks.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    weights: dict[str, NDArray[np.float64]] = {}
    for name in dict.fromkeys(row["quantity"] for row in rows):
        times, block = (
            np.array([float(row[key]) for row in rows if row["quantity"] == name]) for key in ("time_min", "pyramidal")
        )
        fine = np.linspace(0.0, times[-1], 3001)
        odds = np.interp(fine, times, block / (1.0 - block))
        share = np.exp((fine - fine[-1]) / clearance) / clearance * np.gradient(fine)
        share[[0, -1]] *= 0.5
        place = np.clip(np.searchsorted(AXIS, odds) - 1, 0, AXIS.size - 2)
        upper = (odds - AXIS[place]) / (AXIS[place + 1] - AXIS[place])
        below, above = (np.bincount(place + i, share * w, AXIS.size) for i, w in ((0, 1.0 - upper), (1, upper)))
        weights[name] = np.asarray(below + above, dtype=np.float64)
    peak = max((row for row in rows), key=lambda row: float(row["pyramidal"]) if "half" in row["quantity"] else 0.0)
    top = np.array([float(peak[cell]) for cell in CLASSES_BLOCKED])
    odds = top / (1.0 - top)
    return Axis(odds / odds[0], weights)


def measures(p: Mapping[str, Array], axis: Axis, shift: Array) -> dict[str, Array]:
    """Every quantity of ``calibration_targets.tsv`` for one set of values, and those held out.

    Args:
        p: parameter values by id, canonical units.
        axis: the dose axis.
        shift: factors on the odds of the four blocks, (4,).

    Returns:
        Scalars by name; ``held_out.*`` are shown, never aimed at.
    """
    c = column(p)
    odds = jnp.asarray(AXIS) * jnp.asarray(axis.ratio)[:, None] * shift[:, None]
    block = odds / (1.0 + odds)
    at = working_point(c, block)
    change = 100.0 * (at.rates / at.rates[:, :1] - 1.0)
    level = steady_glutamate(
        at.rates[0] / at.rates[0, 0], p["glutamate.firing_share"], p["glutamate.autoreceptor_half"]
    )
    found = {name: 100.0 * (jnp.asarray(w) @ level - np.sum(w)) for name, w in axis.weights.items()}
    slopes = membrane.slopes_at(c, at.voltage, at.rates, block)
    low, high = (jnp.stack([p[f"band.{band}_{edge}"] for band in BANDS]) for edge in ("low", "high"))
    pair = jax.tree.map(lambda x: x[..., jnp.array([0, HALF])], slopes)
    powers, slope = bands.log_band_powers(lambda f: spectrum.power_density(c, pair, f), low, high)
    found |= {f"{band}_power": powers[i, 1] - powers[i, 0] for i, band in enumerate(BANDS)}
    for band in ("delta", "theta"):
        found[f"held_out.{band}_power"] = found.pop(f"{band}_power")
    rest = membrane.determinant(membrane.at_frequency(c, slopes, jnp.zeros(())))
    drug_free = jax.tree.map(lambda x: x[..., :1], slopes)
    for name, (frequency, damping) in zip(("alpha", "gamma"), MODES, strict=True):
        found[f"{name}_mode_frequency"], found[f"{name}_mode_damping"] = _mode(c, drug_free, frequency, damping)
    gate = nmda_gate(c.rates[0], c.k["nmda.opening"], c.k["time.nmda"])[0]
    return found | {
        "drive_pyramidal": c.drive[0, 0],
        "drive_pv": c.drive[1, 0],
        "ambient_lead": c.tonic[2, 0] - gate,
        "balance": jnp.min(rest / rest[0]),
        "sst_fall_first": -change[2, FIRST] - change[0, FIRST],
        "sst_rate": change[2, HALF],
        "pyramidal_rate": change[0, HALF],
        "aperiodic_slope": slope[1] - slope[0],
    }


def _mode(c: Column, slopes: membrane.Slopes, frequency: float, damping: float) -> tuple[Array, Array]:
    """Frequency (Hz) and damping of the drug-free mode near the stated ones.

    Equation:  det A(s) = 0 by Newton's method; f = Im(s)/2pi, damping = -Re(s)/|s|.  A is analytic in s, so one
    finite step gives its slope.
    """

    def scaled(s: Array) -> Array:
        size = jnp.prod(s * c.capacitance[:, 0] + c.leak[:, 0])
        return membrane.determinant(membrane.at_frequency(c, slopes, s))[0] / size

    def improve(s: Array, _: None) -> tuple[Array, None]:
        value, step = scaled(s), 1e-5 * jnp.abs(s)
        slope = (scaled(s + step) - value) / step
        newton = value * reciprocal(slope)
        return s - newton * jnp.minimum(1.0, LARGEST_STEP * jnp.abs(s) / (jnp.abs(newton) + 1e-30)), None

    start = 2.0 * np.pi * frequency * PER_S * (-damping + 1j * np.sqrt(1.0 - damping**2))
    s, _ = jax.lax.scan(improve, jnp.asarray(start), None, length=SEARCH_STEPS)
    return s.imag / (2.0 * jnp.pi * PER_S), -s.real / jnp.abs(s)
