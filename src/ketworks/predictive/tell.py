"""Results of predictive checks as tables for people, as rows for a file, and in words."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ketworks.io.whole_file import write_whole
from ketworks.predictive.goodness import LEVEL
from ketworks.predictive.npde import NpdeResult
from ketworks.predictive.vpc import BELOW, VpcResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def vpc_text(result: VpcResult) -> str:
    """One line per percentile and bin, and a line with the verdict."""
    head = ["stratum"] if result.strata != ("",) else []
    rows = [[*head, f"time ({result.time_unit})", "n", "what", "data", "5 %", "model", "95 %", ""]]
    for cell in result.cells:
        where = f"{cell.low:g}" if cell.low == cell.high else f"{cell.low:g} to {cell.high:g}"
        what = "share below" if cell.percentile == BELOW else f"{cell.percentile:g}th percentile"
        numbers = [f"{x:.4g}" for x in (cell.observed, cell.band_low, cell.band_middle, cell.band_high)]
        mark = "outside" if cell.outside else ""
        rows.append([*([cell.stratum] if head else []), where, str(cell.size), what, *numbers, mark])
    total, outside = len(result.cells), sum(cell.outside for cell in result.cells)
    verdict = "flagged" if result.flagged else "compatible"
    return (
        f"{_aligned(rows)}\n{verdict}: {outside} of {total} outside ({result.outside:.0%}; "
        f"{result.expected_outside:.0%} expected), p = {result.p:.2g}, {result.replicates} replicates of {result.model}"
    )


def npde_text(result: NpdeResult) -> str:
    """The tests, one a line, and a line with the verdict."""
    rows = [["test", "value", "p", "textbook p"]]
    for one in result.criteria:
        value = "" if one.name == "global" else f"{one.value:.4g}"
        rows.append([one.name, value, f"{one.p:.2g}", "none" if math.isnan(one.textbook) else f"{one.textbook:.2g}"])
    verdict = "flagged" if result.flagged else "compatible"
    count = len(result.values)
    return (
        f"{_aligned(rows)}\n{verdict}: {result.name} of {count} observations in {len(result.observed.ids)} people, "
        f"{result.replicates} replicates of {result.model}"
    )


def vpc_meaning(result: VpcResult) -> str:
    """What the verdict of a visual predictive check means."""
    if not result.flagged:
        return (
            f"compatible: of the data sets made by this model {result.p:.0%} have as many percentiles outside. "
            "That is no proof that the model is right, only that these percentiles do not tell it from the truth."
        )
    high = [cell.observed > cell.band_high for cell in result.cells if cell.outside and cell.percentile != BELOW]
    side = "data above the bands: the model predicts too little" if sum(high) > 0.8 * len(high) else ""
    side = "data below the bands: the model predicts too much" if high and sum(high) < 0.2 * len(high) else side
    return (
        f"flagged: of the data sets made by this model {result.p:.2%} have as many percentiles outside the bands. "
        "The model does not describe these data: their typical course (median) or their spread (5th, 95th percentile) "
        f"differs{'; ' + side if side else ''}."
    )


def npde_meaning(result: NpdeResult) -> str:
    """What the verdict on prediction discrepancies means."""
    mean, variance, normality, together = result.criteria
    if not result.flagged:
        return (
            f"compatible: discrepancies so far from normal are not rare under this model (p {together.p:.2g}). "
            "That is no proof that the model is right."
        )
    limit = LEVEL / 3.0
    reasons = []
    if mean.p < limit:
        reasons.append(f"mean {mean.value:+.2f}: the data lie {'above' if mean.value > 0 else 'below'} the predictions")
    if variance.p < limit:
        more = "more" if variance.value > 1 else "less"
        reasons.append(f"variance {variance.value:.2f}: the data vary {more} than the model says")
    if normality.p < limit:
        reasons.append(
            "shape: not normal although the model's own are; look at the pictures against time and prediction"
        )
    return f"flagged (p {together.p:.2g}): " + "; ".join(reasons) + "."


def vpc_rows(result: VpcResult) -> list[dict[str, Any]]:
    """The cells, as rows of a table."""
    return [dict(row) for row in result.as_dict()["cells"]]


def write_table(rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """Rows as CSV; text that a spreadsheet would take for a formula is quoted."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _harmless(value) for key, value in row.items()})
    return write_whole(path, text.getvalue().encode("utf-8"))


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join(f"{word:{width}}" for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
