"""Errors that show the fix: what was given, what was expected, the nearest valid thing, a line to paste."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

EXIT_FAILED_CHECK, EXIT_WRONG_USE, EXIT_CANNOT_SAY, EXIT_INTERRUPTED = 1, 2, 3, 130


class KetworksError(Exception):
    """Base of all errors a user can cause or must know of.

    Args:
        given: what was received, quoted as it was written.
        expected: what would have been accepted, with its range or choices.
        nearest: the nearest valid thing, when one exists.
        paste: one line that can be pasted to go on.
    """

    exit_code = EXIT_WRONG_USE

    def __init__(self, given: str, expected: str, nearest: str = "", paste: str = "") -> None:
        self.given, self.expected, self.nearest, self.paste = given, expected, nearest, paste
        parts = [given, f"expected: {expected}"]
        if nearest:
            parts.append(f"nearest: {nearest}")
        if paste:
            parts.append(f"try: {paste}")
        super().__init__("\n  ".join(parts))

    def __reduce__(self) -> tuple[type[KetworksError], tuple[str, str, str, str]]:
        """So that an error raised in a worker process arrives whole."""
        return type(self), (self.given, self.expected, self.nearest, self.paste)


class WrongUse(KetworksError, ValueError):
    """The request cannot be read or lies outside what is accepted (exit 2)."""


class CannotSay(KetworksError):
    """The request is well formed, but no evidence in the model covers it (exit 3)."""

    exit_code = EXIT_CANNOT_SAY


class SolverFailed(KetworksError, ArithmeticError):
    """A solver did not reach its tolerance or met a value that is not finite (exit 1)."""

    exit_code = EXIT_FAILED_CHECK


def nearest_of(word: str, choices: Iterable[str], count: int = 3) -> str:
    """The closest valid names to ``word``, comma separated; empty when none is close."""
    return ", ".join(get_close_matches(word, list(choices), n=count, cutoff=0.4))


def unknown(kind: str, word: str, choices: Iterable[str], paste: str = "") -> WrongUse:
    """The error for a name that is in no list: shows the list (or its size) and the nearest entries."""
    options = sorted(choices)
    shown = ", ".join(options) if len(options) <= 24 else f"one of {len(options)} names"
    return WrongUse(f"unknown {kind} {word!r}", shown, nearest_of(word, options), paste)
