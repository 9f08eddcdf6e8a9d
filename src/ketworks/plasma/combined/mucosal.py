"""Under the tongue or in the cheek (film, wafer, tablet): part through the mucosa, the rest swallowed."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site
from ketworks.plasma.layout import Layout
from ketworks.plasma.simons2022.film import add_film, film, film_channels
from ketworks.plasma.simons2022.support import MUCOSAL, SWALLOWED_PART

ROUTES = ("sublingual", "buccal")
EFFECTS: tuple[str, ...] = ()
DOSE_EFFECTS = ("plasma.mucosal_share",)
IDS = (*MUCOSAL, *SWALLOWED_PART)


def add(layout: Layout, s: Site) -> None:
    """The depots of a film; see ``simons2022/film.py``."""
    add_film(layout, film(s.p, s.one))


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """Each dose parted so that no drug is made or lost: what does not enter through the mucosa is swallowed.

    F1 = F1_typical * exp(sqrt(nu2) * eta), at most 1        swallowed = 1 - F1

    Symbols: F1 share through the mucosa - 1; nu2 variance between occasions - 1; eta a draw for each dose
    Source:  Simons 2022 Table 4 for F1; 1 - F1 instead of its 1.16, which with F1 makes more drug than was given
    Leaves out: swallowed ketamine that reaches the blood unchanged (about a tenth of the swallowed part).
    """
    deviation = jnp.sqrt(s.p["simons2022.occasion_variance.mucosal_share"]) * s.eta[DOSE_EFFECTS[0]]
    share = jnp.minimum(s.p["simons2022.mucosal_share"] * jnp.exp(deviation), 1.0)
    return film_channels(layout, film(s.p, s.one), schedule, share * amount, (1.0 - share) * amount)


EQUATIONS = (add_film, channels)
