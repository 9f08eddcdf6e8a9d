"""What published models of one to three compartments share: sizes, deviations, levels; a model adds its numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import Channel, exchange, propagate, single
from ketworks.engine.schedule import Schedule
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import pick
from ketworks.plasma.cards import card_of
from ketworks.plasma.layout import Layout
from ketworks.plasma.route_facts import given_by, routes_in
from ketworks.plasma.signals import level, without_rounding
from ketworks.plasma.tables import COMMON, rows_of

CENTRAL, DEPOT, METABOLITE = "central", "depot", "metabolite"
_MASS = "molar_mass.ketamine"  # of norketamine too, which these models count in ketamine mass
_SITE = "site.assumed"
_DEEPER = (2, 3)  # numbers of the compartments that exchange with the central one


class Body(NamedTuple):
    """One substance's compartments in one person; every array of shape (people,).

    Attributes:
        volumes: L, the central one first.
        flows: L/min, between the central compartment and each of the others.
        clearance: L/min, out of the central compartment.
    """

    volumes: tuple[Array, ...]
    flows: tuple[Array, ...]
    clearance: Array


class Absorption(NamedTuple):
    """First-order uptake from a depot: share of the dose that arrives, and its rate (1/min); each (people,)."""

    share: Array
    rate: Array


class Constants(NamedTuple):
    """All of a person's constants; ``metabolite`` is counted in molecules of ketamine that became it."""

    parent: Body
    metabolite: Body | None = None
    absorption: Absorption | None = None


def allometric(p: Mapping[str, Array], model: str, weight: Array) -> tuple[Array, Array]:
    """Factors of a body weight on flows and on volumes.

    factor = (weight / reference)^power

    Symbols: weight, reference - kg; power - 1, usually 0.75 for flows and 1 for volumes
    Source:  rows ``<model>.reference_weight``, ``.weight_power_flow``, ``.weight_power_volume``
    Leaves out: maturation of enzymes in the first year, body composition.
    """
    size = weight / p[f"{model}.reference_weight"]
    return size ** p[f"{model}.weight_power_flow"], size ** p[f"{model}.weight_power_volume"]


def weighted(p: Mapping[str, Array], model: str, weight: Array) -> dict[str, Array]:
    """The factors of body weight for a model that scales every volume, flow and clearance, by name of the row."""
    flow, volume = allometric(p, model, weight)
    volumes = ("central_volume", *(f"volume_{k}" for k in _DEEPER))
    return dict.fromkeys(volumes, volume) | dict.fromkeys(("clearance", *(f"flow_{k}" for k in _DEEPER)), flow)


def log_variance(cv: Array) -> Array:
    """Variance on the log scale of a log-normal with this coefficient of variation.

    variance = ln(1 + CV^2)

    Symbols: CV - coefficient of variation, as a fraction
    Source:  definition of the log-normal
    Leaves out: nothing; papers that print 100 sqrt(variance) as % mean a slightly larger one (told in the row's note).
    """
    return jnp.log1p(cv**2)


def correlated(covariance: Sequence[Sequence[Array]], draws: Sequence[Array]) -> list[Array]:
    """Log-scale deviations of several quantities that vary together between people.

    d = L z,   L L^T = covariance (Cholesky, row by row)

    Symbols: d - log-scale deviations; z - independent standard-normal draws; covariance - lower triangle, log scale
    Source:  Cholesky factorisation; the covariances are the model's
    Leaves out: nothing.
    """
    factor: list[list[Array]] = []
    made = []
    for i, row in enumerate(covariance):
        line: list[Array] = []
        for j in range(i + 1):
            rest = row[j] - sum((line[k] * (factor[j] if j < i else line)[k] for k in range(j)), jnp.zeros(()))
            line.append(jnp.sqrt(rest) if j == i else rest / factor[j][j])
        factor.append(line)
        made.append(sum((line[j] * draws[j] for j in range(i + 1)), jnp.zeros(())))
    return made


