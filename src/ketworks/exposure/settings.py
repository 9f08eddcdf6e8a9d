"""How levels are analysed: method, window, level, limit of quantification, terminal points, unit of time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypedDict

from ketworks.errors import unknown
from ketworks.exposure.areas import METHODS
from ketworks.exposure.level import litres_per_mg, to_level
from ketworks.exposure.metric import check_time_unit
from ketworks.exposure.noncompartmental import Question
from ketworks.exposure.spans import window_of

POINTS = ("best", "last")


class How(TypedDict, total=False):
    """The fields of ``Settings`` as keywords."""

    method: str
    window: str | None
    above: str | None
    quantifiable: str | None
    points: str
    time_unit: str


@dataclass(frozen=True)
class Settings:
    """How levels are read and metrics given; texts with units.

    Attributes:
        method: ``linear-up/log-down`` or ``linear``.
        window: ``"0 to 24 h"``.
        above: ``"100 ng/mL"``.
        quantifiable: lowest level that can be quantified, ``"1 ng/mL"``.
        points: of the terminal phase: ``best``, ``last`` (three), or a window such as ``"4 to 12 h"``.
        time_unit: of the results.
    """

    method: str = METHODS[0]
    window: str | None = None
    above: str | None = None
    quantifiable: str | None = None
    points: str = POINTS[0]
    time_unit: str = "h"

    def check(self) -> None:
        """Refuses what no curve could be asked."""
        self.question("ng/mL", 1.0)

    def question(self, unit: str, molar_mass: float | None) -> Question:
        """What is asked of a curve in ``unit``.

        Raises:
            WrongUse: a part cannot be read.
        """
        if self.method not in METHODS:
            raise unknown("method", self.method, METHODS)
        check_time_unit(self.time_unit)
        points: str | tuple[float, float] = self.points
        if points not in POINTS:
            span = window_of(self.points, "points")
            if span is None:
                raise unknown("choice of points", self.points, POINTS, "points='4 to 12 h'")
            points = (span.start, span.stop)
        return Question(
            window_of(self.window),
            None if self.above is None else to_level(self.above, unit, molar_mass, "level"),
            0.0 if self.quantifiable is None else to_level(self.quantifiable, unit, molar_mass, "limit"),
            points,
            litres_per_mg(unit),
        )


def settings_of(how: How) -> Settings:
    """The settings that keywords say, readable ones only.

    Raises:
        WrongUse: an unknown keyword, or a text that cannot be read.
    """
    known = [field.name for field in fields(Settings)]
    for name in how:
        if name not in known:
            raise unknown("keyword", name, known)
    settings = Settings(**how)
    settings.check()
    return settings
