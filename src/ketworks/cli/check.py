"""``ketworks check``: runs every study and prints predicted, observed, ratio, label and verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ketworks.cli.options import Json, Quiet
from ketworks.cli.progress import Progress


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check")(check)


def check(
    study: Annotated[str, typer.Argument(help="Part of a study's id; every study when empty.")] = "",
    html: Annotated[str, typer.Option(help="Write the table as a self-contained page here.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run every study; exit 1 on a miss of a stated band."""
    from ketworks.check.run import exit_code, run_check
    from ketworks.check.table import as_dict, text
    from ketworks.errors import unknown
    from ketworks.evidence.studies import load
    from ketworks.io.whole_file import check_writable

    if html:
        check_writable(Path(html), (".html", ".htm"))
    studies = load()
    chosen = [one for one in studies if study in one.id]
    if not chosen:
        raise unknown("study", study, [one.id for one in studies], "ketworks check")
    progress = Progress(quiet)
    with progress.running():
        rows = run_check(simulate_study, chosen, on_study=lambda one: progress(f"study {one.id}"))
        if html:
            from ketworks.report.check_page import write_check_page

            write_check_page(rows, Path(html))
    print(json.dumps(as_dict(rows)) if as_json else text(rows), end="" if not as_json else "\n")
    raise typer.Exit(exit_code(rows))


def simulate_study(
    regimen: str,
    people: Mapping[str, Any],
    chain: Mapping[str, str],
    outputs: list[str],
    times_min: list[float] | None,
    sessions: int = 0,
) -> dict[str, tuple[Any, Any, str]]:
    """One study through the public face, in the form that the check runner reads.

    With ``sessions`` the values are samples, one session after the other: the people and their answer to the drug stay,
    the errors of their readings are drawn anew.
    """
    import numpy as np

    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    given = dict(people)
    n, seed = int(given.pop("n", 1)), int(given.pop("seed", 1))
    person = Person(**given)
    who = person if n == 1 else Cohort(n, seed, person)
    times = None if times_min is None else [f"{t!r} min" for t in times_min]
    found = simulate(regimen, who, Chain(**chain), outputs, times, band=False)
    if not sessions:
        return {name: (found.times, found.tables[name], found.signal(name).unit) for name in outputs}
    period = found.times[-1] + 1.0
    later = np.concatenate([found.times + k * period for k in range(sessions)])
    samples = {
        name: np.concatenate([found.measured(name, seed + k) for k in range(sessions)], axis=1) for name in outputs
    }
    return {name: (later, samples[name], found.signal(name).unit) for name in outputs}
