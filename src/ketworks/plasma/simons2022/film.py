"""The oral thin film of Simons 2022: a share enters through the mucosa, the rest is swallowed and metabolised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.layout import Layout

DOSE_EFFECTS = ("plasma.mucosal_share", "plasma.swallowed_share")
ENTRY = ("mucosal_share", "mucosal_duration", "mucosal_rate")
SWALLOWED = ("swallowed_duration", "swallowed_rate", "gut_delay")


class Film(NamedTuple):
    """Rates 1/min and durations min, each of shape (people,) or a scalar."""

    mucosal_rate: Array
    mucosal_duration: Array
    swallowed_rate: Array
    swallowed_duration: Array
    gut_delay: Array


def film(p: Mapping[str, Array], people: Array) -> Film:
    """The film's constants; ``people`` is any array of shape (people,).

    Symbols: rates - 1/min; durations, delay - min
    Source:  Simons 2022 Table 4
    Leaves out: between-occasion variability of rates and durations (only that of the shares is drawn).
    """
    one = jnp.ones_like(people)
    return Film(
        p["simons2022.mucosal_rate"] * one,
        p["simons2022.mucosal_duration"],
        p["simons2022.swallowed_rate"] * one,
        p["simons2022.swallowed_duration"],
        p["simons2022.gut_delay"] * one,
    )


def add_film(layout: Layout, f: Film) -> None:
    """Mucosa into the blood; stomach and one gut transit into the metabolism chain.

    dM = F1 dose / D1 - KA1 M        blood += KA1 M
    dS = F2 dose / D2 - KA2 S        dG = KA2 S - G / MTTg        chain += G / MTTg

    Symbols: M mucosa, S swallowed, G gut - umol; F1, F2 - 1; D1, D2, MTTg - min; KA - 1/min
    Source:  Simons 2022 Table 4 and its equations
    Leaves out: swallowed ketamine that reaches the blood unchanged.
    """
    layout.add(single(f.mucosal_rate), "mucosa")
    layout.add(single(f.swallowed_rate), "swallowed")
    layout.add(single(1.0 / f.gut_delay), "gut")
    layout.flux("swallowed", "gut", f.swallowed_rate)
    layout.flux("mucosa", "central", f.mucosal_rate)
    layout.flux("gut", "formed", 1.0 / f.gut_delay)


def film_channels(layout: Layout, f: Film, schedule: Schedule, mucosal: Array, swallowed: Array) -> list[Channel]:
    """What enters the mucosa and what is swallowed; amounts in umol, shape (people, doses)."""
    lasting = jnp.ones_like(schedule.start)
    return [
        Channel(layout.vector({"mucosa": 1.0}), schedule.start, f.mucosal_duration * lasting, mucosal),
        Channel(layout.vector({"swallowed": 1.0}), schedule.start, f.swallowed_duration * lasting, swallowed),
    ]
