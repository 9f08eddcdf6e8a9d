"""``ketworks session plan``: the monitoring sheet of a session, its alarms and the predicted time ready to leave."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Mechanisms, Plasma, Quiet, RegimenWords, Seed, Values, chain_choices, starting
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress
from ketworks.cli.run import read_regimen, read_values

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person

session = typer.Typer(no_args_is_help=True, help="A session: what to check when, and when people are ready to leave.")
_PURPOSES = ("depression", "pain")


def complete_purpose(incomplete: str) -> list[str]:
    """For tab completion of ``--purpose``."""
    return starting(_PURPOSES, incomplete)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.add_typer(session, name="session")


@session.callback()
def of_a_session() -> None:
    """A session: what to check when, and when people are ready to leave."""


@session.command("plan")
@takes_people
def plan(
    regimen: RegimenWords,
    *,
    who: Person | Cohort,
    plasma: Plasma = "",
    chain: Mechanisms = None,
    value: Values = None,
    purpose: Annotated[
        str,
        typer.Option(help="depression or pain, for rules that hold for one of them.", autocompletion=complete_purpose),
    ] = "depression",
    every: Annotated[str, typer.Option(help="Time between two checks, with unit.", show_default="15 min")] = "",
    out: Annotated[str, typer.Option(help="Write the sheet here (.html to print, .csv as a table).")] = "",
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan the first session of a regimen: checks with predicted readings, alarms, rules and the time ready to leave.

    One person stands for a cohort of 1024 people like them. Every rule shows its source. Research and teaching
    software: it never clears, doses or treats a real person.

    For example: ketworks session plan "0.5 mg/kg iv over 40 min" --people 500 --population trial-adults --out a.html
    """
    from ketworks.io.whole_file import check_writable
    from ketworks.quantity import to_number
    from ketworks.registry import Chain
    from ketworks.safety.plan import plan_session
    from ketworks.safety.sheet_page import KINDS, write_sheet

    if out:
        check_writable(Path(out), KINDS)
    between = to_number(every, "min", "--every", 5.0, 60.0) if every else None
    values, chosen = read_values(value), Chain(**chain_choices(chain, plasma))
    progress = Progress(quiet)
    with progress.running():
        found = plan_session(read_regimen(regimen), who, chosen, purpose, between, seed, values, progress)
        if out:
            progress("writing")
            write_sheet(found, Path(out))
    print(json.dumps(found.as_dict()) if as_json else found, flush=True)
    if out and not quiet:
        print(f"ketworks: wrote {out}", file=sys.stderr)
