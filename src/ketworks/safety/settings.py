"""The definitions that the plan of a session rests on: the rows of ``parameters.tsv`` in this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from ketworks.evidence.parameters import load


class Settings(NamedTuple):
    """All rows.

    Attributes:
        gap: time without a dose after which another session begins, min.
        check_every: time between two checks, min.
        window: time after the last dose for which leaving is predicted, min.
        step: time between two looks at whether people are ready, min.
        people: of the cohort, when none is given.
    """

    gap: float
    check_every: float
    window: float
    step: float
    people: float


@cache
def settings() -> Settings:
    """The rows, by name, in min."""
    rows = load(str(Path(__file__).parent))
    return Settings(**{name: rows[f"session.{name}"].canonical for name in Settings._fields})
