"""Options that several commands share, and the completions for their names."""

from __future__ import annotations

from typing import Annotated

import typer

from ketworks.errors import WrongUse
from ketworks.people.comedication import NAMES
from ketworks.people.person import FUNCTION, SETTINGS, SEXES, Person


def complete_signal(incomplete: str) -> list[str]:
    """Signal names for tab completion; works on the last item of a comma-separated list."""
    from ketworks.registry import every_chain

    done, _, last = incomplete.rpartition(",")
    names = sorted({name for chain in every_chain() for name in chain.signals})
    return [f"{done}{',' if done else ''}{name}" for name in names if name.startswith(last)]


def complete_mechanism(incomplete: str) -> list[str]:
    """``stage=variant`` pairs for tab completion."""
    from ketworks.registry import variants

    pairs = [f"{stage}={name}" for stage, named in variants().items() for name in named]
    return [pair for pair in pairs if pair.startswith(incomplete)]


def complete_sex(incomplete: str) -> list[str]:
    """For tab completion of ``--sex``."""
    return _starting(SEXES, incomplete)


def complete_function(incomplete: str) -> list[str]:
    """For tab completion of ``--liver`` and ``--kidney``."""
    return _starting(FUNCTION, incomplete)


def complete_setting(incomplete: str) -> list[str]:
    """For tab completion of ``--setting``."""
    return _starting(SETTINGS, incomplete)


def complete_drug(incomplete: str) -> list[str]:
    """For tab completion of ``--with``."""
    return _starting(NAMES, incomplete)


def _starting(choices: tuple[str, ...], incomplete: str) -> list[str]:
    return [choice for choice in choices if choice.startswith(incomplete)]


Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No words on stderr unless something is wrong.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the people behind the 90 % band.")]
RegimenWords = Annotated[
    str,
    typer.Argument(
        help="A dose sentence such as '0.5 mg/kg iv over 40 min' (racemic ketamine, mg of base, unless said), or a "
        ".toml or .csv file with doses."
    ),
]
TimeUnit = Annotated[str, typer.Option("--time-unit", help="For a .csv table: unit of its TIME column (h, min, d).")]
TableRoute = Annotated[str, typer.Option("--route", help="For a .csv table without ROUTE: the route of its doses.")]
TableDrug = Annotated[str, typer.Option("--drug", help="For a .csv table: ketamine, esketamine or arketamine.")]
Weight = Annotated[str, typer.Option(help="Body weight with unit; a child's must be given.", show_default="70 kg")]
Age = Annotated[str, typer.Option(help="Age in years.", show_default="40")]
Sex = Annotated[str, typer.Option(help="female or male.", show_default="female", autocompletion=complete_sex)]
Height = Annotated[str, typer.Option(help="Height with unit.", show_default="170 cm")]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with", help="Another drug taken, such as --with ticlopidine; may repeat.", autocompletion=complete_drug
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
SignalNames = Annotated[
    str, typer.Option(help="Signals, comma separated; all when not given.", autocompletion=complete_signal)
]
Times = Annotated[str, typer.Option(help="'0,20,40,80 min' or '0 to 24 h by 5 min'.")]
Mechanisms = Annotated[
    list[str] | None, typer.Option(help="Mechanism as stage=variant; may repeat.", autocompletion=complete_mechanism)
]
Values = Annotated[list[str] | None, typer.Option(help="Parameter as id=number in its canonical unit; may repeat.")]


def pairs(items: list[str], what: str, example: str) -> dict[str, str]:
    """``name=value`` items as a dictionary."""
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name or not value:
            raise WrongUse(f"{what} {item!r}", "name=value", paste=f"--{what} {example}")
        if name in found:
            raise WrongUse(f"{what} {name!r} is given twice", "each name once")
        found[name.strip()] = value.strip()
    return found


def person_of(
    weight: str,
    age: str,
    sex: str,
    height: str,
    taken: list[str] | None = None,
    liver: str = FUNCTION[0],
    kidney: str = FUNCTION[0],
    setting: str = SETTINGS[0],
) -> Person:
    """The person that the options describe; an empty one was not given."""
    return Person(weight or None, age or None, sex, height or None, tuple(taken or ()), liver, kidney, setting)
