"""``ketworks readings``: what a cuff shows of a cohort, in the three statistics that papers quote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import Json, Mechanisms, Plasma, Quiet, RegimenWords, Seed, chain_choices
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person

ReadingTimes = Annotated[
    str,
    typer.Option(
        "--times", help="When readings are taken; one before the dose always is.", show_default="0 to 120 min"
    ),
]
AtTime = Annotated[
    str, typer.Option("--at", help="When the mean at a fixed time is taken: one of the times.", show_default="40 min")
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("readings")(readings)


@takes_people
def readings(
    regimen: RegimenWords,
    *,
    who: Person | Cohort,
    times: ReadingTimes = "",
    at: AtTime = "",
    plasma: Plasma = "",
    chain: Mechanisms = None,
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Blood pressure and heart rate as read at a cuff: mean at a time, peak of the mean, mean of people's own peaks.

    For example: ketworks readings "0.5 mg/kg iv over 40 min" --people 500
    """
    from ketworks.cli.run import read_regimen
    from ketworks.readings.three import AT, TIMES, take_readings
    from ketworks.registry import Chain

    progress = Progress(quiet)
    with progress.running():
        mechanisms = Chain(**chain_choices(chain, plasma))
        found = take_readings(read_regimen(regimen), who, times or TIMES, at or AT, mechanisms, seed, progress)
    print(json.dumps(found.as_dict()) if as_json else found)
