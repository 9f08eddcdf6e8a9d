"""What is wrong with the rows of a table: the first few with their lines, a count of the rest, and the remedies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import WrongUse

SHOWN = 5
"""Faulty rows that are written out; the others are counted."""


@dataclass(frozen=True)
class _Kind:
    """One kind of fault: all its lines, the words for the first few, and what would be right."""

    lines: NDArray[np.int64]
    words: tuple[str, ...]
    expected: str
    nearest: str


@dataclass
class Faults:
    """Collects faulty rows, so that one error can tell of all of them."""

    kinds: list[_Kind] = field(default_factory=list)

    def add(
        self, lines: Sequence[int] | NDArray[np.int64], words: Sequence[str], expected: str, nearest: str = ""
    ) -> None:
        """Adds a kind of fault.

        Args:
            lines: every line of the file that has it, in order.
            words: what stands there, for the first few of these lines at least.
            expected: what would have been accepted.
            nearest: the nearest valid thing, when one exists.
        """
        if len(lines):
            self.kinds.append(_Kind(np.asarray(lines, np.int64)[:], tuple(words[:SHOWN]), expected, nearest))

    def rows(
        self,
        faulty: NDArray[np.bool_],
        lines: NDArray[np.int64],
        words: Callable[[int], str],
        expected: str,
        nearest: Callable[[int], str] = lambda row: "",
    ) -> None:
        """Adds the rows of a mask; ``words`` and ``nearest`` are asked for row numbers."""
        where = np.flatnonzero(faulty)
        if where.size:
            first = [int(row) for row in where[:SHOWN]]
            self.add(lines[where], [words(row) for row in first], expected, nearest(first[0]))

    def check(self) -> None:
        """Raises one error for everything collected.

        Raises:
            WrongUse: when anything was.
        """
        if not self.kinds:
            return
        told = [
            (int(line), words, kind) for kind in self.kinds for line, words in zip(kind.lines, kind.words, strict=False)
        ]
        told = sorted(told, key=lambda one: one[0])[:SHOWN]
        others = sum(kind.lines.size for kind in self.kinds) - len(told)
        given = [f"line {line}: {words}" for line, words, _ in told]
        if others:
            last = max(int(kind.lines[-1]) for kind in self.kinds)
            given.append(f"and {others} more, the last in line {last}")
        shown = [kind for kind in self.kinds if any(kind is one for _, _, one in told)]
        shown.sort(key=lambda kind: int(kind.lines[0]))
        expected = "; ".join(dict.fromkeys(kind.expected for kind in shown))
        raise WrongUse("\n  ".join(given), expected, shown[0].nearest)
