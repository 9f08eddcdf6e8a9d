"""Drug high, dissociation score, loss of response and the ladder of altered consciousness, from effect-site levels."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def experience_level(s_ketamine: Array, r_ketamine: Array, r_weight: Array) -> Array:
    """The level that makes the experience, in S-ketamine equivalents.

    Equation:  D = S + w_R R
    Symbols:   S, R arterial levels - ng/mL; w_R potency of R relative to S - 1
    Source:    Simons 2022 (parent only); Jonkman 2018 (R counts for something); w_R assumed
    Leaves out: metabolites; the nitric-oxide path by which R may act.
    """
    return s_ketamine + r_weight * r_ketamine


def drug_high(level: Array, c50: Array, steepness: Array) -> Array:
    """Intensity of the drug effect as a share of the largest.

    Equation:  H = D^g / (D^g + C50^g)
    Symbols:   D level at the effect site - ng/mL; C50 - ng/mL; g steepness - 1
    Source:    C50 Simons 2022; g assumed
    Leaves out: acute tolerance, expectation, setting, spread between people.
    """
    # a power with a fractional exponent has no slope at zero; the smallest level keeps it finite
    ratio = jnp.where(level > 0.0, level, 1.0) / c50
    raised = jnp.where(level > 0.0, ratio**steepness, 0.0)
    return raised / (1.0 + raised)


def mean_score(high: Array, reference_high: Array, mean: Array, most: Array) -> Array:
    """Mean CADSS total of many people at the same level.

    Equation:  M = min(L, M0 H / H0)
    Symbols:   H drug high - 1; H0 drug high of the infusion at which M0 was seen - 1; M0, L - points
    Source:    van Schalkwyk 2018 (M0); proportionality to drug high assumed
    Leaves out: the scores of people without drug (placebo), fewer effects on repeated sessions.
    """
    return jnp.minimum(most, mean * high / reference_high)


def score(mean: Array, multiplier: Array, most: Array) -> Array:
    """One person's CADSS total.

    Equation:  C = min(L, M G)
    Symbols:   M mean score - points; G the person's multiplier, gamma distributed with mean 1 - 1; L - points
    Source:    mean 7.7 and spread 9.2 (van Schalkwyk 2018) ask for a gamma of shape (7.7/9.2)^2 = 0.70
    Leaves out: whole numbers, single items, differences between sessions of one person.
    """
    return jnp.minimum(most, mean * multiplier)


def unresponsive(s_ketamine: Array, c50: Array, steepness: Array) -> Array:
    """Probability of not responding to speech.

    Equation:  P = 1 / (1 + (C50/S)^n)
    Symbols:   S S-ketamine at the effect site - ng/mL; C50 - ng/mL; n - 1
    Source:    awakening range recalled, slope assumed
    Leaves out: R-ketamine (its share is inside the C50 of the racemate), other sedatives, pain, stimulation.
    """
    raised = jnp.where(s_ketamine > 0.0, (jnp.where(s_ketamine > 0.0, s_ketamine, 1.0) / c50) ** steepness, 0.0)
    return raised / (1.0 + raised)


def personal_c50(c50: Array, spread: Array, eta: Array) -> Array:
    """One person's C50.

    Equation:  C50_i = C50 exp(omega eta)
    Symbols:   omega spread on the log scale - 1; eta standard-normal draw - 1
    Source:    assumption from a recalled range
    Leaves out: age, habit, other drugs.
    """
    return c50 * jnp.exp(spread * eta)


def ladder(s_ketamine: Array, altered: Array, marked: Array, detached: Array, c50: Array) -> Array:
    """Step on a ladder of altered consciousness.

    Equation:  number of thresholds reached: 0 clear, 1 altered, 2 marked but responsive, 3 detached, 4 unresponsive
    Symbols:   S and thresholds - ng/mL of S-ketamine; the last threshold is the person's C50 of responding
    Source:    steady-level studies (altered, marked); assumption (detached); recalled (unresponsive)
    Leaves out: everything that is gradual; this is not the MOAA/S scale, for which only recalled shares exist.
    """
    reached = [s_ketamine >= threshold for threshold in (altered, marked, detached, c50)]
    return jnp.sum(jnp.stack(jnp.broadcast_arrays(*reached)), axis=0).astype(s_ketamine.dtype)
