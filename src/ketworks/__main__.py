"""The command ``ketworks``, also as ``python -m ketworks``: ready for Ctrl-C before anything heavy is imported."""

from __future__ import annotations

import os
import sys

from ketworks.cli.interrupt import arm

INTERRUPTED = 130
WRONG_USE = 2


def main() -> None:
    """Entry point."""
    try:
        arm()
        from ketworks.cli.main import call

        code = call(sys.argv[1:])
    except KeyboardInterrupt:
        print("ketworks: interrupted; no file was left half-written", file=sys.stderr)
        code = INTERRUPTED
    code = _flushed(code)
    if code == INTERRUPTED:
        # at once: while the interpreter waits for compiling threads, a signal would end it with another code
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _flushed(code: int) -> int:
    """The exit code once all output is out; a reader that has gone is no error, a full disk is one."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        print(f"ketworks: cannot write the output: {error.strerror}", file=sys.stderr)
        _silence()
        return WRONG_USE
    return code


def _silence() -> None:
    """Keeps the interpreter from flushing, and failing, once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
