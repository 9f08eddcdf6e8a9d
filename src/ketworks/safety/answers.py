"""What is known of a person who is screened: a TOML file of answers, in which whatever is missing is unknown."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ketworks.errors import WrongUse, nearest_of, unknown
from ketworks.quantity import to_number
from ketworks.safety import WARNING
from ketworks.safety.condition import Fact

TABLE = Path(__file__).with_name("questions.tsv")
UNKNOWN = "unknown"
YES_NO = ("yes", "no")
_KINDS = ("yes-no", "choice", "quantity", "count")


@dataclass(frozen=True)
class Question:
    """One question; ``unit``, ``low`` and ``high`` are of quantities and counts, ``choices`` of choices."""

    key: str
    kind: str
    unit: str
    low: str
    high: str
    choices: str
    question: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words that answer it; none for a number."""
        if self.kind == "yes-no":
            return YES_NO
        return tuple(word.strip() for word in self.choices.split(",")) if self.kind == "choice" else ()

    @property
    def expected(self) -> str:
        """What an answer looks like."""
        if self.words:
            return " or ".join(f'"{word}"' for word in self.words)
        if self.kind == "count" or self.unit == "year":
            return f"a number from {self.low} to {self.high}"
        middle = f"{(float(self.low) + float(self.high)) / 2:g} {self.unit}"
        return f'text such as "{middle}", from {self.low} to {self.high} {self.unit}'

    def read(self, value: Any) -> Fact:
        """The answer as a fact.

        Raises:
            WrongUse: no answer to this question; a number without its unit.
        """
        if isinstance(value, bool) and self.kind == "yes-no":
            return YES_NO[0] if value else YES_NO[1]
        if isinstance(value, str) and value.strip().lower() in (UNKNOWN, ""):
            return None
        if self.words:
            word = value.strip().lower() if isinstance(value, str) else ""
            if word in self.words:
                return word
            expected = f'{self.expected}, or "{UNKNOWN}"'
            near = nearest_of(word, self.words, 1)
            raise WrongUse(f"{self.key} = {value!r}", expected, near, f'{self.key} = "{near or UNKNOWN}"')
        if self.kind == "count":
            return self._count(value)
        return to_number(value, self.unit, self.key, float(self.low), float(self.high), bare=self.unit == "year")

    def _count(self, value: Any) -> float:
        low, high = float(self.low), float(self.high)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            expected = f'a whole number from {self.low} to {self.high}, or "{UNKNOWN}"'
            raise WrongUse(f"{self.key} = {value!r}", expected, paste=f'{self.key} = "{UNKNOWN}"')
        return float(value)


@cache
def questions(path: str = str(TABLE)) -> Mapping[str, Question]:
    """All questions by key, in file order."""
    names = [field.name for field in fields(Question)]
    with Path(path).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if reader.fieldnames != names:
            raise WrongUse(f"{path}: header {reader.fieldnames}", "the columns " + " ".join(names))
        found = {row["key"]: Question(**row) for row in reader}
    for one in found.values():
        if one.kind not in _KINDS:
            raise unknown(f"kind of question {one.key}:", one.kind, _KINDS)
    return MappingProxyType(found)


@dataclass(frozen=True)
class Answers:
    """What was answered.

    Attributes:
        name: where from.
        facts: the answer to every question; None where it is unknown.
        given: as written, where something was.
    """

    name: str
    facts: Mapping[str, Fact]
    given: Mapping[str, Any]


def answers(given: Mapping[str, Any], name: str = "answers") -> Answers:
    """Reads answers by key; a question that is not answered is unknown.

    Raises:
        WrongUse: an unknown key, or a value that does not answer its question.
    """
    asked = questions()
    for key in given:
        if key not in asked:
            raise unknown(f"question in {name}:", key, asked, "ketworks screen --template")
    facts = {key: one.read(given[key]) if key in given else None for key, one in asked.items()}
    return Answers(name, MappingProxyType(facts), MappingProxyType(dict(given)))


def read_answers(path: str | Path) -> Answers:
    """Reads a TOML file of answers.

    Raises:
        WrongUse: no such file, not TOML, an unknown key, or a value that does not answer its question.
    """
    file = Path(path)
    paste = "ketworks screen --template > person.toml"
    if not file.is_file():
        raise WrongUse(f"no file {str(path)!r}", "a .toml file of answers", paste=paste)
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUse(f"{file.name}: {error}", "TOML, one line an answer", paste=paste) from error
    return answers(given, file.name)


def template() -> str:
    """A file with every question, each unknown; it is itself valid."""
    lines = [f"# ketworks screen: {WARNING}.", f'# What is not known stays "{UNKNOWN}" and is asked for.', ""]
    for one in questions().values():
        lines += [f"# {one.question}: {one.expected}", f'{one.key} = "{UNKNOWN}"']
    return "\n".join(lines) + "\n"
