"""The model of Simons 2022 as printed: S-ketamine, intravenous or as an oral thin film, arterial levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import Channel, propagate
from ketworks.engine.schedule import Schedule
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual, Stage, Surroundings
from ketworks.plasma.layout import Layout
from ketworks.plasma.route_facts import given_by, routes_in
from ketworks.plasma.signals import level, without_rounding
from ketworks.plasma.simons2022.equations import RANDOM_EFFECTS, add_core, individual_constants
from ketworks.plasma.simons2022.film import DOSE_EFFECTS, Film, add_film, film, film_channels
from ketworks.plasma.simons2022.support import FILM, carriers
from ketworks.plasma.tables import COMMON, rows_of

_FILM_ROUTES = ("sublingual", "buccal")
_MADE = ("ketamine", "norketamine", "hydroxynorketamine")


def _signals() -> tuple[Signal, ...]:
    named = [(f"s_{analyte}", analyte) for analyte in _MADE[:2]]
    return tuple(level(name, "arterial") for pair in named for name in pair) + (level(_MADE[2], "arterial"),)


@dataclass(frozen=True)
class Simons2022(Stage):
    """Simons 2022 as printed; esketamine only."""

    routes: tuple[str, ...] = ("iv",)

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "simons2022"
    meaning: ClassVar[str] = "S-ketamine, norketamine and hydroxynorketamine as printed, iv or film, arterial"
    outputs: ClassVar[tuple[Signal, ...]] = _signals()
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.{name}" for name in RANDOM_EFFECTS)
    dose_effects: ClassVar[tuple[str, ...]] = DOSE_EFFECTS
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        signal.name: (*carriers(signal.name.split(".")[1].removeprefix("s_")), "simons2022.fraction_norketamine")
        if "nor" in signal.name
        else carriers("ketamine")
        for signal in outputs
    }
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (individual_constants, add_core, film, add_film) for signal in outputs
    }
    residual: ClassVar[Mapping[str, Residual]] = {
        f"plasma.{name}.arterial": Residual(
            proportional=f"simons2022.residual.{name.removeprefix('s_')}",
            additive="" if "nor" not in name else f"simons2022.residual.{name.removeprefix('s_')}_additive",
        )
        for name in ("s_ketamine", "ketamine", "s_norketamine", "norketamine", "hydroxynorketamine")
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The rows of the paper and the molar masses."""
        return rows_of(COMMON, "simons2022")

    def fitted(self, facts: frozenset[str]) -> Stage:
        """With the film only when a film is given."""
        return Simons2022(routes_in(facts))

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of the film when one is given."""
        if not set(self.routes) & set(_FILM_ROUTES):
            return self.rests_on
        return {name: (*keys, *FILM) for name, keys in self.rests_on.items()}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Arterial levels, ng/mL, shape (people, times)."""
        p, weight, schedule = around.p, around.person["weight"], around.schedule
        c = individual_constants(p, weight, around.eta)
        layout, f = Layout(weight.shape[0]), film(p, weight)
        with_film = bool(set(self.routes) & set(_FILM_ROUTES))
        if with_film:
            add_film(layout, f)
        add_core(layout, c)
        into_vein = given_by(schedule, ("iv",)) * schedule.s_amount
        doses = [Channel(layout.vector({"central": 1.0}), schedule.start, schedule.duration, into_vein)]
        if with_film:
            doses += _film_doses(layout, f, around, schedule)
        masses = [p[f"molar_mass.{analyte}"] for analyte in _MADE]
        read = layout.readings(
            {"central": masses[0] / c.v1}, {"norketamine": masses[1] / c.vn1}, {"hydroxynorketamine": masses[2] / c.vh1}
        )
        levels = without_rounding(propagate(layout.cascade(), doses, around.times, read))
        k, n, h = (levels[:, i] for i in range(3))
        return dict(zip((signal.name for signal in self.outputs), (k, k, n, n, h), strict=True))


def _film_doses(layout: Layout, f: Film, around: Surroundings, schedule: Schedule) -> list[Channel]:
    """The two parts of each film, with the person's deviation on that occasion."""
    amount = given_by(schedule, _FILM_ROUTES) * schedule.s_amount

    def part(name: str) -> Array:
        deviation = jnp.sqrt(around.p[f"simons2022.occasion_variance.{name}"]) * around.eta[f"plasma.{name}"]
        return around.p[f"simons2022.{name}"] * jnp.exp(deviation) * amount

    return film_channels(layout, f, schedule, part("mucosal_share"), part("swallowed_share"))
