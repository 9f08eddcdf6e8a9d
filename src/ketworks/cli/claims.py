"""``ketworks claims``: what is said about ketamine, what was read, and what the model shows of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ketworks.cli.options import Json, Quiet, starting
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse, unknown


def _complete_claim(incomplete: str) -> list[str]:
    from ketworks.evidence.claims import load

    return starting(tuple(one.id for one in load()), incomplete)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("claims")(claims)


def claims(
    name: Annotated[
        str, typer.Argument(help="A claim: its sources and what the model shows of it.", autocompletion=_complete_claim)
    ] = "",
    run: Annotated[bool, typer.Option("--run", help="Run what the model shows of every claim.")] = False,
    out: Annotated[str, typer.Option(help="Write the page here (.md, .html, .csv); runs the model.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What is said about ketamine, what was read, and what the model shows: 'ketworks claims half-life'.

    Alone it lists the claims with their verdicts and runs nothing.
    """
    from ketworks.claims.page import WRITERS, Page
    from ketworks.claims.run import Seen, show
    from ketworks.claims.shown import load as load_shown
    from ketworks.evidence.claims import load
    from ketworks.io.whole_file import check_writable, write_whole

    if out:
        check_writable(Path(out), tuple(WRITERS))
    every = load()
    chosen = tuple(one for one in every if not name or one.id == name)
    if not chosen:
        raise unknown("claim", name, [one.id for one in every], "ketworks claims")
    if name and run:
        raise WrongUse(f"claim {name} and --run", "one of them: a claim that is named is run", paste="ketworks claims")
    seen: dict[str, list[Seen]] = {}
    if name or run or out:
        rows = [row for one in chosen for row in load_shown()[one.id]]
        progress = Progress(quiet)
        with progress.running():
            for one in show(rows, progress):
                seen.setdefault(one.row.claim, []).append(one)
    page = Page(chosen, seen)
    if as_json:
        print(json.dumps(page.as_dict()))
    elif not out:
        print(page.text() if seen else page.listing(), end="\n" if not seen else "")
    if out:
        write_whole(Path(out), WRITERS[Path(out).suffix.lower()](page).encode())
        if not quiet:
            print(f"ketworks: wrote {out}", file=sys.stderr)
