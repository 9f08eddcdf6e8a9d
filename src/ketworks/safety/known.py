"""What the description of a simulated person answers of the screening, so that a plan can show the rules it fires."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ketworks.people.cohort import Cohort
from ketworks.people.people_table import PeopleTable
from ketworks.people.person import FUNCTION, Person
from ketworks.safety.answers import YES_NO, answers, questions
from ketworks.safety.screening import CAUTION, STOP, Fired, screen

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen

_TAKES = "takes_"
_CLASS_OF = {  # drugs that are given beside ketamine, by the class that the screening asks for
    **dict.fromkeys(("midazolam", "diazepam", "lorazepam"), "benzodiazepine"),
    **dict.fromkeys(("morphine", "remifentanil"), "opioid"),
    "dexmedetomidine": "cns_depressant",
}
_OTHER_NAMES = {"grapefruit_juice": "grapefruit_today"}  # drugs whose question has a name of its own


def answers_of(person: Person, given: Iterable[str] = ()) -> dict[str, Any]:
    """Answers by key: only what was said of the person; nobody's silence is a no.

    Args:
        person: whom.
        given: drugs given beside ketamine, by name.
    """
    asked = questions()
    taken = (*person.comedication, *(_CLASS_OF.get(drug, drug) for drug in given))
    named = [_OTHER_NAMES.get(drug, f"{_TAKES}{drug}") for drug in taken]
    said: dict[str, Any] = {key: YES_NO[0] for key in (*named, *person.conditions) if key in asked}
    if "age" in person.given:
        said["age"] = f"{person.age_years:g} y"
    if "sex" in person.given:
        said["sex"] = person.sex
    if "weight" in person.given:
        said["weight"] = f"{person.weight_kg:g} kg"
    if person.liver != FUNCTION[0]:
        said["liver"] = person.liver
    if person.kidney != FUNCTION[0]:
        said["kidney_impairment"] = YES_NO[0]
    return said


def fired_by(who: Cohort, regimen: Regimen, drug: str) -> tuple[Fired, ...]:
    """The stops and cautions that fire on what is said of everybody in a cohort; none for a table of people."""
    if isinstance(who.population, PeopleTable):
        return ()
    said = answers_of(who.person, [one.drug for one in regimen.company])
    found = screen(answers(said, "the person"), drug)
    return (*found.of(STOP), *found.of(CAUTION))
