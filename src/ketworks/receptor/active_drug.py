"""Unbound brain drug that acts at the NMDA channel, on one scale: S-ketamine equivalents."""

from __future__ import annotations

from collections.abc import Sequence

from jax import Array


def relative_potency(ki_reference: Array, ki: Array) -> Array:
    """Potency of a substance as a multiple of S-ketamine's.

    Equation:  f = Ki(S-ketamine) / Ki(substance), both from one assay (umol/L)
    Source: rows ``potency.*`` (Ebert 1997 by way of a secondary page). Ratios between labs agree better than levels.
    Leaves out: differences between subunits.
    """
    return ki_reference / ki


def unbound_brain(plasma: Array, unbound: Array, ratio: Array) -> Array:
    """Unbound brain level that plasma would reach at equilibrium.

    Equation:  C_u = Kp,uu * fu * C_plasma   (umol/L; fu unbound share in plasma; Kp,uu unbound brain over plasma)
    Source: rows ``unbound.*``; Kp,uu = 1 is an assumption.
    Leaves out: transporters and binding that saturates.
    """
    return ratio * unbound * plasma


def active_ketamine(levels: Sequence[Array], potencies: Sequence[Array]) -> Array:
    """Sum of the unbound brain levels, each weighted by its potency at the channel.

    Equation:  C_eff = sum_j f_j * C_j   (umol/L of S-ketamine equivalents; j: S-, R-ketamine, S-, R-norketamine)
    Source: competition for one site at levels below saturation; hydroxynorketamine is left out because its IC50 of
    46 umol/L without magnesium (Abbott & Popescu 2020) makes it negligible at human levels.
    Leaves out: dehydronorketamine.
    """
    total = potencies[0] * levels[0]
    for potency, level in zip(potencies[1:], levels[1:], strict=True):
        total = total + potency * level
    return total
