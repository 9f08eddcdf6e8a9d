"""One self-contained HTML page of a simulation: table, pictures, what limits each grade, sources, configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks import __version__
from ketworks.evidence.cite import methods
from ketworks.evidence.grade import GRADES
from ketworks.io.whole_file import check_writable, write_whole
from ketworks.peaks import AFTER_PLASMA, peaks
from ketworks.report.panels import Panel, panels
from ketworks.report.svg import panel_svg

if TYPE_CHECKING:
    from ketworks.result import Simulation

STYLESHEET = Path(__file__).with_name("page.css")
WARNING = (
    "Research and teaching software. It never clears, doses or treats a real person. A grade of E means that at least "
    "one link which carries the number is assumed, recalled or only fitted."
)


def write_report(simulation: Simulation, path: Path) -> Path:
    """Writes the page, whole or not at all; it opens offline and prints on A4 or letter."""
    check_writable(path, (".html", ".htm"))
    return write_whole(path, page(simulation).encode())


def page(simulation: Simulation) -> str:
    """The page as text."""
    title = escape(str(simulation.regimen))
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="who">{escape(str(simulation.people))}. {escape(_who_is_drawn(simulation))}</p>',
        f'<p class="warning">{escape(WARNING)}</p>',
        *(f'<p class="warning">{escape(note)}</p>' for note in simulation.notes),
        "<h2>Largest changes</h2>",
        _peak_table(simulation),
        "<h2>Course</h2>",
        f'<div class="panels">{"".join(_figure(simulation, panel) for panel in panels(simulation))}</div>',
        "<h2>What carries these numbers</h2>",
        _mechanisms(simulation),
        _limits(simulation),
        "<h2>Methods and sources</h2>",
        f"<pre>{escape(methods(simulation.names, simulation.chain.stages))}</pre>",
        "<h2>To make this page again</h2>",
        f"<pre>{escape(json.dumps(simulation.configuration()))}</pre>",
        f'<p class="note">ketworks {__version__}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} - ketworks</title><style>{STYLESHEET.read_text(encoding='utf-8')}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _who_is_drawn(simulation: Simulation) -> str:
    if not simulation.has_typical:
        return "Lines are medians of the cohort, shading is the 5th to 95th percentile of its people."
    if not simulation.band:
        return "Lines are the typical person (all random effects at zero); no band was asked for."
    return (
        f"Lines are the typical person (all random effects at zero), shading is the 5th to 95th percentile of "
        f"{len(simulation.ids) - 1} others of the same kind. Shares are shares of those people."
    )


def _peak_table(simulation: Simulation) -> str:
    rows = []
    for row in peaks(simulation):
        cells = [
            f"<td>{escape(row.label)}<br><code>{escape(row.name)}</code></td>",
            f'<td class="number">{escape(row.shown)}</td>',
            f'<td class="number">{escape(row.band_shown)}</td>',
            f'<td class="number">{escape(row.when_shown)}</td>',
            f"<td>{_badge(row.grade)}</td>",
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return _table(("signal", "value at its largest change", "90 % of people", "when", "grade"), rows)


def _figure(simulation: Simulation, panel: Panel) -> str:
    grades = simulation.grades
    words = "; ".join(
        f'<i class="dot" style="background:{simulation.signal(name).color}"></i>'
        f"{escape(simulation.signal(name).label)} <code>{escape(name)}</code> {_badge(grades[name].grade)}"
        for name in panel.names
    )
    signs = any(simulation.signal(name).kind == "sign" for name in panel.names)
    note = " The evidence supports only the direction of this change, not its size." if signs else ""
    return f"<figure>{panel_svg(simulation, panel)}<figcaption>{words}{note}</figcaption></figure>"


def _mechanisms(simulation: Simulation) -> str:
    rows = []
    for stage in simulation.chain.needed(simulation.names):
        reason = simulation.reasons.get(stage.name, "chosen" if stage.name in simulation.choices else "default")
        cells = (stage.name, stage.variant, stage.meaning, reason)
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    left_out = simulation.reasons.get(AFTER_PLASMA, "")
    note = f'<p class="note">{AFTER_PLASMA}: {escape(left_out)}</p>' if left_out else ""
    return _table(("stage", "mechanism", "what it is", "why this one"), rows) + note


def _limits(simulation: Simulation) -> str:
    grades = simulation.grades
    rows = []
    for peak in peaks(simulation):
        graded = grades[peak.name]
        chain = " &larr; ".join(f"<code>{escape(link)}</code>" for link in graded.chain)
        error = f"{simulation.error(peak.name):.0e}" if simulation.error(peak.name) else "closed form"
        rows.append(
            f"<tr><td>{escape(peak.label)}</td><td>{_badge(graded.grade)}</td><td>{chain}</td><td>{error}</td></tr>"
        )
    legend = "; ".join(f"{grade}: {escape(meaning)}" for grade, meaning in GRADES.items())
    table = _table(("signal", "grade", "weakest link", "solver error"), rows)
    return f'<details open><summary>What limits each grade</summary>{table}<p class="note">{legend}.</p></details>'


def _table(head: Iterable[str], rows: Iterable[str]) -> str:
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _badge(grade: str) -> str:
    return f'<span class="grade {grade}" title="{escape(GRADES[grade])}">{grade}</span>'
