"""The plan of a session as one self-contained page to print: with room for what is measured."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ketworks import __version__
from ketworks.io.whole_file import check_writable, write_whole
from ketworks.report.html import STYLESHEET, WARNING
from ketworks.report.panels import panels
from ketworks.report.svg import panel_svg
from ketworks.safety.counted import counts_of
from ketworks.safety.sheet import (
    ALARMS,
    FIRED_TITLE,
    PHASE_TITLES,
    alarm_shares,
    check_cells,
    csv_text,
    judged_words,
    moment,
    percent,
)

if TYPE_CHECKING:
    from ketworks.safety.alarms import Alarm
    from ketworks.safety.leaving import Leaving
    from ketworks.safety.plan import SessionPlan
    from ketworks.safety.rule import Rule

KINDS = (".html", ".htm", ".csv")
_SHEET = (
    ".wide { overflow-x: auto; } .sheet td { white-space: nowrap; } "
    ".sheet td.empty { min-width: 6rem; border-left: 1px solid var(--line); } "
    ".ready { font-size: 1.15rem; } .origin { color: var(--soft); font-size: .82rem; } "
    "@media print { .sheet { font-size: 8pt; } .wide { overflow: visible; } }"
)


def write_sheet(plan: SessionPlan, path: Path) -> Path:
    """Writes the page or the table, by the ending of the name, whole or not at all."""
    check_writable(path, KINDS)
    return write_whole(path, (csv_text(plan) if path.suffix.lower() == ".csv" else page(plan)).encode())


def page(plan: SessionPlan) -> str:
    """The page as text."""
    title = escape(str(plan.simulation.regimen))
    readings = list(dict.fromkeys(one.signal for one in plan.checks[0].values.values()))
    figures = "".join(
        f"<figure>{panel_svg(plan.simulation, one)}</figure>" for one in panels(plan.simulation, readings)
    )
    parts = [
        f"<h1>Session: {title}</h1>",
        f'<p class="who">{escape(str(plan.simulation.people))}</p>',
        f'<p class="warning">{escape(WARNING)}</p>',
        *(f'<p class="note">{escape(note)}</p>' for note in plan.notes),
        "<h2>Ready to leave</h2>",
        _ready(plan.leaving),
        *(f"<p>{escape(words)}</p>" for words in judged_words(plan)),
        "<h2>Checks</h2>",
        '<p class="note">Predicted: median (5th to 95th percentile of people). The last columns are to write in.</p>',
        _checks(plan),
        "<h2>Alarms</h2>",
        f'<p class="note">{escape(ALARMS)}</p>',
        _table(("limit", "share of people (90 % interval)", "begins", "where it stands"), map(_alarm, plan.alarms)),
        *_fired(plan),
        "<h2>Rules of this session</h2>",
        _table(("when", "rule", "where it stands"), _rules(plan)),
        "<h2>Predicted course</h2>",
        f'<div class="panels">{figures}</div>',
        f'<p class="note">ketworks {__version__}</p>',
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Session: {title} - ketworks</title>"
        f"<style>{STYLESHEET.read_text(encoding='utf-8')}{_SHEET}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _ready(left: Leaving) -> str:
    middle, low, high = left.band
    share, least, most = left.at_observation
    alone = [moment(one, left) for one in left.alone]
    words = (
        f'<p class="ready"><b>{moment(middle, left)}</b> after the first dose '
        f"(90 % of people: {moment(low, left)} to {moment(high, left)})</p>"
        f"<p>Never before the observation ends at {left.observation:.0f} min, when {percent(share)} are ready "
        f"({percent(least)} to {percent(most)}). By the criteria alone: {alone[0]} ({alone[1]} to {alone[2]}).</p>"
    )
    rows = [
        f"<tr><td>{escape(one.rule.words)}</td><td>{percent(one.open_share)}</td><td>{_origin(one.rule)}</td></tr>"
        for one in left.criteria
    ]
    return words + _table(("criterion", "not met when observation ends", "where it stands"), rows)


def _checks(plan: SessionPlan) -> str:
    head, *rows = check_cells(plan)
    empty = ("measured", "by")
    body = [
        "<tr>"
        + "".join(f"<td>{_two_lines(cell)}</td>" for cell in row)
        + '<td class="empty"></td>' * len(empty)
        + "</tr>"
        for row in rows
    ]
    return f'<div class="wide">{_table((*head, *empty), body, "sheet")}</div>'


def _two_lines(cell: str) -> str:
    """A reading with its band below it."""
    center, bracket, band = cell.partition(" (")
    return f'{escape(center)}<br><span class="origin">{escape(band.rstrip(")"))}</span>' if bracket else escape(cell)


def _alarm(one: Alarm) -> str:
    starts = "" if one.starts is None else "{:.0f} min ({:.0f} to {:.0f})".format(*one.starts)
    counted = "".join(f"<br>counted: {escape(words)}" for words in counts_of(one.rule.id))
    cells = (escape(one.rule.words), alarm_shares(one), starts, f"{_origin(one.rule)}{counted}")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _fired(plan: SessionPlan) -> list[str]:
    """Screening rules that fire on what is said of the people."""
    if not plan.fired:
        return []
    rows = [
        f"<tr><td>{one.verdict}</td><td>{escape(one.rule.words)}{_note(one.rule)}</td>"
        f"<td>{escape(', '.join(one.because))}</td><td>{_origin(one.rule)}</td></tr>"
        for one in plan.fired
    ]
    return [f"<h2>{FIRED_TITLE.capitalize()}</h2>", _table(("verdict", "rule", "because", "where it stands"), rows)]


def _rules(plan: SessionPlan) -> list[str]:
    return [
        f"<tr><td>{PHASE_TITLES[phase]}</td><td>{escape(rule.words)}{_note(rule)}</td><td>{_origin(rule)}</td></tr>"
        for phase, rules in plan.rules.items()
        for rule in rules
    ]


def _note(rule: Rule) -> str:
    return f'<br><span class="origin">{escape(rule.note)}</span>' if rule.note else ""


def _origin(rule: Rule) -> str:
    return f'<span class="origin">{escape(rule.id)}: {escape(rule.origin)}</span>'


def _table(head: Iterable[str], rows: Iterable[str], name: str = "") -> str:
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f'<table class="{name}"><thead><tr>{cells}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
