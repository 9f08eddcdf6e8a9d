"""Rate of a population from its mean voltage, and the magnesium gate its NMDA receptors see."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array


def firing_rate(voltage: Array, ceiling: Array, threshold: Array, slope: Array) -> Array:
    """Mean rate of a population of noisy cells.

    Equation:  r = r_max / (1 + exp(-(V - theta)/sigma))

    =====  =====================================  ======
    r      mean rate                              1/ms
    V      mean voltage without spikes            mV
    sigma  spread of voltages and thresholds      mV
    =====  =====================================  ======

    Source: the usual sigmoid of neural masses; rows ``column.ceiling_*``, ``column.slope_*`` (assumed).
    Leaves out: dependence of the spread on the input; bursts.
    """
    return ceiling * jax.nn.sigmoid((voltage - threshold) / slope)


def rate_slope(rate: Array, ceiling: Array, slope: Array) -> Array:
    """Change of rate per mV: r * (1 - r/r_max) / sigma, in 1/(ms mV); follows from ``firing_rate``."""
    return rate * (1.0 - rate / ceiling) / slope


def threshold_for(voltage: Array, rate: Array, ceiling: Array, slope: Array) -> Array:
    """Threshold at which ``firing_rate`` gives the stated rate at the stated voltage: V + sigma*ln(r_max/r - 1), mV."""
    return voltage + slope * jnp.log(ceiling / rate - 1.0)


def magnesium_gate(voltage: Array, magnesium: Array, half: Array, slope: Array) -> Array:
    """Share of NMDA channels free of magnesium (Jahr and Stevens).

    Equation:  B = 1 / (1 + [Mg]/[Mg]_half * exp(-slope*V));  [Mg] in umol/L, V in mV, slope in 1/mV
    Source: rows ``column.nmda.magnesium*`` (Rademacher 2025 code).
    Leaves out: the looser gate of GluN2C and GluN2D (see ``mixed_gate``).
    """
    return 1.0 / (1.0 + magnesium / half * jnp.exp(-slope * voltage))


def magnesium_gate_slope(gate: Array, slope: Array) -> Array:
    """Change of the magnesium gate per mV: slope * B * (1 - B); follows from ``magnesium_gate``."""
    return slope * gate * (1.0 - gate)


def mixed_gate(
    voltage: Array, magnesium: Array, halves: tuple[Array, Array], slope: Array, loose: Array
) -> tuple[Array, Array]:
    """Magnesium-free share of receptors of which a part gates as GluN2D, and its change per mV.

    Equation:  B = (1 - l) B_1(V) + l B_2(V),  dB/dV = slope * ((1 - l) B_1 (1 - B_1) + l B_2 (1 - B_2))

    ========  ===========================================================  ==
    B_1, B_2  ``magnesium_gate`` with the usual and with GluN2D's constant  1
    l         share of the conductance without magnesium that is GluN2D    1
    ========  ===========================================================  ==

    Source: rows ``column.nmda.magnesium*``, ``loose.*``.
    Leaves out: GluN2C, and a steepness of its own for GluN2D.
    """
    tight, wide = (magnesium_gate(voltage, magnesium, half, slope) for half in halves)
    tilt = (1.0 - loose) * magnesium_gate_slope(tight, slope) + loose * magnesium_gate_slope(wide, slope)
    return (1.0 - loose) * tight + loose * wide, tilt
