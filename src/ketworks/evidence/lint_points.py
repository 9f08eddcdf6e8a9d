"""Lints what a simulation is held against: studies, observations and claims."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks.engine.units import signal_factor
from ketworks.errors import WrongUse, nearest_of
from ketworks.evidence import claims, read_rows, studies
from ketworks.evidence.finding import Finding, error, info, warning
from ketworks.evidence.grade import GRADES
from ketworks.evidence.lint_values import source_findings
from ketworks.evidence.sources import source_ids
from ketworks.evidence.studies import NEEDS_SERIES, STATISTICS, Compare, Study

if TYPE_CHECKING:
    from collections.abc import Collection

    from ketworks.engine.signal import Signal

_ROW_NEEDS = ("source", "locator", "label")


def lint_studies(
    folder: Path,
    observations: Path,
    papers: Collection[str],
    signals: Mapping[str, Signal],
    calibrating: Collection[str],
) -> tuple[list[Finding], list[Study]]:
    """Reads every study file by itself, so that one broken file does not hide the others.

    Args:
        folder: the study files.
        observations: the observation files.
        papers: known source ids.
        signals: signals by name; empty leaves names and units unchecked.
        calibrating: sources that carry parameters, and the keys of packed rows that their tables cite.
    """
    findings: list[Finding] = []
    good: dict[str, Study] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            study = studies.load_file(path)
        except WrongUse as bad:
            findings.append(error("study", f"studies/{path.name}", bad.given, f"expected {bad.expected}"))
            continue
        if study.id in good:
            findings.append(error("study", f"studies/{path.name}", f"study {study.id!r} stands twice", "another id"))
        good[study.id] = study
        for number, point in enumerate(study.compare, 1):
            where = f"studies/{path.name} [[compare]] {number}"
            findings += source_findings(point.source, where, papers)
            findings += _point(point, where, observations, signals)
            findings += _independence(point, where, calibrating)
    return findings, list(good.values())


def lint_observations(folder: Path, used: Collection[str], papers: Collection[str]) -> list[Finding]:
    """Every observed value has a source, a locator and a label, in its row or in the study that reads its file."""
    findings = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        columns = set(rows[0]) if rows else set()
        missing = [key for key in _ROW_NEEDS if key not in columns]
        if missing and path.name not in used:
            what = f"no column {' or '.join(missing)}, and no study reads the file"
            findings.append(
                error("observation", f"observations/{path.name}", what, "add them, or a study that says so")
            )
        for line, row in enumerate(rows, 2):
            where = f"observations/{path.name}:{line}"
            empty = [key for key in _ROW_NEEDS if key in columns and not (row[key] or "").strip()]
            findings += [error("observation", where, f"no {key}", f"a {key} for each value") for key in empty]
            if "source" in columns and row["source"]:
                findings += source_findings(row["source"], where, papers)
    return findings


def lint_claims(
    path: Path, papers: Collection[str], signals: Collection[str], study_ids: Collection[str]
) -> tuple[list[Finding], tuple[claims.Claim, ...]]:
    """Every claim names at least one known source, and shows itself in a signal or study that exists."""
    if not path.is_file():
        return [], ()
    try:
        listed = claims.load(path)
    except WrongUse as bad:
        return [error("claim", path.name, bad.given, f"expected {bad.expected}")], ()
    findings = []
    for claim in listed:
        where = f"{path.name}:{claim.line} {claim.id}"
        named = (*claim.sources_for, *claim.sources_against)
        if not named:
            findings.append(error("claim", where, "no source for or against", "at least one source id"))
        for key in named:
            findings += source_findings(key, where, papers)
        for shown in source_ids(claim.how_shown):
            known = study_ids if shown.startswith("study ") else (*signals, claims.NOT_YET)
            word = shown.removeprefix("study ")
            if word not in known:
                near = nearest_of(word, known) or claims.NOT_YET
                findings.append(error("claim", where, f"how_shown {shown!r} does not exist", f"nearest: {near}"))
    return findings, listed


def _independence(point: Compare, where: str, calibrating: Collection[str]) -> list[Finding]:
    named = (*source_ids(point.source), *(f"[{key}]" for key in read_rows.cited(point.locator)))
    shared = [key for key in named if key.strip("[]") in calibrating]
    if point.label != "validation" or not (shared or point.apart):
        return []
    if not shared:
        return [warning("validation", where, "apart explains what need not be explained", "take it out")]
    what = f"validation against {', '.join(shared)}, also behind parameters"
    if point.apart:
        return [info("validation", where, what, f"stated to be apart: {point.apart}")]
    return [warning("validation", where, what, "label check or calibration, or say in apart why it is independent")]


def _point(point: Compare, where: str, observations: Path, signals: Mapping[str, Signal]) -> list[Finding]:
    findings = []
    if point.grade not in GRADES:
        findings.append(error("grade", where, f"grade {point.grade!r}", "one of " + ", ".join(GRADES)))
    if point.observations and not (observations / point.observations).is_file():
        findings.append(error("study", where, f"no file observations/{point.observations}", "add it"))
    band, seen = point.accept, point.observed
    inside = not isinstance(seen, int | float) or isinstance(band, str) or band[0] <= seen <= band[1]
    if not inside and point.statistic not in NEEDS_SERIES:
        findings.append(error("band", where, f"observed {seen} outside its own band {band}", "a band around it"))
    for name in (point.signal, point.over_signal):
        if name and signals and name not in signals:
            near = nearest_of(name, signals) or "ketworks signals"
            findings.append(error("study", where, f"no stage makes {name!r}", f"one of the signals: {near}"))
    return findings + _units(point, where, signals)


def _units(point: Compare, where: str, signals: Mapping[str, Signal]) -> list[Finding]:
    if point.signal not in signals or "value_unit" not in STATISTICS[point.statistic]:
        return []
    given = "min" if point.statistic == "time_of_peak" else signals[point.signal].unit
    try:
        signal_factor(given, point.value_unit, point.molar_mass)
    except WrongUse as bad:
        return [error("study", where, f"{point.value_unit!r} against {given!r}: {bad.given}", "units that convert")]
    return []
