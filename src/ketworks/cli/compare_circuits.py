"""``ketworks compare --circuits`` and ``ketworks sensitivity``: rival circuits, and what their directions hang on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ketworks.cli.check import simulate_study
from ketworks.cli.options import Json, Quiet
from ketworks.cli.progress import Progress
from ketworks.errors import WrongUse

Signals = Annotated[list[str], typer.Argument(help="Signals of the circuit, such as circuit.gamma_power.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sensitivity")(sensitivity)


def show_circuits(words: str, second: str, ablate: bool, seed: int, as_json: bool, quiet: bool) -> None:
    """The comparison of the rivals at one dose sentence, or the table of ablations, at the doses of the studies."""
    from ketworks.dose.sentence import parse
    from ketworks.rivals.comparison import NUMBERS, ablations, changes_text, compare_circuits, points_text

    parse(words)
    if second:
        paste = f'ketworks compare --circuits "{words}"'
        raise WrongUse("--circuits and two dose sentences", "one sentence: the circuits are compared", paste=paste)
    progress = Progress(quiet)
    with progress.running():
        if ablate:
            points = ablations(simulate_study, progress)
            shown = json.dumps([point._asdict() for point in points])
            text = f"{points_text(points)}\n\n{changes_text(points)}\n\nevery study at its own dose; {NUMBERS}"
        else:
            found = compare_circuits(simulate_study, words, seed=seed, progress=progress)
            shown, text = json.dumps(found.as_dict()), repr(found)
    print(shown if as_json else text)


def sensitivity(
    signals: Signals,
    dose: Annotated[str, typer.Option(help="Dose sentence at whose highest brain level directions are read.")] = (
        "0.5 mg/kg iv over 40 min"
    ),
    circuit: Annotated[str, typer.Option(help="Variant of the circuit.")] = "",
    draws: Annotated[int, typer.Option(help="Sets in which all guessed numbers move together.", min=10)] = 400,
    seed: Annotated[int, typer.Option(help="Seed of these sets.")] = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Rank guessed numbers by how often they turn a direction: 'ketworks sensitivity circuit.gamma_power'."""
    from ketworks.registry import Chain, default_variant
    from ketworks.rivals.response import exposure
    from ketworks.rivals.sensitivity import sensitivity as by_guess

    variant = Chain(circuit=circuit or default_variant("circuit")).choices["circuit"]
    progress = Progress(quiet)
    with progress.running():
        progress("moving every guessed number")
        found = by_guess(list(dict.fromkeys(signals)), exposure(dose), variant, draws, seed)
    print(json.dumps(found.as_dict()) if as_json else found)
