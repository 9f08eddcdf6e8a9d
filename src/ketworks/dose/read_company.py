"""Reads the other drugs of a sentence: ``..., clonidine 0.2 mg oral 60 min before and ondansetron 4 mg iv``."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ketworks.dose import conversion, quantity
from ketworks.dose.companion import ROUTES, Companion
from ketworks.dose.grammar import grammar, terminals
from ketworks.dose.read_dose import read_time
from ketworks.dose.route import near_words
from ketworks.dose.syntax import place, tokens, trees
from ketworks.dose.written import Written
from ketworks.errors import WrongUse
from ketworks.other_drugs import GIVEN, SPELLINGS

if TYPE_CHECKING:
    from lark import Tree

EXAMPLE = "clonidine 0.2 mg oral 60 min before"
_EXPECTED = f"drug, amount with unit, route, and how long before or after, as in `{EXAMPLE}`"
_JOIN = r"(?:[,;+&]|(?<![a-z])(?:and|with|plus)(?![a-z]))"

_NOT_DRUGS = (
    *("over", "for", "then", "and", "with", "plus", "at", "after", "from", "every", "once", "twice", "daily", "hcl"),
    *("base", "racemic", "racemate", "bolus", "push", "infusion", "starting", "followed", "days?", "doses?", "loading"),
    *("maintenance", "max", "maximum", "about", "approximately", "increase", "decrease", "titrat"),
)
"""Words before an amount of ketamine that could be taken for another drug."""


def company_starts(text: str) -> int:
    """Where the other drugs begin, with the sign or word that joins them; the end of the text when there are none."""
    found = _joined().search(text)
    return found.start() if found and text[: found.start()].strip() else len(text)


def read_company(written: Written, start: int) -> tuple[Companion, ...]:
    """The other drugs of ``written.text[start:]``.

    Raises:
        WrongUse: an unknown drug, a missing route, an amount or a time that cannot be; the place is shown.
    """
    text = written.text
    heads = list(_joined().finditer(text, start))
    ends = [one.start() for one in heads[1:]] + [len(text.rstrip(" .\n\t"))]
    return tuple(_clause(written, *one.span("word"), end) for one, end in zip(heads, ends, strict=True))


def check_order(written: Written) -> None:
    """Refuses another drug at the head of a sentence that names ketamine's dose after it."""
    lead = re.match(rf"\s*(?:{_names()})(?![a-z])", written.text, re.IGNORECASE)
    if lead is None:
        return
    for cut in re.finditer(r"(?<![a-z])(before|after)(?![a-z])\s*,?|[,;]|(?<![a-z])then(?![a-z])", written.text):
        rest = written.text[cut.end() :].strip()
        clause = written.text[: cut.end()].rstrip(" ,;").removesuffix("then").rstrip(" ,")
        swapped = f"{rest}, {clause}"
        if written.reads is not None and written.reads(swapped):
            what, expected = "another drug before ketamine's own dose", "the dose of ketamine first, then the others"
            raise written.wrong(0, cut.end(), what, expected, [swapped], alter=((0, len(written.text)),))


def _names() -> str:
    return "|".join(re.escape(word) for word in sorted(SPELLINGS, key=len, reverse=True))


@cache
def _joined() -> re.Pattern[str]:
    """A known drug after a sign or word that joins, or a word that stands where one would: before an amount."""
    known = terminals()
    vocabulary = "|".join((*_NOT_DRUGS, *(known[route.upper()] for route in (*ROUTES, "nebulised"))))
    # a likeness of ketamine is ketamine misspelt, which the sentence's own grammar answers
    word = rf"(?!(?:{vocabulary})(?![a-z]))(?![a-z()+\s-]*k[aei]t)[a-z][a-z-]{{3,}}"
    other = rf"{word}(?=\s+[\d.]+\s*(?:{known['AMOUNT_UNIT']}))"
    return re.compile(
        rf"(?<!\s)\s*{_JOIN}[\s,]{{0,9}}(?:with\s+)?(?P<word>(?:{_names()})(?![a-z])|{other})", re.IGNORECASE
    )


def _clause(written: Written, start: int, named: int, end: int) -> Companion:
    from lark import UnexpectedInput

    text = written.text
    word = text[start:named].lower()
    if word not in SPELLINGS:
        near = near_words(word, SPELLINGS, most=1)
        corrections = [written.instead(start, named, SPELLINGS[name]) for name in near]
        expected = f"one of {', '.join(sorted(GIVEN))}; a drug taken every day goes with the person (--with)"
        raise written.wrong(start, named, f"unknown drug {text[start:named]!r} beside ketamine", expected, corrections)
    padded = " " * named + text[named:end].rstrip(" ,;")  # so that places are those of the whole text
    if not padded.strip():
        raise written.wrong(start, named, f"{word} without a dose", _EXPECTED)
    try:
        tree = grammar("beside").parse(padded)
    except UnexpectedInput as error:
        at = error.pos_in_stream
        at = len(padded) - 1 if at is None or at < 0 else min(at, len(padded) - 1)
        stop = re.compile(r"\S*").match(padded, at)
        corrections = [written.inserted(at, words) for words in ("min", "60 min")]
        stop_at = max(at + 1, stop.end() if stop else at + 1)
        raise written.wrong(at, stop_at, "cannot be read here", _EXPECTED, corrections) from None
    return _companion(written, SPELLINGS[word], tree, (start, len(padded)))


def _companion(written: Written, drug: str, tree: Tree[Any], whole: tuple[int, int]) -> Companion:
    items: dict[str, Tree[Any]] = {}
    for item in trees(tree):
        name = {"later": "moment", "earlier": "moment", "delayed": "moment"}.get(str(item.data), str(item.data))
        if name in items:
            raise written.wrong(*place(item), f"a second {'time' if name == 'moment' else name} of {drug}", _EXPECTED)
        items[name] = item
    if "rate" in items:
        raise written.wrong(*place(items["rate"]), f"a rate of {drug}", "the amount in all, and `over` a time")
    if "dose" not in items:
        raise written.wrong(*whole, f"{drug} without an amount", _EXPECTED)
    if "route" not in items:
        end = place(items["dose"])[1]
        corrections = [written.inserted(end, route) for route in ("oral", "iv")]
        raise written.wrong(*whole, f"{drug} without a route", ", ".join(ROUTES), corrections, show=2)
    value, unit = tokens(items["dose"])
    amount, name = conversion.dose(quantity.decimal(written, place(value)), unit)
    duration = read_time(written, trees(items["over"])[0], "a time above 0") if "over" in items else 0.0
    route = tokens(items["route"])[0].type.lower()
    before, first = _moment(written, items.get("moment"))
    try:
        return Companion(drug, amount, name, route, before, duration, first or "first" in items)
    except WrongUse as error:
        where = place(items["dose"])
        corrections = [written.instead(*where, error.nearest)] if error.nearest else []
        raise written.wrong(*where, error.given, error.expected, corrections) from None


def _moment(written: Written, item: Tree[Any] | None) -> tuple[float, bool]:
    """Min before the session, and whether only before the first."""
    if item is None:
        return 0.0, False
    times = [tree for tree in trees(item) if tree.data == "time"]
    minutes = read_time(written, times[0], "a time above 0, as in `60 min before`")
    first = any(token.type == "FIRST_DOSE" for token in tokens(item))
    return (minutes if item.data == "earlier" else -minutes), first
