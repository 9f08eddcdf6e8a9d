"""Reads a dose sentence into a regimen: ``0.5 mg/kg iv over 40 min, twice weekly for 3 weeks``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ketworks.dose.calendar import At, Calendar
from ketworks.dose.course import Step, check_course, without_pause
from ketworks.dose.grammar import grammar
from ketworks.dose.misread import EXAMPLE, explain
from ketworks.dose.read_calendar import read_calendar
from ketworks.dose.read_company import check_order, company_starts, read_company
from ketworks.dose.read_step import Named, read_step
from ketworks.dose.regimen import Part, Regimen
from ketworks.dose.syntax import place, trees
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import Tree

VALUE_RULES = ("amount", "rate", "time", "way", "drug", "salt", "moments", "often", "when")
"""Grammar rules by which a single value of a file can be read."""

_LONGEST_TEXT = 200_000
_LONGEST_WORD = 500


def parse(text: str) -> Regimen:
    """The regimen that a sentence says.

    Args:
        text: for example ``esketamine 84 mg nasal, twice weekly for 4 weeks``. Case and blanks do not matter. When no
            drug is named it is racemic ketamine; when no salt is named the milligrams are base.

    Returns:
        The regimen; ``str`` of it is the canonical sentence, which reads back to an equal regimen.

    Raises:
        WrongUse: anything in the sentence is unknown, missing, contradictory or implausible. The error quotes the part
            at fault with its position, says what was expected and shows the nearest sentence that reads.
    """
    _check_text(text, "a dose sentence", EXAMPLE)
    return _regimen(Written(text, _reads, 'ketworks run "{}"'.format))


def check_value(text: str, rule: str, paste: str) -> None:
    """Refuses a value of a file that its grammar rule does not read.

    Args:
        text: the value.
        rule: one of ``VALUE_RULES``.
        paste: the line to paste for a correction, with ``{}`` for the corrected value.

    Raises:
        WrongUse: as :func:`parse`.
    """
    _check_text(text, rule, "")

    def reads(other: str) -> bool:
        return _succeeds(Written(other, None, str), rule)

    _tree(Written(text, reads, paste.format), rule)


def _check_text(text: str, what: str, example: str) -> None:
    paste = f'ketworks run "{example}"' if example else ""
    if not isinstance(text, str):
        raise WrongUse(f"{text!r} of type {type(text).__name__}", f"{what} as text", example, paste)
    if not text.strip():
        raise WrongUse("an empty text", f"{what}: amount with unit, route, how fast, how often", example, paste)
    if len(text) > _LONGEST_TEXT:
        raise WrongUse(f"a text of {len(text)} characters", f"{what} of at most {_LONGEST_TEXT} characters")
    longest = max(text.split(), key=len)
    if len(longest) > _LONGEST_WORD:
        given = f"{longest[:40]}..., {len(longest)} characters without a blank"
        raise WrongUse(given, f"words of at most {_LONGEST_WORD} characters", example, paste)


def _reads(text: str) -> bool:
    try:
        _regimen(Written(text, None, str))
    except WrongUse:
        return False
    return True


def _succeeds(written: Written, rule: str) -> bool:
    try:
        _tree(written, rule)
    except WrongUse:
        return False
    return True


def _tree(written: Written, rule: str) -> Tree[Any]:
    from lark import UnexpectedInput

    try:
        return grammar(rule).parse(written.text)
    except UnexpectedInput as error:
        raise explain(written, error) from None


def _regimen(whole: Written) -> Regimen:
    start = company_starts(whole.text)
    if start == len(whole.text):
        check_order(whole)
        return _alone(whole)
    written = replace(whole, text=whole.text[:start], tail=whole.text[start:])
    alone = _alone(written)
    try:
        return replace(alone, company=read_company(whole, start))
    except WrongUse as error:
        if "\n" in error.given:  # placed already
            raise
        raise whole.wrong_here(start, len(whole.text), error) from None


def _alone(written: Written) -> Regimen:
    """The regimen of a sentence on ketamine alone."""
    end = len(written.text.rstrip())
    if written.text[:end].endswith(","):
        raise written.wrong(end - 1, end, "a comma at the end", "no comma, or more words", [written.text[: end - 1]])
    tree = _tree(written, "sentence")
    named = Named()
    parts = tuple(_part(written, part, named) for part in trees(tree))
    drug, salt = named.drug or "ketamine", named.salt or "base"
    first = min(part.calendar.times[0] for part in parts)
    if first > 0:
        from_first = Regimen(tuple(part.earlier(first) for part in parts), drug, salt)
        raise written.wrong(
            *place(trees(trees(tree)[0])[-1]),
            "no dose at the start",
            "times counted from the first dose, which is at 0 (and on day 1)",
            [str(from_first)],
            alter=[(0, len(written.text))],
        )
    return Regimen(parts, drug, salt)


def _part(written: Written, tree: Tree[Any], named: Named) -> Part:
    course, *when = trees(tree)
    steps: list[Step] = []
    for child in trees(course):
        inherited = steps[-1].route if steps else None
        steps.append(read_step(written, child, inherited, named))
    _pauses(written, trees(course), tuple(steps))
    try:
        check_course(tuple(steps))
    except WrongUse as error:
        raise written.wrong_here(*place(course), error) from None
    once = next((item for step in trees(course) for item in trees(step) if item.data in ("once", "count")), None)
    if once and when:
        both = [written.instead(*place(piece), "") for piece in (once, when[0])]
        what = "a dose given once that is repeated"
        alter = (place(once), place(when[0]))
        raise written.wrong(*place(once), what, "one of the two", both, show=2, alter=alter)
    calendar: Calendar = read_calendar(written, when[0]) if when else At()
    try:
        return Part(tuple(steps), calendar)
    except WrongUse as error:
        raise written.wrong_here(*place(tree), error) from None


def _pauses(written: Written, course: list[Tree[Any]], steps: tuple[Step, ...]) -> None:
    """Refuses doses at once that follow each other without a pause; the correction only adds the pauses."""
    crowded = without_pause(steps)
    if not crowded:
        return
    corrected = written.text
    for index in reversed(crowded):
        start = place(course[index])[0]
        corrected = f"{corrected[:start]}after 10 min {corrected[start:]}"
    index = crowded[0]
    start, end = place(course[index - 1])[0], place(course[index])[1]
    what = f"no time between {steps[index - 1].says(True)} and {steps[index].says(True)}"
    expected = "`after` and a time between two doses that are each given at once; `;` for two doses at the same time"
    raise written.wrong(start, end, what, expected, [" ".join(corrected.split())], alter=())
