"""The options that describe a person or many people, once for every command that simulates somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ketworks.cli.options import starting
from ketworks.cli.shared_options import Command, with_options
from ketworks.errors import WrongUse
from ketworks.other_drugs import CONDITIONS
from ketworks.people.person import FUNCTION, NAMES, SETTINGS, SEXES, Person
from ketworks.people.stated import POPULATIONS

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort


def complete_sex(incomplete: str) -> list[str]:
    """For tab completion of ``--sex``."""
    return starting(SEXES, incomplete)


def complete_function(incomplete: str) -> list[str]:
    """For tab completion of ``--liver`` and ``--kidney``."""
    return starting(FUNCTION, incomplete)


def complete_setting(incomplete: str) -> list[str]:
    """For tab completion of ``--setting``."""
    return starting(SETTINGS, incomplete)


def complete_drug(incomplete: str) -> list[str]:
    """For tab completion of ``--with``."""
    return starting(NAMES, incomplete)


def complete_condition(incomplete: str) -> list[str]:
    """For tab completion of ``--condition``."""
    return starting(CONDITIONS, incomplete)


def complete_population(incomplete: str) -> list[str]:
    """For tab completion of ``--population``."""
    return starting(tuple(POPULATIONS), incomplete)


Weight = Annotated[str, typer.Option(help="Body weight with unit; a child's must be given.", show_default="70 kg")]
Age = Annotated[str, typer.Option(help="Age in years.", show_default="40")]
Sex = Annotated[str, typer.Option(help="female or male.", show_default="female", autocompletion=complete_sex)]
Height = Annotated[str, typer.Option(help="Height with unit.", show_default="170 cm")]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with", help="Another drug taken daily, such as --with ticlopidine; may repeat.", autocompletion=complete_drug
    ),
]
Condition = Annotated[
    list[str] | None,
    typer.Option(
        "--condition",
        help="What the person has, such as --condition hypertension; may repeat.",
        autocompletion=complete_condition,
    ),
]
Liver = Annotated[
    str, typer.Option(help="Function of the liver: normal, mild, moderate, severe.", autocompletion=complete_function)
]
Kidney = Annotated[
    str, typer.Option(help="Function of the kidneys: normal, mild, moderate, severe.", autocompletion=complete_function)
]
Setting = Annotated[str, typer.Option(help="clinic, or icu for the critically ill.", autocompletion=complete_setting)]
People = Annotated[int, typer.Option(help="Simulate a cohort of so many people of this kind instead of one.")]
PopulationName = Annotated[
    str,
    typer.Option(
        "--population",
        help="With --people: each has their own weight, age, sex and height, drawn from general-adults, trial-adults "
        "or volunteers; what is given by --weight and so on is shared.",
        autocompletion=complete_population,
    ),
]
TableOfPeople = Annotated[
    str,
    typer.Option(
        "--people-table", help="A .csv of people instead: id, weight_kg, age, sex, height_cm, comedication, liver, ..."
    ),
]

# name of the option, what it is, and what it is when not given
_PERSON: Mapping[str, tuple[Any, Any]] = {
    "weight": (Weight, ""),
    "age": (Age, ""),
    "sex": (Sex, ""),
    "height": (Height, ""),
    "taken": (With, None),
    "liver": (Liver, FUNCTION[0]),
    "kidney": (Kidney, FUNCTION[0]),
    "setting": (Setting, SETTINGS[0]),
    "conditions": (Condition, None),
}
_PEOPLE: Mapping[str, tuple[Any, Any]] = {
    **_PERSON,
    "people": (People, 0),
    "population": (PopulationName, ""),
    "people_table": (TableOfPeople, ""),
}


def takes_person(command: Command) -> Command:
    """A command with a parameter ``person``: users give the options that describe one in its place."""
    return with_options(command, "person", _PERSON, lambda given, _: _person(**given))


def takes_people(command: Command) -> Command:
    """A command with parameters ``who`` and ``seed``: users give the options of a person, of a cohort or a table."""
    return with_options(command, "who", _PEOPLE, lambda given, rest: _who(given, rest["seed"]))


def _person(
    weight: str,
    age: str,
    sex: str,
    height: str,
    taken: list[str] | None,
    liver: str,
    kidney: str,
    setting: str,
    conditions: list[str] | None,
) -> Person:
    """The person that the options describe; an empty one was not given."""
    size = (weight or None, age or None, sex, height or None)
    return Person(*size, tuple(taken or ()), liver, kidney, setting, tuple(conditions or ()))


def _who(given: dict[str, Any], seed: int) -> Person | Cohort:
    """A person, so many like them, so many of a population, or those of a table."""
    person = _person(**{key: given[key] for key in _PERSON})
    people, population, table = (given[key] for key in ("people", "population", "people_table"))
    if table:
        from ketworks.people.cohort import Cohort

        if people or population or person.given or person != Person():
            raise WrongUse("--people-table with other words on people", "the table alone: it says who they are")
        return Cohort.of_table(table, seed)
    if population and people == 0:
        raise WrongUse(
            f"--population {population} of how many?", "--people", paste=f"--people 100 --population {population}"
        )
    if people == 0:
        return person
    from ketworks.people.cohort import Cohort

    return Cohort(people, seed, person, population or None)
