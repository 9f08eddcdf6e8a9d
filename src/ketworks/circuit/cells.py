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
    Leaves out: the looser gate of GluN2C and GluN2D.
    """
    return 1.0 / (1.0 + magnesium / half * jnp.exp(-slope * voltage))


def magnesium_gate_slope(gate: Array, slope: Array) -> Array:
    """Change of the magnesium gate per mV: slope * B * (1 - B); follows from ``magnesium_gate``."""
    return slope * gate * (1.0 - gate)
