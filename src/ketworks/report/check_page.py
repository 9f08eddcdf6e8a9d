"""The page of ``ketworks check``: every study's predicted and observed values, misses included."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks import __version__
from ketworks.check.table import COLUMNS, as_dict, text
from ketworks.io.whole_file import write_whole
from ketworks.report.html import STYLESHEET

if TYPE_CHECKING:
    from ketworks.check.row import CheckRow


def write_check_page(rows: Sequence[CheckRow], path: Path) -> Path:
    """Writes the table as one self-contained page, whole or not at all."""
    found = as_dict(rows)
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    body = "".join(_row(row) for row in found["rows"])
    counts = "; ".join(
        f"{label}: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items() if count)
        for label, verdicts in found["summary"].items()
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


def _row(row: dict[str, object]) -> str:
    cells = "".join(f"<td>{escape(_cell(row.get(column)))}</td>" for column in COLUMNS)
    return f'<tr class="{escape(str(row.get("verdict")))}">{cells}</tr>'


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
