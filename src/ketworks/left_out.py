"""A signal that exists but that a run does not make: why it was left out, and what makes it instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketworks.errors import CannotSay, WrongUse
from ketworks.people.person import Person
from ketworks.plasma_choice import plasma_for
from ketworks.registry import Chain, default_variant, every_stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.stage import Stage
    from ketworks.people.cohort import Cohort

_SHOWN = 12


def resolved(chain: Chain, plan: Regimen, who: Person | Cohort) -> tuple[EngineChain, dict[str, str]]:
    """The chain for a person, or for a cohort whose people one plasma model can describe; with the reasons."""
    if isinstance(who, Person):
        return chain.resolve(plan, who)
    return chain.resolve(plan, who.representative, who.range_of("age")[1])


def check_made(
    name: str, made: EngineChain, asked: Chain, plan: Regimen, who: Person | Cohort, reasons: Mapping[str, str]
) -> None:
    """Refuses a signal that another chain makes and this one does not; names that no stage has are left alone.

    Args:
        name: the asked signal.
        made: the chain of the run.
        asked: what the user chose.
        plan: what is given.
        who: to whom.
        reasons: what ``Chain.resolve`` said of its choices.

    Raises:
        CannotSay: with the reason, and the choice that makes the signal where one covers regimen and people.
    """
    if name in made.signals:
        return
    makers = [stage for stage in every_stage() if any(signal.name == name for signal in stage.outputs)]
    if not makers:
        return
    place = makers[0].name
    here = made.variant(place)
    if here:
        kind = "the plasma model" if place == "plasma" else f"the {place} mechanism"
        why = f"{kind} {here} makes none"
    else:
        why = reasons["after plasma"]
    count = len(made.signals)
    names = ", ".join(made.signals) if count <= _SHOWN else f"one of {count} names"
    expected = f"a signal of this chain: {names}"
    raise CannotSay(f"{name}: {why}", expected, paste=_instead(name, makers, asked, plan, who))


def _instead(name: str, makers: list[Stage], asked: Chain, plan: Regimen, who: Person | Cohort) -> str:
    """The option that makes the signal for this regimen and these people; empty when none does."""
    person = who if isinstance(who, Person) else who.representative
    plasma = [default_variant("plasma"), *_usual(plan, person)]
    tried = [("plasma", variant) for variant in plasma] + [(stage.name, stage.variant) for stage in makers]
    for place, variant in dict.fromkeys(tried):
        try:
            chain, _ = resolved(Chain(**{**asked.choices, place: variant}), plan, who)
        except (CannotSay, WrongUse):  # this one does not cover the regimen or the people
            continue
        if name in chain.signals:
            return f"--plasma {variant}" if place == "plasma" else f"--chain {place}={variant}"
    return ""


def _usual(plan: Regimen, person: Person) -> list[str]:
    try:
        return [plasma_for(plan, person)[0]]
    except (CannotSay, WrongUse):
        return []
