"""The safety rules: one row of ``rules.tsv`` each, with the text it stands in and how that text was read."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse, unknown
from ketworks.evidence import sources
from ketworks.evidence.grade import GRADES, WORST
from ketworks.safety.condition import Condition, condition

TABLE = Path(__file__).with_name("rules.tsv")
DRUGS = ("ketamine", "esketamine", "psilocybin", "lsd")
SCREEN = ("stop", "caution", "ask", "note")  # verdicts of screening, the gravest first
PHASES = ("before", "start", "check", "during", "observe", "leave", "after", "course")  # of a session
_FROM_END = "end+"  # a time counted from the end of the last dose
_NO_UNIT = ("1", "time", "status", "test", "history")  # words in that column that are no unit
_BEFORE_LIMIT = (" above", " by", " within", " most", " least", " of")  # a rule that ends so runs on into its limit
_VERDICTS = (*SCREEN, "do", "alarm", "ready")
_WHEN = ("screen", *PHASES, "alarm", "ready")


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: of the rule; that of the row it was read in where there is one.
        rule: what it says.
        threshold: its limit, as the text gives it.
        unit: of the limit.
        jurisdiction: country of a label, or ``trial``, ``review``, ``practice``.
        kind: what the text makes of it.
        applies_to: drugs, separated by ``;``.
        verdict: what follows when it fires: stop, caution, ask, note; do, alarm or ready in a session.
        when: ``screen``, a phase of a session, ``alarm`` or ``ready``.
        at_min: when its checks are due, separated by ``;``: min from the first dose, or ``end+40`` from the last one.
        fires_when: the condition, over answers, facts of a plan or predicted numbers.
        source: id of the text.
        locator: where in the text, how that was read, and the row.
        how_read: in one word.
        grade: B read in the text itself, C in an abstract or through another page, E recalled, assumed or unsigned.
        note: what a reader must know.
    """

    id: str
    rule: str
    threshold: str
    unit: str
    jurisdiction: str
    kind: str
    applies_to: str
    verdict: str
    when: str
    at_min: str
    fires_when: str
    source: str
    locator: str
    how_read: str
    grade: str
    note: str

    @cached_property
    def condition(self) -> Condition:
        """When it fires."""
        return condition(self.fires_when)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs it is for."""
        return tuple(word.strip() for word in self.applies_to.split(";"))

    def due(self, end: float) -> tuple[float, ...]:
        """When its checks are due in a session whose last dose ends then, min from the first dose."""
        words = [word.strip() for word in self.at_min.split(";") if word.strip()]
        return tuple(
            end + float(word.removeprefix(_FROM_END)) if word.startswith(_FROM_END) else float(word) for word in words
        )

    @property
    def words(self) -> str:
        """What it says, with its limit where that is a number."""
        if not any(letter.isdigit() for letter in self.threshold):
            return self.rule
        unit = "" if self.unit in _NO_UNIT else self.unit
        joint = " " if self.rule.endswith(_BEFORE_LIMIT) else ": "
        return f"{self.rule}{joint}{self.threshold} {unit}".rstrip()

    @property
    def origin(self) -> str:
        """The text it stands in, the place there, how it was read and the grade."""
        paper = sources.load()[self.source]
        name = paper.title or (f"{paper.short}, {paper.kind}" if paper.authors else paper.kind or paper.short)
        name = paper.note if self.source in sources.SPECIAL else name
        return f"{name} ({self.jurisdiction}); {self.locator}; grade {self.grade}"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        cells = {field.name: getattr(self, field.name) for field in fields(self)}
        return cells | {"applies_to": list(self.drugs), "origin": self.origin}


@cache
def rules(path: str = str(TABLE)) -> tuple[Rule, ...]:
    """All rules, in file order.

    Raises:
        WrongUse: a row of the wrong shape, an unknown word in it, or a recalled rule with another grade than E.
    """
    names = tuple(field.name for field in fields(Rule))
    with Path(path).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(reader.fieldnames or ()) != names:
            raise WrongUse(f"{path}: header {reader.fieldnames}", "the columns " + " ".join(names))
        found: dict[str, Rule] = {}
        for line, row in enumerate(reader, 2):
            if None in row or None in row.values():
                raise WrongUse(f"{path}:{line}: {len(row)} cells", f"{len(names)} cells separated by tabs")
            one = Rule(**row)
            _check(one, f"{Path(path).name}:{line}")
            if one.id in found:
                raise WrongUse(f"{Path(path).name}:{line}: id {one.id!r} stands twice", "one row per id")
            found[one.id] = one
    return tuple(found.values())


def rules_for(drug: str, *when: str) -> tuple[Rule, ...]:
    """The rules of a drug for screening, a phase, alarms or leaving; all of them when none is named.

    Raises:
        WrongUse: a drug without rules.
    """
    if drug not in DRUGS:
        raise unknown("drug", drug, DRUGS)
    return tuple(one for one in rules() if drug in one.drugs and (not when or one.when in when))


def _check(one: Rule, where: str) -> None:
    """Every word that decides is a known one, and the condition can be read."""
    for name, words, choices in (
        ("verdict", (one.verdict,), _VERDICTS),
        ("when", (one.when,), _WHEN),
        ("drug", one.drugs, DRUGS),
        ("grade", (one.grade,), tuple(GRADES)),
        ("how_read", (one.how_read,), sources.HOW_READ),
        ("source", (one.source,), tuple(sources.load())),
    ):
        for word in words:
            if word not in choices:
                raise unknown(f"{name} in {where}:", word, choices)
    if one.how_read == "recalled" and one.grade != WORST:
        raise WrongUse(f"{where}: recalled with grade {one.grade}", f"grade {WORST}: nothing that was read carries it")
    if not one.rule or not one.locator:
        raise WrongUse(f"{where}: a rule without words or without a place", "both")
    if one.condition.text and one.due(0.0) and one.when not in ("check", "observe"):
        raise WrongUse(f"{where}: minutes on a rule for {one.when}", "minutes on checks and observation alone")
