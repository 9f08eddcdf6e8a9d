"""One thing the linter found, and how findings are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what would mend it.

    Attributes:
        severity: ``error`` (the evidence cannot be trusted as it stands) or ``warning`` (look at it).
        rule: short name of the broken rule.
        where: file and line, or id.
        what: what was found.
        fix: what to write instead.
    """

    severity: str
    rule: str
    where: str
    what: str
    fix: str


def error(rule: str, where: str, what: str, fix: str) -> Finding:
    """A finding that must be mended."""
    return Finding(ERROR, rule, where, what, fix)


def warning(rule: str, where: str, what: str, fix: str) -> Finding:
    """A finding to look at."""
    return Finding(WARNING, rule, where, what, fix)


def failed(findings: Sequence[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity == ERROR for finding in findings)


def text(findings: Sequence[Finding]) -> str:
    """One finding per line, errors first, with the counts at the end."""
    ordered = sorted(findings, key=lambda finding: finding.severity != ERROR)
    lines = [f"{f.severity} [{f.rule}] {f.where}: {f.what}; {f.fix}" for f in ordered]
    errors = sum(finding.severity == ERROR for finding in findings)
    return "\n".join([*lines, f"{errors} errors, {len(findings) - errors} warnings"]) + "\n"


def as_dicts(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings in plain types, ready for JSON."""
    return [asdict(finding) for finding in findings]
