"""Sedation and loss of response: probabilities and levels of the MOAA/S scale, and a ladder of levels."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.mind.experience import odds_of_level

_CERTAIN = 300.0  # logit; more would overflow the odds and change no probability


def sedated_odds(s_ketamine: Array, c50: Array, steepness: Array, placebo_odds: Array, sedative: Array) -> Array:
    """Odds of being at least so deep, beyond what placebo itself shows.

    Equation:  O = max(0, ((S / C50)^n + o) exp(s) - o)
    Symbols:   S S-ketamine at the response site - ng/mL; C50 - ng/mL; n - 1; o odds under placebo - 1; s what other
               drugs add to the logit - 1
    Source:    form of a logistic curve; constants in ``parameters.tsv``, most of them recalled or assumed
    Leaves out: R-ketamine (its share is inside the C50 of the racemate), pain, stimulation, tiredness.
    """
    odds = odds_of_level(s_ketamine, c50, steepness)
    more = jnp.exp(jnp.minimum(sedative, _CERTAIN))
    return jnp.maximum(0.0, (odds + placebo_odds) * more - placebo_odds)


def at_least(odds: tuple[Array, ...]) -> tuple[Array, ...]:
    """The odds of each depth, none smaller than those of a greater depth.

    Args:
        odds: from MOAA/S below 5 down to 0, each of shape (people, times).
    """
    deepest_first: list[Array] = []
    for here in reversed(odds):
        deepest_first.append(here if not deepest_first else jnp.maximum(here, deepest_first[-1]))
    return tuple(reversed(deepest_first))


def probability(odds: Array) -> Array:
    """Probability of being at least so deep: O / (1 + O)."""
    return odds / (1.0 + odds)


def moaas(odds: tuple[Array, ...]) -> Array:
    """One person's most likely side of every step of the scale.

    Equation:  MOAA/S = 5 - number of depths with P >= 1/2
    Symbols:   5 readily, 4 lethargic, 3 loudly or repeatedly called, 2 prodded, 1 painful squeeze, 0 no response
    Source:    definition of the scale
    Leaves out: chance from one assessment to the next.
    """
    return 5.0 - jnp.sum(jnp.stack([jnp.where(one >= 1.0, 1.0, 0.0) for one in odds]), axis=0)


def personal_c50(c50: Array, spread: Array, eta: Array) -> Array:
    """One person's C50.

    Equation:  C50_i = C50 exp(omega eta)
    Symbols:   omega spread on the log scale - 1; eta standard-normal draw - 1
    Source:    stated with each spread
    Leaves out: age, habit.
    """
    return c50 * jnp.exp(spread * eta)


def ladder(s_ketamine: Array, altered: Array, marked: Array, detached: Array, c50: Array) -> Array:
    """Step on a ladder of altered consciousness.

    Equation:  number of thresholds reached: 0 clear, 1 altered, 2 marked but responsive, 3 detached, 4 unresponsive
    Symbols:   S and thresholds - ng/mL of S-ketamine; the last threshold is the person's C50 of responding
    Source:    steady-level studies (altered, marked); assumption (detached); recalled (unresponsive)
    Leaves out: everything that is gradual; other drugs; this is not the MOAA/S scale.
    """
    reached = [s_ketamine >= threshold for threshold in (altered, marked, detached, c50)]
    return jnp.sum(jnp.stack(jnp.broadcast_arrays(*reached)), axis=0).astype(s_ketamine.dtype)
