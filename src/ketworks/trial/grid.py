"""Cells of text as aligned columns."""

from __future__ import annotations


def grid(rows: list[tuple[str, ...]], left: int = 1) -> str:
    """Columns, the first ``left`` to the left and all others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if k < left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
