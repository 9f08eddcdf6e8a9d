"""Reads the dose, the rate and the duration of one step; each must be plausible, and they must agree."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ketworks.dose import conversion, quantity
from ketworks.dose.limits import accepted_range, implausible, longest
from ketworks.dose.route import MAY_HAVE_RATE
from ketworks.dose.syntax import place, tokens, trees
from ketworks.dose.wording import HOUR, number, short, time
from ketworks.dose.written import Written

if TYPE_CHECKING:
    from lark import Tree

Items = dict[str, "Tree[Any]"]
Dose = tuple[float, str]

_AGREEMENT = 1e-6
_PER_TIME = re.compile(r"\s*(/|per)\s*(?P<time>(minutes?|min|hours?|hr|h|days?|d))$", re.IGNORECASE)
_NO_SAFE_RANGE = "(a guard against slips, not a safe range)"


def agreed(written: Written, items: Items, route: str, duration: float) -> tuple[float, str, float]:
    """Amount or rate, its unit, and the duration, from whatever is given; they must agree."""
    if "rate" not in items:
        return (*_dose(written, items["dose"], route, duration), duration)
    rate, rate_unit = _dose(written, items["rate"], route, duration)
    if "dose" not in items:
        return rate, rate_unit, duration
    total, unit = _dose(written, items["dose"], route, duration)
    if f"{unit}/h" != rate_unit:
        raise written.wrong(
            *place(items["rate"]), f"a total in {unit} with a rate in {rate_unit}", f"a rate in {unit}/h"
        )
    if not duration:
        return total, unit, total / rate * HOUR
    if not math.isclose(total, rate * duration / HOUR, rel_tol=_AGREEMENT):
        said = f"{number(rate)} {rate_unit} for {time(duration)} is {rate * duration / HOUR:.4g} {unit}"
        what = f"a rate and a total that disagree: {said}, not {number(total)} {unit}"
        alter = (place(items["rate"]), place(items["dose"]))
        both = [written.instead(*where, "") for where in alter]
        raise written.wrong(*alter[0], what, "one of the two", both, show=2, alter=alter)
    return total, unit, duration


def check_plausible(written: Written, items: Items, dose: Dose, route: str, duration: float) -> None:
    """Refuses a dose outside its limits, and a duration longer than any in use. Corrections keep the written number."""
    lasting = items.get("over") or items.get("for")
    if duration > longest(route):
        where = place(lasting or items["rate"])
        raise written.wrong(*where, f"a dose {route} over {time(duration)}", lasts(route))
    found = implausible(*dose, route, duration)
    if found is None:
        return
    where = place(items.get("dose") or items["rate"])
    said = " ".join(written.text[slice(*where)].split())
    per_time = _PER_TIME.search(said)
    if per_time is None or per_time["time"].lower().startswith("h"):
        expected = f"{found.accepted} {_NO_SAFE_RANGE}"
        raise written.wrong(*where, found.why, expected, [written.instead(*where, found.instead)])
    what = f"{said} is {number(dose[0])} {dose[1]}, {found.side} any rate in use"
    expected = f"{found.accepted} over {time(duration)} {_NO_SAFE_RANGE}" if duration else found.accepted
    raise written.wrong(*where, what, expected, [_as_total(written, items, route)])


def check_rate_without_route(written: Written, items: Items) -> None:
    """Refuses a rate that no route could take, before the missing route is asked for."""
    lasting = items.get("over") or items.get("for")
    if "dose" in items or "rate" not in items or lasting is None:
        return
    duration = read_time(written, trees(lasting)[0], lasts("iv"))
    check_plausible(written, items, _dose(written, items["rate"], "iv", duration), "iv", duration)


def lasts(route: str) -> str:
    """The accepted durations of a dose by a route, in words."""
    most = longest(route)
    limit = f", at most {time(most)} {route} {_NO_SAFE_RANGE}" if math.isfinite(most) else ""
    return f"a time above 0, as in `over 40 min`{limit}"


def read_time(written: Written, tree: Tree[Any], expected: str) -> float:
    """Min that the rule ``time`` says; ``expected`` says what is accepted where it is refused."""
    value, unit = tokens(tree)
    minutes = conversion.minutes(quantity.decimal(written, place(value), expected=expected), unit)
    if not 0 < minutes < math.inf:
        raise written.wrong(*place(tree), "a time out of all bounds", expected)
    return minutes


def _dose(written: Written, tree: Tree[Any], route: str, duration: float) -> Dose:
    value, unit = tokens(tree)
    name = conversion.dose(Decimal(1), unit)[1]
    expected = "a finite number above 0"
    if not name.endswith("/h") or route in MAY_HAVE_RATE:
        low, high = accepted_range(name, route, duration)
        expected = f"{number(low)} to {short(high)} {name} {route} {_NO_SAFE_RANGE}"
    amount, name = conversion.dose(quantity.decimal(written, place(value), expected=expected), unit)
    if not 0 < amount < math.inf:
        raise written.wrong(*place(tree), "a dose out of all bounds", expected)
    return amount, name


def _as_total(written: Written, items: Items, route: str) -> str:
    """The text with the number of a rate as the amount given over the duration: ``0.5 mg/kg iv over 40 min``."""
    start, end = place(items["rate"])
    value, unit = tokens(items["rate"])
    words = f"{value} {_PER_TIME.sub('', unit)}" + ("" if "route" in items else f" {route}")
    edits = [(start, end, words)]
    if "for" in items:
        edits.append((*place(tokens(items["for"])[0]), "over"))
    text = written.text
    for first, last, other in sorted(edits, reverse=True):
        text = text[:first] + other + text[last:]
    return " ".join(text.split())
