"""The plasma stage of Ashraf 2018: oral and intravenous esketamine, venous levels of it and of noresketamine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import Channel, exchange, propagate, single
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual, Stage, Surroundings
from ketworks.plasma.ashraf2018 import course
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver import comedication, organ_function, ticlopidine
from ketworks.plasma.liver.first_pass import (
    extracted,
    gut_escape,
    healthy_flow,
    support_for,
    villous_flow,
)
from ketworks.plasma.mammillary import esketamine
from ketworks.plasma.route_facts import given_by, routes_in
from ketworks.plasma.signals import without_rounding
from ketworks.plasma.tables import COMMON, rows_of

_LEVELS = esketamine("venous")
_RANDOM = (
    "intrinsic_clearance",
    "gut_intrinsic_clearance",
    "absorption_rate",
    "volume_1",
    "norketamine_intrinsic_clearance",
)
_FLOWS = ("hepatic_flow", "hepatic_flow_power", "intestinal_share", "mucosal_share", "villous_share")
_KETAMINE = ("central_volume", "flow_1", "volume_1", "flow_2", "volume_2", "intrinsic_clearance", "unbound")
_ORAL = ("absorption_rate", "gut_permeability", "gut_intrinsic_clearance")
_NORKETAMINE = tuple(
    f"norketamine_{name}"
    for name in ("volume", "flow_2", "volume_2", "intrinsic_clearance", "unbound", "blood_to_plasma")
)


class Constants(NamedTuple):
    """One person's constants; volumes L, flows and clearances L/min, shares 1, rates 1/min, each of shape (people,).

    Attributes:
        flow: blood through the liver.
        extraction, gut_escape: of S-ketamine.
        escape_n, gut_escape_n: shares of S-norketamine that pass liver and gut wall.
        absorption: rate of uptake from the gut.
        volumes, flows: of S-ketamine, the central one first.
        volumes_n, flow_n: of S-norketamine.
    """

    flow: Array
    extraction: Array
    gut_escape: Array
    escape_n: Array
    gut_escape_n: Array
    absorption: Array
    volumes: tuple[Array, Array, Array]
    flows: tuple[Array, Array]
    volumes_n: tuple[Array, Array]
    flow_n: Array


def individual_constants(
    p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array], blocked: Array
) -> Constants:
    """Typical values, the person's deviations, co-medication and organ function.

    value = typical * exp(sqrt(variance) * eta);   CLint = value * fu / BP * f
    E = CLint / (QH + CLint);   1 - EN = QH / (QH + CLint,N);   FgN = QVI / (QVI + CLint,GW,N)

    Symbols: eta - standard-normal draw; variance - between-person variance on the log scale; fu, BP, f - 1;
             CLint - L/min; f - factors of CYP2B6 activity, co-medication and organ function
    Source:  Ashraf 2018 Tables 1 and 2; factors besides that of ticlopidine: plasma/liver/parameters.tsv
    Leaves out: age (19 to 35 y were sampled); weight other than on hepatic flow; variability of ticlopidine.
    """
    one = jnp.ones_like(person["weight"])

    def own(name: str) -> Array:
        typical = p[f"ashraf2018.{name}"] * one
        if name not in _RANDOM:
            return typical
        return typical * jnp.exp(jnp.sqrt(p[f"ashraf2018.variance.{name}"]) * eta[f"plasma.ashraf.{name}"])

    flow = healthy_flow(p, person["weight"])
    villi = villous_flow(p, flow)
    others = comedication.factor(p, person, "liver") * organ_function.factor(p, person)
    intrinsic = own("intrinsic_clearance") * own("unbound") / own("blood_to_plasma") * blocked * others
    gut = own("gut_intrinsic_clearance") * comedication.factor(p, person, "gut")
    intrinsic_n = (
        own("norketamine_intrinsic_clearance") * own("norketamine_unbound") / own("norketamine_blood_to_plasma")
    )
    of_n = comedication.factor(p, person, "norketamine") * organ_function.norketamine_factor(p, person)
    return Constants(
        flow=flow,
        extraction=extracted(intrinsic, flow),
        gut_escape=gut_escape(villi, own("gut_permeability"), gut),
        escape_n=1.0 - extracted(intrinsic_n * of_n, flow),
        gut_escape_n=1.0 - extracted(own("norketamine_gut_intrinsic_clearance"), villi),
        absorption=own("absorption_rate"),
        volumes=(own("central_volume"), own("volume_1"), own("volume_2")),
        flows=(own("flow_1"), own("flow_2")),
        volumes_n=(own("norketamine_volume"), own("norketamine_volume_2")),
        flow_n=own("norketamine_flow_2"),
    )


def lay_out(c: Constants) -> Layout:
    """Gut, S-ketamine in three compartments, S-norketamine in two; gut wall, portal vein and liver passed at once.

    dD = -ka D
    dA = Fg (1 - E) ka D - (E QH + Q1 + Q2) / Vc A + Q1 / V1 A1 + Q2 / V2 A2
    dN = (1 - EN) (((1 - Fg) FgN + Fg E) ka D + E QH / Vc A) - (EN QH + QN) / VN N + QN / VN2 N2

    Symbols: D in the gut, A S-ketamine, N S-norketamine - umol; ka - 1/min; Q - L/min; V - L; Fg gut escape,
             E extraction by the liver - 1; N in names: of S-norketamine
    Source:  Ashraf 2018, equations as transcribed (docs/evidence/pk.md section 2.4); what the liver lets pass returns
             to the same blood, so that only E QH leaves it
    Leaves out: other metabolites: all that is taken out becomes S-norketamine, so that its volumes are apparent.
    """
    layout = Layout(c.flow.shape[0])
    lost, lost_n = c.extraction * c.flow, (1.0 - c.escape_n) * c.flow
    layout.add(single(c.absorption), "gut")
    between = {(0, 1): c.flows[0], (0, 2): c.flows[1]}
    layout.add(exchange(c.volumes, between, {0: lost}), "ketamine", "ketamine_1", "ketamine_2")
    layout.add(exchange(c.volumes_n, {(0, 1): c.flow_n}, {0: lost_n}), "norketamine", "norketamine_2")
    layout.flux("gut", "ketamine", c.absorption * c.gut_escape * (1.0 - c.extraction))
    formed = (1.0 - c.gut_escape) * c.gut_escape_n + c.gut_escape * c.extraction
    layout.flux("gut", "norketamine", c.absorption * c.escape_n * formed)
    layout.flux("ketamine", "norketamine", c.escape_n * lost / c.volumes[0])
    return layout


def _rests_on() -> dict[str, tuple[str, ...]]:
    ketamine = [*_FLOWS, *_KETAMINE, "blood_to_plasma", "variance.intrinsic_clearance", "variance.volume_1"]
    norketamine = [*ketamine, *_NORKETAMINE, "variance.norketamine_intrinsic_clearance"]
    carried = {signal.name: norketamine if "nor" in signal.name else ketamine for signal in _LEVELS}
    return {name: (*(f"ashraf2018.{key}" for key in keys), "molar_mass.ketamine") for name, keys in carried.items()}


@dataclass(frozen=True)
class Ashraf2018(Stage):
    """Ashraf 2018 for oral and intravenous esketamine, with co-medication and organ function from ``plasma/liver``."""

    oral: bool = True
    ticlopidine: bool = True
    extra: tuple[str, ...] = ()

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "ashraf2018"
    meaning: ClassVar[str] = (
        "oral and intravenous esketamine through gut wall and liver, CYP2B6 with ticlopidine; venous"
    )
    outputs: ClassVar[tuple[Signal, ...]] = _LEVELS
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.ashraf.{name}" for name in _RANDOM)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _rests_on()
    residual: ClassVar[Mapping[str, Residual]] = {
        signal.name: Residual(proportional=f"ashraf2018.sd.residual_{'nor' * ('nor' in signal.name)}ketamine")
        for signal in _LEVELS
    }
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (healthy_flow, individual_constants, extracted, lay_out) for signal in _LEVELS
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Its own rows, and those of co-medication and organ function."""
        return rows_of(COMMON, "ashraf2018", "liver")

    def fitted(self, facts: frozenset[str]) -> Stage:
        """Without the course of ticlopidine where nobody takes it, and with the rows that the facts bring in."""
        routes = routes_in(facts)
        return replace(
            self,
            oral=self.oral if not routes else "oral" in routes,
            ticlopidine="with:ticlopidine" in facts,
            extra=support_for(facts),
        )

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of absorption, of ticlopidine's course, of co-medication and of organ function."""
        rows = [*self.extra, *(course.ROWS if "ashraf2018.cyp2b6_share" in self.extra else ())]
        oral = [*_ORAL, "variance.gut_intrinsic_clearance", "variance.absorption_rate"] if self.oral else []
        found = {}
        for name, keys in self.rests_on.items():
            more = [*oral, "norketamine_gut_intrinsic_clearance"] if oral and "nor" in name else oral
            of_norketamine = [row for row in rows if "nor" in name or not row.endswith("norketamine")]
            found[name] = (*keys, *(f"ashraf2018.{key}" for key in more), *of_norketamine)
        return found

    def stated(self) -> Mapping[str, tuple[Callable[..., Any], ...]]:
        """With the equations of the gut wall, of ticlopidine's course, of co-medication and of organ function."""
        more: tuple[Callable[..., Any], ...] = (villous_flow, gut_escape) if self.oral else ()
        if self.ticlopidine:
            more += (course.unbound_portal, course.activity_after_course, ticlopidine.intrinsic_ratio)
        more += (comedication.factor,) if any(row.startswith("interaction.") for row in self.extra) else ()
        more += (organ_function.factor,) if any(row.startswith("organ.") for row in self.extra) else ()
        return {name: (*listed, *more) for name, listed in self.equations.items()}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels in ng/mL, shape (people, times); noresketamine as mass of the ketamine that became it, as printed."""
        p, person = around.p, around.person
        blocked, error = jnp.ones_like(person["weight"]), jnp.zeros(())
        if self.ticlopidine:
            left = course.activity_after_course(p, healthy_flow(p, person["weight"]))
            taken = person.get("with_ticlopidine", 0.0)
            blocked = 1.0 + taken * (ticlopidine.intrinsic_ratio(p, left.activity) - 1.0)
            error = left.error * p["ashraf2018.cyp2b6_share"] / (1.0 - p["ashraf2018.cyp2b6_share"])
        c = individual_constants(p, person, around.eta, blocked)
        layout, schedule = lay_out(c), around.schedule
        ways = [
            Channel(
                layout.vector({place: 1.0}),
                schedule.start,
                schedule.duration,
                given_by(schedule, (route,)) * schedule.s_amount,
            )
            for route, place in (("iv", "ketamine"), ("oral", "gut"))
        ]
        mass = p["molar_mass.ketamine"]
        read = layout.readings({"ketamine": mass / c.volumes[0]}, {"norketamine": mass / c.volumes_n[0]})
        levels = without_rounding(propagate(layout.cascade(), ways, around.times, read))
        made = {signal.name: levels[:, int("nor" in signal.name)] for signal in self.outputs}
        return made | ({f"error.{name}": error for name in made} if self.ticlopidine else {})
