"""Perez-Ruixo 2021 as a stage: venous levels of esketamine, and arterial ones taken as equal."""

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
from ketworks.plasma.layout import Layout
from ketworks.plasma.liver import first_pass
from ketworks.plasma.perezruixo2021 import equations as perezruixo2021
from ketworks.plasma.route_facts import SEVERAL_SPRAYS, kept_facts, routes_in
from ketworks.plasma.signals import LEVELS, named_levels, without_rounding
from ketworks.plasma.tables import COMMON, rows_of

_NASAL_LEVELS = tuple(signal for signal in LEVELS if "hydroxy" not in signal.name and "dehydro" not in signal.name)
_NASAL_KETAMINE = tuple(
    f"perezruixo2021.{name}"
    for name in (
        "nasal_fraction",
        "nasal_fraction_later_devices",
        "device_amount",
        "nasal_rate",
        "swallowed_duration",
        "swallowed_rate",
        "gut_escape",
        "central_volume",
        "volume_1",
        "flow_1",
        "volume_2",
        "flow_2",
        "hepatic_flow",
        "hepatic_flow_age_slope",
        "age_knee",
        "hepatic_volume",
        "hepatic_other_loss",
        "hepatic_norketamine_rate",
        "sd.nasal_fraction",
        *(f"cv.{name}" for name in perezruixo2021.RANDOM_EFFECTS[1:9] if name != "oral_rate"),
    )
) + ("molar_mass.ketamine",)
_NASAL_NORKETAMINE = tuple(
    f"perezruixo2021.{name}"
    for name in (
        "norketamine_volume",
        "norketamine_clearance",
        "norketamine_volume_2",
        "norketamine_flow_2",
        "cv.norketamine_volume",
        "cv.norketamine_clearance",
    )
) + ("molar_mass.norketamine",)


def _nasal_rests_on() -> dict[str, tuple[str, ...]]:
    return {
        signal.name: _NASAL_KETAMINE
        + (_NASAL_NORKETAMINE if "norketamine" in signal.name else ())
        + (("nasal.arterial_over_venous",) if signal.name.endswith("arterial") else ())
        for signal in _NASAL_LEVELS
    }


@dataclass(frozen=True)
class PerezRuixo2021(Stage):
    """Perez-Ruixo 2021; esketamine only; arterial levels taken as equal to venous ones.

    Attributes:
        routes: that the regimen uses.
        facts: other ones that bring in rows; they decide grades, not equations.
    """

    routes: tuple[str, ...] = ("nasal",)
    facts: tuple[str, ...] = field(default=(), compare=False, repr=False)  # the program is the same with any of them

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "perezruixo2021"
    meaning: ClassVar[str] = "esketamine in the nose, by mouth or vein, gut and liver, venous; esketamine only"
    outputs: ClassVar[tuple[Signal, ...]] = _NASAL_LEVELS
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.nasal.{name}" for name in perezruixo2021.RANDOM_EFFECTS)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _nasal_rests_on()
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (
            perezruixo2021.individual_constants,
            perezruixo2021.nasal_fraction,
            perezruixo2021.add_body,
            perezruixo2021.readings,
        )
        + ((perezruixo2021.arterial_from_venous,) if signal.name.endswith("arterial") else ())
        for signal in _NASAL_LEVELS
    }
    residual: ClassVar[Mapping[str, Residual]] = {
        f"plasma.{prefix}{analyte}.venous": Residual(log=f"perezruixo2021.residual.{analyte}")
        for analyte in ("ketamine", "norketamine")
        for prefix in ("", "s_")
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Rows of Perez-Ruixo 2021, of gut and liver, and the arterial assumption."""
        return {**rows_of(COMMON, "perezruixo2021"), **first_pass.parameters()}

    def fitted(self, facts: frozenset[str]) -> Stage:
        """With the ways in that the routes need."""
        return PerezRuixo2021(routes_in(facts) or ("nasal",), kept_facts(facts))

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """With the rows of the routes, of co-medication and of organ function."""
        more = first_pass.support_for(self.facts)
        if "oral" in self.routes:
            more += ("perezruixo2021.oral_rate", "perezruixo2021.oral_duration", "perezruixo2021.cv.oral_rate")
        if SEVERAL_SPRAYS in self.facts:
            more += ("perezruixo2021.session",)
        return {name: (*keys, *first_pass.carrying(name, more)) for name, keys in self.rests_on.items()}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels of esketamine and noresketamine at both sites, ng/mL, shape (people, times); R-levels are zero."""
        p, person = around.p, around.person
        liver = first_pass.liver_state(p, person["weight"], person["age"], person)
        c = perezruixo2021.individual_constants(p, person["age"], around.eta, liver)
        layout = Layout(c.vc.shape[0])
        perezruixo2021.add_body(layout, c)
        doses = perezruixo2021.channels(layout, p, c, around.schedule, self.routes)
        read = perezruixo2021.readings(layout, p, c)
        venous = without_rounding(propagate(layout.cascade(), doses, around.times, read))
        arterial = perezruixo2021.arterial_from_venous(p, venous)
        ordered = jnp.stack([arterial[:, 0], venous[:, 0], arterial[:, 1], venous[:, 1]], axis=1)
        return named_levels(p, ordered, jnp.zeros_like(ordered), jnp.ones((1, 1)))
