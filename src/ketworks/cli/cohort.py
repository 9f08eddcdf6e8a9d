"""``ketworks cohort``: many people into Zarr or Parquet, in chunks, on several workers, resumed after any stop."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ketworks.cli.options import (
    Json,
    Mechanisms,
    NoOccasions,
    Plasma,
    Quiet,
    RegimenWords,
    SignalNames,
    Times,
    Values,
    chain_choices,
)
from ketworks.cli.person_options import takes_people
from ketworks.cli.progress import Progress
from ketworks.cli.run import read_regimen, read_values

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person

CohortSeed = Annotated[int, typer.Option("--seed", help="Seed of the people.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("cohort")(cohort)


@takes_people
def cohort(
    regimen: RegimenWords,
    *,
    who: Person | Cohort,
    out: Annotated[str, typer.Option(help="The folder to write: NAME.zarr (xarray) or NAME.parquet (tables).")],
    times: Times,
    signals: SignalNames = "",
    plasma: Plasma = "",
    chain: Mechanisms = None,
    value: Values = None,
    no_occasions: NoOccasions = False,
    chunk: Annotated[int, typer.Option(help="People in a chunk; memory grows with it.")] = 1024,
    workers: Annotated[int, typer.Option(help="Processes on this machine.")] = 1,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler instead: tcp://host:8786.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what a stopped run left.")] = False,
    seed: CohortSeed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a cohort of any size into a folder; the bytes do not depend on workers or stops.

    For example: ketworks cohort "0.5 mg/kg iv over 40 min" --people 100000 --population general-adults
    --times "0,40,80 min" --signals body.systolic,mind.cadss --out cohort.zarr --workers 2
    """
    from ketworks.registry import Chain
    from ketworks.scale.simulate_to import write_cohort
    from ketworks.simulation import prepare

    progress = Progress(quiet)
    with progress.running():
        wanted = [name.strip() for name in signals.split(",")] if signals else None
        mechanisms = Chain(**chain_choices(chain, plasma))
        plan, values = read_regimen(regimen), read_values(value)
        prepared = prepare(plan, who, mechanisms, wanted, times, seed=seed, values=values, occasions=not no_occasions)
        made = write_cohort(out, prepared, chunk, workers, scheduler, resume, progress)
    names = list(prepared.names)
    said = {**made._asdict(), "path": str(made.path), "signals": names}
    print(json.dumps(said) if as_json else f"{made.people} people, {len(names)} signals: {made.path}")
    if not quiet:
        print("ketworks: research and teaching only; it never doses or treats a real person", file=sys.stderr)
