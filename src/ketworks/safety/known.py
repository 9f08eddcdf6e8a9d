"""What the description of a simulated person answers of the screening, so that a plan can show the rules it fires."""

from __future__ import annotations

from typing import Any

from ketworks.people.cohort import Cohort
from ketworks.people.people_table import PeopleTable
from ketworks.people.person import FUNCTION, Person
from ketworks.safety.answers import YES_NO, answers, questions
from ketworks.safety.screening import CAUTION, STOP, Fired, screen

_TAKES = "takes_"
_OTHER_NAMES = {"grapefruit_juice": "grapefruit_today"}  # drugs whose question has a name of its own


def answers_of(person: Person) -> dict[str, Any]:
    """Answers by key: only what was said of the person; nobody's silence is a no."""
    asked = questions()
    named = [_OTHER_NAMES.get(drug, f"{_TAKES}{drug}") for drug in person.comedication]
    said: dict[str, Any] = {key: YES_NO[0] for key in (*named, *person.conditions) if key in asked}
    if "age" in person.given:
        said["age"] = person.age_years
    if "sex" in person.given:
        said["sex"] = person.sex
    if "weight" in person.given:
        said["weight"] = f"{person.weight_kg!r} kg"
    if person.liver != FUNCTION[0]:
        said["liver"] = person.liver
    if person.kidney != FUNCTION[0]:
        said["kidney_impairment"] = YES_NO[0]
    return said


def fired_by(who: Cohort, drug: str) -> tuple[Fired, ...]:
    """The stops and cautions that fire on what is said of everybody in a cohort; none for a table of people."""
    if isinstance(who.population, PeopleTable):
        return ()
    found = screen(answers(answers_of(who.person), "the person"), drug)
    return (*found.of(STOP), *found.of(CAUTION))
