"""Text as the user wrote it, and errors that point into it and offer only corrections that themselves read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ketworks.dose.kept import keeps
from ketworks.dose.syntax import Place
from ketworks.errors import WrongUse

_WINDOW = 76
_LONGEST_MESSAGE = 160


@dataclass(frozen=True)
class Written:
    """A text and the means to say what is wrong in it.

    Attributes:
        text: as given.
        reads: whether a correction can be read; ``None`` switches corrections off.
        paste: makes the line to paste from a correction.
        tail: what stands after the text and is no part of it; corrections are shown and read with it.
    """

    text: str
    reads: Callable[[str], bool] | None
    paste: Callable[[str], str]
    tail: str = ""

    def wrong(
        self,
        start: int,
        end: int,
        what: str,
        expected: str,
        corrections: Iterable[str] = (),
        show: int = 1,
        alter: Iterable[Place] | None = None,
    ) -> WrongUse:
        """The error for ``text[start:end]``.

        Args:
            start: first character at fault.
            end: one past the last.
            what: what is wrong with it.
            expected: what would have been accepted.
            corrections: whole texts, likeliest first; dropped when they do not read, or lose a drug, salt, route or
                amount that stands outside the part they may alter.
            show: how many corrections to show at most.
            alter: the places that a correction may alter; the part at fault when not given.
        """
        good: list[str] = []
        places = ((start, end),) if alter is None else tuple(alter)
        for correction in corrections if self.reads else ():
            if len(good) == show:
                break
            new = correction not in good and keeps(self.text, places, correction)
            if new and self.reads and self.reads(correction + self.tail):
                good.append(correction)
        good = [correction + self.tail for correction in good]
        nearest = "  or  ".join(good)
        what = what if len(what) <= _LONGEST_MESSAGE else what[:_LONGEST_MESSAGE] + "..."
        return WrongUse(f"{what}\n{self._pointer(start, end)}", expected, nearest, self.paste(good[0]) if good else "")

    def wrong_here(self, start: int, end: int, error: WrongUse) -> WrongUse:
        """An error that knows no place, placed; its ``nearest`` is tried instead of ``text[start:end]``."""
        corrections = [self.instead(start, end, error.nearest)] if error.nearest else []
        return self.wrong(start, end, error.given, error.expected, corrections, alter=())

    def instead(self, start: int, end: int, other: str) -> str:
        """The text with ``other`` instead of ``text[start:end]``, blanks tidied."""
        return " ".join((self.text[:start] + other + self.text[end:]).split())

    def inserted(self, place: int, words: str) -> str:
        """The text with words put in at a place."""
        return self.instead(place, place, f" {words} ").replace(" ,", ",").replace(" ;", ";")

    def _pointer(self, start: int, end: int) -> str:
        """The text, or the stretch of it around the fault, with a mark under the fault."""
        left = max(0, min(start - _WINDOW // 2, len(self.text) - _WINDOW))
        shown = "".join(c if c.isprintable() else " " for c in self.text[left : left + _WINDOW])
        before, after = ("..." if left else ""), ("..." if left + _WINDOW < len(self.text) else "")
        mark = "^" * max(1, min(end, left + _WINDOW) - start)
        indent = " " * (len(before) + start - left)
        return f"    {before}{shown}{after}\n    {indent}{mark} character {start + 1}"
