"""The page of ``ketworks check``: every study's predicted and observed values, misses included."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks import __version__
from ketworks.check.table import COLUMNS, cells, summary, text
from ketworks.io.whole_file import write_whole
from ketworks.report.html import STYLESHEET

if TYPE_CHECKING:
    from ketworks.check.row import CheckRow


def write_check_page(rows: Sequence[CheckRow], path: Path) -> Path:
    """Writes the table as one self-contained page, whole or not at all."""
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    body = "".join(_row(row) for row in rows)
    counts = "; ".join(
        f"{label}: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items() if count)
        for label, verdicts in summary(rows).items()
        if any(verdicts.values())
    )
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>ketworks check</title>'
        f"<style>{STYLESHEET.read_text(encoding='utf-8')} .miss td, .error td {{ background: #fbeaea; }}</style></head>"
        f"<body><h1>ketworks check</h1><p>{escape(counts)}</p>"
        '<p class="note">A pass on a calibration point is not validation. Misses stay.</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<details><summary>As text, with reasons</summary><pre>{escape(text(rows))}</pre></details>"
        f'<p class="note">ketworks {__version__}</p></body></html>\n'
    )
    return write_whole(path, page.encode())


def _row(row: CheckRow) -> str:
    printed = "".join(f"<td>{escape(cell)}</td>" for cell in cells(row).values())
    return f'<tr class="{escape(row.verdict)}">{printed}</tr>'
