"""The ways into the body that the combined model knows, each in its own file; only those that are used are built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType

from jax import Array

from ketworks.engine.propagate import Channel
from ketworks.engine.schedule import Schedule
from ketworks.plasma.combined import injected, mucosal, nasal, nebulised, rectal, swallowed
from ketworks.plasma.combined.site import Site
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver import first_pass
from ketworks.plasma.route_facts import given_by

_MODULES: tuple[ModuleType, ...] = (injected, mucosal, swallowed, nasal, rectal, nebulised)
_WAYS: Mapping[str, ModuleType] = {route: module for module in _MODULES for route in module.ROUTES}
_FIRST_PASS = (swallowed, nasal)
INTRAVENOUS = "iv"
EFFECTS = tuple(dict.fromkeys(name for module in _MODULES for name in module.EFFECTS))
DOSE_EFFECTS = mucosal.DOSE_EFFECTS


def ways(routes: Iterable[str]) -> tuple[ModuleType, ...]:
    """The files of the routes, each once."""
    return tuple(dict.fromkeys(_WAYS[route] for route in routes if route != INTRAVENOUS))


def ids(routes: Iterable[str]) -> tuple[str, ...]:
    """The rows that these routes bring in."""
    used = tuple(routes)
    found: tuple[str, ...] = ("route.prolonged_duration",) if "oral-pr" in used else ()
    for way in ways(used):
        found += way.IDS
        if way in _FIRST_PASS:
            found += (*first_pass.LIVER_IDS, *first_pass.NORKETAMINE_IDS, "enantiomer.hepatic_share")
    return tuple(dict.fromkeys(found))


def first_pass_in(routes: Iterable[str]) -> bool:
    """Whether a part of some dose meets gut wall and liver before the blood."""
    return any(way in _FIRST_PASS for way in ways(routes))


def add_depots(layout: Layout, s: Site, routes: Iterable[str]) -> None:
    """The depots of all routes; before the core, which they flow into."""
    for way in ways(routes):
        way.add(layout, s)


def channels(layout: Layout, s: Site, schedule: Schedule, amount: Array, routes: Iterable[str]) -> list[Channel]:
    """All doses, each by its route.

    Args:
        layout: with depots and core.
        s: the people.
        schedule: the doses.
        amount: umol of each enantiomer, shape (2 people, doses).
        routes: that are used.
    """
    used = tuple(routes)
    made: list[Channel] = []
    if INTRAVENOUS in used or not used:
        entry = layout.vector({"central": 1.0, "excess": 1.0 / s.volume})
        made.append(Channel(entry, schedule.start, schedule.duration, given_by(schedule, (INTRAVENOUS,)) * amount))
    for way in ways(used):
        made += way.channels(layout, s, schedule, given_by(schedule, way.ROUTES) * amount)
    return made
