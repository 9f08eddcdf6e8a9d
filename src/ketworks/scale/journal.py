"""The journal of a run in chunks: one line for each chunk that is safe on the disk."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ketworks.errors import WrongUse


@dataclass(frozen=True)
class Entry:
    """A finished chunk: its number, the checksum of its numbers, who failed and why, and the solvers' errors."""

    number: int
    checksum: str
    failed: dict[int, str]
    errors: dict[str, float]


class Journal:
    """Lines appended and synced one by one; after a stop at any moment every whole line holds.

    Args:
        path: the file.
        digest: of the run whose chunks it counts.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest

    def start(self) -> None:
        """Begins the file with the run's digest."""
        self._append({"digest": self._digest})

    def add(self, entry: Entry) -> None:
        """Adds a chunk whose numbers are on the disk already."""
        self._append(asdict(entry))

    def entries(self) -> dict[int, Entry]:
        """The finished chunks by number; a last line that was cut short does not count and is taken away.

        Raises:
            WrongUse: the journal is of another run, or a line inside it is damaged.
        """
        lines = self._path.read_bytes().split(b"\n")
        if lines[-1]:
            self._cut(len(lines[-1]))
        whole = lines[:-1]
        found: dict[int, Entry] = {}
        try:
            if not whole or json.loads(whole[0])["digest"] != self._digest:
                raise WrongUse(
                    f"{self._path} counts the chunks of another run or version",
                    "the same sentence, people, signals, times, chunk and version of ketworks",
                    paste=f"rm -r {self._path.parent}",
                )
            for line in whole[1:]:
                cells = json.loads(line)
                cells["failed"] = {int(key): words for key, words in cells["failed"].items()}
                found[cells["number"]] = Entry(**cells)
        except (ValueError, KeyError, TypeError) as error:
            raise WrongUse(
                f"{self._path} is damaged ({error})", "the journal as written", paste=f"rm -r {self._path.parent}"
            ) from error
        return found

    def _cut(self, tail: int) -> None:
        with self._path.open("r+b") as file:
            file.truncate(self._path.stat().st_size - tail)
            os.fsync(file.fileno())

    def _append(self, cells: object) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(cells).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
