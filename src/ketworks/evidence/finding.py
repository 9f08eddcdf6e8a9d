"""One thing the linter found, and how findings are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ERROR, WARNING, INFO = "error", "warning", "info"


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what would mend it.

    Attributes:
        severity: ``error`` (the evidence cannot be trusted as it stands), ``warning`` (look at it) or ``info``.
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


def info(rule: str, where: str, what: str, fix: str) -> Finding:
    """Something stated on purpose, printed so that it can be doubted."""
    return Finding(INFO, rule, where, what, fix)


def failed(findings: Sequence[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity == ERROR for finding in findings)


def text(findings: Sequence[Finding]) -> str:
    """One finding per line, errors first, then warnings, with their counts at the end."""
    ordered = sorted(findings, key=lambda finding: (ERROR, WARNING, INFO).index(finding.severity))
    lines = [f"{f.severity} [{f.rule}] {f.where}: {f.what}; {f.fix}" for f in ordered]
    errors, warnings = (sum(finding.severity == kind for finding in findings) for kind in (ERROR, WARNING))
    return "\n".join([*lines, f"{errors} errors, {warnings} warnings"]) + "\n"


def as_dicts(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings in plain types, ready for JSON."""
    return [asdict(finding) for finding in findings]
