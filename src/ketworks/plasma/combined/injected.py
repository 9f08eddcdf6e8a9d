"""Into a muscle or under the skin: first-order uptake of a share of the dose."""

from __future__ import annotations

from jax import Array

from ketworks.engine.propagate import Channel, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site
from ketworks.plasma.layout import Layout

ROUTES = ("im", "sc")
EFFECTS = ("plasma.injected_share", "plasma.injected_rate")
IDS = ("route.injected_share", "route.injected_share_spread", "route.injected_rate", "route.injected_rate_variance")


def add(layout: Layout, s: Site) -> None:
    """A depot that empties into the blood.

    dM = F dose - ka M        blood += ka M

    Symbols: M depot - umol; F share taken up - 1; ka - 1/min
    Source:  first-order uptake: Hornik 2018 and Abuhelwa 2022 (structure); F and ka: parameters route.injected_*
    Leaves out: any difference between muscle and skin, site of injection or volume: none was read.
    """
    rate = s.log_normal("route.injected_rate", EFFECTS[1], "route.injected_rate_variance") * s.one
    layout.add(single(rate), "depot")
    layout.flux("depot", "central", rate)


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """The share of each dose that is taken up, over the time in which it is given."""
    share = s.share("route.injected_share", EFFECTS[0], "route.injected_share_spread") * s.one
    return [Channel(layout.vector({"depot": 1.0}), schedule.start, schedule.duration, share[:, None] * amount)]


EQUATIONS = (add, channels)
