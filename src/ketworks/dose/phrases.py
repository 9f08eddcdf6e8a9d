"""Phrases of prescriptions that no rule reads: what to write instead, or why nothing can be written in their place."""

from __future__ import annotations

import re
from typing import NamedTuple

from ketworks.dose.written import Written
from ketworks.errors import WrongUse

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_TIME = rf"{_NUMBER}\s*(?:seconds?|sec|s|minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?)(?![a-z])"


class Phrase(NamedTuple):
    """One kind of phrase.

    Attributes:
        pattern: where it begins; letters of either case.
        what: why it does not read.
        expected: what would be accepted.
        instead: templates of what to write in its place, likeliest first; none where it changes the dose.
    """

    pattern: re.Pattern[str]
    what: str
    expected: str
    instead: tuple[str, ...] = ()


def _phrase(pattern: str, what: str, expected: str, *instead: str) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), what, expected, instead)


PHRASES = (
    _phrase(
        r"(?:(?:ideal|lean|adjusted|predicted|fat[ -]free)(?:\s+body)?(?:\s+(?:weight|mass))?|[iladp]bw|ffm)(?![a-z])",
        "a weight other than the person's own",
        "mg/kg of body weight, or the dose in mg worked out from the other weight",
    ),
    _phrase(
        r"(?:depot|enteric(?:[\s-]+coated)?|gastro-?resistant|delayed(?:[\s-]+released?)?)(?![a-z])",
        "a release that is not known here",
        "`prolonged release` of an oral tablet or capsule, or a dose without a word of release",
    ),
    _phrase(
        r"(?:prn|as\s+(?:needed|required)|when\s+required)(?![a-z])",
        "a dose given as needed",
        "times that are known, as in `every 6 h x 4`",
    ),
    _phrase(
        r"(?:until|titrat\w*|to\s+effect|target\w*|tci)(?![a-z])",
        "a dose that depends on what happens",
        "a dose, a rate and times that are known, as in `0.2 mg/kg/h for 60 min`",
    ),
    _phrase(
        r"(?:max(?:imum)?|up\s+to|capped(?:\s+at)?|not\s+exceeding|min(?:imum)|at\s+least|about|approximately|divided|split)"
        r"(?![a-z])",
        "a limit or a share of a dose",
        "the dose that is given",
    ),
    _phrase(
        r"(?:in|per|to|into)?\s*(?:each|both|either|every|the\s+other)?\s*nostrils?(?![a-z])",
        "a dose for one nostril, or for both?",
        "the dose in all, of both nostrils",
    ),
    _phrase(
        r"slow(?:ly)?\s+(iv\s+|intravenous\s+)?(?:push|bolus|injection)(?=[^;]*\bover\b)",
        "beside the time it takes",
        "`over` and a time, without `slow` and `push`",
        r"\1",
    ),
    _phrase(r"slow(?:ly)?(?!\w|[\s-]+releas)", "which does not say how slow", "`over` and a time"),
    _phrase(
        rf"in\s+{_NUMBER}\s*ml(?:\s+of)?(?:\s+(?:normal\s+)?(?:saline|nacl|glucose|dextrose|water|d5w)(?:\s*{_NUMBER}\s*%)?)?",
        "a dilution",
        "the dose without it",
        "",
    ),
    _phrase(
        r"loading(?:\s+dose)?(?:\s+of)?(?![a-z])", "which says nothing of the dose", "the dose without the word", ""
    ),
    _phrase(
        r"maintenance(?:\s+(?:dose|rate))?(?:\s+of)?(?![a-z])",
        "which does not say when it starts",
        "`then` and a rate",
        "then",
        "",
    ),
    _phrase(
        r"(?:increas|decreas|reduc|rais|lower)\w*(?:\s+to)?(?![a-z])",
        "a change of rate",
        "`then` and the new rate",
        "",
        "then",
    ),
    _phrase(
        rf"(?:stop|stopped|pause|break|rest|off)(?:\s+(?:for|of))?\s+({_TIME})\s*,?\s*then(?![a-z])",
        "a pause in words",
        "`after` and a time",
        r"after \1",
    ),
    _phrase(
        rf"(?:and\s+)?repeat(?:ed)?(?:\s+once)?\s+(?:after|in|at)\s+({_TIME})",
        "a repeated dose that is not named",
        "`then after 20 min` and the dose",
    ),
    _phrase(
        r"(?:on\s+|every\s+)?(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?s?(?![a-z])",
        "a day of the week",
        "days from the first dose, as in `on days 1, 3, 5`, or `three times weekly`",
    ),
)
"""Looked through in this order."""


def phrase(written: Written, start: int) -> WrongUse | None:
    """The error for a phrase that begins at a place, or ``None``."""
    for kind in PHRASES:
        found = kind.pattern.match(written.text, start)
        if found and found[0].strip():
            said = " ".join(found[0].split())
            corrections = [written.instead(*found.span(), found.expand(other)) for other in kind.instead]
            return written.wrong(*found.span(), f"{said!r}, {kind.what}", kind.expected, corrections)
    return None
