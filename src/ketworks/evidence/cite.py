"""The papers behind a result, as BibTeX and as a list for a Methods section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ketworks.errors import unknown
from ketworks.evidence import sources
from ketworks.evidence.links import Link, behind, links
from ketworks.evidence.sources import SPECIAL, Source, source_ids

if TYPE_CHECKING:
    from ketworks.evidence.links import StageLike

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ET_AL = re.compile(r"\bet al\.?$")
_PERSON = re.compile(r"^(?P<family>[^\d,;]+?)\s+(?P<given>[A-Z][A-Z\-]{0,4})$")


def sources_behind(
    signals: Iterable[str], stages: Sequence[StageLike], sources_folder: str = str(sources.FOLDER)
) -> list[Source]:
    """Every paper that carries the signals, directly or through other signals, sorted by id.

    Args:
        signals: signal names; none means all signals of the stages.
        stages: one variant per stage.
        sources_folder: where the source files stand.

    Raises:
        WrongUse: a signal is unknown, or a parameter names a source that is in no file.
    """
    papers = sources.load(sources_folder)
    counts = _values_by_source(signals, links(stages))
    for key in counts:
        if key not in papers:
            raise unknown("source", key, papers)
    return [papers[key] for key in sorted(counts) if key not in SPECIAL]


def bibtex(signals: Iterable[str], stages: Sequence[StageLike], sources_folder: str = str(sources.FOLDER)) -> str:
    """BibTeX of all papers behind the signals, with only the known fields; the note says where no title was read."""
    entries = [_entry(source) for source in sources_behind(list(signals), stages, sources_folder)]
    return "\n\n".join(entries) + ("\n" if entries else "")


def methods(signals: Iterable[str], stages: Sequence[StageLike], sources_folder: str = str(sources.FOLDER)) -> str:
    """A plain list for a Methods section: which stages ran, which papers carry them, and what has no paper."""
    graph = links(stages)
    wanted = list(signals) or list(graph)
    used = {graph[name].stage.name: graph[name].stage for name in behind(wanted, graph)}
    counts = _values_by_source(wanted, graph)
    lines = ["Stages: " + ", ".join(f"{stage.name} ({stage.variant})" for stage in used.values()) + ".", "", "Sources:"]
    for number, source in enumerate(sources_behind(wanted, stages, sources_folder), 1):
        lines.append(
            f"{number}. {reference(source)} Read as {source.how_read or 'not stated'}; {_values(counts, source)}."
        )
    lines += ["", "Without a paper:"]
    lines += [f"- {source.note}: {_values(counts, source)}." for source in SPECIAL.values() if source.id in counts]
    return "\n".join(lines if lines[-1] != "Without a paper:" else lines[:-2]) + "\n"


def reference(source: Source) -> str:
    """One source in words, with what is not known left out."""
    doi = f"https://doi.org/{source.doi}" if source.doi else ""
    head = " ".join(part for part in (source.authors or source.id, f"({source.year})" if source.year else "") if part)
    parts = [head, source.title or "(title not read)", doi]
    return " ".join(part if part.endswith((".", ")")) or part == doi else part + "." for part in parts if part)


def escape(text: str) -> str:
    """Text in which LaTeX reads no character as a command."""
    return "".join(_LATEX.get(character, character) for character in text)


def _entry(source: Source) -> str:
    untitled = "" if source.title or "title" in source.note else "title not read"
    parts = (source.kind, untitled, source.note, source.errata and f"errata: {source.errata}")
    note = "; ".join(part for part in parts if part)
    fields = {
        "author": _authors(source.authors),
        "title": f"{{{escape(source.title)}}}" if source.title else "",
        "year": str(source.year) if source.year else "",
        "doi": source.doi.replace("{", "").replace("}", ""),
        "note": escape(note),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{source.id},\n{body}\n}}"


def _authors(text: str) -> str:
    """Names as BibTeX wants them; a list that does not read as ``Family AB, Family CD`` stays one literal name."""
    parts = [part.strip() for part in re.split(r"[;,]", text.replace(" and ", ", ")) if part.strip()]
    names = []
    for part in parts:
        name = _ET_AL.sub("", part).strip()
        person = _PERSON.match(name)
        if person is not None:
            names.append(f"{escape(person['family'])}, {' '.join(person['given'].replace('-', ''))}")
        elif name and name == part:
            return f"{{{escape(text)}}}"
        elif name:
            names.append(f"{{{escape(name)}}}")
        if name != part:
            names.append("others")
    return " and ".join(names)


def _values_by_source(signals: Iterable[str], graph: Mapping[str, Link]) -> dict[str, int]:
    rows = {row.id: row for name in behind(list(signals) or graph, graph) for row in graph[name].parameters}
    counts: dict[str, int] = {}
    for row in rows.values():
        for key in source_ids(row.source):
            counts[key] = counts.get(key, 0) + 1
    return counts


def _values(counts: Mapping[str, int], source: Source) -> str:
    number = counts.get(source.id, 0)
    return f"{number} value{'' if number == 1 else 's'}"
