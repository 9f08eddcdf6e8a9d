"""Reads when a course is given: listed times, listed days, or phases such as ``twice weekly for 4 weeks``."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ketworks.dose import conversion, quantity
from ketworks.dose.calendar import At, Calendar, Phase, Repeat
from ketworks.dose.limits import parameters
from ketworks.dose.read_dose import read_time
from ketworks.dose.syntax import place, tokens, trees
from ketworks.dose.wording import DAY, WEEK, time
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import Token, Tree

_COUNTS = {"once": 1, "twice": 2, "bid": 2, "bd": 2, "bds": 2, "two": 2, "thrice": 3, "tid": 3, "tds": 3, "three": 3}
_COUNTS |= {"qid": 4, "qds": 4, "four": 4}
_COUNTS |= {"five": 5, "six": 6, "seven": 7}
_INTERVALS = {"DAILY": DAY, "WEEKLY": WEEK, "OTHER_DAY": 2 * DAY, "FORTNIGHTLY": 2 * WEEK}


def read_calendar(written: Written, tree: Tree[Any]) -> Calendar:
    """The calendar of a part.

    Args:
        written: the sentence.
        tree: of the rule ``at``, ``days`` or ``repeat``.

    Raises:
        WrongUse: a unit or a length is missing, numbers contradict each other, or the list is not in order.
    """
    readers: dict[str, Callable[[Written, Tree[Any]], Calendar]] = {"at": _at, "days": _days, "repeat": _repeat}
    try:
        return readers[str(tree.data)](written, tree)
    except WrongUse as error:
        if "\n" in error.given:
            raise
        raise written.wrong_here(*place(tree), error) from None


def _at(written: Written, tree: Tree[Any]) -> At:
    moments = trees(trees(tree)[0])
    _plain_commas(written, place(tree))
    unit: str | None = None
    found: list[float] = []
    for moment in reversed(moments):
        value, *own = tokens(moment)
        unit = str(own[0]) if own else unit
        if unit is None:
            end = place(moment)[1]
            corrections = [written.inserted(end, name) for name in ("d", "h", "min")]
            raise written.wrong(*place(moment), "a time without its unit", "min, h or d", corrections, show=3)
        found.append(conversion.minutes(quantity.decimal(written, place(value), zero=True), unit))
    return At(tuple(reversed(found)))


def _plain_commas(written: Written, where: tuple[int, int]) -> None:
    """Refuses a list that mixes ``2, 4`` with ``2,4``: the second may be a decimal comma."""
    text = written.text[slice(*where)]
    tight = re.search(r"\d,\d", text)
    if tight and re.search(r"\d\s*,\s+\d", text):
        start = where[0] + tight.start()
        spaced = written.instead(*where, re.sub(r",\s*", ", ", text))
        what = "a comma that could separate times or decimals"
        raise written.wrong(start, start + 3, what, "a blank after each comma, a point in decimals", [spaced])


def _days(written: Written, tree: Tree[Any]) -> At:
    _plain_commas(written, place(tree))
    days = [token for token in tokens(tree) if token.type == "NUMBER"]
    return At(tuple(_day(written, token) for token in days))


def _day(written: Written, token: Token) -> float:
    where = place(token)
    if float(token) == 0:
        what = "day 0, but days are counted from day 1"
        raise written.wrong(*where, what, "day 1 for the first dose, or times: `at 0, 2 d`")
    return (quantity.whole(written, where) - 1) * DAY


def _repeat(written: Written, tree: Tree[Any]) -> Repeat:
    phases, start = [], 0.0
    for child in trees(tree):
        if child.data == "from_time":
            start = read_time(written, trees(child)[0], _up_to_longest("from 2 d"))
        elif child.data == "from_day":
            start = _day(written, tokens(child)[-1])
        else:
            phases.append(_phase(written, child))
    return Repeat(tuple(phases), start)


def _phase(written: Written, tree: Tree[Any]) -> Phase:
    often = tree.children[0]
    extents = [extent for extent in trees(tree) if extent is not often]
    period, doses = _often(written, often)
    if not extents:
        corrections = [written.inserted(place(tree)[1], "for 4 weeks")]
        raise written.wrong(*place(tree), "a repeat without an end", "`for 4 weeks`, or `x 8`", corrections)
    phases = [_extent(written, extent, period, doses) for extent in extents]
    first = phases[0]
    for extent, other in zip(extents[1:], phases[1:], strict=True):
        if other.times != first.times:
            what = f"{len(first.times)} doses and {len(other.times)} doses in one repeat"
            both = [written.instead(*place(extent), ""), written.instead(*place(extents[0]), "")]
            raise written.wrong(*place(extent), what, "one length, or two that agree", both, show=2)
    return next((phase for phase, extent in zip(phases, extents, strict=True) if extent.data == "for"), first)


def _often(written: Written, often: Tree[Any] | Token) -> tuple[float, int]:
    """Period in min, and doses in it."""
    if not isinstance(often, str):
        return read_time(written, trees(often)[0], _up_to_longest("every 3 d")), 1
    if often.type in _INTERVALS:
        return _INTERVALS[often.type], 1
    if often.type == "EVERY_SHORT":
        found = re.fullmatch(r"q\s*([\d.]+)\s*([a-z]+)", often, re.IGNORECASE)
        if found is None or float(found[1]) == 0:
            raise written.wrong(*place(often), "an interval of 0", _up_to_longest("every 3 d"))
        return conversion.minutes(Decimal(found[1]), found[2]), 1
    word = re.match(r"\d+|[a-z]+", often.replace(".", ""), re.IGNORECASE)
    name = word[0].lower() if word else ""
    count = int(name) if name.isdigit() and len(name) < 5 else _COUNTS.get(name, 0)
    if often.type == "PER_WEEK" and count in (1, 2, 3):
        return WEEK, count
    if often.type == "PER_DAY" and 0 < count <= DAY and DAY % count == 0:
        return DAY / count, 1
    corrections = [written.instead(*place(often), words) for words in ("three times weekly", "daily")]
    expected = "one to three times a week, daily, `every` and a time, or `on days 1, 2, 4, 5`"
    raise written.wrong(*place(often), f"{str(often)!r} has no usual spacing", expected, corrections, show=2)


def _extent(written: Written, extent: Tree[Any], period: float, doses: int) -> Phase:
    if extent.data == "for":
        return Phase(period, read_time(written, trees(extent)[0], _up_to_longest("for 4 weeks")), doses)
    token = next(token for token in tokens(extent) if token.type == "NUMBER")
    return Phase.counted(period, quantity.count(written, place(token)), doses)


def _up_to_longest(example: str) -> str:
    """The accepted times of a calendar, in words."""
    return f"a time above 0, at most {time(parameters()['dose.longest_regimen'].canonical)}, as in `{example}`"
