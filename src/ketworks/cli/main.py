"""The command ``ketworks``: data on stdout, words on stderr, exit 0 ok, 1 failed, 2 wrong use, 3 cannot say."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

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
    try:
        code = app(_with_command(arguments), prog_name="ketworks", standalone_mode=False)
    except KetworksError as error:
        return _say(str(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except TyperException as error:
        return _say(_usage(error.format_message()), EXIT_WRONG_USE)
    except BrokenPipeError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115 - the reader is gone; silences the flush at exit
        return 0
    if code == EXIT_INTERRUPTED:  # typer itself makes a code of most interrupts
        return _say("interrupted; no file was left half-written", EXIT_INTERRUPTED)
    return code if isinstance(code, int) else 0  # typer hands the code of an Exit back as the result


def _commands() -> list[str]:
    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def _with_command(arguments: list[str]) -> list[str]:
    """``ketworks "0.5 mg/kg iv over 40 min"`` means ``ketworks run "0.5 mg/kg iv over 40 min"``."""
    if arguments and " " in arguments[0].strip() and not arguments[0].startswith("-"):
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


if __name__ == "__main__":
    main()
