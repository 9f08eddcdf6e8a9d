"""Named parts of a long computation on disk: made once, taken from there after any stop."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse
from ketworks.scale.journal import Journal
from ketworks.scale.sync import sync

Arrays = Mapping[str, NDArray[Any]]


class Parts:
    """Parts in a folder, each a file of arrays, counted by a journal with their checksums.

    Args:
        folder: made when it is not there.
        digest: of the computation; parts of another are refused.

    Raises:
        WrongUse: the folder holds parts of another computation, or cannot be written.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder, self._journal = folder, Journal(folder, digest)
        self._leaving = folder.with_name(f"{folder.name}.done")
        try:
            shutil.rmtree(self._leaving, ignore_errors=True)
            if not folder.exists():
                self._journal.start()
            self._known = self._journal.entries()
        except OSError as error:
            raise self._unwritten(error) from error
        self.found = len(self._known)

    def __call__(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The part of that name, from the disk if it is there to the last bit, otherwise made and stored.

        Args:
            name: within one computation a name stands for one part.
            make: makes it.

        Raises:
            WrongUse: the disk is full or closed; what is done is kept.
        """
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.npz"
        stored = self._stored(name, path)
        if stored is not None:
            return stored
        made = make()
        buffer = BytesIO()
        np.savez(buffer, allow_pickle=False, **made)
        content = buffer.getvalue()
        try:
            temporary = path.with_suffix(".writing")
            temporary.write_bytes(content)
            sync(temporary)
            temporary.replace(path)
            sync(self._folder)
            self._known[name] = {"checksum": hashlib.sha256(content).hexdigest()}
            self._journal.add(name, self._known[name])
        except OSError as error:
            raise self._unwritten(error) from error
        return made

    def remove(self) -> None:
        """Takes the folder away once the computation is done; its name goes first, so that no half of it stays."""
        self._folder.rename(self._leaving)
        shutil.rmtree(self._leaving)

    def _stored(self, name: str, path: Path) -> Arrays | None:
        if name not in self._known:
            return None
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != self._known[name]["checksum"]:
            return None
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def _unwritten(self, error: OSError) -> WrongUse:
        return WrongUse(
            f"cannot write {self._folder}: {error.strerror or error}",
            "a place with room and permission; what is done is kept",
            paste="the same command once there is room",
        )
