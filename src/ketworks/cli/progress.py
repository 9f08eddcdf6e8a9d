"""One line of progress on stderr for anything that takes over two seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ketworks.cli.interrupt import stop_if_requested

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 2.0  # s without words
APART = 60.0  # s between two lines where a line cannot be written over, as in a log
FIRST_START = "the first start compiles the model, about 15 s"


class Progress:
    """Holds the latest word on what is being done; shows it once patience is over."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._word = "starting"
        self._status: Status | None = None
        self._told: float | None = None  # when a line was written that stays

    def __call__(self, word: str) -> None:
        """Says what is being done now; here an interrupt that was swallowed below comes up again."""
        stop_if_requested()
        self._word = word
        if self._status is not None:
            self._status.update(self._line())
        elif self._told is not None and time.monotonic() - self._told > APART:
            self._tell()

    @contextmanager
    def running(self) -> Iterator[Progress]:
        """Shows the line while the block runs and takes it away afterwards."""
        timer = threading.Timer(PATIENCE, self._show)
        timer.daemon = True
        if not self._quiet:
            timer.start()
        try:
            yield self
        finally:
            timer.cancel()
            if timer.is_alive():
                timer.join()
            if self._status is not None:
                self._status.stop()

    def _show(self) -> None:
        if not sys.stderr.isatty():
            self._tell()
            return
        from rich.console import Console

        self._status = Console(stderr=True, highlight=False).status(self._line())
        self._status.start()

    def _tell(self) -> None:
        self._told = time.monotonic()
        print(f"ketworks: {self._line()}", file=sys.stderr, flush=True)

    def _line(self) -> str:
        return f"{self._word} ({FIRST_START})" if self._word.startswith("preparing") else self._word
