"""Says what to do with words that come after a calendar: a new dose, or a route that belongs before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ketworks.dose.grammar import terminals
from ketworks.dose.kept import ROUTE_TERMINALS
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import UnexpectedInput

_DRUGS = ("RACEMATE", "ESKETAMINE", "ARKETAMINE", "HCL", "BASE")
_CALENDAR = ("PER_DAY", "PER_WEEK", "DAILY", "WEEKLY", "OTHER_DAY", "FORTNIGHTLY", "EVERY_SHORT", "EVERY")
_FOR = re.compile(r"\bfor\s+(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>weeks?|wks?|days?|d)(?![a-z])", re.IGNORECASE)


def late(written: Written, start: int, error: UnexpectedInput, accepts: set[str]) -> WrongUse | None:
    """The error for a dose, a route or a drug that follows a calendar."""
    token = getattr(error, "token", None)
    if token is None:
        return None
    if token.type == "NUMBER" and "PER_WEEK" in accepts and "NUMBER" not in accepts:
        return _new_dose(written, start)
    if token.type == "THEN" and not accepts & {"THEN", "FOR", "RACEMATE"}:
        what = "`then` after listed times, which do not say when it would start"
        return written.wrong(start, start + len(token), what, f"{_OWN_TIMES} at 3 d`, or `... from day 4`")
    if token.type in (*ROUTE_TERMINALS, *_DRUGS) and token.type not in accepts:
        end = start + len(token)
        place = _after_amount(written.text, start)
        moved = written.instead(start, end, "")
        corrections = [f"{moved[:place]} {written.text[start:end]}{moved[place:]}"] if place else []
        what = f"{str(token)!r} after the calendar"
        return written.wrong(start, end, what, "drug, dose and route before how often", corrections)
    return None


_OWN_TIMES = "`;` and a dose with its own times, as in `... weekly for 2 weeks; 0.5 mg/kg iv bolus"


def _new_dose(written: Written, start: int) -> WrongUse:
    """A dose after a calendar, where only another phase can follow ``then``."""
    text = written.text
    first = text.rfind(";", 0, start) + 1
    before, rest = text[first:start], text[start:]
    corrections = []
    calendar = _first(_CALENDAR, before)
    route, again = _first(ROUTE_TERMINALS, before), _first(ROUTE_TERMINALS, rest)
    lengths = list(_FOR.finditer(before, calendar.end())) if calendar else []
    if route and lengths and not re.search(r"[x×]\s*\d", before):
        days = sum(float(each["count"]) * (7 if each["unit"][0] in "wW" else 1) for each in lengths)
        place = _after_amount(rest, len(rest))
        said = rest if again or not place else f"{rest[:place]} {route[0]}{rest[place:]}"
        kept = re.sub(r"[\s,]*(?:and\s+)?(?:then|followed\s+by)\s*$", "", text[:start], flags=re.IGNORECASE)
        corrections = [" ".join(f"{kept}; {said} from {days:g} d".split())]
    what = "a new dose after a calendar"
    return written.wrong(start, len(text), what, f"{_OWN_TIMES} at 20 d`", corrections)


def _after_amount(text: str, end: int) -> int:
    """The place after the last amount or rate that ends before a place; 0 without one."""
    known = terminals()
    amount = re.compile(rf"{known['NUMBER']}\s*(?:{known['RATE_UNIT']}|{known['AMOUNT_UNIT']})", re.IGNORECASE)
    return max((found.end() for found in amount.finditer(text, 0, end)), default=0)


def _first(names: tuple[str, ...], text: str) -> re.Match[str] | None:
    """The first place where one of some terminals stands."""
    known = terminals()
    return re.search("|".join(rf"(?<![a-z]){known[name]}" for name in names), text, re.IGNORECASE)
