"""The metrics of many people and signals: one row each, a summary, text, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ketworks.errors import WrongUse, unknown
from ketworks.exposure.metric import METRICS, Metric
from ketworks.exposure.summary import Summary, summary_of
from ketworks.peaks import number, table, unit_shown

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]

COLUMNS = ("person", "signal", "site", "metric", "value", "unit", "why")
SMALL = 1e-3  # below it a number is written with an exponent


class Row(NamedTuple):
    """One metric of one person and signal."""

    person: str
    signal: str
    metric: Metric


class SignalFacts(NamedTuple):
    """What must be read with a signal's metrics.

    Attributes:
        site: where it is sampled; empty when not stated.
        grade: of the evidence; empty for measured levels.
        molar_mass: g/mol, or None.
    """

    site: str
    grade: str = ""
    molar_mass: float | None = None


@dataclass(frozen=True, eq=False)
class Exposure:
    """Metrics per person and signal.

    Attributes:
        title: what was analysed.
        rows: every metric of every person.
        facts: by signal.
        typical: the person who stands for the others and is left out of the summary; empty when there is none.
        notes: what to read with the numbers.
    """

    title: str
    rows: tuple[Row, ...]
    facts: Mapping[str, SignalFacts]
    typical: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Mapping[str, Metric]]:
        found: dict[tuple[str, str], dict[str, Metric]] = {}
        for row in self.rows:
            found.setdefault((row.signal, row.metric.name), {})[row.person] = row.metric
        return found

    def of(self, signal: str, name: str) -> Mapping[str, Metric]:
        """One metric of one signal by person.

        Raises:
            WrongUse: the signal or the metric was not computed.
        """
        if signal not in self.facts:
            raise unknown("signal", signal, self.facts)
        if (signal, name) not in self._by_place:
            raise unknown("metric", name, [metric for one, metric in self._by_place if one == signal])
        return self._by_place[signal, name]

    def value(self, signal: str, name: str, person: str = "") -> float | None:
        """One value: of a person, or of the typical one (the only one) when none is named."""
        found = self.of(signal, name)
        who = person or self.typical or (next(iter(found)) if len(found) == 1 else "")
        if who not in found:
            raise unknown("person", who, found)
        return found[who].value

    def ratio(self, signal: str, over: str, name: str = "auc_inf", molar: bool = False) -> Mapping[str, float | None]:
        """One signal's metric over another's, by person; None where either is not known.

        Raises:
            WrongUse: the two are sampled at different sites, or moles are asked for and a molar mass is not known.
        """
        upper, lower = self.of(signal, name), self.of(over, name)
        here, there = self.facts[signal], self.facts[over]
        if here.site != there.site:
            raise WrongUse(
                f"{signal} over {over}: {here.site or 'no site'} over {there.site or 'no site'}",
                "two signals of one site: arterial and venous levels differ about twofold while an infusion runs",
            )
        scale = 1.0
        if molar:
            if here.molar_mass is None or there.molar_mass is None:
                raise WrongUse(f"{signal} over {over} by moles", "signals with a known molar mass")
            scale = there.molar_mass / here.molar_mass
        made: dict[str, float | None] = {}
        for person, one in upper.items():
            two = lower[person].value if person in lower else None
            made[person] = None if one.value is None or not two else scale * one.value / two
        return made

    @property
    def table(self) -> pandas.DataFrame:
        """One row a person, signal and metric; a missing value is ``<NA>`` and ``why`` says why."""
        import pandas as pd

        frame = pd.DataFrame([self._cells(row) for row in self.rows], columns=list(COLUMNS))
        frame["value"] = frame["value"].astype("Float64")
        return frame

    def _cells(self, row: Row) -> tuple[object, ...]:
        one = row.metric
        return row.person, row.signal, self.facts[row.signal].site, one.name, one.value, one.unit, one.why

    @cached_property
    def summaries(self) -> Mapping[tuple[str, str], Summary]:
        """Statistics by signal and metric over all people but the typical one, where there are others."""
        found = {}
        for place, people in self._by_place.items():
            others = [one.value for person, one in people.items() if person != self.typical or len(people) == 1]
            found[place] = summary_of(others)
        return found

    @property
    def summary(self) -> pandas.DataFrame:
        """The statistics as a table, one row a signal and metric."""
        import pandas as pd

        rows = [
            (signal, self.facts[signal].site, name, next(iter(self._by_place[signal, name].values())).unit, *found)
            for (signal, name), found in self.summaries.items()
        ]
        frame = pd.DataFrame(rows, columns=["signal", "site", "metric", "unit", *Summary._fields])
        numbers = list(Summary._fields[2:])
        frame[numbers] = frame[numbers].astype("Float64")
        return frame

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values: by signal and metric, the summary and every person's value or reason."""
        signals: dict[str, Any] = {
            name: {"site": facts.site, "grade": facts.grade, "metrics": {}} for name, facts in self.facts.items()
        }
        for (signal, name), people in self._by_place.items():
            signals[signal]["metrics"][name] = {
                "meaning": METRICS[name][1],
                "unit": next(iter(people.values())).unit,
                "summary": self.summaries[signal, name]._asdict(),
                "people": {person: one.value for person, one in people.items()},
                "why": {person: one.why for person, one in people.items() if one.why},
            }
        return {"title": self.title, "typical": self.typical, "notes": list(self.notes), "signals": signals}

    def to_csv(self, path: str | Path | None = None) -> str:
        """The table as CSV; written whole to ``path`` when given."""
        from ketworks.io.whole_file import write_whole

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            writer.writerow(["" if cell is None else _safe(cell) for cell in self._cells(row)])
        if path is not None:
            write_whole(Path(path), out.getvalue().encode())
        return out.getvalue()

    def __str__(self) -> str:
        """A table a signal, what cannot be said and why, and notes."""
        blocks = [self.title]
        for signal, facts in self.facts.items():
            head = ", ".join(word for word in (facts.site, f"grade {facts.grade}" if facts.grade else "") if word)
            blocks.append(f"\n{signal}" + (f" ({head})" if head else ""))
            blocks.append(self._text_of(signal))
        return "\n".join([*blocks, *(f"note: {note}" for note in self.notes)])

    def _text_of(self, signal: str) -> str:
        cells = [self._head()]
        reasons: dict[str, list[str]] = {}
        for (one, name), people in self._by_place.items():
            if one != signal:
                continue
            found = self.summaries[signal, name]
            unit = unit_shown(next(iter(people.values())).unit)
            if found.n == 0 and (not self.typical or people[self.typical].value is None):
                reasons.setdefault(next(iter(people.values())).why, []).append(name)
                continue
            cells.append((name, unit, *self._numbers(people, found)))
        lines = [f"cannot say {', '.join(names)}: {why}" for why, names in reasons.items()]
        return "\n".join([*([table(cells)] if len(cells) > 1 else []), *lines])

    @property
    def _many(self) -> bool:
        return any(found.n + found.missing > 1 for found in self.summaries.values())

    def _head(self) -> tuple[str, ...]:
        if not self._many:
            return "metric", "unit", "value"
        typical = ("typical",) if self.typical else ()
        return "metric", "unit", *typical, "n", "median", "5th to 95th", "geometric mean", "CV %"

    def _numbers(self, people: Mapping[str, Metric], found: Summary) -> tuple[str, ...]:
        if not self._many:
            return (_shown(found.median),)
        typical = (_shown(people[self.typical].value),) if self.typical else ()
        spread = f"{_shown(found.low)} to {_shown(found.high)}"
        numbers = (_shown(found.median), spread, _shown(found.geometric_mean), _shown(found.geometric_cv))
        return *typical, str(found.n), *numbers


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return number(value) if value == 0.0 or abs(value) >= SMALL else f"{value:.2e}"


def _safe(cell: object) -> object:
    """Text that a spreadsheet would take for a formula is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
