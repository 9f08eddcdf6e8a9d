"""Which mechanisms exist for each stage, and which one a regimen gets when the user has not chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from ketworks.errors import CannotSay, WrongUse, unknown

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.stage import Stage

ORDER = ("dose", "plasma", "receptor", "circuit", "brain", "body", "mind", "plasticity", "outcome")
ENTRY_POINTS = "ketworks.stages"

_BUILT_IN: dict[str, dict[str, str]] = {
    "dose": {"events": "ketworks.dose.stage:DoseStage"},
    "plasma": {
        "simons2022": "ketworks.plasma.stage:IntravenousPlasma",
        "perezruixo2021": "ketworks.plasma.nasal_stage:NasalEsketaminePlasma",
    },
    "receptor": {
        "trapping-block": "ketworks.receptor.stage:TrappingBlock",
        "trapping-block-weak-hcn1": "ketworks.receptor.stage:WeakHcn1",
        "trapping-block-allosteric": "ketworks.receptor.stage:WithAllostericSite",
    },
    "circuit": {"disinhibition": "ketworks.circuit.stage:CircuitStage"},
    "brain": {"regional-flow": "ketworks.brain.stage:RegionalFlow"},
    "body": {
        "baroreflex": "ketworks.body.stage:Baroreflex",
        "baroreflex-in-time": "ketworks.body.stage:BaroreflexInTime",
    },
    "mind": {"effect-site": "ketworks.mind.stage:EffectSite"},
    "plasticity": {"disinhibition": "ketworks.plasticity.stage:Disinhibition"},
    "outcome": {
        "drug-only": "ketworks.outcome.stage:DrugOnly",
        "midazolam": "ketworks.outcome.stage:Midazolam",
        "saline": "ketworks.outcome.stage:Saline",
    },
}


@cache
def variants() -> Mapping[str, Mapping[str, str]]:
    """``module:Class`` by stage and variant: built in, then third parties' entry points (``stage.variant``)."""
    found = {stage: dict(known) for stage, known in _BUILT_IN.items()}
    for point in entry_points(group=ENTRY_POINTS):
        stage, _, variant = point.name.partition(".")
        if stage in found and variant:
            found[stage].setdefault(variant, point.value)
    return found


@cache
def make(stage: str, variant: str) -> Stage:
    """The stage object of a variant."""
    if stage not in variants():
        raise unknown("stage", stage, ORDER)
    if variant not in variants()[stage]:
        raise unknown(f"{stage} variant", variant, variants()[stage])
    module, _, name = variants()[stage][variant].partition(":")
    made: Stage = getattr(import_module(module), name)()
    return made


@dataclass(frozen=True)
class Chain:
    """The user's choice of mechanisms by stage; stages not named get their default.

    ``Chain(plasma="simons2022", plasticity="disinhibition")``; wrong names are answered with the nearest ones.
    """

    choices: Mapping[str, str] = field(default_factory=dict)

    def __init__(self, **choices: str) -> None:
        """Checks every name at once."""
        for stage, variant in choices.items():
            if stage not in variants():
                raise unknown("stage", stage, ORDER)
            if variant not in variants()[stage]:
                raise unknown(f"{stage} variant", variant, variants()[stage], f"Chain({stage}={_default(stage)!r})")
        object.__setattr__(self, "choices", dict(choices))

    def resolve(self, regimen: Regimen) -> tuple[EngineChain, dict[str, str]]:
        """The chain for a regimen, and one sentence of reason for each stage that was chosen for the user."""
        variant, reason = plasma_for(regimen) if "plasma" not in self.choices else (self.choices["plasma"], "as asked")
        if "plasma" in self.choices:
            _check_plasma(variant, regimen)
        named = {stage: self.choices.get(stage, _default(stage)) for stage in ORDER} | {"plasma": variant}
        return chain_of(tuple(named.items())), {"plasma": reason}


@cache
def chain_of(named: tuple[tuple[str, str], ...]) -> EngineChain:
    """The engine's chain of the named variants."""
    from ketworks.engine.chain import Chain as EngineChain

    return EngineChain([make(stage, variant) for stage, variant in named])


def every_chain() -> tuple[EngineChain, ...]:
    """One chain per plasma model with all other stages at their defaults: between them they hold every signal."""
    return tuple(default_chain(variant) for variant in variants()["plasma"])


def default_chain(plasma: str) -> EngineChain:
    """The chain of a plasma model with all other stages at their defaults."""
    if plasma not in variants()["plasma"]:
        raise unknown("plasma variant", plasma, variants()["plasma"])
    rest = {stage: _default(stage) for stage in ORDER}
    return chain_of(tuple((rest | {"plasma": plasma}).items()))


def every_stage() -> tuple[Stage, ...]:
    """Every variant of every stage."""
    return tuple(make(stage, variant) for stage in ORDER for variant in variants()[stage])


def plasma_for(regimen: Regimen) -> tuple[str, str]:
    """The plasma model for a regimen's route and drug, with the reason.

    Raises:
        CannotSay: no model with evidence covers the route, the drug by that route, or routes mixed in one regimen.
    """
    routes = sorted({event.route for event in regimen.events()})
    drugs = sorted({event.drug for event in regimen.events()})
    if routes == ["iv"]:
        return (
            "simons2022",
            "intravenous: the only complete ketamine-norketamine-hydroxynorketamine set, arterial samples",
        )
    if routes == ["nasal"] and drugs == ["esketamine"]:
        return "perezruixo2021", "nasal esketamine: label-grade population model, 820 people, venous samples"
    if len(routes) > 1:
        raise CannotSay(
            f"routes {' and '.join(routes)} in one regimen",
            "one route a regimen: no published model here joins two",
            paste='"0.5 mg/kg iv over 40 min"',
        )
    if routes == ["nasal"]:
        raise CannotSay(
            f"nasal {drugs[0]}",
            "nasal esketamine: for the racemate reports of nasal uptake run from 11 to 45 %",
            paste='"esketamine 84 mg nasal"',
        )
    raise CannotSay(
        f"route {routes[0]}",
        "iv, or nasal esketamine: this version holds no model with evidence for other routes and will not guess",
        paste='"0.5 mg/kg iv over 40 min"',
    )


def _check_plasma(variant: str, regimen: Regimen) -> None:
    fitting, _ = plasma_for(regimen)
    if variant in _BUILT_IN["plasma"] and variant != fitting:
        raise WrongUse(f"plasma {variant!r} for this regimen", f"{fitting} (route and drug decide)", fitting)


def _default(stage: str) -> str:
    return next(iter(variants()[stage]))
