"""``ketworks screen``: what the safety rules of a drug say of a person."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ketworks.cli.options import Json, starting
from ketworks.errors import WrongUse

_DRUGS = ("ketamine", "esketamine", "psilocybin", "lsd")


def complete_drug(incomplete: str) -> list[str]:
    """Drugs for tab completion."""
    return starting(_DRUGS, incomplete)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("screen")(screen)


def screen(
    person: Annotated[str, typer.Argument(help="A .toml file of answers; --template prints one.")] = "",
    drug: Annotated[
        str,
        typer.Option(
            help="ketamine (into a vein), esketamine (nasal), psilocybin or lsd.", autocompletion=complete_drug
        ),
    ] = "ketamine",
    template: Annotated[bool, typer.Option("--template", help="Print a file with every question instead.")] = False,
    as_json: Json = False,
) -> None:
    """Screen a person by the rules of labels, guidelines and trials: stop, caution or ask, each with its source.

    Exit code 3 on a stop, else 0. What is unknown is asked for and never counts as no. Research and teaching
    software: it never clears, doses or treats a real person.

    For example: ketworks screen --template > person.toml, then ketworks screen person.toml --drug esketamine
    """
    from ketworks.safety import answers, screening

    if template:
        if person:
            raise WrongUse(f"--template with the file {person!r}", "one of them", paste="ketworks screen --template")
        print(answers.template(), end="")
        return
    if not person:
        raise WrongUse("no file of answers", "a .toml file", paste="ketworks screen --template > person.toml")
    found = screening.screen(person, drug)
    print(json.dumps(found.as_dict()) if as_json else found, flush=True)
    raise typer.Exit(found.exit_code)
