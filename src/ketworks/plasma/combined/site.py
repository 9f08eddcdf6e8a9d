"""What every route reads: parameters, deviations, liver and gut, for both enantiomers one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.plasma.liver.first_pass import LiverState


class Site(NamedTuple):
    """Arrays have shape (2 people,): S-ketamine of all people, then R-ketamine of the same people.

    Attributes:
        p: parameter values by id.
        eta: draws by name, (2 people,) or (2 people, doses).
        liver: gut wall and liver.
        volume: central volume, L.
        drug: umol of both enantiomers in each dose, (2 people, doses); the same in both halves.
    """

    p: Mapping[str, Array]
    eta: Mapping[str, Array]
    liver: LiverState
    volume: Array
    drug: Array

    @property
    def one(self) -> Array:
        """Ones of shape (2 people,)."""
        return jnp.ones_like(self.liver.flow)

    def log_normal(self, value: str, effect: str, variance: str) -> Array:
        """The value of a row times exp(sqrt(variance row) * eta)."""
        return self.p[value] * jnp.exp(jnp.sqrt(self.p[variance]) * self.eta[effect])

    def share(self, value: str, effect: str, spread: str) -> Array:
        """A share shifted on the logit scale: odds = odds(value row) * exp(spread row * eta)."""
        typical = self.p[value]
        return shifted(typical, self.p[spread] * self.eta[effect])


def shifted(share: Array, shift: Array) -> Array:
    """A share in (0, 1] with its odds times exp(shift); a share of 1 stays 1."""
    grown = share * jnp.exp(shift)
    return grown / (grown + 1.0 - share)


def twice(values: Array) -> Array:
    """The same values for S- and for R-ketamine."""
    return jnp.concatenate([values, values])
