"""The linter of the evidence: what it refuses cannot be traced, cannot be right, or carries nothing."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks.engine.parameter import part_folder
from ketworks.engine.signal import Signal
from ketworks.errors import WrongUse, nearest_of
from ketworks.evidence import aside, sources
from ketworks.evidence.aside import Aside, covering
from ketworks.evidence.finding import Finding, as_dicts, error, failed, text, warning
from ketworks.evidence.links import support_of
from ketworks.evidence.lint_points import lint_claims, lint_observations, lint_studies
from ketworks.evidence.lint_rows import cited_in_tables, lint_rows
from ketworks.evidence.lint_values import Line, lint_row, parses, read, source_findings
from ketworks.evidence.sources import HOW_READ, SPECIAL, Source, source_ids

if TYPE_CHECKING:
    from ketworks.evidence.links import StageLike

__all__ = ["EVIDENCE", "Finding", "as_dicts", "failed", "lint", "text"]
EVIDENCE = Path(__file__).parent
_SETS_NOTHING = ("safety",)  # parts whose tables say what to do and set no number of a stage
_MENTION = re.compile(r"\[([a-z][a-z0-9_-]*)\]")
_PLAN_SOURCE = re.compile(r'^source = "([^"]+)"', re.MULTILINE)  # of a published number in a trial's plan


def lint(
    stages: Sequence[StageLike], folders: Iterable[Path] | None = None, evidence: Path = EVIDENCE
) -> list[Finding]:
    """Everything wrong with the evidence behind some stages.

    Args:
        stages: all stages of all variants (a row that only a left-out variant reads would seem unread).
        folders: where their tables stand; None looks beside the code of each stage.
        evidence: the folder with ``sources/``, ``studies/``, ``observations/``, ``read/`` and ``claims.tsv``.

    Returns:
        Findings in the order values, stages, studies, observations, claims, citations, sources. A broken file
        gives a finding and does not hide what is wrong elsewhere.
    """
    papers, known, findings = _papers(evidence / "sources")
    lines: list[Line] = []
    tables = _folders(stages, evidence) if folders is None else sorted(set(folders))
    for folder in tables:
        rows, found = _tables(folder, known)
        lines += rows
        findings += found
    findings += _twice(lines)
    signals = {signal.name: signal for stage in stages for signal in stage.outputs}
    for stage in stages:
        findings += _stage(stage, signals)
    findings += _unread(lines, stages, aside.load(evidence / aside.PATH.name))
    carrying = {key for line in lines for key in source_ids(line.cells.get("source", ""))} - set(SPECIAL)
    behind = {
        key for line in lines if _sets(line.where.split("/")[0]) for key in source_ids(line.cells.get("source", ""))
    }
    behind = (behind - set(SPECIAL)) | cited_in_tables(folder for folder in tables if _sets(folder.name))
    found, studies = lint_studies(evidence / "studies", evidence / "observations", known, signals, behind)
    findings += found
    points = [point for study in studies for point in study.compare]
    findings += lint_observations(evidence / "observations", {point.observations for point in points}, known)
    found, claims = lint_claims(evidence / "claims.tsv", known, signals, {study.id for study in studies})
    used = carrying | {key for point in points for key in source_ids(point.source)}
    used |= {key for claim in claims for key in (*claim.sources_for, *claim.sources_against)}
    used |= _in_plans(tables)
    notes = [line.cells.get("note", "") for line in lines] + [point.note for point in points]
    notes += [papers[key].note for key in used if key in papers]
    used |= {key for note in notes for key in _MENTION.findall(note)}
    return [*findings, *found, *lint_rows(tables, evidence), *_sources(papers, used)]


def _sets(part: str) -> bool:
    """Whether the tables of a part set numbers that predictions rest on, so that their sources cannot validate them."""
    return part not in _SETS_NOTHING


def _papers(folder: Path) -> tuple[dict[str, Source], set[str], list[Finding]]:
    """The sources that can be read, all ids (those of a broken file too, lest one fault look like many), and faults."""
    papers, broken, findings = dict(SPECIAL), set(), []
    for path in sorted(folder.glob("*.toml")):
        try:
            for source in sources.load_file(path):
                if source.id in papers:
                    fix = f"one entry; the other is in {papers[source.id].where or 'the special ids'}"
                    what = f"source {source.id!r} stands twice"
                    findings.append(error("source-twice", f"sources/{source.where}", what, fix))
                papers[source.id] = source
        except WrongUse as bad:
            findings.append(error("source-file", f"sources/{path.name}", bad.given, f"expected {bad.expected}"))
            broken |= sources.ids_in(path)
    return papers, broken | set(papers), findings


def _in_plans(folders: Iterable[Path]) -> set[str]:
    """The sources of the published numbers that stand in plans (``*.toml``) beside the tables of some stages."""
    plans = [path for folder in folders for path in folder.rglob("*.toml")]
    return {key for path in plans for key in _PLAN_SOURCE.findall(path.read_text(encoding="utf-8"))}


def _sources(papers: Mapping[str, Source], used: set[str]) -> list[Finding]:
    findings = []
    for source in papers.values():
        if source.id in SPECIAL:
            continue
        where = f"sources/{source.where} {source.id}"
        if source.id not in used:
            what, fix = "no value, study or claim uses it", "use it, name it as [id] in a note, or take it out"
            findings.append(error("unused-source", where, what, fix))
        if source.how_read.split("+")[0].split(",")[0].strip() not in HOW_READ:
            what = f"how_read is {source.how_read!r}"
            findings.append(warning("how-read", where, what, "begin with one of " + ", ".join(HOW_READ)))
    return findings


def _folders(stages: Sequence[StageLike], evidence: Path) -> list[Path]:
    """The folders of the stages' parts; with the evidence that ships, every part of the package with a table."""
    kinds = [stage if inspect.isclass(stage) else type(stage) for stage in stages]
    package = EVIDENCE.parent
    parts = {package / path.relative_to(package).parts[0] for path in package.rglob("parameters.tsv")}
    return sorted({part_folder(kind) for kind in kinds} | (parts if evidence == EVIDENCE else set()))


