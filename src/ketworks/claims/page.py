"""The claims as a list, one by one with their sources, and as a page: words, JSON, CSV, Markdown and HTML."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ketworks.claims.run import Seen, agreement
from ketworks.evidence import read_rows
from ketworks.evidence.claims import VERDICTS, Claim
from ketworks.evidence.sources import load as load_sources
from ketworks.peaks import number, table, unit_shown

WIDTH = 110
HOW_READ = (
    "The verdict follows the evidence, never the model. The range is how the words of the claim were read, which is a "
    "choice; the number is simulated each time. A number of basis 'calibrated' or 'assumed' that agrees proves nothing."
)
_CITATION = re.compile(r"\s*\[[^\[\]]*\]")
_COLUMNS = ("the model shows", "number", "range of the words", "agrees", "basis", "grade")


@dataclass(frozen=True)
class Page:
    """Claims with what the model shows of each.

    Attributes:
        claims: in the order of the file.
        seen: answers by id of the claim; empty where nothing was run.
    """

    claims: tuple[Claim, ...]
    seen: Mapping[str, Sequence[Seen]]

    def listing(self) -> str:
        """One line a claim: id, verdict, sentence."""
        cells = [("claim", "verdict", "what is said"), *((one.id, one.verdict, one.claim) for one in self.claims)]
        return table(cells)

    def text(self) -> str:
        """Every claim with evidence and model, for the terminal."""
        return "\n\n".join(self._text_of(claim) for claim in self.claims) + f"\n\n{textwrap.fill(HOW_READ, WIDTH)}\n"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"how_read": HOW_READ, "claims": [self._dict_of(claim) for claim in self.claims]}

    def csv(self) -> str:
        """One row a number; a claim that the model cannot speak of has a row without one."""
        out = io.StringIO()
        rows = [
            {"claim": claim.id, "sentence": claim.claim, "verdict": claim.verdict, **one.as_dict()}
            for claim in self.claims
            for one in self.seen[claim.id]
        ]
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def markdown(self) -> str:
        """A page for the documentation."""
        parts = ["# What is said about ketamine, what was read, and what the model shows", "", HOW_READ, ""]
        parts += ["Made by `ketworks claims --run --out claims.md`.", ""]
        for claim in self.claims:
            parts += [f"## {claim.claim}", "", f"`{claim.id}`: **{claim.verdict}** ({VERDICTS[claim.verdict]})", ""]
            parts += [_plain(claim.note), "", *(f"- {line}" for line in _evidence(claim)), ""]
            parts += [f"The model agrees: **{agreement(self.seen[claim.id])}**", ""]
            parts += ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
            parts += [
                "| " + " | ".join(cell.replace("|", "/") for cell in _cells(one)) + " |" for one in self._of(claim)
            ]
            parts.append("")
        return "\n".join(parts)

    def html(self) -> str:
        """One self-contained page."""
        from ketworks import __version__
        from ketworks.report.html import STYLESHEET

        body = "".join(self._html_of(claim) for claim in self.claims)
        title = "What is said about ketamine"
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{STYLESHEET.read_text(encoding='utf-8')}</style></head><body><h1>{title}</h1>"
            f'<p>{escape(HOW_READ)}</p>{body}<p class="note">ketworks {__version__}</p></body></html>\n'
        )

    def _of(self, claim: Claim) -> Sequence[Seen]:
        return self.seen.get(claim.id, ())

    def _text_of(self, claim: Claim) -> str:
        lines = [f"{claim.id}: {claim.claim}", f"  verdict: {claim.verdict} ({VERDICTS[claim.verdict]})"]
        lines += textwrap.wrap(_plain(claim.note), WIDTH, initial_indent="  ", subsequent_indent="  ")
        lines += [f"  {line}" for line in _evidence(claim)]
        if claim.id in self.seen:
            lines.append(f"  the model agrees: {agreement(self._of(claim))}")
            shown = table([_COLUMNS, *(_cells(one) for one in self._of(claim))])
            lines += [f"    {line}" for line in shown.splitlines()]
        return "\n".join(lines)

    def _dict_of(self, claim: Claim) -> dict[str, Any]:
        found: dict[str, Any] = {"id": claim.id, "claim": claim.claim, "verdict": claim.verdict}
        found |= {"note": _plain(claim.note), "sources_for": list(claim.sources_for)}
        found |= {"sources_against": list(claim.sources_against), "rows": list(read_rows.cited(claim.note))}
        if claim.id in self.seen:
            found["model_agrees"] = agreement(self._of(claim))
            found["model_shows"] = [one.as_dict() for one in self._of(claim)]
        return found

    def _html_of(self, claim: Claim) -> str:
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(one)) + "</tr>" for one in self._of(claim)
        )
        evidence = "".join(f"<li>{escape(line)}</li>" for line in _evidence(claim))
        return (
            f'<h2 id="{escape(claim.id)}">{escape(claim.claim)}</h2>'
            f"<p><b>{escape(claim.verdict)}</b> ({escape(VERDICTS[claim.verdict])}). {escape(_plain(claim.note))}</p>"
            f"<details><summary>What was read</summary><ul>{evidence}</ul></details>"
            f"<p>The model agrees: <b>{agreement(self._of(claim))}</b></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _plain(note: str) -> str:
    """The note without its citations, which stand in the list of what was read."""
    return _CITATION.sub("", note)


def _evidence(claim: Claim) -> list[str]:
    """Sources for and against by name, and every row that was read, with where it stands."""
    sources = load_sources()
    lines = []
    for side, keys in (("for", claim.sources_for), ("against or limiting", claim.sources_against)):
        for key in keys:
            one = sources[key]
            told = (key, one.authors, str(one.year or ""), one.title, f"doi {one.doi}" if one.doi else "")
            lines.append(f"{side}: " + ", ".join(part for part in told if part))
    for key in read_rows.cited(claim.note):
        cells = read_rows.row(key)
        lines.append(
            f"{read_rows.line(key, cells)}; {cells.get('source_short', '')}: {cells.get('where_in_source', '')}"
        )
    return lines


def _cells(one: Seen) -> tuple[str, ...]:
    row = one.row
    what = f"{row.shows} ({row.signal})" if row.signal else row.shows
    if one.value is None:
        return what, one.why, "", one.agrees, "", ""
    bounds = "" if row.low is None and row.high is None else _bounds(row.low, row.high)
    span = f"{bounds}: {row.reads_as}" if bounds else f"none: {row.reads_as}"
    return what, _shown(one.value, one.unit), span, one.agrees, row.basis, one.grade


def _shown(value: float, unit: str) -> str:
    if unit == "direction":
        return {1.0: "up", -1.0: "down"}.get(value, "flat")
    return f"{number(value)} {unit_shown(unit)}".strip()


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:g}"
    if high is None:
        return f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


WRITERS: dict[str, Callable[[Page], str]] = {
    ".md": Page.markdown,
    ".html": Page.html,
    ".htm": Page.html,
    ".csv": Page.csv,
}
