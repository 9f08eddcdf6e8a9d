"""The dissociation score (CADSS): whole points of a bounded scale, and what people say when asked or unasked."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.mind.experience import odds_of_level
from ketworks.mind.skewed_score import gamma_above

POINTS = 92  # of the scale, for the sum over whole points; the bound of a score is the row ``dissociation.most``
_KNOTS, _LOW, _HIGH = (
    256,
    -4.0,
    6.0,
)  # of the table of means: 0.02 to 400 points, even in the logarithm


def intensity(level: Array, reference_level: Array, reference: Array, most: Array, steepness: Array) -> Array:
    """Mean intensity of dissociation at a level, in points before anything is rounded.

    Equation:  x = L q / (1 + q),  q = x0 / (L - x0) (D / D0)^g
    Symbols:   D level at the effect site - ng/mL; D0, x0 level and intensity at the end of 0.5 mg/kg over 40 min -
               ng/mL, points; L most points - points; g steepness of drug high - 1
    Source:    form assumed: the odds of a point grow with the level as the odds of drug high do, and every point of a
               bounded scale can be reached; x0 fitted to the mean of van Schalkwyk 2018
    Leaves out: that items differ; acute tolerance within a session.
    """
    odds = reference / (most - reference) * odds_of_level(level, reference_level, steepness)
    return most * odds / (1.0 + odds)


def score(mean_intensity: Array, multiplier: Array, most: Array) -> Array:
    """One person's CADSS total, in whole points.

    Equation:  C = floor(min(L, x G))
    Symbols:   x mean intensity at the level, with habit and other drugs - points; G the person's multiplier, gamma
               distributed with mean 1 - 1; L - points
    Source:    spread of van Schalkwyk 2018 for G; that a point counts when it is whole is assumed
    Leaves out: single items, differences between sessions of one person, scores without drug.
    """
    return jnp.floor(jnp.minimum(most, mean_intensity * multiplier))


def mean_score(mean_intensity: Array, reference: Array, sd: Array, most: Array) -> Array:
    """Mean CADSS total of many people at the same level.

    Equation:  M = sum over k = 1 ... L of P(x G >= k),  G gamma of shape (x0 / SD0)^2 and mean 1
    Symbols:   x mean intensity - points; x0, SD0 its value and spread at the reference - points
    Source:    definition of the mean of whole numbers; read from a table of 256 intensities (relative error below 1e-3
               above a tenth of a point)
    Leaves out: differences of level between people, which a cohort adds.
    """
    knots = jnp.linspace(_LOW, _HIGH, _KNOTS)
    points = jnp.arange(1.0, POINTS + 1.0)
    shape = (reference / sd) ** 2
    chances = gamma_above(points[None, :] * shape / jnp.exp(knots)[:, None], shape)
    means = jnp.sum(jnp.where(points[None, :] <= most, chances, 0.0), axis=1)
    tiny = jnp.exp(_LOW)  # below the first knot the mean is less than 1e-20 points
    return jnp.interp(jnp.log(jnp.maximum(mean_intensity, tiny)), knots, means.at[0].set(0.0))


def said_when_asked(points: Array, cut: Array, expectation_limit: Array, expectation: Array) -> Array:
    """Whether a person reports dissociation when asked about it in a session: 1 or 0.

    Equation:  A = 1 if C > c or z < Phi^-1(e), else 0
    Symbols:   C CADSS total - points; c usual cut - points; e share who say yes under midazolam - 1 (given as its
               normal quantile); z the person's draw - 1
    Source:    cut: product information; e: Su 2023, midazolam arm: sedation, placebo and expectation together
    Leaves out: which phenomenon is asked for; a share of midazolam's own that plain placebo would not have.
    """
    return jnp.where((points > cut) | (expectation < expectation_limit)[:, None], 1.0, 0.0)


def said_unasked(asked: Array, candour_limit: Array, candour: Array) -> Array:
    """Whether a person reports dissociation without being asked: 1 or 0.

    Equation:  V = A if w < Phi^-1(v), else 0
    Symbols:   A as when asked - 1; v share of those who would say yes who speak unasked - 1 (given as its normal
               quantile); w the person's draw - 1
    Source:    v from the label's scale-based and the trials' spontaneous shares, two cohorts
    Leaves out: that stronger experience is told more readily.
    """
    return asked * jnp.where(candour < candour_limit, 1.0, 0.0)[:, None]
