"""The command ``ketworks``: data on stdout, words on stderr, exit 0 ok, 1 failed, 2 wrong use, 3 cannot say."""

from __future__ import annotations

import sys

import click
import typer

from ketworks.cli import check, dose, evidence, files, machine, run
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
for module in (run, dose, evidence, check, files, machine):
    module.register(app)


def main() -> None:
    """Entry point: reads the arguments, runs, and turns every known error into words and an exit code."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Runs the command line and returns the exit code.

    Args:
        arguments: without the program's name.
    """
    command = typer.main.get_command(app)
    assert isinstance(command, click.Group)
    try:
        command.main(_with_command(arguments, command), prog_name="ketworks", standalone_mode=False)
    except KetworksError as error:
        return _say(str(error), error.exit_code)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted; no file was left half-written", EXIT_INTERRUPTED)
    except click.UsageError as error:
        return _say(_usage(error), EXIT_WRONG_USE)
    except BrokenPipeError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115 - the reader is gone; silences the flush at exit
        return 0
    return 0


def _with_command(arguments: list[str], group: click.Group) -> list[str]:
    """``ketworks "0.5 mg/kg iv over 40 min"`` means ``ketworks run "0.5 mg/kg iv over 40 min"``."""
    if arguments and arguments[0] not in group.commands and not arguments[0].startswith("-") and " " in arguments[0]:
        return ["run", *arguments]
    return arguments


def _usage(error: click.UsageError) -> str:
    words = error.format_message()
    group = typer.main.get_command(app)
    if isinstance(group, click.Group) and "No such command" in words:
        given = words.split("'")[1] if "'" in words else ""
        near = nearest_of(given, group.commands)
        return "\n  ".join([words, f"expected: {', '.join(group.commands)}", *([f"nearest: {near}"] if near else [])])
    return f"{words}\n  try: ketworks --help"


def _say(words: str, code: int) -> int:
    print(f"ketworks: {words}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
