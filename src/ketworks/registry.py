"""Which mechanisms exist for each stage, and which one a regimen gets when the user has not chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from ketworks.errors import unknown
from ketworks.people.person import ADULT, Person

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.stage import Stage

ORDER = (
    *("dose", "plasma", "comedication", "receptor", "circuit", "rhythm"),
    *("brain", "body", "organs", "mind", "pain", "plasticity", "outcome"),
    *("measures", "suicidality", "indication"),
)
# places neither run nor compiled unless one of their signals, or a mechanism at the place, is asked for
ON_REQUEST = frozenset({"pain", "measures", "suicidality", "indication"})
BEFORE_EFFECTS = {"dose", "plasma", "comedication"}
ENTRY_POINTS = "ketworks.stages"

_BUILT_IN: dict[str, dict[str, str]] = {
    "dose": {"events": "ketworks.dose.stage:DoseStage"},
    "plasma": {
        "combined": "ketworks.plasma.combined.model:Combined",
        "perezruixo2021": "ketworks.plasma.perezruixo2021.model:PerezRuixo2021",
        "simons2022": "ketworks.plasma.simons2022.model:Simons2022",
        "ashraf2018": "ketworks.plasma.ashraf2018.model:Ashraf2018",
        "brunette2011": "ketworks.plasma.brunette2011.model:Brunette2011",
        "clements1981": "ketworks.plasma.clements1981.model:Clements1981",
        "domino1984": "ketworks.plasma.domino1984.model:Domino1984",
        "flint2017": "ketworks.plasma.flint2017.model:Flint2017",
        "herd2007": "ketworks.plasma.herd2007.model:Herd2007",
        "hijazi2003": "ketworks.plasma.hijazi2003.model:Hijazi2003",
        "hornik2018": "ketworks.plasma.hornik2018.model:Hornik2018",
        "kamp2020": "ketworks.plasma.kamp2020.model:Kamp2020",
        "otto2021": "ketworks.plasma.otto2021.model:Otto2021",
        "sherwin2015": "ketworks.plasma.sherwin2015.model:Sherwin2015",
    },
    "comedication": {
        "factors": "ketworks.comedication.stage:Company",
        "benzodiazepine-neutral": "ketworks.comedication.variants:BenzodiazepineNeutral",
        "naltrexone-neutral": "ketworks.comedication.variants:NaltrexoneNeutral",
        "lamotrigine-protects": "ketworks.comedication.variants:LamotrigineProtects",
    },
    "receptor": {
        "trapping-block": "ketworks.receptor.stage:TrappingBlock",
        "trapping-block-weak-hcn1": "ketworks.receptor.stage:WeakHcn1",
        "trapping-block-allosteric": "ketworks.receptor.stage:WithAllostericSite",
    },
    "circuit": {
        "disinhibition-sst": "ketworks.circuit.stage:CircuitStage",
        "disinhibition-sst-drug-free-fit": "ketworks.circuit.rivals:DrugFreeFit",
        "disinhibition-pv": "ketworks.circuit.rivals:DisinhibitionPv",
        "direct-pyramidal": "ketworks.circuit.rivals:DirectPyramidal",
        "hcn1": "ketworks.circuit.rivals:Hcn1Only",
        "disinhibition-sst-loose-gate": "ketworks.circuit.rivals:LooseGate",
        "disinhibition-sst-glutamate-return": "ketworks.circuit.rivals:GlutamateReturn",
        "disinhibition-sst-moving-block": "ketworks.circuit.rivals:MovingBlock",
        "disinhibition-sst-without-hcn1": "ketworks.circuit.rivals:WithoutHcn1",
        "disinhibition-sst-without-ambient": "ketworks.circuit.rivals:WithoutAmbient",
        "disinhibition-sst-pyramidal-block-only": "ketworks.circuit.rivals:PyramidalBlockOnly",
    },
    "rhythm": {
        "retrosplenial-pacemaker": "ketworks.rhythm.stage:RetrosplenialPacemaker",
        "retrosplenial-without-hcn1": "ketworks.rhythm.stage:WithoutHcn1",
    },
    "brain": {"regional-flow": "ketworks.brain.stage:RegionalFlow"},
    "body": {
        "baroreflex": "ketworks.body.stage:Baroreflex",
        "baroreflex-in-time": "ketworks.body.stage:BaroreflexInTime",
    },
    "organs": {"arterial-level": "ketworks.organs.stage:FromArterialLevel"},
    "mind": {"effect-site": "ketworks.mind.stage:EffectSite"},
    "pain": {
        "central-sensitisation": "ketworks.pain.stage:CentralSensitisation",
        "saturating-input": "ketworks.pain.stage:SaturatingInput",
        "neuropathic": "ketworks.pain.stage:Neuropathic",
    },
    "plasticity": {
        "disinhibition": "ketworks.plasticity.stage:Disinhibition",
        "disinhibition-circuit": "ketworks.plasticity.rivals.circuit_surge:DisinhibitionCircuit",
        "direct-block": "ketworks.plasticity.rivals.direct_block:DirectBlock",
        "hnk-ampa": "ketworks.plasticity.rivals.metabolite:HnkAmpa",
        "opioid-gated": "ketworks.plasticity.rivals.opioid:OpioidGated",
        "habenula": "ketworks.plasticity.rivals.habenula:Habenula",
    },
    "outcome": {
        "drug-only": "ketworks.outcome.stage:DrugOnly",
        "midazolam": "ketworks.outcome.stage:Midazolam",
        "saline": "ketworks.outcome.stage:Saline",
        "natural-course": "ketworks.outcome.with_course:NaturalCourse",
        "antidepressant": "ketworks.outcome.with_course:Antidepressant",
        "new-antidepressant": "ketworks.outcome.stage:NewAntidepressant",
    },
    "measures": {"linked-scales": "ketworks.outcome.measures:LinkedScales"},
    "suicidality": {"partly-through-mood": "ketworks.outcome.suicidality:PartlyThroughMood"},
    "indication": {
        "trd": "ketworks.outcome.indications:ResistantDepression",
        "mdd-bipolar": "ketworks.outcome.indications:BipolarDepression",
        "postpartum": "ketworks.outcome.indications:Postpartum",
        "ptsd": "ketworks.outcome.indications:TraumaticStress",
        "ocd": "ketworks.outcome.indications:ObsessiveCompulsive",
        "sad": "ketworks.outcome.indications:SocialAnxiety",
        "aud": "ketworks.outcome.indications:AlcoholUse",
    },
}
# variants that were given another name: stage, old name, new name
_RENAMED = {("circuit", "disinhibition"): "disinhibition-sst"}


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

    ``Chain(plasma="combined", plasticity="disinhibition")``; wrong names are answered with the nearest ones.
    """

    choices: Mapping[str, str] = field(default_factory=dict)

    def __init__(self, **choices: str) -> None:
        """Checks every name at once; a variant's old name is taken for its new one."""
        choices = {stage: _RENAMED.get((stage, variant), variant) for stage, variant in choices.items()}
        for stage, variant in choices.items():
            if stage not in variants():
                raise unknown("stage", stage, ORDER)
            if variant not in variants()[stage]:
                paste = f"Chain({stage}={default_variant(stage)!r})"
                raise unknown(f"{stage} variant", variant, variants()[stage], paste)
        object.__setattr__(self, "choices", choices)

    def resolve(
        self, regimen: Regimen, person: Person, oldest: float | None = None
    ) -> tuple[EngineChain, dict[str, str]]:
        """The chain for a regimen and a kind of person, and one sentence of reason for what was chosen for the user.

        Args:
            regimen: routes and drugs decide on the plasma model.
            person: so do age and setting.
            oldest: age in years of the oldest of a cohort, when ages differ.
        """
        from ketworks.plasma_choice import (
            check_company,
            check_conditions,
            check_plasma,
            facts_of,
            plasma_for,
            words_on_company,
        )

        if "plasma" in self.choices:
            variant, reason = self.choices["plasma"], "as asked"
            check_plasma(variant, regimen, person)
        else:
            variant, reason = plasma_for(regimen, person)
        check_conditions(variant, person)
        named = {stage: self.choices.get(stage, default_variant(stage)) for stage in ORDER} | {"plasma": variant}
        chosen = {"plasma": reason}
        if person.age_years < ADULT:
            named = {stage: named[stage] for stage in ("dose", "plasma")}
            chosen["after plasma"] = f"left out: no later stage has evidence under {ADULT:g} years"
        chain = chain_of(tuple(named.items()), facts_of(regimen, person, oldest))
        check_company(bool(chain.variant("comedication")), regimen, person)
        if words := words_on_company(regimen, person):
            chosen["comedication"] = words
        if "indication" in self.choices and chain.variant("indication"):
            chosen["indication"] = make("indication", self.choices["indication"]).meaning
        missing = [stage for stage in named if not chain.variant(stage) and stage not in ON_REQUEST]
        if missing:
            chosen["after plasma"] = f"left out: {', '.join(missing)}, which need levels that {variant} does not make"
        return chain, chosen


