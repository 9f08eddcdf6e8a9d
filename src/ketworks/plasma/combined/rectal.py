"""Into the rectum: a share reaches the blood, the rest is metabolised before."""

from __future__ import annotations

from jax import Array

from ketworks.engine.propagate import Channel, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site
from ketworks.plasma.layout import Layout

ROUTES = ("rectal",)
EFFECTS = ("plasma.rectal_share", "plasma.rectal_rate")
IDS = ("route.rectal_share", "route.rectal_share_spread", "route.rectal_rate", "route.rectal_rate_variance")


def add(layout: Layout, s: Site) -> None:
    """One depot, parted between blood and metabolites.

    dU = dose - ka U        blood += F ka U        chain += (1 - F) ka U

    Symbols: U rectum - umol; F share that reaches the blood - 1; ka - 1/min
    Source:  F Yanagihara 2003 (three volunteers, suppository); that nothing is expelled and all else is metabolised is
             assumed
    Leaves out: the place of the suppository, on which first pass depends.
    """
    rate = s.log_normal("route.rectal_rate", EFFECTS[1], "route.rectal_rate_variance") * s.one
    share = s.share("route.rectal_share", EFFECTS[0], "route.rectal_share_spread")
    layout.add(single(rate), "rectum")
    layout.flux("rectum", "central", rate * share)
    layout.flux("rectum", "formed", rate * (1.0 - share))


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """The whole of each dose, at once."""
    return [Channel(layout.vector({"rectum": 1.0}), schedule.start, schedule.duration, amount)]


EQUATIONS = (add, channels)
