"""Who responds: a mixture of people whom treatment relieves and people whom it does not."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtri


def responds(probability: Array, eta: Array) -> Array:
    """1 for people who respond, else 0, shape (people,).

    Equation:  r = 1 where eta < Phi^-1(p), else 0
    Symbols:   p probability - 1; eta standard-normal draw, one for drug and placebo - 1
    Source:    p of Dahan 2011 (abstract); that whoever responds to placebo responds to the drug too follows from one
               draw for both and is assumed
    Leaves out: what tells responders beforehand; levels do not (Goldberg 2011). The person at eta = 0 responds to what
               helps more than half of people.
    """
    return jnp.where(eta < ndtri(probability), 1.0, 0.0)