def usual_signals(chain: EngineChain, choices: Mapping[str, str]) -> tuple[str, ...]:
    """What a run gives unasked: all but the places on request; with another diagnosis its signals, no scores of mood.

    Args:
        chain: what the choices were resolved to.
        choices: variant by place, where the user chose one.
    """
    usual = default_variant("indication")
    left = set(ON_REQUEST - set(choices)) | ({"outcome"} if choices.get("indication", usual) != usual else set())
    return tuple(name for name in chain.signals if chain.maker(name).name not in left)


@cache
def chain_of(named: tuple[tuple[str, str], ...], facts: frozenset[str] = frozenset()) -> EngineChain:
    """The engine's chain of the named variants, fitted to the facts; stages whose needs nobody meets are left out."""
    from ketworks.engine.chain import Chain as EngineChain

    stages = [make(stage, variant).fitted(facts) for stage, variant in named]
    while True:
        made = {signal.name for stage in stages for signal in stage.outputs}
        met = [stage for stage in stages if all(need.name in made for need in stage.needs)]
        if {stage.name for stage in met} <= BEFORE_EFFECTS:  # then other drugs have nothing to act on
            met = [stage for stage in met if stage.name != "comedication"]
        if len(met) == len(stages):
            return EngineChain(stages)
        stages = met


