"""Cerebral blood flow as a saturating function of S-ketamine at its site of action."""

from __future__ import annotations

from jax import Array


def flow_driving_level(s_ketamine: Array, r_ketamine: Array, r_weight: Array) -> Array:
    """The level that drives flow, in S-ketamine equivalents.

    Equation:  D = S + w_R * R
    Symbols:   S, R arterial levels - ng/mL; w_R potency of R relative to S - 1 (0: no effect)
    Source:    Langsjo 2003 and 2005 (S half of the racemate suffices); w_R itself is an assumption
    Leaves out: metabolites; venous sites.
    """
    return s_ketamine + r_weight * r_ketamine


def flow_change(level: Array, most: Array, c50: Array) -> Array:
    """Rise of regional flow over its value without drug, as a fraction.

    Equation:  dCBF = A * D / (D + C50)
    Symbols:   D level at the effect site - ng/mL; A largest rise - 1; C50 level of half the largest rise - ng/mL
    Source:    solved from PET points of Langsjo 2003 and 2005
    Leaves out: systemic pressure (computed later in the chain; worth 2-4 % of flow), carbon dioxide, local metabolism,
    the share of vessel and neuron in the rise.
    """
    return most * level / (level + c50)