def by_flows(
    p: Mapping[str, Array],
    table: str,
    sizes: Mapping[str, Array],
    deviations: Mapping[str, Array],
) -> Body:
    """Compartments from printed volumes and flows.

    value = typical * size * exp(deviation)

    Symbols: typical volume - L, clearance and flow - L/min; size - factor of body weight; deviation - log scale
    Source:  rows ``<table>central_volume``, ``<table>clearance``, ``<table>volume_2``, ``<table>flow_2`` and so on
    Leaves out: what the model's card says it leaves out.

    Args:
        p: parameter values.
        table: start of the rows' ids, ``herd2007.`` or ``otto2021.norketamine_``.
        sizes: factor by name of the row without ``table``; no size where a name is missing.
        deviations: likewise on the log scale, each (people,); none where a name is missing.
    """
    one = jnp.ones_like(next(iter(sizes.values())))  # (people,), so that every value has that shape

    def own(name: str) -> Array:
        typical = p[f"{table}{name}"] * sizes.get(name, one)
        return typical * jnp.exp(deviations[name]) if name in deviations else typical

    deeper = [k for k in _DEEPER if f"{table}volume_{k}" in p]
    volumes = (own("central_volume"), *(own(f"volume_{k}") for k in deeper))
    return Body(volumes, tuple(own(f"flow_{k}") for k in deeper), own("clearance"))


def by_rates(p: Mapping[str, Array], table: str, weight: Array, clearance_deviation: Array | float = 0.0) -> Body:
    """Compartments from a central volume per kg and rate constants, as pump software keeps them.

    CL = k10 V1      Q_i = k1i V1      V_i = k1i V1 / ki1      V1 = volume_per_kg * weight

    Symbols: V - L; CL, Q - L/min; k - 1/min; weight - kg
    Source:  rows ``<table>central_volume_per_kg``, ``<table>k10``, ``<table>k12``, ``<table>k21`` and so on
    Leaves out: allometry: clearance is proportional to weight, where children have more of it per kg.
    """
    central = p[f"{table}central_volume_per_kg"] * weight
    deeper = [k for k in _DEEPER if f"{table}k1{k}" in p]
    flows = tuple(p[f"{table}k1{k}"] * central for k in deeper)
    volumes = tuple(flow / p[f"{table}k{k}1"] for k, flow in zip(deeper, flows, strict=True))
    return Body((central, *volumes), flows, p[f"{table}k10"] * central * jnp.exp(clearance_deviation))


def absorption(share: Array, half_time: Array, deviation: Array) -> Absorption:
    """First-order uptake from its half-time.

    ka = ln 2 / half_time * exp(deviation)

    Symbols: ka - 1/min; half_time - min; deviation - log scale, (people,); share - of the dose, 1
    Source:  the model's rows
    Leaves out: delay before absorption, a share that depends on the dose, variability of the share.
    """
    return Absorption(share * jnp.ones_like(deviation), jnp.log(2.0) / half_time * jnp.exp(deviation))


def lay_out(c: Constants) -> Layout:
    """The compartments of the drug, of its depot and of its metabolite.

    dD  = F dose - ka D
    dA1 = R + ka D - (CL + sum Q_i) / V1 A1 + sum Q_i / V_i A_i      dA_i = Q_i (A1 / V1 - A_i / V_i)
    dN1 = CL / V1 A1 - (CLn + Qn) / Vn1 N1 + Qn / Vn2 N2             dN2 = Qn (N1 / Vn1 - N2 / Vn2)

    Symbols: A ketamine, D depot, N norketamine - umol; R rate into a vein - umol/min; CL, Q - L/min; V - L;
             ka - 1/min; F - share of an absorbed dose that arrives
    Source:  mammillary compartments; volumes and flows are the model's
    Leaves out: first-pass formation of norketamine, other metabolites, delay of formation.
    """
    layout = Layout(c.parent.clearance.shape[0])
    if c.absorption is not None:
        layout.add(single(c.absorption.rate), DEPOT)
    _add(layout, c.parent, CENTRAL)
    if c.absorption is not None:
        layout.flux(DEPOT, CENTRAL, c.absorption.rate)
    if c.metabolite is not None:
        _add(layout, c.metabolite, METABOLITE)
        layout.flux(CENTRAL, METABOLITE, c.parent.clearance / c.parent.volumes[0])
    return layout


