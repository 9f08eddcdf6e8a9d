"""``ketworks replay``: runs a saved simulation again and says whether the numbers are the same."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ketworks.errors import EXIT_FAILED_CHECK

CLOSE = 1e-9  # of each signal's largest value; other processors and versions round differently


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("replay")(replay_file)


def replay_file(path: Annotated[str, typer.Argument(help="A .nc file that ketworks wrote.")]) -> None:
    """Run a saved simulation again; exit 1 when the numbers differ by more than 1e-9."""
    from ketworks.io.dataset import replay

    again, worst = replay(path)
    print(again)
    word = "the same bytes" if worst == 0.0 else f"largest difference {worst:.1e} of a signal's largest value"
    print(f"ketworks: replayed {path}: {word}", file=sys.stderr)
    if worst > CLOSE:
        raise typer.Exit(EXIT_FAILED_CHECK)
