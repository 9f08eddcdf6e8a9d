"""The persistent compilation cache: compiled programs live in the user's cache folder, private to the user.

A program's key holds its text, its shapes, the JAX version and the processor, so a stale entry cannot be met. An entry
that cannot be read is recompiled.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "KETWORKS_CACHE"


def folder() -> Path | None:
    """The cache folder: ``$KETWORKS_CACHE``, else ``$XDG_CACHE_HOME/ketworks``, else ``~/.cache/ketworks``.

    ``KETWORKS_CACHE=off`` switches the cache off (None).
    """
    chosen = os.environ.get(VARIABLE, "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ketworks"


def prepare() -> Path | None:
    """The cache folder, made private (mode 0700); None when it is off or cannot be written."""
    path = folder()
    if path is None:
        return None
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_uid != os.getuid() or not os.access(path, os.W_OK):
            return None  # never trust compiled code that somebody else could have written
        path.chmod(0o700)
    except OSError:
        return None
    return path
