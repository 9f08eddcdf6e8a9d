"""``ketworks gradient``: what a mean over people changes by when values of the tables change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Mechanisms, Plasma, Quiet, RegimenWords, Seed, chain_choices, complete_signal
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("gradient")(gradient)


@takes_people
def gradient(
    regimen: RegimenWords,
    *,
    who: Person | Cohort,
    signal: Annotated[
        str, typer.Option(help="A signal that is a number.", autocompletion=complete_signal)
    ] = "outcome.madrs",
    at: Annotated[str, typer.Option(help="One time.")] = "24 h",
    parameters: Annotated[
        str, typer.Option(help="Ids of values, comma separated; the 20 that matter most when none are named.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Also by central differences, two runs a value.")] = False,
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """How the mean of a signal over people depends on the values of the tables, all of them in one backward pass.

    For example: ketworks gradient "0.5 mg/kg iv over 40 min" --people 200 --signal outcome.madrs --at 24h
    """
    from ketworks.cli.run import read_regimen
    from ketworks.derivatives.gradient import gradient as of
    from ketworks.registry import Chain

    named = [one.strip() for one in parameters.split(",") if one.strip()] or None
    mechanisms = Chain(**chain_choices(chain, plasma))
    progress = Progress(quiet)
    with progress.running():
        found = of(read_regimen(regimen), who, named, signal, at, mechanisms, check, progress)
    print(json.dumps(found.as_dict()) if as_json else found)
