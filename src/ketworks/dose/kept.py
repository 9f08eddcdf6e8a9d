"""What a correction must keep: every drug, salt, route, form and amount that stands outside the part at fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from ketworks.dose.conversion import dose
from ketworks.dose.grammar import terminals
from ketworks.dose.syntax import Place

_NAMES = ("ESKETAMINE", "ARKETAMINE", "HCL")
"""The racemate and the base are left out: a sentence that names none means them."""

ROUTE_TERMINALS = (
    *("ORAL_PR", "OROMUCOSAL", "IV", "IM", "SC", "NASAL", "SUBLINGUAL", "BUCCAL", "ORAL", "RECTAL", "NEBULISED"),
    *("TABLET", "SPRAY", "SOLUTION", "CAPSULE", "FILM", "WAFER", "LOZENGE", "SUPPOSITORY", "INJECTION"),
    *("PROLONGED", "IMMEDIATE"),
)
"""The words of a route, a form or a release, longer ones before those that begin like them."""


def keeps(text: str, faults: Iterable[Place], correction: str) -> bool:
    """Whether a correction still says the drug, salt, routes and amounts that ``text`` says outside its faults."""
    names, amounts = _said(text, tuple(faults))
    new_names, new_amounts = _said(correction, ())
    return names <= new_names and amounts <= new_amounts


def _said(text: str, faults: tuple[Place, ...]) -> tuple[set[str], Counter[tuple[float, str]]]:
    names: set[str] = set()
    amounts: Counter[tuple[float, str]] = Counter()
    for found in _words().finditer(text):
        if any(found.start() < end and start < found.end() for start, end in faults):
            continue
        if found["number"]:
            amounts[dose(Decimal(found["number"]), found["unit"])] += 1
        else:
            names.add(str(found.lastgroup))
    return names, amounts


@cache
def _words() -> re.Pattern[str]:
    known = terminals()
    amount = rf"(?P<number>{known['NUMBER']})\s*(?P<unit>{known['RATE_UNIT']}|{known['AMOUNT_UNIT']})"
    names = "|".join(rf"(?P<{name}>(?<![a-z]){known[name]})" for name in (*_NAMES, *ROUTE_TERMINALS))
    return re.compile(f"(?<![\\d.]){amount}|{names}", re.IGNORECASE)
