"""How strong the experience is: the level that makes it, drug high, and psychotomimetic symptoms."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def experience_level(s_ketamine: Array, r_ketamine: Array, r_weight: Array) -> Array:
    """The level that makes the experience, in S-ketamine equivalents.

    Equation:  D = S + w_R R
    Symbols:   S, R levels at the effect site - ng/mL; w_R potency of R relative to S - 1
    Source:    Simons 2022 (parent only); Jonkman 2018 (R counts for something); w_R assumed
    Leaves out: metabolites; nitric oxide, through which R seems to act: under a donor of it w_R is 0 (Jonkman 2018).
    """
    return s_ketamine + r_weight * r_ketamine


def drug_high(level: Array, c50: Array, steepness: Array) -> Array:
    """Intensity of the drug effect as a share of the largest.

    Equation:  H = D^g / (D^g + C50^g)
    Symbols:   D level at the effect site - ng/mL; C50 - ng/mL; g steepness - 1
    Source:    C50 Simons 2022; g assumed
    Leaves out: acute tolerance, expectation, setting.
    """
    odds = odds_of_level(level, c50, steepness)
    return odds / (1.0 + odds)


def felt_level(level: Array, spread: Array, eta: Array) -> Array:
    """The level as one person feels it.

    Equation:  D_i = D exp(omega eta)
    Symbols:   D - ng/mL; omega spread on the log scale - 1; eta standard-normal draw, the one behind the CADSS too - 1
    Source:    spread of the areas under drug high between people (Jonkman 2018); one draw for all scales assumed
    Leaves out: how people use a visual analogue scale, which is part of the spread that was read.
    """
    return level * jnp.exp(spread * eta)


def psychotomimetic(level: Array, c50: Array, steepness: Array, gain: Array) -> Array:
    """Suspicion, ideas of reference and their like, as a share of the scale.

    Equation:  P = min(1, gain D^g / (D^g + C50_p^g))
    Symbols:   D level as felt - ng/mL; C50_p - ng/mL; g steepness of drug high - 1; gain of habit and other drugs - 1
    Source:    C50_p from the ceiling that these items kept to at 200 ng/mL racemate (Bowdle, congress abstract)
    Leaves out: single items, negative symptoms, thought disorder, true hallucinations (none at 200 ng/mL in 15 people).
    """
    return jnp.minimum(1.0, gain * drug_high(level, c50, steepness))


def odds_of_level(level: Array, c50: Array, steepness: Array | float) -> Array:
    """(level / c50) ** steepness, zero without drug, with a finite slope there."""
    # a power with a fractional exponent has no slope at zero; a stand-in level keeps it finite
    ratio = jnp.where(level > 0.0, level, 1.0) / c50
    return jnp.where(level > 0.0, ratio**steepness, 0.0)
