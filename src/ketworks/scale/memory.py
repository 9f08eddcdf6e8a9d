"""The most memory a process has taken so far."""

from __future__ import annotations

import os
import resource
import socket
import sys

_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in what getrusage counts


def own_peak() -> tuple[str, int]:
    """A name of this process, and the largest resident memory it has had, bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    return f"{socket.gethostname()}:{os.getpid()}", peak
