"""The command ``ketworks``, also as ``python -m ketworks``: ready for Ctrl-C before anything heavy is imported."""

from __future__ import annotations

import sys

from ketworks.cli.interrupt import arm

INTERRUPTED = 130


def main() -> None:
    """Entry point."""
    try:
        arm()
        from ketworks.cli.main import call

        code = call(sys.argv[1:])
    except KeyboardInterrupt:
        print("ketworks: interrupted; no file was left half-written", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
