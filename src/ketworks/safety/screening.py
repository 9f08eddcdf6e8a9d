"""Screening: which rules of a drug fire on a person's answers, and which wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ketworks.errors import EXIT_CANNOT_SAY
from ketworks.safety import WARNING
from ketworks.safety.answers import UNKNOWN, Answers, answers, questions, read_answers
from ketworks.safety.rule import SCREEN, Rule, rules_for

STOP, CAUTION, ASK, NOTE = SCREEN
CLEAR = "no rule fires"
_NOT_CLEARED = "No rule that is known here fires. That clears nobody: it is only what these texts ask."


@dataclass(frozen=True)
class Fired:
    """A rule that fires, or one that waits.

    Attributes:
        rule: which.
        verdict: stop, caution, ask or note; a rule that waits for an answer asks, whatever it would say.
        because: the answers that make it fire, as written.
        unanswered: keys of the questions it waits for; empty when it fires.
    """

    rule: Rule
    verdict: str
    because: tuple[str, ...]
    unanswered: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **self.rule.as_dict(),
            "verdict": self.verdict,
            "would_be": self.rule.verdict,
            "because": list(self.because),
            "unanswered": list(self.unanswered),
        }


@dataclass(frozen=True)
class Screening:
    """What the rules of a drug say of a person.

    Attributes:
        drug: which drug.
        name: where the answers came from.
        fired: every rule that fires or waits, in the order of the rules.
    """

    drug: str
    name: str
    fired: tuple[Fired, ...]

    def of(self, verdict: str) -> list[Fired]:
        """Those with a verdict."""
        return [one for one in self.fired if one.verdict == verdict]

    @property
    def verdict(self) -> str:
        """The gravest: stop, then ask (an open question may hide a stop), then caution."""
        return next((word for word in (STOP, ASK, CAUTION) if self.of(word)), CLEAR)

    @property
    def exit_code(self) -> int:
        """3 on a stop, else 0."""
        return EXIT_CANNOT_SAY if self.verdict == STOP else 0

    @property
    def unanswered(self) -> dict[str, list[Fired]]:
        """The rules that wait, by the question they wait for."""
        waiting = self.of(ASK)
        return {key: found for key in questions() if (found := [one for one in waiting if key in one.unanswered])}

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "warning": WARNING,
            "drug": self.drug,
            "answers": self.name,
            "verdict": self.verdict,
            **{word: [one.as_dict() for one in self.of(word)] for word in SCREEN},
            "unanswered": {
                key: {"question": questions()[key].question, "rules": [one.rule.id for one in waiting]}
                for key, waiting in self.unanswered.items()
            },
        }

    def __str__(self) -> str:
        """For people to read: every rule with its reason and its source."""
        lines = [f"{self.name}, {self.drug}: {self.verdict.upper()}", WARNING]
        for verdict in (STOP, CAUTION):
            lines += block(verdict, self.of(verdict))
        lines += block("ask, to be done first", [one for one in self.of(ASK) if not one.unanswered])
        lines += self._questions()
        lines += block("also said", self.of(NOTE))
        if self.verdict == CLEAR:
            lines += ["", _NOT_CLEARED]
        return "\n".join(lines)

    def _questions(self) -> list[str]:
        """The open questions with the rules that wait for them, then the sources of those rules."""
        if not self.unanswered:
            return []
        lines = ["", f"ask: {len(self.unanswered)} questions without an answer (unknown is not no)"]
        for key, waiting in self.unanswered.items():
            rules = ", ".join(f"{one.rule.verdict} {one.rule.id}" for one in waiting)
            lines.append(f"  {key}: {questions()[key].question}? -> {rules}")
        waiting = [one for one in self.of(ASK) if one.unanswered]
        lines += ["", "the rules that wait"]
        lines += [f"  {one.rule.id}  {one.rule.words}\n        {one.rule.origin}" for one in waiting]
        return lines


def screen(given: Answers | Mapping[str, Any] | str | Path, drug: str = "ketamine") -> Screening:
    """What the safety rules of a drug say of a person.

    Args:
        given: answers by key (``ketworks screen --template`` lists them), a TOML file of them, or such answers read.
        drug: ketamine (into a vein), esketamine (nasal), psilocybin or lsd.

    Returns:
        Every rule that fires, and every one that waits for an answer: that asks, and never counts as no.

    Raises:
        WrongUse: an unknown drug or key, a value that does not answer its question, or a number without its unit.
    """
    if isinstance(given, Answers):
        known = given
    else:
        known = read_answers(given) if isinstance(given, str | Path) else answers(given)
    found = []
    for rule in rules_for(drug, "screen"):
        holds = rule.condition.holds(known.facts)
        if holds:
            because = tuple(f"{key} = {_written(known, key)}" for key in rule.condition.met_by(known.facts))
            found.append(Fired(rule, rule.verdict, because, ()))
        elif holds is None and rule.verdict != NOTE:
            found.append(Fired(rule, ASK, (), rule.condition.open_keys(known.facts)))
    return Screening(drug, known.name, tuple(found))


def _written(known: Answers, key: str) -> str:
    value = known.given.get(key, UNKNOWN)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def block(title: str, fired: Sequence[Fired]) -> list[str]:
    """Rules that fire as lines: what each says, why, where it stands; nothing where none does."""
    if not fired:
        return []
    lines = ["", title]
    for one in fired:
        lines += [f"  {one.rule.id}  {one.rule.words}", f"        because {', '.join(one.because) or 'always'}"]
        lines += [f"        {one.rule.origin}", *([f"        note: {one.rule.note}"] if one.rule.note else [])]
    return lines