def doses(layout: Layout, c: Constants, schedule: Schedule, amount: Array, absorbed: Sequence[str]) -> list[Channel]:
    """The ways in: into the vein, and through the depot for the routes that are absorbed."""
    into_vein = given_by(schedule, ("iv",)) * amount
    ways = [Channel(layout.vector({CENTRAL: 1.0}), schedule.start, schedule.duration, into_vein)]
    if c.absorption is not None:
        taken = given_by(schedule, absorbed) * amount
        entry = layout.vector({DEPOT: c.absorption.share})
        ways.append(Channel(entry, schedule.start, schedule.duration, taken))
    return ways


def carried(
    outputs: Sequence[Signal], parent: Sequence[str], metabolite: Sequence[str] = ()
) -> dict[str, tuple[str, ...]]:
    """``rests_on`` of a model whose norketamine also rests on what its ketamine rests on."""
    both = (*parent, *metabolite)
    return {one.name: (*(both if "nor" in one.name else parent), _MASS) for one in outputs}


def racemate(site: str) -> tuple[Signal, ...]:
    """What a model of the racemate makes: the sum of both enantiomers and nothing per enantiomer."""
    return (level("ketamine", site),)


def esketamine(site: str) -> tuple[Signal, ...]:
    """What a model of S-ketamine and S-norketamine makes; the totals are equal to them."""
    return tuple(level(name, site) for name in ("s_ketamine", "ketamine", "s_norketamine", "norketamine"))


@dataclass(frozen=True)
class MammillaryPlasma(Stage):
    """A published model of few compartments. A subclass states its rows and makes its constants."""

    routes: tuple[str, ...] = ("iv",)

    name: ClassVar[str] = "plasma"
    folders: ClassVar[tuple[str, ...]]
    """Folders of the tables it reads."""
    absorbed: ClassVar[tuple[str, ...]] = ()
    """Routes whose doses pass a depot."""
    absorption_rows: ClassVar[tuple[str, ...]] = ()
    """Rows that carry the level only when such a dose is given."""

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The rows of the model's tables and the molar mass."""
        return pick(rows_of(COMMON, *cls.folders), (*(f"{folder}." for folder in cls.folders), _MASS, _SITE))

    def fitted(self, facts: frozenset[str]) -> Stage:
        """With a depot only when a dose passes one."""
        return replace(self, routes=routes_in(facts) or self.routes)

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of absorption when a dose is absorbed, and with the site where it was only assumed."""
        extra = self.absorption_rows if self._absorbs() else ()
        card = card_of(self.variant)
        if card is not None and not card.site_known:
            extra = (*extra, _SITE)
        return {name: (*keys, *extra) for name, keys in self.rests_on.items()}

    @abstractmethod
    def constants(self, p: Mapping[str, Array], person: Mapping[str, Array], eta: Mapping[str, Array]) -> Constants:
        """The constants of each person; ``absorption`` is read only when a dose is absorbed."""

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels in ng/mL, shape (people, times); norketamine as mass of the ketamine that became it, as printed."""
        c = self.constants(around.p, around.person, around.eta)
        if not self._absorbs():
            c = c._replace(absorption=None)
        amount = self._amount(around.schedule)
        layout = lay_out(c)
        mass = around.p[_MASS]
        read = [{CENTRAL: mass / c.parent.volumes[0]}]
        if c.metabolite is not None:
            read.append({METABOLITE: mass / c.metabolite.volumes[0]})
        ways = doses(layout, c, around.schedule, amount, self.absorbed)
        levels = without_rounding(propagate(layout.cascade(), ways, around.times, layout.readings(*read)))
        return {one.name: levels[:, int("nor" in one.name)] for one in self.outputs}

    def _absorbs(self) -> bool:
        return bool(set(self.routes) & set(self.absorbed))

    def _amount(self, schedule: Schedule) -> Array:
        """umol of what the model describes: S-ketamine, or both enantiomers of the racemate."""
        only_s = any(one.name.startswith("plasma.s_") for one in self.outputs)
        return schedule.s_amount if only_s else schedule.s_amount + schedule.r_amount


def _add(layout: Layout, body: Body, name: str) -> None:
    flows = {(0, k): flow for k, flow in enumerate(body.flows, 1)}
    names = (name, *(f"{name}_{k}" for k in range(2, len(body.volumes) + 1)))
    layout.add(exchange(body.volumes, flows, {0: body.clearance}), *names)
