"""Reads one step of a dose sentence: a bag of items that must each stand once and agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ketworks.dose import quantity
from ketworks.dose.course import Step
from ketworks.dose.limits import implausible
from ketworks.dose.misread import EXAMPLE
from ketworks.dose.route import MAY_BE_BOLUS, MAY_HAVE_RATE, MAY_LAST, PUSHED_OR_INFUSED, ROUTES
from ketworks.dose.syntax import Place, place, tokens, trees
from ketworks.dose.wording import HOUR, number, time
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import Tree

_DRUGS = {"RACEMATE": "ketamine", "ESKETAMINE": "esketamine", "ARKETAMINE": "arketamine"}
_AGREEMENT = 1e-6


@dataclass
class Named:
    """The drug and salt that a sentence has named so far; they hold for the whole sentence."""

    drug: str | None = None
    salt: str | None = None


Items = dict[str, "Tree[Any]"]
Dose = tuple[float, str]


def read_step(written: Written, tree: Tree[Any], inherited: str | None, named: Named) -> Step:
    """One step.

    Args:
        written: the sentence.
        tree: of the rule ``step``.
        inherited: the route of the step before, which holds when this step names none.
        named: drug and salt so far; completed in place.

    Raises:
        WrongUse: an item is missing, stands twice, contradicts another or is implausible.
    """
    items = _once_each(written, tree)
    _name(written, items, named)
    end = place(tree)[1] - (1 if written.text[: place(tree)[1]].endswith(",") else 0)
    if "count" in items:
        start, stop = place(items["count"])
        corrections = [written.inserted(start, "daily")]
        raise written.wrong(
            start, stop, "a number of doses without how often", "`daily x 6`, `weekly x 6`", corrections
        )
    if "dose" not in items and "rate" not in items:
        corrections = [written.inserted(place(tree)[0], words) for words in ("0.5 mg/kg", "0.5 mg/kg iv")]
        corrections.append(EXAMPLE)
        raise written.wrong(*place(tree), "no dose", "an amount with its unit, or a rate", corrections)
    route = _route(written, items, inherited, end, named)
    return _step(written, items, route, end)


def _once_each(written: Written, tree: Tree[Any]) -> Items:
    items: Items = {}
    for item in trees(tree):
        name = str(item.data)
        if name in items:
            what = "two drugs" if name == "drug" else f"a second {name} in one dose"
            expected = f"one {name}; join doses with `then`, or `;` with `at`"
            corrections = [written.instead(*place(item), ""), written.instead(*place(items[name]), "")]
            raise written.wrong(*place(item), what, expected, corrections, show=2)
        items[name] = item
    return items


def _name(written: Written, items: Items, named: Named) -> None:
    if "drug" in items:
        drug = _DRUGS[tokens(items["drug"])[0].type]
        if named.drug not in (None, drug):
            raise written.wrong(
                *place(items["drug"]), f"two drugs: {named.drug} and {drug}", "one drug in one sentence"
            )
        named.drug = drug
    if "salt" in items:
        salt = tokens(items["salt"])[0].type.lower()
        if named.salt not in (None, salt):
            raise written.wrong(
                *place(items["salt"]), f"two salts: {named.salt} and {salt}", "one salt in one sentence"
            )
        named.salt = salt


def _route(written: Written, items: Items, inherited: str | None, end: int, named: Named) -> str:
    if "route" in items:
        return tokens(items["route"])[0].type.lower()
    if inherited is not None:
        return inherited
    amount = items.get("dose") or items["rate"]
    places = ["iv", "iv over 40 min", "oral"]
    if named.drug == "esketamine":
        places.insert(0, "nasal")
    if "bolus" in items or "rate" in items:
        places.insert(0, "iv")
    corrections = [written.inserted(place(amount)[1], words) for words in places]
    raise written.wrong(place(amount)[0], end, "no route", ", ".join(ROUTES), corrections, show=2)


def _step(written: Written, items: Items, route: str, end: int) -> Step:
    duration = _duration(written, items, route)
    amount, unit, duration = _agreed(written, items, duration)
    dose = items.get("dose") or items["rate"]
    if unit.endswith("/h") and route not in MAY_HAVE_RATE:
        expected = f"a rate only for {' or '.join(sorted(MAY_HAVE_RATE))}"
        corrections = [written.instead(*place(dose), f"{number(amount)} {unit.removesuffix('/h')}")]
        raise written.wrong(*place(dose), f"a rate for the route {route}", expected, corrections)
    if unit.endswith("/h") and not duration:
        corrections = [written.inserted(end, "for 60 min")]
        raise written.wrong(*place(dose), "a rate without a duration", "`for` and a time", corrections)
    if route in PUSHED_OR_INFUSED and not duration and "bolus" not in items:
        corrections = [written.inserted(end, "over 40 min"), written.inserted(end, "bolus")]
        expected = "`bolus`, or `over` and a time"
        raise written.wrong(
            place(dose)[0], end, f"an {route} dose that does not say how fast", expected, corrections, 2
        )
    _plausible(written, place(dose), (amount, unit), route, duration)
    after = read_time(written, trees(items["after"])[0]) if "after" in items else 0.0
    try:
        return Step(amount, unit, route, duration, after)
    except WrongUse as error:
        raise written.wrong_here(place(dose)[0], end, error) from None


def _duration(written: Written, items: Items, route: str) -> float:
    """Min that the step lasts as far as its words say; 0 when they do not."""
    lasting = [items[name] for name in ("over", "for") if name in items]
    if "for" in items and "rate" not in items:
        at = items["for"]
        over = written.instead(*place(tokens(at)[0]), "over")
        often = written.inserted(place(at)[0], "daily")
        what = "`for` after an amount: does the dose last that long, or is it repeated?"
        raise written.wrong(*place(at), what, "`over` a time, or how often: `daily for 5 d`", [over, often], show=2)
    if len(lasting) > 1:
        raise written.wrong(
            *place(lasting[1]), "two durations", "one duration", [written.instead(*place(lasting[1]), "")]
        )
    if "bolus" in items and route not in MAY_BE_BOLUS:
        corrections = [written.instead(*place(items["bolus"]), "")]
        raise written.wrong(*place(items["bolus"]), f"a bolus for the route {route}", "no such word here", corrections)
    if "bolus" in items and (lasting or "infusion" in items or "rate" in items):
        other = lasting[0] if lasting else items.get("infusion") or items["rate"]
        both = [written.instead(*place(items["bolus"]), ""), written.instead(*place(other), "")]
        raise written.wrong(*place(items["bolus"]), "a bolus that lasts", "`bolus`, or `over` and a time", both, show=2)
    if lasting and route not in MAY_LAST:
        what = f"a duration for the route {route}"
        expected = f"a duration only for {', '.join(sorted(MAY_LAST))}"
        raise written.wrong(*place(lasting[0]), what, expected, [written.instead(*place(lasting[0]), "")])
    if "infusion" in items and not lasting and not ("dose" in items and "rate" in items):
        corrections = [written.inserted(place(items["infusion"])[1], "over 40 min")]
        raise written.wrong(*place(items["infusion"]), "an infusion without a duration", "`over` a time", corrections)
    return read_time(written, trees(lasting[0])[0]) if lasting else 0.0


def _agreed(written: Written, items: Items, duration: float) -> tuple[float, str, float]:
    """Amount or rate, its unit, and the duration, from whatever is given; they must agree."""
    if "rate" not in items:
        return (*_dose(written, items["dose"]), duration)
    rate, rate_unit = _dose(written, items["rate"])
    if "dose" not in items:
        return rate, rate_unit, duration
    total, unit = _dose(written, items["dose"])
    if f"{unit}/h" != rate_unit:
        raise written.wrong(
            *place(items["rate"]), f"a total in {unit} with a rate in {rate_unit}", f"a rate in {unit}/h"
        )
    if not duration:
        return total, unit, total / rate * HOUR
    if not math.isclose(total, rate * duration / HOUR, rel_tol=_AGREEMENT):
        said = f"{number(rate)} {rate_unit} for {time(duration)} is {rate * duration / HOUR:.4g} {unit}"
        what = f"a rate and a total that disagree: {said}, not {number(total)} {unit}"
        both = [written.instead(*place(items["rate"]), ""), written.instead(*place(items["dose"]), "")]
        raise written.wrong(*place(items["rate"]), what, "one of the two", both, show=2)
    return total, unit, duration


def _plausible(written: Written, where: Place, dose: Dose, route: str, duration: float) -> None:
    found = implausible(*dose, route, duration)
    if found is not None:
        corrections = [written.instead(*where, found.instead)]
        raise written.wrong(
            *where, found.why, f"{found.accepted} (a guard against slips, not a safe range)", corrections
        )


def _dose(written: Written, tree: Tree[Any]) -> Dose:
    value, unit = tokens(tree)
    amount, name = quantity.dose(quantity.decimal(written, place(value)), unit)
    if not 0 < amount < math.inf:
        raise written.wrong(*place(tree), "a dose out of all bounds", "a finite dose above 0")
    return amount, name


def read_time(written: Written, tree: Tree[Any]) -> float:
    """Min that the rule ``time`` says."""
    value, unit = tokens(tree)
    minutes = quantity.minutes(quantity.decimal(written, place(value)), unit)
    if not 0 < minutes < math.inf:
        raise written.wrong(*place(tree), "a time out of all bounds", "a finite time above 0")
    return minutes
