"""The drug effect on the depression score: the share of it that the drug takes away, in the group and in one person."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr, ndtri

_LEAST = 1e-12  # a share below this is none: the normal quantile of zero is not a number
_MOST = 1.0 - 1e-9


def mean_share(fast: Array, synapses: Array, largest: Array, fast_share: Array) -> Array:
    """Mean share of what is left of the score that the drug takes away in people with this exposure.

    Equation:  f = fmax * (w * A + (1 - w) * N)
    Symbols:   f - 1;  fmax - 1;  w share of the fast part - 1;  A fast gain - 1;  N synaptic gain - 1
    Source:    fitted here to drug-minus-control differences after one and after repeated infusions, each divided by
               what its control left of the score (``plasticity/calibrate.py``). That the drug takes a share and not
               points is an assumption: it joins trials against midazolam and saline
    Leaves out: placebo, expectancy, spontaneous recovery and other treatment, which come first.
    """
    return largest * (fast_share * fast + (1.0 - fast_share) * synapses)


def beside_other_drugs(share: Array, gain: Array) -> Array:
    """What other drugs leave of the mean share.

    Equation:  f' = min(B * f, 1)
    Symbols:   f - 1;  B factor of all other drugs - 1
    Source:    assumed: one factor for the fast and the slow part of the effect
    Leaves out: harm that fades over days; what a drug does to mood by itself.
    """
    return jnp.minimum(gain * share, 1.0)


def person_share(mean: Array, spread: Array, eta: Array) -> Array:
    """One person's share; its mean over people is the group mean, and it lies within 0 and 1.

    Equation:  f_i = Phi(sqrt(1 + s^2) * Phi^-1(f) + s * eta)
    Symbols:   f group mean - 1, shape (people, times);  s spread - 1;  eta standard-normal draw - 1, shape (people,);
               Phi cumulative normal distribution
    Source:    the form is an assumption: the simplest that keeps mean and bounds. Its coefficient of variation falls
               as the mean rises (0.9 where a third is taken away), as published response rates after one and several
               doses ask
    Leaves out: covariates (pooled individual data found no useful moderator: Price 2022). The person at eta = 0 is the
               median, who improves less than the mean because the distribution is skewed to the right.
    """
    some = mean > _LEAST
    place = ndtri(jnp.clip(jnp.where(some, mean, 0.5), _LEAST, _MOST))
    return jnp.where(some, ndtr(jnp.sqrt(1.0 + spread**2) * place + spread * eta[:, None]), 0.0)


def in_points(share: Array, baseline: Array, control: Array, top: Array) -> Array:
    """The drug effect in points, in one setting.

    Equation:  E = f * (S0 - P), with S0 - P held within 0 and the top of the scale
    Symbols:   E - points;  f share - 1;  S0 score before treatment, P change under the control - points
    Source:    see ``mean_share``: the more a control takes away, the fewer points are left for the drug
    Leaves out: expectancy, which a trial adds to P.
    """
    return share * jnp.clip(baseline - control, 0.0, top)
