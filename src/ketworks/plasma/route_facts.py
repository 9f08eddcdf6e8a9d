"""Which doses go by which route: before the run as facts about the regimen, in the run as a mask over the doses."""

from __future__ import annotations

from collections.abc import Iterable

import jax.numpy as jnp
from jax import Array

from ketworks.engine.schedule import Schedule
from ketworks.plasma.liver.comedication import NAMES

# numbered as in the schedule; a stage may not import the dose part, a test holds the two lists equal
ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "buccal", "oral", "rectal", "nebulised", "oral-pr")
_PREFIX = "route:"
_KEPT = (*(f"with:{name}" for name in NAMES), "liver:", "kidney:", "age:", "nasal:")
SEVERAL_SPRAYS = "nasal:several"
"""More than one nasal dose within a day: whether they are one session matters."""


def routes_in(facts: Iterable[str]) -> tuple[str, ...]:
    """The routes that the facts name, in the order of ``ROUTES``."""
    named = {fact.removeprefix(_PREFIX) for fact in facts if fact.startswith(_PREFIX)}
    return tuple(route for route in ROUTES if route in named)


def kept_facts(facts: Iterable[str]) -> tuple[str, ...]:
    """Those of the facts, besides routes, that may bring in rows; in order."""
    return tuple(sorted(fact for fact in facts if fact.startswith(_KEPT)))


def given_by(schedule: Schedule, routes: Iterable[str]) -> Array:
    """1 for each dose by one of the routes, 0 for the others; shape (doses,), or a scalar if no routes are kept."""
    route = jnp.asarray(schedule.route)
    return sum((jnp.where(route == ROUTES.index(name), 1.0, 0.0) for name in routes), jnp.zeros_like(route, float))
