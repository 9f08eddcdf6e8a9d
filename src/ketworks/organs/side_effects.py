"""How likely a side effect has been reported, from exposure so far, when people differ in how easily they get it."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def reported(exposure: Array, per_dose: Array, dose_exposure: Array, alikeness: Array) -> Array:
    """Probability that the effect has been reported, beyond what is reported on placebo.

    Equation:  P = 1 - (1 + h A / (A1 m))^(-m)
    Symbols:   A exposure so far - ng/mL*min; A1 exposure of one nasal dose of 84 mg - ng/mL*min; h mean hazard of such
               a dose - 1; m how alike people are (small: few get it, and those at once) - 1
    Source:    the gamma mixture of exponential waiting times; h and m are fitted to the first week and to four weeks
    Leaves out: habituation and expectancy, which a mixture cannot be told from; placebo's own reports; R-ketamine.
    """
    return -jnp.expm1(-alikeness * jnp.log1p(per_dose * exposure / (dose_exposure * alikeness)))


def with_gain(probability: Array, gain: Array) -> Array:
    """The probability when another drug changes its odds.

    Equation:  P' = g P / (1 - P + g P)
    Symbols:   P, P' probability without and with the other drug - 1; g factor on the odds - 1
    Source:    arithmetic
    Leaves out: nothing; g is the mean over the exposure so far, so that a drug given once counts for its hours only.
    """
    return gain * probability / (1.0 - probability + gain * probability)