def _tables(folder: Path, papers: set[str]) -> tuple[list[Line], list[Finding]]:
    """The rows of all tables of a folder; values are linted in full, other tables only where they name a source."""
    rows: list[Line] = []
    findings: list[Finding] = []
    for path in sorted(folder.rglob("*.tsv")):
        lines, found = read(path)
        findings += found
        for line in lines if not any(f.rule == "header" for f in found) else []:
            if path.name == "parameters.tsv":
                findings += lint_row(line, papers)
            elif "source" in line.cells:
                findings += source_findings(line.cells["source"], line.where, papers)
            rows.append(line)
    return rows, findings


def _twice(lines: Sequence[Line]) -> list[Finding]:
    first: dict[str, str] = {}
    findings = []
    for line in lines:
        key = line.cells.get("id", "")
        if key in first:
            what = f"id {key!r} also stands in {first[key]}"
            findings.append(error("duplicate-id", line.where, what, "ids are unique across stages"))
        elif key:
            first[key] = line.where
    return findings


def _unread(lines: Sequence[Line], stages: Sequence[StageLike], known: Sequence[Aside]) -> list[Finding]:
    """One finding per table for the rows no signal rests on and nobody else is said to read, and for stale sayings."""
    carrying = {name for stage in stages for names in support_of(stage).values() for name in names}
    carrying |= {name for stage in stages for residual in stage.residual.values() for name in residual}
    idle: dict[str, list[str]] = {}
    stale = list(known)
    for line in lines:
        key, table = line.cells.get("id", ""), line.where.split(":")[0]
        if not key or key in carrying:
            continue
        group = covering(known, table, key)
        if group is None:
            idle.setdefault(table, []).append(key)
        elif group in stale:
            stale.remove(group)
    fix = "name it in a stage's rests_on, say in aside.tsv who reads it, or take it out"
    found = []
    for table, keys in idle.items():
        what = f"no signal rests on {', '.join(keys[:5])}" + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        found.append(warning("unread-parameter", table, what, fix))
    for group in stale:
        what = f"{group.ids or 'every row'} of {group.table}, read by {group.read_by}: no such row stands aside"
        found.append(error("aside", "aside.tsv", what, "the table and how the ids begin, or take the line out"))
    return found


def _stage(stage: StageLike, signals: Mapping[str, Signal]) -> list[Finding]:
    where = f"{stage.name}[{stage.variant}]"
    try:
        rows = set(stage.parameters())
    except WrongUse as bad:
        return [error("table", where, bad.given, f"expected {bad.expected}")]
    own = {signal.name for signal in stage.outputs}
    allowed = rows | own | {need.name for need in stage.needs}
    findings = []
    for key, names in support_of(stage).items():
        if key not in own:
            findings.append(error("unknown-link", where, f"rests_on names {key!r}", f"an output: {', '.join(own)}"))
        for name in dict.fromkeys(names):
            if name not in allowed:
                what = f"{key} rests on {name!r}, neither a parameter nor a need of this stage"
                near = nearest_of(name, allowed | set(signals)) or "a parameter id or a needed signal"
                findings.append(error("unknown-link", where, what, near))
    for signal in stage.outputs:
        findings += _signal(stage, signal)
    return findings


def _signal(stage: StageLike, signal: Signal) -> list[Finding]:
    where, findings = f"{stage.name}[{stage.variant}] {signal.name}", []
    if not parses(signal.unit):
        findings.append(error("signal-unit", where, f"unit {signal.unit!r} does not parse", "a unit that pint reads"))
    if not support_of(stage).get(signal.name):
        findings.append(error("ungrounded", where, "rests on nothing", "list what carries it in rests_on"))
    functions = stage.equations.get(signal.name, ())
    if not functions or not all(inspect.getdoc(function) for function in functions):
        what = "no equation, or one without a docstring"
        findings.append(warning("no-equation", where, what, "point Stage.equations at its functions"))
    return findings
