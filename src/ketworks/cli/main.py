"""The command ``ketworks``: data on stdout, words on stderr, exit 0 ok, 1 failed, 2 wrong use, 3 cannot say."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from ketworks import __version__
from ketworks.cli import (
    block,
    check,
    claims,
    cohort,
    compare_circuits,
    dose,
    eeg,
    evidence,
    exposure,
    files,
    gradient,
    interrupt,
    machine,
    models,
    predictive,
    readings,
    run,
    screen,
    session,
    trial,
)
from ketworks.errors import EXIT_INTERRUPTED, EXIT_WRONG_USE, KetworksError, nearest_of

app = typer.Typer(
    name="ketworks",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An executable, evidence-graded model of how ketamine works. Research and teaching software: it never clears, "
    "doses or treats a real person. A dose sentence alone means 'run'.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"ketworks {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """An executable, evidence-graded model of how ketamine works.

    Research and teaching software: it never clears, doses or treats a real person. A dose sentence alone means 'run'.
    """


for module in (
    *(run, readings, cohort, dose, eeg, exposure, screen, session, models, block, compare_circuits, gradient),
    *(evidence, claims, check, predictive, trial, files, machine),
):
    module.register(app)


def call(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code.

    Args:
        arguments: without the program's name.
    """
    try:
        code = app(_with_command(arguments), prog_name="ketworks", standalone_mode=False)
    except KetworksError as error:
        return _say(str(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except SystemExit as done:  # typer leaves this way when the reader of its pipe is gone
        return done.code if isinstance(done.code, int) else 0
    except OSError as error:
        return _say(f"cannot write the output: {error.strerror}", EXIT_WRONG_USE)
    except TyperException as error:
        return _say(_usage(error.format_message()), EXIT_WRONG_USE)
    if code == EXIT_INTERRUPTED or interrupt.requested():  # typer itself makes a code of most interrupts
        return _say("interrupted; no file was left half-written", EXIT_INTERRUPTED)
    return code if isinstance(code, int) else 0  # typer hands the code of an Exit back as the result


def _commands() -> list[str]:
    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def _with_command(arguments: list[str]) -> list[str]:
    """A dose sentence or a file with doses alone means ``ketworks run``."""
    if arguments and not arguments[0].startswith("-"):
        first = arguments[0].strip()
        if " " in first or first.lower().endswith((".toml", ".csv")):
            return ["run", *arguments]
    return arguments


def _usage(words: str) -> str:
    if "No such command" not in words:
        return f"{words}\n  try: ketworks --help"
    given = words.split("'")[1] if "'" in words else ""
    near = nearest_of(given, _commands())
    return "\n  ".join([words, f"expected: {', '.join(_commands())}", *([f"nearest: {near}"] if near else [])])


def _say(words: str, code: int) -> int:
    print(f"ketworks: {words}", file=sys.stderr)
    return code
