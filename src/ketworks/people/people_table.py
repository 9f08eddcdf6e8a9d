"""People given one by one in a CSV table: every faulty cell is told with row, column and remedy; none is dropped."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.people.person import Person

ID = "id"
PLAIN = ("sex", "comedication", "liver", "kidney", "setting", "conditions")
LISTS = ("comedication", "conditions")
WITH_UNIT = ("weight", "height", "age")
LARGEST_ID = 2**32 - 1
_HEADER = re.compile(r"\s*([a-z_]+?)[ _]*(?:[\[(]\s*([A-Za-z]+)\s*[\])])?\s*")
_ENDING = re.compile(r"(weight|height|age)_([A-Za-z]+)")
_TOGETHER = re.compile(r"\s*[+;]\s*")
_EXAMPLE = "id,weight_kg,age,sex,comedication"


@dataclass(frozen=True)
class PeopleTable:
    """People with their ids, in the order of the table.

    Attributes:
        name: of the file.
        ids: person ids; their random effects are keyed by these.
        persons: one for each id.
    """

    name: str
    ids: tuple[int, ...]
    persons: tuple[Person, ...]

    def __str__(self) -> str:
        """For people to read."""
        return self.name

    def person_of(self, key: int) -> Person:
        """The person with an id."""
        return self._of_id[key]

    @cached_property
    def _of_id(self) -> dict[int, Person]:
        return dict(zip(self.ids, self.persons, strict=True))

    def described(self) -> dict[str, Any]:
        """Plain JSON values that ``table_of`` reads back."""
        people = [{ID: key, **one.described()} for key, one in zip(self.ids, self.persons, strict=True)]
        return {"name": self.name, "people": people}


def table_of(described: Mapping[str, Any]) -> PeopleTable:
    """The table that ``PeopleTable.described`` told."""
    rows = [dict(row) for row in described["people"]]
    ids = tuple(int(row.pop(ID)) for row in rows)
    return PeopleTable(str(described["name"]), ids, tuple(Person(**row) for row in rows))


def read_people(path: str | Path) -> PeopleTable:
    """Reads a CSV table of people.

    Args:
        path: a file with a header. Columns: ``id`` (whole numbers, each once) and any of ``weight_kg`` or
            ``weight (lb)``, ``height_cm``, ``age``, ``sex``, ``comedication`` and ``conditions`` (names joined
            by ``+``), ``liver``, ``kidney``, ``setting``. A cell may carry its own unit instead (``80 kg``). A column
            that is missing is as usual for everybody; an empty cell is an error, save under these two.

    Raises:
        WrongUse: no such file, an unknown column, or a cell that cannot be read; row and column are named.
    """
    file = Path(path)
    if not file.is_file():
        raise WrongUse(f"no file {str(path)!r}", "a .csv table of people", paste=_EXAMPLE)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{file.name} is not UTF-8 text", "a .csv table saved as UTF-8") from None
    first = text.split("\n", 1)[0]
    separator = "," if "," in first or ";" not in first else ";"
    lines = list(csv.reader(text.splitlines(), delimiter=separator))
    if not lines or not lines[0]:
        raise WrongUse(f"{file.name} is empty", "a header and one row a person", paste=_EXAMPLE)
    columns = _columns(lines[0], file.name)
    ids: dict[int, int] = {}
    persons = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{file.name} row {number}"
        if len(cells) != len(columns):
            raise WrongUse(f"{where}: {len(cells)} cells", f"{len(columns)} cells, as in the header")
        row = dict(zip((name for name, _ in columns), cells, strict=True))
        key = _id(row.pop(ID), where)
        if key in ids:
            raise WrongUse(f"{where}, column id: {key} also stands in row {ids[key]}", "each id once")
        ids[key] = number
        persons.append(_person(row, dict(columns), where))
    if not persons:
        raise WrongUse(f"{file.name} has a header alone", "one row a person", paste=_EXAMPLE)
    return PeopleTable(file.name, tuple(ids), tuple(persons))


def _columns(header: Iterable[str], file: str) -> list[tuple[str, str]]:
    """Name and unit of each column; the unit is empty where the header has none."""
    found: list[tuple[str, str]] = []
    for place, cell in enumerate(header, 1):
        match = _HEADER.fullmatch(cell.strip().lower() if "(" not in cell and "[" not in cell else cell)
        name, unit = (match[1], match[2] or "") if match else (cell, "")
        ending = _ENDING.fullmatch(name)
        name, unit = (ending[1], ending[2]) if ending and not unit else (name, unit)
        if name not in (ID, *PLAIN, *WITH_UNIT):
            raise unknown(f"column in {file}, place {place}:", cell, (ID, *PLAIN, *WITH_UNIT))
        if name in dict(found):
            raise WrongUse(f"{file}: column {name!r} stands twice", "each column once")
        found.append((name, unit))
    if ID not in dict(found):
        near = nearest_of(ID, [name for name, _ in found])
        raise WrongUse(
            f"{file}: no column {ID!r}", "a number for each person, which also keys their draws", near, _EXAMPLE
        )
    return found


def _id(cell: str, where: str) -> int:
    text = cell.strip()
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_ID:
        raise WrongUse(f"{where}, column id: {cell!r}", f"a whole number from 1 to {LARGEST_ID}")
    return int(text)


def _person(row: Mapping[str, str], units: Mapping[str, str], where: str) -> Person:
    given = {name: _value(name, cell.strip(), units[name], where) for name, cell in row.items()}
    try:
        return Person(**given)
    except WrongUse as whole:
        for name, value in given.items():
            beside = {} if name == "weight" else {"weight": "20 kg"}  # so that only this cell can be at fault
            try:
                Person(**beside, **{name: value})
            except WrongUse as bad:
                raise WrongUse(f"{where}, column {name}: {bad.given}", bad.expected, bad.nearest) from None
        raise WrongUse(f"{where}: {whole.given}", whole.expected, whole.nearest) from None


def _value(name: str, text: str, unit: str, where: str) -> Any:
    if name in LISTS:
        return tuple(part for part in _TOGETHER.split(text) if part)
    if not text:
        raise WrongUse(f"{where}, column {name}: empty", "a value: what is not known is not guessed")
    has_unit = any(letter.isalpha() for letter in text.lower().replace("e", ""))
    return f"{text} {unit}" if name in WITH_UNIT and unit and not has_unit else text
