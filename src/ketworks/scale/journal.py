"""The journal of a long run: one line for each part that is safe on the disk, each line with a checksum of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse

FILE = "parts.jsonl"
_LIBRARIES = ("ketworks", "jax", "jaxlib", "numpy")
_SIGN = 16  # hexadecimal digits of a line's checksum


def digest_of(words: Iterable[str], libraries: Iterable[str] = ()) -> str:
    """Names a computation: parts of two digests do not belong together.

    Args:
        words: all that it was asked for.
        libraries: packages whose version may change its numbers, besides those of any run.
    """
    from ketworks.engine.compiled import source_digest

    versions = [f"{name} {version(name)}" for name in (*_LIBRARIES, *libraries)]
    parts = (*words, *versions, source_digest(Path(__file__).parents[1]))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Journal:
    """Lines appended and synced one by one; after a stop at any moment every whole line holds.

    Args:
        folder: holds the file; it appears at once with its first line.
        digest: of the run whose parts it counts.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder, self._path, self._digest = folder, folder / FILE, digest

    def start(self) -> None:
        """Begins the journal with the run's digest."""
        fresh = self._folder.with_name(self._folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        _append(fresh / FILE, {"digest": self._digest})
        fresh.rename(self._folder)

    def add(self, name: str, cells: Mapping[str, Any]) -> None:
        """Adds a part whose numbers are on the disk already.

        Args:
            name: of the part.
            cells: what is to be known of it, as plain JSON values.
        """
        _append(self._path, {"name": name, "cells": cells})

    def entries(self) -> dict[str, dict[str, Any]]:
        """The finished parts by name; a line that was cut short or damaged does not count, its part is made again.

        Raises:
            WrongUse: the journal is of another run, or its first line is damaged.
        """
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            lines = [b""]
        if lines[-1]:
            self._cut(len(lines[-1]))
        first, *rest = (_read(line) for line in lines[:-1] or [b""])
        if first is None:
            raise self._refused("is damaged", "the journal as written")
        if first.get("digest") != self._digest:
            expected = "the same command, options, version, source and libraries"
            raise self._refused("is of another run or version", expected)
        return {str(line["name"]): dict(line["cells"]) for line in rest if line is not None}

    def _refused(self, what: str, expected: str) -> WrongUse:
        return WrongUse(f"the journal {self._path} {what}", expected, paste=f"rm -r {self._folder}")

    def _cut(self, tail: int) -> None:
        with self._path.open("r+b") as file:
            file.truncate(self._path.stat().st_size - tail)
            os.fsync(file.fileno())


def _append(path: Path, cells: object) -> None:
    """Adds a line; of one that the disk has no room for a part may stay, which does not count."""
    line = json.dumps(cells).encode()
    with path.open("ab") as file:
        file.write(_signed(line) + b" " + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _signed(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest()[:_SIGN].encode()


def _read(line: bytes) -> dict[str, Any] | None:
    """What a line holds, or None when it is not what was written."""
    sign, _, cells = line.partition(b" ")
    if sign != _signed(cells):
        return None
    found: dict[str, Any] = json.loads(cells)
    return found
