"""Inhaled as a mist: part at once, part slowly from the lung, and less the more is already in the blood."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, propagate, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site
from ketworks.plasma.layout import Layout

ROUTES = ("nebulised",)
EFFECTS = ("plasma.inhaled_share", "plasma.inhaled_slow_part")
IDS = (
    "route.inhaled_share",
    "route.inhaled_share_spread",
    "route.inhaled_half_loss_level",
    "route.inhaled_loss_exponent",
    "route.inhaled_slow_rate",
    "route.inhaled_slow_part",
    "route.inhaled_slow_part_spread",
)
_BISECTIONS = 40  # halves the interval of a share to 1e-12


def add(layout: Layout, s: Site) -> None:
    """The lung's slow depot.

    dL = w F dose / T - ka L        blood += ka L + (1 - w) F dose / T

    Symbols: L lung - umol; F share taken up - 1; w its slow part - 1; T time of breathing - min; ka - 1/min
    Source:  Jonkman 2017 abstract: an immediate and a slow way, ka 0.05 1/min; how the two part was not read (assumed)
    Leaves out: what is swallowed or exhaled, which counts as lost.
    """
    rate = s.p["route.inhaled_slow_rate"] * s.one
    layout.add(single(rate), "lung")
    layout.flux("lung", "central", rate)


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """The part of each dose that is taken up, into lung and blood, as long as it is breathed."""
    slow = s.share("route.inhaled_slow_part", EFFECTS[1], "route.inhaled_slow_part_spread")
    entry = layout.vector({"lung": slow, "central": 1.0 - slow})
    taken = uptake(s, _level_per_umol(layout, entry, schedule, amount, s.volume)) * amount
    return [Channel(entry, schedule.start, schedule.duration, taken)]


def uptake(s: Site, level_per_umol: Array) -> Array:
    """The share of each dose that is taken up when uptake falls with the level that this dose itself makes.

    F = F0 / (1 + (F D c / C50)^g), solved for F by bisection

    Symbols: F0 share of a small dose - 1; D drug in the dose - umol; c level at the end of breathing for each umol
             taken up - umol/L; C50 - umol/L; g - 1
    Source:  F0 0.70 and C50 406 ng/mL Jonkman 2017; g derived from two points of the same model
    Leaves out: levels left by earlier doses; that the racemate's R-half may weigh less than its S-half.

    Args:
        s: the people.
        level_per_umol: c, shape (2 people,).

    Returns:
        Shape (2 people, doses).
    """
    most = s.share("route.inhaled_share", EFFECTS[0], "route.inhaled_share_spread")[:, None] * jnp.ones_like(s.drug)
    half_loss = s.p["route.inhaled_half_loss_level"] / s.p["molar_mass.ketamine"]  # ng/mL over g/mol is umol/L
    relative = s.drug * level_per_umol[:, None] / half_loss

    def halve(_: int, bounds: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bounds
        middle = 0.5 * (low + high)
        above = middle * (1.0 + (middle * relative) ** s.p["route.inhaled_loss_exponent"]) > most
        return jnp.where(above, low, middle), jnp.where(above, middle, high)

    bounds: tuple[Array, Array] = jax.lax.fori_loop(0, _BISECTIONS, halve, (jnp.zeros_like(most), most))
    return 0.5 * (bounds[0] + bounds[1])


def _level_per_umol(layout: Layout, entry: Array, schedule: Schedule, amount: Array, volume: Array) -> Array:
    """Central amount over volume at the end of the longest breathing, for one umol taken up; (2 people,)."""
    given = jnp.any(amount > 0.0, axis=0)
    lasting = jnp.max(jnp.where(given, schedule.duration, 0.0))[None]
    unit = Channel(entry, jnp.zeros(1), lasting, jnp.ones((amount.shape[0], 1)))
    level: Array = propagate(layout.cascade(), [unit], lasting, layout.readings({"central": 1.0}))[:, 0, 0] / volume
    return level


EQUATIONS = (add, channels, uptake)
