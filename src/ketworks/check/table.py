"""Prints the rows of a check as plain text, as plain types for JSON, and summed up by label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ketworks.check.row import ERROR, MISS, PASS, SKIPPED, CheckRow
from ketworks.evidence.studies import LABELS

COLUMNS = (
    "study",
    "signal",
    "statistic",
    "predicted",
    "observed",
    "ratio",
    "band",
    "unit",
    "label",
    "grade",
    "verdict",
)
_RIGHT = ("predicted", "observed", "ratio")
_VERDICTS = (PASS, MISS, SKIPPED, ERROR)
_NOT_MEASURED = ("not measurements", "not a measurement")  # a note that begins so stands below the table


def text(rows: Sequence[CheckRow]) -> str:
    """The table, why rows were not judged, which observed values nobody measured, and the summary; plain text."""
    lines_of_cells = [dict(zip(COLUMNS, COLUMNS, strict=True)), *(cells(row) for row in rows)]
    widths = {name: max(len(line[name]) for line in lines_of_cells) for name in COLUMNS}
    lines = [
        "  ".join(
            line[name].rjust(widths[name]) if name in _RIGHT else line[name].ljust(widths[name]) for name in COLUMNS
        ).rstrip()
        for line in lines_of_cells
    ]
    lines.insert(1, "  ".join("-" * widths[name] for name in COLUMNS))
    reasons = [f"{row.study}: {row.signal} {row.statistic}: {row.verdict}: {row.reason}" for row in rows if row.reason]
    below = [*reasons, *footnotes(rows)]
    return "\n".join([*lines, *([""] if below else []), *below, "", *_summary_lines(rows)]) + "\n"


def footnotes(rows: Sequence[CheckRow]) -> list[str]:
    """One line per study and reason for the rows whose observed value is not a measurement, from their notes."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.note.startswith(_NOT_MEASURED):
            key = (row.study, row.note.split(";")[0])
            counts[key] = counts.get(key, 0) + 1
    return [f"{study}: {count} observed: {words}" for (study, words), count in counts.items()]


def as_dict(rows: Sequence[CheckRow]) -> dict[str, Any]:
    """``{"rows": [...], "summary": {label: {verdict: count}}, "plasma": {...}}`` in plain types, ready for JSON."""
    return {"rows": [row.as_dict() for row in rows], "summary": summary(rows), "plasma": agreement(rows, "plasma.")}


def summary(rows: Sequence[CheckRow]) -> dict[str, dict[str, int]]:
    """Counts of verdicts by label. A pass on a calibration or check point is never counted as validation."""
    return {
        label: {verdict: sum(row.label == label and row.verdict == verdict for row in rows) for verdict in _VERDICTS}
        for label in LABELS
    }


def agreement(rows: Sequence[CheckRow], prefix: str) -> dict[str, float]:
    """How close the validation points of some signals are, over positive predicted and observed values.

    Args:
        rows: the rows.
        prefix: start of the signal names (``plasma.``).

    Returns:
        ``points``; ``gmfe``, the geometric mean of the larger of predicted/observed and its inverse; and the shares
        ``within_1.5`` and ``within_2`` fold. Only ``points`` where there are none. A series judged by ``aafe`` counts
        as one point with its mean fold error.
    """
    ratios = [
        row.ratio
        for row in rows
        if row.label == "validation" and row.signal.startswith(prefix) and row.ratio is not None and row.ratio > 0
    ]
    if not ratios:
        return {"points": 0}
    folds = np.exp(np.abs(np.log(np.array(ratios))))
    return {
        "points": len(ratios),
        "gmfe": float(np.exp(np.mean(np.log(folds)))),
        "within_1.5": float(np.mean(folds <= 1.5)),
        "within_2": float(np.mean(folds <= 2.0)),
    }


def _summary_lines(rows: Sequence[CheckRow]) -> list[str]:
    lines = []
    for label, counts in summary(rows).items():
        parts = [f"{counts[PASS]} pass", f"{counts[MISS]} miss", f"{counts[SKIPPED]} skipped"]
        parts += [f"{counts[ERROR]} failed"] if counts[ERROR] else []
        lines.append(f"{label:<12} {', '.join(parts)}   ({LABELS[label]})")
    close = agreement(rows, "plasma.")
    if close["points"]:
        shares = f"{close['within_1.5']:.0%} within 1.5-fold, {close['within_2']:.0%} within 2-fold"
        lines.append(f"plasma, validation points only: mean fold error {close['gmfe']:.2f}, {shares}")
    return lines


def cells(row: CheckRow) -> dict[str, str]:
    """A row as it is printed, by column."""
    shown = {
        "study": row.study,
        "signal": row.signal,
        "statistic": row.statistic,
        "predicted": _number(row.predicted),
        "observed": _number(row.observed),
        "ratio": "" if row.ratio is None else f"{row.ratio:.2f}",
        "band": row.band if isinstance(row.band, str) else f"{_number(row.band[0])} to {_number(row.band[1])}",
        "unit": "" if row.unit == "1" else row.unit,
        "label": row.label,
        "grade": row.grade,
        "verdict": row.verdict.upper() if row.verdict in (MISS, ERROR) else row.verdict,
    }
    return {name: str(shown[name]) for name in COLUMNS}


def _number(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.4g}"
