"""What carries each level of the combined model: rows that always count, and what a route or a person brings in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ketworks.plasma.arm_bridge import arm_bridge
from ketworks.plasma.combined import dehydronorketamine, routes
from ketworks.plasma.combined.enantiomers import both_enantiomers, both_livers
from ketworks.plasma.liver import first_pass
from ketworks.plasma.route_facts import SEVERAL_SPRAYS
from ketworks.plasma.signals import LEVELS
from ketworks.plasma.simons2022 import equations as core
from ketworks.plasma.simons2022.support import carriers

_BRIDGE = ("bridge.mixing_flow", "bridge.arm_rate", "bridge.fill_rate_volume")
_HYDROXY = (
    "enantiomer.hydroxynorketamine_exposure_ratio",
    "hydroxynorketamine.uncertainty",
    "hydroxynorketamine.scale",
)
OLDER = "age:over60"


def intravenous() -> dict[str, tuple[str, ...]]:
    """For each level the rows behind it after an intravenous dose in a healthy adult up to 60 years."""
    found: dict[str, tuple[str, ...]] = {}
    for signal in LEVELS:
        _, analyte, site = signal.name.split(".")
        substance = analyte.removeprefix("s_").removeprefix("r_")
        keys = carriers(substance)
        if substance != "ketamine":
            keys += ("combined.fraction_norketamine",)
        if substance == "hydroxynorketamine":
            keys += _HYDROXY
        if substance == "dehydronorketamine":
            keys += dehydronorketamine.IDS
        if not analyte.startswith("s_"):
            keys += ("enantiomer.clearance_ratio",)
        found[signal.name] = (*keys, *_BRIDGE) if site == "venous" else keys
    return found


def brought_in(used: Sequence[str], facts: Sequence[str]) -> tuple[str, ...]:
    """The rows that routes, age, co-medication and organ function bring in."""
    changed = first_pass.support_for(facts)
    if changed or OLDER in facts:
        changed += (*first_pass.LIVER_IDS, *first_pass.NORKETAMINE_IDS)
    sprays = ("perezruixo2021.session",) if SEVERAL_SPRAYS in facts else ()
    return tuple(dict.fromkeys(routes.ids(used) + changed + sprays))


def carrying(signal: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the rows that carry a level: none about norketamine for a parent's, none about R- for S-ketamine's."""
    kept = first_pass.carrying(signal, ids)
    of_s = signal.split(".")[1].startswith("s_")
    return tuple(key for key in kept if not (of_s and key.startswith("enantiomer.")))


def equations_of(name: str) -> tuple[Callable[..., Any], ...]:
    """The functions whose docstrings state the equations of a level."""
    listed: tuple[Callable[..., Any], ...] = (core.individual_constants, both_enantiomers, core.add_core)
    if "dehydro" in name:
        listed += (dehydronorketamine.add,)
    if name.endswith("venous"):
        listed += (arm_bridge,)
    return listed


def equations_brought_in(used: Sequence[str], facts: Sequence[str]) -> tuple[Callable[..., Any], ...]:
    """The functions that routes, age, co-medication and organ function bring in."""
    listed = tuple(function for way in routes.ways(used) for function in way.EQUATIONS)
    if facts or routes.first_pass_in(used):
        listed += (first_pass.liver_state, first_pass.extracted, first_pass.gut_escape, both_livers)
    return listed
