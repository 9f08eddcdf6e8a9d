"""Reads the route of a step from all words that tell it: the route itself, the form, and how it is released."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ketworks.dose.form import FORM_ROUTES, RELEASED_SLOWLY, SAYS_ITS_ROUTE
from ketworks.dose.read_dose import Items, check_rate_without_route
from ketworks.dose.route import ROUTES
from ketworks.dose.syntax import Place, place, tokens
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import Tree

_SWALLOWED = ("oral", "oral-pr")
_SLOW = "oral-pr"


def read_route(written: Written, items: Items, inherited: str | None, end: int, drug: str | None) -> str:
    """The route of a step; what the step says goes before the route of the step before.

    Args:
        written: the sentence.
        items: of the step.
        inherited: the route of the step before.
        end: one past the last character of the step.
        drug: the drug named so far.

    Raises:
        WrongUse: no route, words that contradict each other, or a form that goes with several routes.
    """
    form = _name(items, "form")
    if "route" in items:
        route = _name(items, "route")
    else:
        route = _told_by_form(items, form, inherited) or _carried(items, form, inherited)
    if "release" in items and "route" not in items:
        _check_pr(written, items)
    if not route:
        raise _no_route(written, items, end, drug)
    if form == "film" and route in ("oral", "oromucosal"):
        route = "buccal"
    if route == "oromucosal":
        both = [written.instead(*place(items["route"]), name) for name in ("sublingual", "buccal")]
        expected = "sublingual (under the tongue) or buccal (in the cheek); a film is buccal"
        what = f"{_said(written, items['route'])}, which does not say where in the mouth"
        raise written.wrong(*place(items["route"]), what, expected, both, show=2)
    route = _released(written, items, route)
    for name in ("form", "infusion"):
        _check_form(written, items, name, route)
    return route


def _told_by_form(items: Items, form: str, inherited: str | None) -> str:
    """The route that the form alone tells, or nothing."""
    if form in SAYS_ITS_ROUTE:
        return inherited if inherited in FORM_ROUTES[form] else SAYS_ITS_ROUTE[form]
    return "oral" if "release" in items and form in RELEASED_SLOWLY else ""


def _carried(items: Items, form: str, inherited: str | None) -> str:
    """The route of the step before, unless the words of this step belong to another one."""
    other_form = form and inherited not in FORM_ROUTES[form]
    other_release = "release" in items and inherited not in _SWALLOWED
    if inherited is None or other_form or other_release:
        return ""
    return "oral" if "release" in items else inherited


def _released(written: Written, items: Items, route: str) -> str:
    """The route with prolonged release, where the step says so."""
    if "release" not in items:
        return route
    said = _said(written, items["release"])
    slowly = _name(items, "release") == "prolonged"
    if route == "oral" or (route == _SLOW and slowly):
        return _SLOW if slowly else "oral"
    expected = f"{said} of an oral dose; {_takes(route)}" if route != _SLOW else "one of the two"
    raise _contradiction(written, items, "release", f"{said} for the route {route}", expected, ("oral",))


def _check_form(written: Written, items: Items, name: str, route: str) -> None:
    """Refuses a form that the route does not go with."""
    if name not in items:
        return
    form, said = _name(items, name), _said(written, items[name])
    routes = FORM_ROUTES[form]
    if route in routes:
        return
    if route == _SLOW and "release" in items:
        release = _said(written, items["release"])
        corrections = [written.instead(*place(items[key]), "") for key in ("release", name)]
        alter = (place(items[name]), place(items["release"]))
        expected = f"{release} of a tablet or capsule, or an oral {said} without it"
        raise written.wrong(*alter[0], f"{said} with {release}", expected, corrections, show=2, alter=alter)
    expected = f"{said} only for {', '.join(routes)}; {_takes(route)}"
    raise _contradiction(written, items, name, f"{said} for the route {route}", expected, routes)


def _contradiction(
    written: Written, items: Items, name: str, what: str, expected: str, routes: Iterable[str]
) -> WrongUse:
    """The error for an item that the route does not go with: without it, or with a route that does."""
    at = place(items[name])
    corrections = [written.instead(*at, "")]
    alter: tuple[Place, ...] = (at,)
    if "route" in items:
        alter = (at, place(items["route"]))
        corrections += [written.instead(*alter[1], route) for route in routes]
    return written.wrong(*at, what, expected, corrections, show=2, alter=alter)


def _check_pr(written: Written, items: Items) -> None:
    """Refuses ``PR`` beside no other word of a route: it is short for prolonged release and for per rectum."""
    at = place(items["release"])
    word = tokens(items["release"])[-1]
    if word.lower() != "pr" or _name(items, "form") in RELEASED_SLOWLY:
        return
    both = [written.instead(*at, name) for name in ("rectal", _SLOW)]
    what = f"{str(word)!r}, which is read in more than one way"
    raise written.wrong(*at, what, "rectal (per rectum), or oral-pr (oral prolonged release)", both, show=2)


def _no_route(written: Written, items: Items, end: int, drug: str | None) -> WrongUse:
    amount = items.get("dose") or items["rate"]
    check_rate_without_route(written, items)
    if "release" in items:
        at = place(items["release"])
        corrections = [written.inserted(at[0], "oral")]
        what = f"no route for {_said(written, items['release'])}"
        return written.wrong(*at, what, "oral, or a tablet or capsule", corrections)
    if "form" in items:
        at, form = place(items["form"]), _name(items, "form")
        corrections = [written.inserted(at[0], route) for route in FORM_ROUTES[form]]
        what = f"no route for {_said(written, items['form'])}"
        return written.wrong(*at, what, ", ".join(FORM_ROUTES[form]), corrections, show=2)
    places = ["iv", "iv over 40 min", "oral"]
    if drug == "esketamine":
        places.insert(0, "nasal")
    if "bolus" in items or "rate" in items:
        places.insert(0, "iv")
    corrections = [written.inserted(place(amount)[1], words) for words in places]
    return written.wrong(place(amount)[0], end, "no route", ", ".join(ROUTES), corrections, show=2)


def _name(items: Items, item: str) -> str:
    """The route, form or release that an item says; empty without the item."""
    return tokens(items[item])[-1].type.lower().replace("_", "-") if item in items else ""


def _said(written: Written, item: Tree[Any]) -> str:
    """The words of an item as they were written."""
    start, end = place(tokens(item)[-1])
    return " ".join(written.text[start:end].split())


def _takes(route: str) -> str:
    """The forms that go with a route, in words."""
    return f"{route} takes {', '.join(form for form, routes in FORM_ROUTES.items() if route in routes)}"
