"""The routes a dose sentence knows, and what each of them takes. Whether a model covers a route is not decided here."""

from __future__ import annotations

from collections.abc import Iterable

from ketworks.errors import WrongUse

ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "buccal", "oral", "rectal", "nebulised", "oral-pr")
"""All routes, by the name used in events; a new one goes to the end, since schedules number them by place.

``oral-pr`` is a swallowed tablet or capsule of prolonged release.
"""

PUSHED_OR_INFUSED = frozenset({"iv"})
"""Routes for which a sentence must say how fast: ``bolus``, ``over`` a time, or a rate."""

MAY_LAST = frozenset({"iv", "sc", "nebulised"})
"""Routes whose dose may be given over a time."""

MAY_HAVE_RATE = frozenset({"iv", "sc"})
"""Routes whose dose may be given as a rate."""

MAY_BE_BOLUS = frozenset({"iv", "im", "sc"})
"""Routes for which the word ``bolus`` means something; only ``iv`` needs it."""

DRUGS = ("ketamine", "esketamine", "arketamine")
"""``ketamine`` is the racemate."""

SALTS = ("base", "hcl")
"""What the milligrams weigh. A sentence that names none means base, as the labels and most papers do."""

SPELLINGS = {route: route for route in ROUTES} | {
    "intravenous": "iv",
    "intramuscular": "im",
    "subcutaneous": "sc",
    "intranasal": "nasal",
    "nebulized": "nebulised",
    "nebuliser": "nebulised",
    "inhaled": "nebulised",
}
"""The words for a route, and the route each means."""

_FEW, _MANY = 4, 8
"""A word of fewer letters has no near one; from so many letters on two may be wrong."""


def near_words(word: str, choices: Iterable[str], most: int = 2) -> tuple[str, ...]:
    """The words that ``word`` is likely a misspelling of, nearest first.

    One letter may be wrong, missing, added or exchanged with the next, in words of eight letters or more two; in words
    of three letters or fewer only a doubled letter. Other words of the same look, such as ``intrathecal``, mean
    something else.

    Args:
        word: as written.
        choices: the known words.
        most: how many letters may be wrong in a long word.
    """
    small = word.lower()
    found = []
    for choice in choices:
        distance = _edits(small, choice.lower())
        allowed = 0 if len(choice) < _FEW else 1 if len(choice) < _MANY else most
        if distance <= allowed or (len(choice) < _FEW and _undoubled(small) == choice.lower()):
            found.append((distance, choice))
    return tuple(choice for _, choice in sorted(found, key=lambda pair: pair[0]))


def unknown_route(word: str) -> WrongUse:
    """The error for a route that is not known; near ones are shown only when they are the same word misspelt."""
    near = dict.fromkeys(SPELLINGS[name] for name in near_words(word, SPELLINGS))
    return WrongUse(f"unknown route {word!r}", ", ".join(ROUTES), ", ".join(near))


def _edits(one: str, other: str) -> int:
    """Letters that differ: changed, missing, added, or two neighbours exchanged."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _undoubled(word: str) -> str:
    return "".join(a for a, b in zip(word, " " + word, strict=False) if a != b)
