"""Into the nose when it is not esketamine alone: the shape of the esketamine model, with the racemate's own share."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Channel, single
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined.site import Site, shifted
from ketworks.plasma.combined.swallowed import EFFECTS as FIRST_PASS_EFFECTS
from ketworks.plasma.combined.swallowed import IDS as FIRST_PASS_IDS
from ketworks.plasma.combined.swallowed import first_pass
from ketworks.plasma.layout import Layout
from ketworks.plasma.perezruixo2021.equations import nasal_share
from ketworks.plasma.route_facts import given_by

ROUTES = ("nasal",)
EFFECTS = ("plasma.nasal_share", *FIRST_PASS_EFFECTS[1:])
IDS = (
    "route.nasal_share",
    "route.nasal_share_spread",
    "perezruixo2021.nasal_fraction_later_devices",
    "perezruixo2021.device_amount",
    "perezruixo2021.nasal_rate",
    "perezruixo2021.swallowed_rate",
    "perezruixo2021.swallowed_duration",
    *FIRST_PASS_IDS[2:4],
)


def add(layout: Layout, s: Site) -> None:
    """Nose and swallowed part.

    dN = FR dose - ka_n N        blood += ka_n N        swallowed part: gut wall and liver as by mouth

    Symbols: N nose - umol; FR share taken up in the nose - 1; ka_n - 1/min
    Source:  Perez-Ruixo 2021 Table 3 for the rates (esketamine spray)
    Leaves out: devices: drops and atomisers are not told apart.
    """
    nose, swallowed = s.p["perezruixo2021.nasal_rate"] * s.one, s.p["perezruixo2021.swallowed_rate"] * s.one
    layout.add(single(nose), "nose")
    layout.add(single(swallowed), "nasal_swallowed")
    layout.flux("nose", "central", nose)
    first_pass(layout, s, "nasal_swallowed", swallowed)


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array) -> list[Channel]:
    """Each dose parted between nose and stomach; what comes later in a session leaves a smaller share in the nose.

    odds(FR) = odds(FR_typical) exp(sd eta),   FR_typical as ``perezruixo2021.equations.nasal_share``

    Symbols: FR share taken up in the nose - 1; sd - 1; eta a person's draw
    Source:  the form Perez-Ruixo 2021 Table 3; share of a first 28 mg of the racemate: route.nasal_share
    Leaves out: any difference between the enantiomers in the nose.
    """
    through_nose = given_by(schedule, ROUTES) * s.drug
    typical = nasal_share(s.p, s.p["route.nasal_share"], through_nose, schedule.start)
    share = shifted(typical, (s.p["route.nasal_share_spread"] * s.eta[EFFECTS[0]])[:, None])
    lasting = s.p["perezruixo2021.swallowed_duration"] * jnp.ones_like(schedule.start)
    return [
        Channel(layout.vector({"nose": 1.0}), schedule.start, jnp.zeros_like(schedule.start), share * amount),
        Channel(layout.vector({"nasal_swallowed": 1.0}), schedule.start, lasting, (1.0 - share) * amount),
    ]


EQUATIONS = (add, first_pass, nasal_share, channels)
