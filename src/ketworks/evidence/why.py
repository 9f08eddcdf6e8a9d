"""Why a signal has the value it has: from the curve back through equations and values to the papers."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ketworks.engine.parameter import Parameter
from ketworks.evidence import read_rows, sources
from ketworks.evidence.grade import GRADES, Graded, grades_of
from ketworks.evidence.links import Link, behind, link, links
from ketworks.evidence.sources import Source, source_ids

if TYPE_CHECKING:
    from ketworks.evidence.links import StageLike


@dataclass(frozen=True)
class Equation:
    """One equation of a signal: the function that computes it and its docstring."""

    name: str
    module: str
    text: str


@dataclass(frozen=True)
class Value:
    """One parameter with the papers it comes from and the packed rows that its locator and note cite, by key."""

    parameter: Parameter
    sources: tuple[Source, ...]
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def line(self) -> str:
        """One line: symbol, value, unit, interval, spread, grade, source and locator."""
        row = self.parameter
        parts = [f"{row.id}: {row.symbol + ' = ' if row.symbol else ''}{row.value:g}{_unit(row.unit)}"]
        if row.low is not None and row.high is not None:
            parts.append(f"({row.low:g} to {row.high:g}{', ' + row.interval if row.interval else ''})")
        if row.spread is not None:
            parts.append(f"[{row.spread_kind or 'spread'} {row.spread:g}]")
        cited = "; ".join(source.short for source in self.sources) or row.source
        parts.append(f"grade {row.grade}, {cited}{', ' + row.locator if row.locator else ''} ({row.method})")
        return " ".join(parts)


@dataclass(frozen=True, repr=False)
class Explanation:
    """A tree: the signal, its stage, equations and values, and the explanation of every signal it needs.

    Attributes:
        limited_by: the nearest chain of names that sets the grade.
        weak: all values of that grade behind the signal, nearest first.
        again: True where the signal was already explained nearer to the root; its parts are then left out.
    """

    signal: str
    label: str
    unit: str
    meaning: str
    kind: str
    stage: str
    variant: str
    stage_meaning: str
    grade: str
    limited_by: tuple[str, ...]
    equations: tuple[Equation, ...]
    values: tuple[Value, ...]
    needs: tuple[Explanation, ...]
    weak: tuple[str, ...] = ()
    again: bool = False

    def __repr__(self) -> str:
        """The explanation of the signal itself; ``text()`` goes back through the whole chain."""
        return self.text(0)

    def text(self, depth: int | None = None) -> str:
        """Plain text, indented by depth in the chain; ``depth`` limits how far back it goes."""
        return "\n".join(self._lines(0, depth))

    def as_dict(self) -> dict[str, Any]:
        """The same tree in plain types, ready for JSON."""
        return asdict(self)

    def _lines(self, level: int, depth: int | None) -> list[str]:
        lines = [f"{self.signal}{_unit(self.unit, ' [', ']')}  grade {self.grade}"]
        if self.again:
            lines[0] += "  (explained above)"
        else:
            lines += [f"  {line}" for line in self._body()]
        lines = [("    " * level + line).rstrip() for line in lines]
        if depth is None or level < depth:
            for need in self.needs:
                lines += need._lines(level + 1, depth)
        return lines

    def _body(self) -> list[str]:
        body = [f"{self.label}: {self.meaning}"]
        if self.kind == "sign":
            body.append("evidence supports only the direction of this signal, not its size")
        body.append(f"stage {self.stage}[{self.variant}]: {self.stage_meaning}")
        limit = " <- ".join(self.limited_by) or "nothing declared"
        more = f" and {len(self.weak) - 1} more values of this grade" if len(self.weak) > 1 else ""
        body.append(f"grade {self.grade} ({GRADES[self.grade]}), set by {limit}{more}")
        for equation in self.equations:
            body.append(f"equation {equation.name} ({equation.module})")
            body += [f"  {line}" for line in equation.text.splitlines()]
        if self.values:
            body.append("values")
        for value in self.values:
            body.append(f"  {value.line()}")
            body += [f"    {read_rows.line(key, cells)}" for key, cells in value.rows.items()]
            if value.parameter.note:
                body += textwrap.wrap(value.parameter.note, 110, initial_indent="    ", subsequent_indent="    ")
        if self.needs:
            body.append("needs " + ", ".join(need.signal for need in self.needs))
        return body


def why(signal: str, stages: Sequence[StageLike], sources_folder: str = str(sources.FOLDER)) -> Explanation:
    """Explains one signal of a chain.

    Args:
        signal: its name.
        stages: one variant per stage.
        sources_folder: where the source files stand.

    Raises:
        WrongUse: no stage makes the signal; the nearest names are given.
    """
    graph = links(stages)
    link(signal, graph)
    return _explain(signal, graph, grades_of(stages), sources.load(sources_folder), set())


def _explain(
    name: str, graph: Mapping[str, Link], grades: Mapping[str, Graded], papers: Mapping[str, Source], seen: set[str]
) -> Explanation:
    here, graded = graph[name], grades[name]
    again = name in seen
    seen.add(name)
    cited = [(row, source_ids(row.source)) for row in here.parameters]
    values = [Value(row, tuple(papers[key] for key in keys if key in papers), _rows(row)) for row, keys in cited]
    return Explanation(
        signal=name,
        label=here.signal.label,
        unit=here.signal.unit,
        meaning=here.signal.meaning,
        kind=here.signal.kind,
        stage=here.stage.name,
        variant=here.stage.variant,
        stage_meaning=here.stage.meaning,
        grade=graded.grade,
        limited_by=graded.chain,
        equations=() if again else tuple(_equation(f) for f in _stated(here.stage).get(name, ())),
        values=() if again else tuple(values),
        needs=() if again else tuple(_explain(key, graph, grades, papers, seen) for key in here.signals),
        weak=() if again else _weak(name, graph, graded.grade),
        again=again,
    )


def _weak(name: str, graph: Mapping[str, Link], grade: str) -> tuple[str, ...]:
    rows = (row for part in behind([name], graph) for row in graph[part].parameters)
    return tuple(dict.fromkeys(row.id for row in rows if row.grade == grade))


def _rows(parameter: Parameter) -> dict[str, dict[str, str]]:
    packed = read_rows.load()
    keys = read_rows.cited(f"{parameter.locator} {parameter.note}")
    return {key: dict(packed[key]) for key in keys if key in packed}


def _stated(stage: StageLike) -> Mapping[str, tuple[Callable[..., Any], ...]]:
    return stage.equations if isinstance(stage, type) else stage.stated()


def _equation(function: Any) -> Equation:
    return Equation(
        getattr(function, "__name__", str(function)),
        getattr(function, "__module__", ""),
        inspect.getdoc(function) or "no docstring",
    )


def _unit(unit: str, before: str = " ", after: str = "") -> str:
    return "" if unit == "1" else f"{before}{unit}{after}"
