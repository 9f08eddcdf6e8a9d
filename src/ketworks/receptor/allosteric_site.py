"""A second, membrane-side site that lowers gating of tonically driven receptors; contested and off by default."""

from __future__ import annotations

from jax import Array


def gating_loss(active: Array, half: Array, most: Array, tonic: Array) -> Array:
    """Share of NMDA current lost at the allosteric site.

    Equation:  A = A_max * tonic * C / (C + EC50)

    =====  =====================================================  ======
    A_max  largest loss (the abstracts say incomplete)            1
    tonic  share of the class's current that is tonic             1
    EC50   half-effective level, about 0.1                        umol/L
    =====  =====================================================  ======

    Source: Abbott 2024 abstract (rows ``allosteric.*``); A_max and tonic shares are assumptions.
    Leaves out: its dependence on pH and voltage.
    """
    return most * tonic * active / (active + half)


def joined_loss(trapped: Array, gating: Array) -> Array:
    """Loss from two independent sites: 1 - (1 - K)(1 - A), all shares of 1.

    Source: probability. Leaves out: interaction between the sites.
    """
    return 1.0 - (1.0 - trapped) * (1.0 - gating)
