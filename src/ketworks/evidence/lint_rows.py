"""Lints citations: a row id in square brackets must lead to a packed row, and a packed row must be cited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ketworks.errors import nearest_of
from ketworks.evidence import read_rows
from ketworks.evidence.finding import Finding, error, warning

_OF_STAGES = ("*.tsv", "*.csv", "*.md", "*.toml")
_OF_EVIDENCE = ("studies/*.toml", "observations/*.csv", "sources/*.toml", "claims.tsv")
_SHARED_ID = re.compile(r"C\d{3}")


def cited_in_tables(folders: Iterable[Path]) -> set[str]:
    """The rows that the tables of some stages cite, so that a validation point on one of them can be told apart."""
    paths = [path for folder in folders for kind in ("*.tsv", "*.csv") for path in folder.rglob(kind)]
    return {key for path in paths for key in read_rows.cited(path.read_text(encoding="utf-8"))}


def lint_rows(folders: Iterable[Path], evidence: Path) -> list[Finding]:
    """Citations that lead nowhere (errors) and packed rows that nobody cites (warnings).

    Args:
        folders: where the tables of the stages stand.
        evidence: the folder with ``read/``, ``studies/``, ``observations/``, ``sources/`` and ``claims.tsv``.
    """
    rows = read_rows.load(str(evidence / "read"))
    paths = [path for folder in folders for kind in _OF_STAGES for path in sorted(folder.rglob(kind))]
    paths += [path for kind in _OF_EVIDENCE for path in sorted(evidence.glob(kind))]
    findings: list[Finding] = []
    used: set[str] = set()
    for path in paths:
        for number, words in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            keys = read_rows.cited(words)
            used.update(keys)
            where = f"{path.parent.name}/{path.name}:{number}"
            findings += [_missing(where, key, rows) for key in keys if key not in rows]
    for key in sorted(set(rows) - used):
        what, fix = f"row {key!r} is cited nowhere", "cite it, or take it out"
        findings.append(warning("unused-row", f"read/{rows[key]['table']}.csv", what, fix))
    return findings


def _missing(where: str, key: str, rows: Iterable[str]) -> Finding:
    if _SHARED_ID.fullmatch(key):
        fix = " or ".join(f"[{name} {key}]" for name in read_rows.NAMED)
        return error("row", where, f"[{key}] stands in two tables", f"write {fix}")
    near = nearest_of(key, rows)
    fix = "put the row into evidence/read/" + (f"; nearest: {near}" if near else "")
    return error("row", where, f"[{key}] leads to no row", fix)
