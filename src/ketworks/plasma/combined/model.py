"""The default plasma model: both enantiomers, every route, arterial and venous levels, all metabolites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import propagate
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual, Stage, Surroundings
from ketworks.plasma.arm_bridge import add_vein, arm_bridge
from ketworks.plasma.combined import dehydronorketamine, support
from ketworks.plasma.combined import routes as ways_in
from ketworks.plasma.combined.enantiomers import both_enantiomers, both_livers
from ketworks.plasma.combined.site import Site, twice
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver import first_pass
from ketworks.plasma.liver.first_pass import liver_state
from ketworks.plasma.route_facts import kept_facts, routes_in
from ketworks.plasma.signals import LEVELS, named_levels, without_rounding
from ketworks.plasma.simons2022 import equations as core
from ketworks.plasma.tables import COMMON, rows_of

_Z95 = 1.6448536269514722  # 95th percentile of the standard normal
_MEASURED = ("ketamine", "norketamine", "hydroxynorketamine")


@dataclass(frozen=True)
class Combined(Stage):
    """The core of Simons 2022 once per enantiomer, with the arm bridge, every route, gut and liver.

    Attributes:
        routes: that the regimen uses; only their depots are built.
        facts: other ones that bring in rows (age, co-medication, organs, sprays of a session); they decide grades, not
            equations.
    """

    routes: tuple[str, ...] = ("iv",)
    facts: tuple[str, ...] = field(default=(), compare=False, repr=False)  # the program is the same with any of them

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "combined"
    meaning: ClassVar[str] = "Simons core for each enantiomer, every route, gut and liver, arterial and venous"
    outputs: ClassVar[tuple[Signal, ...]] = LEVELS
    random_effects: ClassVar[tuple[str, ...]] = (
        *(f"plasma.{name}" for name in core.RANDOM_EFFECTS),
        "plasma.hydroxynorketamine_scale",
        *ways_in.EFFECTS,
    )
    dose_effects: ClassVar[tuple[str, ...]] = ways_in.DOSE_EFFECTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = support.intravenous()
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: support.equations_of(signal.name) for signal in LEVELS
    }
    residual: ClassVar[Mapping[str, Residual]] = {
        f"plasma.{prefix}{analyte}.arterial": Residual(
            f"simons2022.residual.{analyte}",
            f"simons2022.residual.{analyte}_additive" if analyte != "ketamine" else "",
        )
        for analyte in _MEASURED
        for prefix in ("", "s_", "r_")
        if not (prefix and analyte == "hydroxynorketamine")
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Every row that any route or person may bring in."""
        own = rows_of(COMMON, "simons2022", "perezruixo2021", "combined", "ashraf2018")
        return {**own, **first_pass.parameters()}

    def fitted(self, facts: frozenset[str]) -> Stage:
        """With the depots of the routes in use."""
        return Combined(routes_in(facts) or ("iv",), kept_facts(facts))

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of the routes and of the people's facts."""
        more = support.brought_in(self.routes, self.facts)
        return {name: (*keys, *support.carrying(name, more)) for name, keys in self.rests_on.items()}

    def stated(self) -> Mapping[str, tuple[Callable[..., Any], ...]]:
        """With the equations of the routes and of gut and liver where they matter."""
        more = support.equations_brought_in(self.routes, self.facts)
        return {name: (*listed, *more) for name, listed in self.equations.items()}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels of all analytes, ng/mL, shape (people, times)."""
        p, weight, schedule = around.p, around.person["weight"], around.schedule
        people = weight.shape[0]
        liver = liver_state(p, weight, around.person["age"], around.person)
        c = both_enantiomers(p, core.individual_constants(p, weight, around.eta), liver)
        drug = schedule.s_amount + schedule.r_amount
        eta = {name: twice(value) for name, value in around.eta.items()}
        site = Site(p, eta, both_livers(p, liver), c.v1, twice(drug))
        layout, bridge = Layout(2 * people), arm_bridge(p, c.v1, twice(weight))
        ways_in.add_depots(layout, site, self.routes)
        core.add_core(layout, c)
        dehydronorketamine.add(layout, p, c)
        add_vein(layout, bridge, c.v1, c.vn1)
        amount = jnp.concatenate([schedule.s_amount, schedule.r_amount])
        doses = ways_in.channels(layout, site, schedule, amount, self.routes)
        levels = without_rounding(propagate(layout.cascade(), doses, around.times, _readings(p, layout, c, people)))
        # the 90 % band of the scale spans a division and a multiplication by the stated factor
        spread = jnp.log(p["hydroxynorketamine.uncertainty"]) / _Z95
        scale = p["hydroxynorketamine.scale"] * jnp.exp(spread * around.eta["plasma.hydroxynorketamine_scale"])
        return named_levels(p, levels[:people], levels[people:], scale[:, None])


def _readings(p: Mapping[str, Array], layout: Layout, c: core.Constants, people: int) -> Array:
    """Levels in umol/L: ketamine and norketamine at both sites, hydroxynorketamine, dehydronorketamine (arterial)."""
    one = jnp.ones(people)
    side = jnp.concatenate([one, p["dehydronorketamine.r_over_s"] * one]) / p["dehydronorketamine.volume"]
    return layout.readings(
        {"central": 1.0 / c.v1},
        {"vein": 1.0},
        {"norketamine": 1.0 / c.vn1},
        {"norketamine_vein": 1.0},
        {"hydroxynorketamine": 1.0 / c.vh1},
        {"dehydronorketamine": side},
    )
