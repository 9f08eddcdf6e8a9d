"""Which plasma model a regimen and a person get, in one sentence of reason; and whether an asked one covers them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ketworks.comedication import drugs as other
from ketworks.comedication.signals import NEUTRAL
from ketworks.dose.route import DRUGS, ROUTES
from ketworks.dose.wording import DAY
from ketworks.errors import CannotSay, WrongUse
from ketworks.other_drugs import CONDITIONS, GIVEN, TAKEN
from ketworks.people.person import ADULT, FUNCTION, Person
from ketworks.plasma.cards import card_of
from ketworks.plasma.liver import comedication, organ_function
from ketworks.plasma.route_facts import SEVERAL_SPRAYS

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.plasma.card import Card

FLOW_FALLS_FROM = 60.0  # y
ICU = "icu"
_NEBULISED = "nebulised"
WITH_LIVER = ("combined", "perezruixo2021", "ashraf2018")
_OF_ROUTE = {
    "iv": "intravenous: the only complete ketamine-norketamine-hydroxynorketamine set, arterial samples",
    "im": "intramuscular: no model with numbers was read; the intravenous core with an uptake that is half recalled",
    "sc": "subcutaneous: no model with numbers was read; taken as intramuscular",
    "nasal": "nasal: reports on the racemate run from 11 to 45 %; the shape is that of the esketamine spray",
    "sublingual": "under the tongue: film study (20 people) for the share that enters, the rest swallowed",
    "buccal": "in the cheek: film study (20 people) for the share that enters, the rest swallowed",
    "oral": "by mouth: gut wall and liver of a 41-person model before the intravenous core",
    "oral-pr": "prolonged release: constant release over ten hours, then as by mouth",
    "rectal": "rectal: share from three people, rate assumed",
    "nebulised": "nebulised: uptake from one study of 19 people, its slow part assumed",
}
_CHILD = {  # routes and drug of a child, model, reason
    (("iv",), "ketamine"): ("herd2007", "a child, intravenous: 54 children in the emergency room, to 2.5 h"),
    (("im",), "ketamine"): ("hornik2018", "a child, intramuscular: the only children's model with that route"),
    (("im", "iv"), "ketamine"): ("hornik2018", "a child, intramuscular and intravenous: 113 children"),
    (("oral",), "ketamine"): ("brunette2011", "a child, by mouth: 20 burned children"),
    (("iv",), "esketamine"): ("flint2017", "a child on S-ketamine: 25 children in intensive care; research only"),
}


def facts_of(regimen: Regimen, person: Person, oldest: float | None = None) -> frozenset[str]:
    """Known before the run, for ``Stage.fitted``: routes, drugs, those beside, co-medication, conditions, organs, age.

    Args:
        regimen: what is given.
        person: to whom.
        oldest: y, of a cohort whose ages differ.
    """
    events = regimen.events()
    found = {f"route:{event.route}" for event in events} | {f"drug:{event.drug}" for event in events}
    found |= {f"given:{dose.drug}" for dose in regimen.company}
    found |= {f"with:{drug}" for drug in person.comedication} | {f"condition:{name}" for name in person.conditions}
    found |= {
        f"{organ}:{getattr(person, organ)}" for organ in ("liver", "kidney") if getattr(person, organ) != "normal"
    }
    sprays = [event.time for event in events if event.route == "nasal"]
    if any(later - earlier < DAY for earlier, later in pairwise(sprays)):
        found.add(SEVERAL_SPRAYS)
    if max(person.age_years, oldest or 0.0) > FLOW_FALLS_FROM:
        found.add("age:over60")
    return frozenset(found)


def every_fact() -> tuple[frozenset[str], ...]:
    """All facts that a regimen and a person can state, in sets that go together; for lists of what carries outputs."""
    found = {f"route:{route}" for route in ROUTES} | {f"drug:{drug}" for drug in DRUGS}
    found |= {"age:over60", SEVERAL_SPRAYS, f"kidney:{FUNCTION[-1]}"}
    found |= {f"liver:{level}" for level in organ_function.LIVER_KNOWN[1:]}
    found |= {f"with:{drug}" for drug in TAKEN} | {f"given:{drug}" for drug in GIVEN}
    found |= {f"condition:{name}" for name in CONDITIONS}
    return tuple(
        frozenset(found | {f"with:{drug}" for drug in drugs})
        for drugs in (comedication.INHIBITORS, comedication.INDUCERS)
    )


def plasma_for(regimen: Regimen, person: Person) -> tuple[str, str]:
    """The plasma model for drug, route, age and setting, with the reason.

    Raises:
        CannotSay: no model with evidence covers the child.
        WrongUse: a nebulised dose without a time.
    """
    routes = tuple(sorted({event.route for event in regimen.events()}))
    drugs = tuple(sorted({event.drug for event in regimen.events()}))
    _check_breathing(regimen)
    if person.age_years < ADULT:
        return _for_child(routes, drugs, regimen.end, person)
    if person.setting == ICU and (routes, drugs) == (("iv",), ("ketamine",)):
        return "hijazi2003", (
            "intensive care: 12 patients with brain or spinal-cord injury, clearance twice that of volunteers; another "
            "report on the critically ill shows the usual clearance"
        )
    if routes == ("nasal",) and drugs == ("esketamine",):
        return "perezruixo2021", "nasal esketamine: label-grade population model, 820 people, venous samples"
    return "combined", "; ".join(_OF_ROUTE[route] for route in routes)


def check_plasma(variant: str, regimen: Regimen, person: Person) -> None:
    """Refuses a plasma model that does not describe the drug or the route, and adults' models for children.

    Raises:
        WrongUse: drug or route is not the model's; the models that fit are named.
        CannotSay: the person is a child and the model knows adults only.
    """
    _check_breathing(regimen)
    card = card_of(variant)
    if card is None:  # a third party's model speaks for itself
        return
    for event in regimen.events():
        if event.drug not in card.drugs:
            _refuse(card, f"{event.drug}", f"a model of {' or '.join(card.drugs)}", regimen, person)
        if event.route not in card.routes:
            _refuse(card, f"a dose {event.route}", f"its routes: {', '.join(card.routes)}", regimen, person)
    if person.age_years < ADULT <= card.ages[0]:
        raise CannotSay(
            f"{variant} for a person of {person.age_years:g} years",
            f"{card.ages[0]:g} to {card.ages[1]:g} years: nobody younger was sampled",
            paste="--plasma herd2007",
        )


def check_conditions(variant: str, person: Person) -> None:
    """Refuses co-medication and impaired organs where nobody measured levels, or of which the model knows nothing.

    Raises:
        CannotSay: in either case; a third party's model speaks for itself.
    """
    of_liver = [drug for drug in person.comedication if drug in comedication.NAMES]
    comedication.check(of_liver)
    organ_function.check(person.liver, person.kidney)
    stated = [word.replace("_", " ") for word in of_liver]
    stated += [f"{level} {organ}" for organ in ("liver", "kidney") if (level := getattr(person, organ)) != FUNCTION[0]]
    if stated and variant not in WITH_LIVER and card_of(variant) is not None:
        raise CannotSay(
            f"{variant} with {' and '.join(stated)}",
            f"co-medication and organ function in {', '.join(WITH_LIVER)}: this model has no liver to be changed",
            paste="--chain plasma=combined",
        )


def check_company(made: bool, regimen: Regimen, person: Person) -> None:
    """Refuses other drugs in a chain that makes nothing they act on; a name that is passed over would mislead.

    Args:
        made: whether the chain has the place for other drugs.
        regimen: what is given, other drugs too.
        person: who takes what every day.

    Raises:
        CannotSay: another drug, and no stage after plasma.
    """
    beside = [one.drug for one in regimen.company] + [drug for drug in person.comedication if drug in TAKEN]
    if beside and not made:
        raise CannotSay(
            f"{' and '.join(dict.fromkeys(beside))} beside ketamine for plasma alone",
            "stages after plasma, on which it acts: an adult, and a plasma model that makes what they need",
            paste="--chain plasma=combined" if person.age_years >= ADULT else "",
        )


def words_on_company(regimen: Regimen, person: Person) -> str:
    """One sentence on the other drugs: how much of what they do was read; empty without any."""
    given = [one.drug for one in regimen.company]
    daily = [f"{other.DAILY}{drug}" for drug in person.comedication if drug in TAKEN]
    told = [
        f"{agent.removeprefix(other.DAILY).replace('_', ' ')} {other.read_of(agent)}"
        for agent in dict.fromkeys((*given, *daily))
    ]
    if not told:
        return ""
    return f"effects that were read, of {len(NEUTRAL)}: {', '.join(told)}; the others are assumed or taken as none"


def _refuse(card: Card, given: str, expected: str, regimen: Regimen, person: Person) -> None:
    try:
        fitting, _ = plasma_for(regimen, person)
    except CannotSay:  # then no model covers the regimen, and the asked one's own terms are the answer
        raise WrongUse(f"plasma {card.id!r} for {given}", expected, paste="ketworks models") from None
    raise WrongUse(f"plasma {card.id!r} for {given}", expected, fitting, f"--plasma {fitting}")


def _for_child(routes: tuple[str, ...], drugs: tuple[str, ...], lasting: float, person: Person) -> tuple[str, str]:
    """The model for a child; ``lasting`` is the time to the end of the last dose, min."""
    found = _CHILD.get((routes, drugs[0])) if len(drugs) == 1 else None
    if found is None:
        known = ", ".join(f"{drug} {' and '.join(ways)}" for ways, drug in _CHILD)
        raise CannotSay(f"{' and '.join(drugs)} {' and '.join(routes)} in a child", known, paste='"1 mg/kg iv bolus"')
    card = card_of(found[0])
    if found[0] == "herd2007" and card is not None and not _within(card, lasting, person):
        low, high = card.ages
        return "hornik2018", (
            f"a child beyond what Herd 2007 sampled ({card.sampled_until:g} min, {low:g} to {high:g} y): "
            "113 children, with less than half of Herd's clearance; it meets infants' levels after days"
        )
    return found


def _within(card: Card, lasting: float, person: Person) -> bool:
    """Whether the person and the length of the regimen are those that the model's people had."""
    ages, weights = card.ages, card.weights
    fits = ages[0] <= person.age_years <= ages[1] and weights[0] <= person.weight_kg <= weights[1]
    return fits and lasting <= card.sampled_until


def _check_breathing(regimen: Regimen) -> None:
    for event in regimen.events():
        if event.route == _NEBULISED and not event.duration:
            amount = f"{event.amount:g} {event.amount_unit}"
            raise WrongUse(
                f"{amount} nebulised without a time",
                "how long it is breathed",
                paste=f'"{amount} nebulised over 20 min"',
            )
