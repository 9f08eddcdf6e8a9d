"""Reads the papers behind the numbers: every ``sources/*.toml``, one table per source id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ketworks.errors import WrongUse, unknown

FOLDER = Path(__file__).parent / "sources"
ASSUMPTION, THIS_WORK = "assumption", "this-work"
HOW_READ = ("full_text", "table", "abstract", "secondary", "digitised", "recalled")
_SEPARATOR = re.compile(r"\s*;\s*")


@dataclass(frozen=True)
class Source:
    """One paper, label, data set or code base. Empty text means not known (never guessed).

    Attributes:
        id: the key used in ``source`` columns.
        authors: as printed, comma separated.
        year: 0 when not known.
        title: empty when it was not read.
        doi: without the resolver address.
        kind: what it is (trial, population model, meta-analysis, label ...).
        species: whom or what it measured.
        how_read: how much of it was seen, first word one of ``HOW_READ``.
        errata: known mistakes in print.
        note: anything a reader must know.
        where: file and line of its definition.
    """

    id: str
    authors: str = ""
    year: int = 0
    title: str = ""
    doi: str = ""
    kind: str = ""
    species: str = ""
    how_read: str = ""
    errata: str = ""
    note: str = ""
    where: str = ""

    @property
    def short(self) -> str:
        """Words for lists: first author and year, or the id."""
        if self.id in SPECIAL:
            return self.note
        first = self.authors.split(",")[0].strip()
        return f"{first} {self.year}".strip() if first and self.year else self.id


SPECIAL: Mapping[str, Source] = MappingProxyType(
    {
        ASSUMPTION: Source(ASSUMPTION, kind="assumption", note="assumed here; no source"),
        THIS_WORK: Source(THIS_WORK, kind="derived", note="derived or fitted in this work"),
    }
)
_KEYS = tuple(field.name for field in fields(Source) if field.name not in ("id", "where"))


def source_ids(cell: str) -> tuple[str, ...]:
    """The ids in a ``source`` cell; several are separated by ``;``."""
    return tuple(part for part in _SEPARATOR.split(cell.strip()) if part)


@cache
def load(folder: str = str(FOLDER)) -> Mapping[str, Source]:
    """All sources by id, with the special ids ``assumption`` and ``this-work``.

    Raises:
        WrongUse: a file is not TOML, a key is unknown, a value has the wrong kind, or an id stands twice.
    """
    found: dict[str, Source] = dict(SPECIAL)
    for path in sorted(Path(folder).glob("*.toml")):
        for source in load_file(path):
            if source.id in found:
                first = found[source.id].where or "the special ids"
                raise WrongUse(
                    f"{source.where}: source {source.id!r} stands twice", f"one entry; the other is in {first}"
                )
            found[source.id] = source
    return MappingProxyType(found)


def load_file(path: Path) -> list[Source]:
    """The sources of one file, in order."""
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"{path}: {error}", "TOML with one table per source id") from error
    lines = _lines(text)
    return [_source(key, table, f"{path.name}:{lines.get(key, 1)}") for key, table in tables.items()]


def ids_in(path: Path) -> set[str]:
    """The ids that a file seems to define, even where it is not valid TOML."""
    return set(_lines(path.read_text(encoding="utf-8")))


def _lines(text: str) -> dict[str, int]:
    return {match[1]: number for number, line in enumerate(text.splitlines(), 1) if (match := _HEADER.match(line))}


_HEADER = re.compile(r"""^\s*\[\s*["']?([^"'\]]+?)["']?\s*\]""")


def _source(key: str, table: Any, where: str) -> Source:
    if not isinstance(table, dict):
        raise WrongUse(f"{where}: {key!r} stands outside a table", "a table [source-id] per source")
    for name, value in table.items():
        if name not in _KEYS:
            raise unknown(f"key in {where} [{key}]:", name, _KEYS)
        wanted = int if name == "year" else str
        if not isinstance(value, wanted) and not (name == "year" and value == ""):
            raise WrongUse(f"{where} [{key}]: {name} = {value!r}", f"{name} as {wanted.__name__}")
    values = {name: value for name, value in table.items() if value != ""}
    return Source(id=key, where=where, **values)
