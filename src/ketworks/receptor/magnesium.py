"""Magnesium in the NMDA pore: the share of open channels it leaves free, by voltage and subunit."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def dissociation_from_shift(ic50_free: Array, ic50_magnesium: Array, magnesium: Array) -> Array:
    """Apparent dissociation constant of magnesium, from how far it shifts the IC50 of a drug that shares its site.

    Equation:  K_Mg = [Mg] / (IC50(Mg) / IC50(0) - 1)

    =====  ==========================================================  ======
    K_Mg   concentration of Mg that halves the drug's access            umol/L
    IC50   half-blocking drug concentration with and without Mg         umol/L
    [Mg]   magnesium in the experiment                                  umol/L
    =====  ==========================================================  ======

    Source: competition of two blockers for one site; the IC50 pairs are rows ``ic50.*``.
    Leaves out: any binding of the drug while magnesium is in the pore.
    """
    return magnesium / (ic50_magnesium / ic50_free - 1.0)


def free_share(voltage: Array, magnesium: Array, dissociation: Array, at_voltage: Array, slope: Array) -> Array:
    """Share of open channels without magnesium in the pore (the gate of Jahr and Stevens, one constant per subunit).

    Equation:  m(V) = 1 / (1 + [Mg] / K_Mg(V)),   K_Mg(V) = K_Mg(V0) * exp(slope * (V - V0))

    =====  ===================================================  ======
    m      free share, 0 to 1, rises with depolarisation        1
    V, V0  membrane voltage; voltage at which K_Mg was found    mV
    slope  steepness of the block                               1/mV
    =====  ===================================================  ======

    Source: Jahr & Stevens 1990 as coded by Rademacher 2025 (rows ``magnesium.*``).
    Leaves out: the slow component of magnesium unblock.
    """
    return 1.0 / (1.0 + magnesium / (dissociation * jnp.exp(slope * (voltage - at_voltage))))