def every_chain() -> tuple[EngineChain, ...]:
    """One chain per plasma model with all other stages at their defaults: between them they hold every signal."""
    return tuple(default_chain(variant) for variant in variants()["plasma"])


def usual_chains() -> tuple[EngineChain, ...]:
    """The chains that most sentences get: intravenous ketamine and nasal esketamine."""
    return tuple(
        chain_of(tuple(default_chain_names(variant).items()), frozenset({f"route:{route}"}))
        for variant, route in (("combined", "iv"), ("perezruixo2021", "nasal"))
    )


def default_chain_names(plasma: str) -> dict[str, str]:
    """Variants by stage: the plasma model with all other stages at their defaults."""
    if plasma not in variants()["plasma"]:
        raise unknown("plasma variant", plasma, variants()["plasma"])
    return {stage: default_variant(stage) for stage in ORDER} | {"plasma": plasma}


def default_chain(plasma: str) -> EngineChain:
    """The chain of a plasma model with all other stages at their defaults."""
    return chain_of(tuple(default_chain_names(plasma).items()))


def every_stage() -> tuple[Stage, ...]:
    """Every variant of every stage, with all that regimens and people may bring in; twice where two sets differ."""
    from ketworks.plasma_choice import every_fact

    named = [make(stage, variant) for stage in ORDER for variant in variants()[stage]]
    fitted = [[stage.fitted(facts) for facts in every_fact()] for stage in named]
    return tuple(one for both in fitted for k, one in enumerate(both) if k == 0 or one.support() != both[0].support())


def default_variant(stage: str) -> str:
    """The variant a stage gets when the user has not chosen."""
    return next(iter(variants()[stage]))
