"""The drug effect on the depression score, for the group and for one person."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def mean_effect(fast: Array, synapses: Array, largest: Array, fast_share: Array) -> Array:
    """Mean fall of the score that the drug causes in people with this exposure.

    Equation:  E = Emax * (w * A + (1 - w) * N)
    Symbols:   E - MADRS points;  Emax - points;  w share of the fast part - 1;  A fast gain - 1;  N synaptic gain - 1
    Source:    fitted here to drug-minus-control differences after one and after repeated infusions
    Leaves out: placebo, expectancy, spontaneous recovery and other treatment; the floor of the scale.
    """
    return largest * (fast_share * fast + (1.0 - fast_share) * synapses)


def beside_other_drugs(effect: Array, gain: Array) -> Array:
    """What other drugs leave of the mean effect.

    Equation:  E' = B * E
    Symbols:   E - MADRS points;  B factor of all other drugs - 1
    Source:    assumed: one factor for the fast and the slow part of the effect
    Leaves out: harm that fades over days; what a drug does to mood by itself.
    """
    return gain * effect


def effect_cv(doses: Array, first: Array, repeated: Array, doses_first: Array, doses_repeated: Array) -> Array:
    """Between-person coefficient of variation of the drug effect, which narrows over the first doses.

    Equation:  CV = CV1 + (CV4 - CV1) * (n - n1) / (n4 - n1), held outside n1 to n4
    Symbols:   n doses received, in infusions of 0.5 mg/kg - 1;  CV1 at n1, CV4 at n4 - 1
    Source:    CV 0.9 after one dose and 0.6 after four or more reproduce published response rates
               (docs/evidence/clinical.md section 5); the straight line between them is an assumption
    Leaves out: people who do not respond at all as a class of their own.
    """
    return first + (repeated - first) * jnp.clip((doses - doses_first) / (doses_repeated - doses_first), 0.0, 1.0)


def person_effect(mean: Array, cv: Array, eta: Array) -> Array:
    """One person's drug effect; its mean over people is the group mean.

    Equation:  E_i = E * exp(sigma * eta - sigma^2 / 2),   sigma^2 = ln(1 + CV^2)
    Symbols:   eta standard-normal draw, shape (people,) - 1
    Source:    lognormal form from docs/evidence/clinical.md section 5
    Leaves out: covariates (pooled individual data found no useful moderator: Price 2022). The person at eta = 0 is the
               median, who improves less than the mean because the distribution has a long right tail.
    """
    variance = jnp.log1p(cv**2)
    return mean * jnp.exp(jnp.sqrt(variance) * eta[:, None] - 0.5 * variance)
