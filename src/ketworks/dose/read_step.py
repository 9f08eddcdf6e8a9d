"""Reads one step of a dose sentence: a bag of items that must each stand once and agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ketworks.dose.counted import in_all
from ketworks.dose.course import Step
from ketworks.dose.misread import EXAMPLE
from ketworks.dose.read_dose import Items, agreed, check_plausible, lasts, read_time
from ketworks.dose.read_route import read_route
from ketworks.dose.route import MAY_BE_BOLUS, MAY_HAVE_RATE, MAY_LAST, PUSHED_OR_INFUSED
from ketworks.dose.syntax import place, tokens, trees
from ketworks.dose.wording import number
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import Tree

_DRUGS = {"RACEMATE": "ketamine", "ESKETAMINE": "esketamine", "ARKETAMINE": "arketamine"}


@dataclass
class Named:
    """The drug and salt that a sentence has named so far; they hold for the whole sentence."""

    drug: str | None = None
    salt: str | None = None


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
    if "count" in items and float(tokens(items["count"])[-1]) != 1:
        raise _only_counted(written, items)
    if "dose" not in items and "rate" not in items:
        corrections = [written.inserted(place(tree)[0], words) for words in ("0.5 mg/kg", "0.5 mg/kg iv")]
        if not any(character.isdigit() for character in written.text):
            corrections.append(EXAMPLE)
        expected = "an amount with its unit, or a rate"
        raise written.wrong(*place(tree), "no dose", expected, corrections, alter=())
    route = read_route(written, items, inherited, end, named.drug)
    return _step(written, items, route, end)


def _only_counted(written: Written, items: Items) -> WrongUse:
    """``28 mg x 3``: how often, or so many at once?"""
    start, stop = place(items["count"])
    corrections = [written.inserted(start, "daily")]
    alter = [(start, stop)]
    if "dose" in items and not written.text[place(items["dose"])[1] : start].strip():
        alter.append(place(items["dose"]))
        value, unit = tokens(items["dose"])
        total = in_all(Decimal(tokens(items["count"])[-1]), value, unit)
        corrections.append(written.instead(alter[1][0], stop, total))
    what, expected = "a number of doses without how often", "`daily x 6`, `weekly x 6`, or the dose in all"
    return written.wrong(start, stop, what, expected, corrections, show=2, alter=alter)


def _once_each(written: Written, tree: Tree[Any]) -> Items:
    items: Items = {}
    for item in trees(tree):
        name = str(item.data)
        if name in items:
            first, second = (tokens(tree)[-1] for tree in (items[name], item))
            if name in ("route", "form", "release") and first.type == second.type:
                continue
            what = "two drugs" if name == "drug" else f"a second {name} in one dose"
            if name in ("route", "form", "release"):
                what = f"{what}: {first} and {second}"
            expected = f"one {name}; join doses with `then`, or `;` with `at`"
            corrections = [written.instead(*place(item), ""), written.instead(*place(items[name]), "")]
            both = (place(item), place(items[name]))
            if name in ("dose", "rate"):
                corrections = [_joined_with(written, tree, name, word) for word in ("then", ";")] + corrections
            raise written.wrong(*place(item), what, expected, corrections, show=2, alter=both)
        items[name] = item
    return items


def _joined_with(written: Written, tree: Tree[Any], name: str, word: str) -> str:
    """The text with a word before each dose or rate of a step but the first."""
    text = written.text
    for start in reversed([place(item)[0] for item in trees(tree) if item.data == name][1:]):
        text = f"{text[:start].rstrip(' ,')} {word} {text[start:]}"
    return " ".join(text.split()).replace(" ;", ";")


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


def _step(written: Written, items: Items, route: str, end: int) -> Step:
    duration = _duration(written, items, route)
    amount, unit, duration = agreed(written, items, route, duration)
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
    check_plausible(written, items, (amount, unit), route, duration)
    expected = "a time above 0, as in `after 30 min`"
    after = read_time(written, trees(items["after"])[0], expected) if "after" in items else 0.0
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
        alter = (place(items["bolus"]), place(other))
        expected = "`bolus`, or `over` and a time"
        raise written.wrong(*alter[0], "a bolus that lasts", expected, both, show=2, alter=alter)
    if lasting and route not in MAY_LAST:
        what = f"a duration for the route {route}"
        expected = f"a duration only for {', '.join(sorted(MAY_LAST))}"
        raise written.wrong(*place(lasting[0]), what, expected, [written.instead(*place(lasting[0]), "")])
    if "infusion" in items and not lasting and not ("dose" in items and "rate" in items):
        corrections = [written.inserted(place(items["infusion"])[1], "over 40 min")]
        raise written.wrong(*place(items["infusion"]), "an infusion without a duration", "`over` a time", corrections)
    return read_time(written, trees(lasting[0])[0], lasts(route)) if lasting else 0.0
