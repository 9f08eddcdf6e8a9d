"""Lints parameter tables: every value has a unit, a sound interval, a source, a place in it, a method and a grade."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketworks.engine.units import CANONICAL
from ketworks.errors import nearest_of
from ketworks.evidence.finding import Finding, error, warning
from ketworks.evidence.grade import GRADES, WORST
from ketworks.evidence.guessed import GUESSED_METHODS
from ketworks.evidence.parameters import COLUMNS, NUMBERS
from ketworks.evidence.sources import SPECIAL, source_ids

if TYPE_CHECKING:
    import pint

METHODS = ("table", "abstract", "full_text", "secondary", "digitised", "derived", *GUESSED_METHODS)


@dataclass(frozen=True)
class Line:
    """One row of a table as text, with its place (``folder/file:line``)."""

    where: str
    cells: Mapping[str, str]


def read(path: Path) -> tuple[list[Line], list[Finding]]:
    """The rows of a tab-separated file and what is wrong with its shape."""
    name = f"{path.parent.name}/{path.name}"
    lines = path.read_text(encoding="utf-8").splitlines()
    header = tuple(lines[0].split("\t")) if lines else ()
    findings = []
    if path.name == "parameters.tsv" and header != COLUMNS:
        findings.append(error("header", f"{name}:1", f"header {' '.join(header)}", "write " + " ".join(COLUMNS)))
    rows = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            fix = f"write {len(header)} cells separated by tabs, empty ones too"
            findings.append(error("cells", f"{name}:{number}", f"{len(cells)} cells", fix))
        else:
            rows.append(Line(f"{name}:{number}", dict(zip(header, (c.strip() for c in cells), strict=True))))
    return rows, findings


def lint_row(line: Line, papers: Collection[str]) -> list[Finding]:
    """Everything wrong with one row of a ``parameters.tsv``."""
    numbers: dict[str, float | None] = {}
    findings = []
    for key in NUMBERS:
        cell = line.cells[key]
        try:
            numbers[key] = float(cell) if cell else None
        except ValueError:
            numbers[key] = math.nan
        if not math.isfinite(numbers[key] or 0.0):
            findings.append(_found(line, "number", f"{key} is {cell!r}", "a finite number, or an empty cell"))
    if not findings and numbers["value"] is None:
        findings.append(_found(line, "number", "no value", "a number"))
    if not findings:
        findings += _interval(line, numbers)
    return [*findings, *_unit(line), *_origin(line, papers)]


def parses(unit: str) -> bool:
    """Whether pint can read a unit."""
    try:
        _units().parse_expression(unit)
    except Exception:  # pint answers nonsense with many kinds of exception; all of them mean no
        return False
    return bool(unit)


@cache
def _units() -> pint.UnitRegistry[Any]:
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry()
    units.define("y = year")
    return units


def _interval(line: Line, numbers: Mapping[str, float | None]) -> list[Finding]:
    value, low, high = numbers["value"], numbers["low"], numbers["high"]
    if value is None:
        return []
    if low is not None and high is not None and low > high:
        return [_found(line, "order", f"low {low:g} above high {high:g}", "low first")]
    outside = (low is not None and value < low) or (high is not None and value > high)
    if outside:
        shown = f"{line.cells['low'] or '-inf'} to {line.cells['high'] or 'inf'}"
        return [_found(line, "interval", f"value {value:g} outside {shown}", "an interval that holds the value")]
    if (low is not None or high is not None) and not line.cells["interval"]:
        what, fix = "interval of unknown kind", "say what low and high are (95 % CI, range ...)"
        return [warning("interval-kind", _place(line), what, fix)]
    return []


def _unit(line: Line) -> list[Finding]:
    unit = line.cells["unit"]
    if unit not in CANONICAL:
        near = nearest_of(unit, CANONICAL) or "1 for a fraction or ratio"
        rule = "unit-conversion" if parses(unit) else "unit"
        what = f"unit {unit!r} has no canonical unit" if parses(unit) else f"unit {unit!r} does not parse"
        return [_found(line, rule, what, f"one of engine/units.py, nearest {near}")]
    return [] if parses(unit) else [_found(line, "unit", f"unit {unit!r} does not parse", "a unit that pint reads")]


def _origin(line: Line, papers: Collection[str]) -> list[Finding]:
    cells, findings = line.cells, []
    if not cells["locator"]:
        findings.append(_found(line, "locator", "no locator", "table, figure, page or abstract, with the row id"))
    if cells["method"] not in METHODS:
        findings.append(_found(line, "method", f"method {cells['method']!r}", "one of " + ", ".join(METHODS)))
    if cells["grade"] not in GRADES:
        findings.append(_found(line, "grade", f"grade {cells['grade']!r}", "one of " + ", ".join(GRADES)))
    elif cells["method"] in GUESSED_METHODS and cells["grade"] != WORST:
        what = f"{cells['method']} with grade {cells['grade']}"
        findings.append(_found(line, "overgraded", what, f"grade {WORST}: nothing that was read carries it"))
    return findings + source_findings(cells["source"], _place(line), papers)


def source_findings(cell: str, where: str, papers: Collection[str]) -> list[Finding]:
    """What is wrong with a ``source`` cell."""
    ids = source_ids(cell)
    if not ids:
        return [error("source", where, "no source", f"a source id, or {' or '.join(SPECIAL)}")]
    unknown = [key for key in ids if key not in papers]
    fix = "define it in evidence/sources/*.toml"
    return [error("source", where, f"source {key!r} is in no file", _nearest(fix, key, papers)) for key in unknown]


def _nearest(fix: str, key: str, papers: Collection[str]) -> str:
    near = get_close_matches(key, list(papers), n=1, cutoff=0.85)
    return f"{fix}, or write {near[0]}" if near else fix


def _found(line: Line, rule: str, what: str, fix: str) -> Finding:
    return error(rule, _place(line), what, fix)


def _place(line: Line) -> str:
    return f"{line.where} {line.cells.get('id', '')}".strip()
