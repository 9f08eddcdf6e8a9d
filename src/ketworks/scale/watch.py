"""How far a long run is: people done, pace, time left and memory, for the line of progress and the summary."""

from __future__ import annotations

import time
from collections.abc import Callable

from ketworks.scale.chunked_run import Chunk
from ketworks.scale.memory import own_peak


class Watch:
    """Counts people and memory while chunks come in.

    Args:
        people: how many there are.
        done: how many of them were safe before the start.
        say: called with the line of progress.
    """

    def __init__(self, people: int, done: int, say: Callable[[str], None]) -> None:
        self._people, self._first, self._done, self._say = people, done, done, say
        self._begin = time.monotonic()
        self._peaks: dict[str, int] = {}
        if done:
            say(f"{done} of {people} people done before")

    def tick(self, chunk: Chunk) -> None:
        """One more chunk is safe."""
        self._done += len(chunk.solved)
        self._peaks[chunk.worker] = chunk.memory
        left = (self._people - self._done) / self.pace
        self._say(
            f"{self._done} of {self._people} people done, {self.pace:.0f} people/s, {_span(left)} left, "
            f"{_size(self.memory)}"
        )

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._begin

    @property
    def pace(self) -> float:
        """People a second since the start, compiling and writing included."""
        return (self._done - self._first) / max(self.seconds, 1e-9)

    @property
    def memory(self) -> int:
        """Bytes that this process and its workers took at most, each at its own worst moment."""
        here, peak = own_peak()
        return sum({**self._peaks, here: peak}.values())


def _span(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _size(count: int) -> str:
    return f"{count / 2**20:.0f} MiB" if count < 2**30 else f"{count / 2**30:.1f} GiB"
