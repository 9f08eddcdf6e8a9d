"""One line of progress on stderr for anything that takes over two seconds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 2.0  # s without words


class Progress:
    """Holds the latest word on what is being done; prints it once patience is over."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._word = "starting"
        self._tty = sys.stderr.isatty()
        self._shown = False
        self._stop = threading.Event()

    def __call__(self, word: str) -> None:
        """Says what is being done now."""
        self._word = word

    @contextmanager
    def running(self) -> Iterator[Progress]:
        """Shows the line while the block runs and takes it away afterwards."""
        if self._quiet:
            yield self
            return
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield self
        finally:
            self._stop.set()
            watcher.join()
            if self._shown and self._tty:
                print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _watch(self) -> None:
        if self._stop.wait(PATIENCE):
            return
        if not self._tty:
            print(
                f"ketworks: {self._word} (the first start compiles the model, about 15 s)", file=sys.stderr, flush=True
            )
            return
        self._shown = True
        while not self._stop.wait(0.2):
            print(f"\r\033[Kketworks: {self._word} ...", end="", file=sys.stderr, flush=True)
