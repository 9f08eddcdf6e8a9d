"""By mouth: a stomach depot, the gut wall and the liver before the blood; with prolonged release, over hours."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site, shifted
from ketworks.plasma.layout import Layout
from ketworks.plasma.route_facts import given_by

ROUTES = ("oral", "oral-pr")
EFFECTS = ("plasma.oral_rate", "plasma.gut_clearance", "plasma.liver_clearance")
IDS = (
    "ashraf2018.absorption_rate",
    "ashraf2018.variance.absorption_rate",
    "ashraf2018.variance.gut_intrinsic_clearance",
    "ashraf2018.variance.intrinsic_clearance",
)


def add(layout: Layout, s: Site) -> None:
    """The stomach and what its drug meets."""
    rate = s.log_normal("ashraf2018.absorption_rate", EFFECTS[0], "ashraf2018.variance.absorption_rate") * s.one
    layout.add(single(rate), "stomach")
    first_pass(layout, s, "stomach", rate)


def first_pass(layout: Layout, s: Site, depot: str, rate: Array) -> None:
    """Gut wall and liver: some drug escapes into the blood, the rest becomes metabolite or is lost.

    blood += ka S Fg (1 - E)        chain += ka S (Fg E + (1 - Fg) FgN)

    Symbols: S depot - umol; ka - 1/min; Fg share that passes the gut wall - 1; E share taken out by the liver - 1;
             FgN share of the gut's norketamine that leaves the gut - 1; chain - see ``simons2022/equations.py``
    Source:  gut wall and well-stirred liver of Ashraf 2018 (``plasma/liver/first_pass.py``); deviations of a
             person act on the intrinsic clearances, that is inversely on the odds of escape
    Leaves out: saturation, food, and the difference between solution and tablet; that the same deviations move the
             person's systemic clearance, which is drawn apart.
    """
    gut = jnp.sqrt(s.p["ashraf2018.variance.gut_intrinsic_clearance"]) * s.eta[EFFECTS[1]]
    liver = jnp.sqrt(s.p["ashraf2018.variance.intrinsic_clearance"]) * s.eta[EFFECTS[2]]
    passes_gut = shifted(s.liver.gut_escape, -gut)
    passes_liver = shifted(1.0 - s.liver.extraction, -liver)
    metabolised = passes_gut * (1.0 - passes_liver) + (1.0 - passes_gut) * s.liver.norketamine_gut_escape
    layout.flux(depot, "central", rate * passes_gut * passes_liver)
    layout.flux(depot, "formed", rate * metabolised)


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """Doses at once, and prolonged-release ones at a constant rate over their release time.

    Source:  about ten hours, read in the abstract of Glue 2020
    Leaves out: the shape of the release; what is still in the tablet when it leaves the gut.
    """
    prolonged = given_by(schedule, ("oral-pr",))
    lasting = s.p["route.prolonged_duration"] * prolonged
    return [Channel(layout.vector({"stomach": 1.0}), schedule.start, lasting, amount)]


EQUATIONS = (add, first_pass, channels)
