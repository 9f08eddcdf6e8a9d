"""The circuit stage: NMDA and HCN1 block move the working point of a cortical column, and with it rates and rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.circuit import bands, column, drug_axis, glutamate, membrane, spectrum, working_point
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load

KNOTS = 27
BANDS = ("delta", "theta", "alpha", "beta", "gamma")
UNSETTLED = 1e-8  # mV of imbalance above which a working point counts as lost
INPUTS = ("receptor.block_pyramidal", "receptor.block_pv", "receptor.block_sst", "receptor.hcn1_block")
_RATES = tuple(f"circuit.{cell}_rate" for cell in column.CLASSES)
_POWERS = tuple(f"circuit.{band}_power" for band in BANDS)
_SLOPE, _GLUTAMATE = "circuit.aperiodic_slope", "circuit.glutamate"
_FROM_CIRCUIT = (*_RATES, *_POWERS, _SLOPE)


def _table() -> Mapping[str, Parameter]:
    return load(str(Path(__file__).parent))


def _rows(*prefixes: str) -> tuple[str, ...]:
    return tuple(key for key in _table() if key.startswith(prefixes))


def _band_signal(band: str, label: str, color: str, headline: bool = False) -> Signal:
    meaning = f"Change of {label} power of the EEG proxy against the drug-free column; only its direction is supported."
    return Signal(
        f"circuit.{band}_power", "dB", f"{label} power", color, meaning, kind="sign", baseline=0.0, headline=headline
    )


def _rate_signal(cell: str, label: str, color: str, headline: bool = False) -> Signal:
    return Signal(
        *(f"circuit.{cell}_rate", "Hz", f"{label} rate", color, f"Mean rate of {label} cells."),
        kind="sign",
        baseline=_table()[f"column.rate_{cell}"].value,
        headline=headline,
    )


_POINT = (column.column, working_point.unbalanced, working_point.working_point)
_LINEAR = (
    *_POINT,
    membrane.slopes_at,
    membrane.at_frequency,
    spectrum.power_density,
    bands.log_band_powers,
    drug_axis.along_axis,
)


@dataclass(frozen=True)
class CircuitStage(Stage):
    """A conductance neural mass of pyramidal, PV and SST cells at its working point under drug."""

    name: ClassVar[str] = "circuit"
    variant: ClassVar[str] = "disinhibition-sst"
    layout: ClassVar[Layout] = DEFAULT
    meaning: ClassVar[str] = "cortical column of pyramidal, PV and SST cells at its working point, linear spectrum"
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "1") for name in INPUTS)
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *(_GLUTAMATE, "%", "glutamate", "#b3541e"),
            "Extracellular prefrontal glutamate against baseline, as slow sampling sees it; only its direction is "
            "supported.",
            kind="sign",
            baseline=100.0,
            headline=True,
        ),
        _band_signal("gamma", "gamma (30-80 Hz)", "#7b2d8b", headline=True),
        _band_signal("alpha", "alpha (8-13 Hz)", "#2a6f97", headline=True),
        _rate_signal("sst", "SST", "#4f8a4c"),
        _rate_signal("pyramidal", "pyramidal", "#27548a"),
        _rate_signal("pv", "PV", "#c46a3a"),
        _band_signal("beta", "beta (13-30 Hz)", "#5d8aa8"),
        _band_signal("theta", "theta (4-8 Hz)", "#8d99ae"),
        _band_signal("delta", "delta (1-4 Hz)", "#6b705c"),
        Signal(
            *(_SLOPE, "1", "spectral slope", "#9c6644"),
            "Change of the slope of log power against log frequency, 1-80 Hz, rhythms included; up is flatter.",
            kind="sign",
            baseline=0.0,
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **{name: (*INPUTS, *_rows("column.")) for name in _RATES},
        **{f"circuit.{band}_power": (*INPUTS, *_rows("column.", f"band.{band}_")) for band in BANDS},
        _SLOPE: (*INPUTS, *_rows("column.", "band.")),
        _GLUTAMATE: (*INPUTS, *_rows("column.", "glutamate.")),
    }
    equations = {
        **dict.fromkeys(_RATES, _POINT),
        **dict.fromkeys((*_POWERS, _SLOPE), _LINEAR),
        _GLUTAMATE: (*_POINT, glutamate.steady_glutamate, lagged),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the circuit folder."""
        return _table()

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Rates, band powers and glutamate of the column under block.

        Args:
            around: times and parameters.
            inputs: NMDA block of the three classes and HCN1 block, shares, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and for each an ``error.`` scalar: the largest difference
            between the carried and the exactly solved column at checked times, over the largest change; ``inf`` when a
            working point was lost or the column no longer returns to it.
        """
        p = around.p
        blocks = jnp.stack([inputs[name] for name in INPUTS], axis=-1)
        c = column.column(p, self.layout)
        course = drug_axis.along_axis(lambda block: state_of(p, c, block, self.layout), blocks, KNOTS)
        first = course.values[:, :1]
        change = course.values - first.at[..., :3].set(0.0)
        made = {name: change[..., i] for i, name in enumerate(_FROM_CIRCUIT)}
        errors = _carrying_errors(course)
        steady = glutamate.steady_glutamate(
            made[_RATES[0]] / first[..., 0], p["glutamate.firing_share"], p["glutamate.autoreceptor_half"]
        )
        rise, clearance = steady - 1.0, 1.0 / p["glutamate.clearance_time"]
        made[_GLUTAMATE] = 100.0 * (1.0 + lagged(around.times, rise, clearance))
        sampling = jnp.where(jnp.max(jnp.abs(rise)) > 1e-9, lag_error(around.times, rise, clearance), 0.0)
        named = {f"error.{name}": errors[i] for i, name in enumerate(_FROM_CIRCUIT)}
        return {**made, **named, f"error.{_GLUTAMATE}": sampling + errors[0]}


def state_of(p: Mapping[str, Array], c: column.Column, block: Array, layout: Layout = DEFAULT) -> tuple[Array, Array]:
    """Everything the stage reads off the column under one block.

    Args:
        p: parameter values by id.
        c: the column made of them.
        block: (K_E, K_PV, K_SST, I_h), shares, shape (4, n).
        layout: which circuit.

    Returns:
        Rates (Hz, 3), band powers (dB, 5) and spectral slope (1) in one array of shape (9, n), and a diagnostic (n,)
        that is 0 when the working point is balanced and stable and infinite when it is not.
    """
    at = working_point.working_point(c, block, layout)
    low = jnp.stack([p[f"band.{band}_low"] for band in BANDS])
    high = jnp.stack([p[f"band.{band}_high"] for band in BANDS])
    slopes = membrane.slopes_at(c, at.voltage, at.rates, block, layout)
    powers, slope = bands.log_band_powers(lambda f: spectrum.power_density(c, slopes, f), low, high)
    lost = jnp.where(at.residual < UNSETTLED, 0.0, jnp.inf)
    return jnp.concatenate([at.rates / column.PER_S, powers, slope[None]]), lost


def _carrying_errors(course: drug_axis.Course) -> Array:
    """Largest carried-minus-exact difference over the largest change of each output, shape (outputs,)."""
    change = jnp.max(jnp.abs(course.values - course.values[:, :1]), axis=(0, 1))
    scale = jnp.concatenate([jnp.full(3, 1.0), jnp.full(len(BANDS), 1.0), jnp.full(1, 0.1)])
    gap = jnp.max(jnp.abs(course.approximate - course.exact), axis=(0, 1))
    return gap / jnp.maximum(change, scale) + jnp.max(course.health)
