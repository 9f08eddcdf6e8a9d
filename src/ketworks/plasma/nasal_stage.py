"""The plasma stage for nasal esketamine: venous levels, and arterial ones taken as equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.propagate import propagate
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import pick
from ketworks.plasma import perezruixo2021
from ketworks.plasma.signals import LEVELS, TABLE, named_levels

_NASAL_LEVELS = tuple(signal for signal in LEVELS if "hydroxy" not in signal.name)
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
        *(f"cv.{name}" for name in perezruixo2021.RANDOM_EFFECTS[1:8]),
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
class NasalEsketaminePlasma(Stage):
    """Perez-Ruixo 2021 for nasal esketamine; arterial levels taken as equal."""

    name: ClassVar[str] = "plasma"
    variant: ClassVar[str] = "perezruixo2021"
    meaning: ClassVar[str] = "nasal esketamine with nose, gut and liver, venous; esketamine only"
    outputs: ClassVar[tuple[Signal, ...]] = _NASAL_LEVELS
    random_effects: ClassVar[tuple[str, ...]] = tuple(f"plasma.nasal.{name}" for name in perezruixo2021.RANDOM_EFFECTS)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _nasal_rests_on()
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {
        signal.name: (
            perezruixo2021.individual_constants,
            perezruixo2021.nasal_fraction,
            perezruixo2021.cascade,
            perezruixo2021.readings,
        )
        + ((perezruixo2021.arterial_from_venous,) if signal.name.endswith("arterial") else ())
        for signal in _NASAL_LEVELS
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Rows of Perez-Ruixo 2021 and the arterial assumption."""
        return pick(
            TABLE, ("perezruixo2021.", "nasal.arterial_over_venous", "molar_mass.ketamine", "molar_mass.norketamine")
        )

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Levels of esketamine and noresketamine at both sites, ng/mL, shape (people, times); R-levels are zero."""
        p = around.p
        c = perezruixo2021.individual_constants(p, around.person["age"], around.eta)
        doses = perezruixo2021.channels(p, c, around.schedule)
        venous = propagate(perezruixo2021.cascade(c), doses, around.times, perezruixo2021.readings(p, c))
        arterial = perezruixo2021.arterial_from_venous(p, venous)
        ordered = jnp.stack([arterial[:, 0], venous[:, 0], arterial[:, 1], venous[:, 1]], axis=1)
        return named_levels(p, ordered, jnp.zeros_like(ordered), jnp.ones((1, 1)))
