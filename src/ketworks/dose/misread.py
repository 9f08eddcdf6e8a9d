"""Says why a text does not follow the grammar: what stands there, what was expected, the nearest text that reads."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ketworks.dose.counted import counted
from ketworks.dose.form import FORM_WORDS
from ketworks.dose.late import late
from ketworks.dose.phrases import phrase
from ketworks.dose.route import DRUGS, ROUTES, SPELLINGS, near_words
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from lark import UnexpectedInput

EXAMPLE = "0.5 mg/kg iv over 40 min"
"""The sentence shown to whoever gives none."""

AMOUNT_UNITS = ("mg/kg", "mg", "mg/kg/h", "mg/h", "ug/kg/min", "mg/kg/min", "mg/min", "ug/kg", "ug", "mcg", "g")
TIME_UNITS = ("min", "h", "d", "weeks", "s", "minutes", "hours", "days")
_ROUTE_WORDS = tuple(SPELLINGS)
_DRUG_WORDS = ("ketamine", "esketamine", "arketamine", "S-ketamine", "R-ketamine", "racemic")
_OTHER_WORDS = (
    *("over", "for", "then", "at", "and", "every", "on days", "from", "after", "bolus", "infusion", "base", "HCl"),
    *("daily", "weekly", "once weekly", "twice weekly", "thrice weekly", "three times weekly", "x", "doses"),
)
KINDS = {
    "route": _ROUTE_WORDS,
    "drug": _DRUG_WORDS,
    "form": FORM_WORDS,
    "unit": AMOUNT_UNITS + TIME_UNITS,
    "word": _OTHER_WORDS,
}
"""Words the grammar knows, for the nearest match; a test proves that each of them reads somewhere."""

_AMBIGUOUS = {
    "biweekly": ("twice weekly", "every 2 weeks"),
    "bimonthly": ("every 14 d", "every 56 d"),
    "monthly": ("every 28 d",),
    "month": ("28 d", "4 weeks"),
    "months": ("28 d", "4 weeks"),
    "m": ("min",),
    "mgs": ("mg",),
    "i.v": ("iv",),
    "i.m": ("im",),
    "in": ("over", "nasal"),
}
_BRANDS = {"spravato": ("esketamine", "nasal"), "ketalar": ("ketamine", "iv"), "ketanest": ("esketamine", "iv")}
_NUMBER_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "ten": "10"}
_NUMBER_WORDS |= {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fortyfive": "45", "sixty": "60"}
_ENDS = {"$END", "<END-OF-FILE>"}
_LONGEST_WORD = 60
_NUMBER_BEFORE = re.compile(r"(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$", re.IGNORECASE)
_AMOUNT = re.compile(r"\d\s*(mg|milligram|[uµμ]g|mcg|microgram|g|gram)s?(?![a-z])", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;]+")
_NAMES = {
    "NUMBER": "a number",
    "AMOUNT_UNIT": "mg/kg, mg, ug",
    "RATE_UNIT": "mg/kg/h, ug/kg/min",
    "TIME_UNIT": "min, h, d",
    "IV": "a route",
    "RACEMATE": "a drug",
    "HCL": "base, HCl",
    "TABLET": "a form (`tablet`, `spray`, ...)",
    "PROLONGED": "`prolonged release`",
    "OVER": "`over`",
    "FOR": "`for`",
    "THEN": "`then`",
    "AT": "`at`",
    "DAILY": "how often (`twice weekly`, `every 3 d`, ...)",
    "TIMES": "`x 6`",
    "FROM": "`from`",
    "SEMICOLON": "`;`",
    "$END": "the end",
}


def explain(written: Written, error: UnexpectedInput) -> WrongUse:
    """The error for a text that the grammar does not read.

    Args:
        written: the text.
        error: what lark raised.
    """
    text = written.text
    accepts = _accepts(error)
    token = getattr(error, "token", None)
    if (token is not None and token.type == "$END") or error.pos_in_stream is None:
        return _ends_early(written, accepts)
    start = error.pos_in_stream
    while start and text[start].isalpha() and text[start - 1].isalpha():
        start -= 1
    found = _WORD.match(text, start)
    end = found.end() if found else start + 1
    return (
        _comma(written, start)
        or _after_unit(written, start)
        or _joined(written, start, end)
        or _signed(written, start, end)
        or _counted(written, start, accepts)
        or _no_number(written, start, end, accepts)
        or _no_unit(written, start, end, accepts)
        or phrase(written, start)
        or _ambiguous(written, start, end)
        or _two_drugs(written, start, end)
        or _aside(written, start)
        or late(written, start, error, accepts)
        or _times_a_time(written, start, end)
        or _unknown_word(written, start, end, accepts)
    )


def _accepts(error: UnexpectedInput) -> set[str]:
    found: Any = getattr(error, "accepts", None) or getattr(error, "allowed", None) or getattr(error, "expected", None)
    return set(found or ())


def _ends_early(written: Written, accepts: set[str]) -> WrongUse:
    end = len(written.text.rstrip())
    number = _NUMBER_BEFORE.search(written.text)
    if number and accepts & {"TIME_UNIT", "AMOUNT_UNIT", "RATE_UNIT"}:
        return _unit_missing(written, number.start(), number.end(), accepts)
    additions = ("40 min", "iv over 40 min", "0.5 mg/kg iv over 40 min", "6", "0, 2, 4 d", "1, 3, 5", "for 4 weeks")
    corrections = [written.text[:end].rstrip(" ;")] if written.text[:end].endswith(";") else []
    corrections += [written.instead(end, end, f" {words}") for words in additions]
    last = written.text.split()
    start = end - len(last[-1]) if last else 0
    return written.wrong(start, end, "the text ends too soon", f"{_friendly(accepts)} after it", corrections)


def _comma(written: Written, start: int) -> WrongUse | None:
    """A comma inside a number."""
    for found in re.finditer(r"([\d.]+),([\d.]+)", written.text):
        if found.end(1) == start:
            corrections = [written.instead(start, start + 1, ".")]
            if re.fullmatch(r"[1-9]\d{0,2},\d{3}", found[0]):
                corrections.append(written.instead(start, start + 1, ""))
            what = f"a comma in the number {found[0]}"
            return written.wrong(
                *found.span(), what, "a point before decimals, nothing between thousands", corrections, 2
            )
    return None


def _joined(written: Written, start: int, end: int) -> WrongUse | None:
    """Two doses joined by ``and`` or ``plus``, which may mean together or one after the other."""
    word = written.text[start:end]
    if word.lower() not in ("and", "plus", "with", "&", "+"):
        return None
    if not (_AMOUNT.search(written.text[:start]) and _AMOUNT.search(written.text, end)):
        return None
    corrections = [written.instead(start, end, other).replace(" ;", ";") for other in (";", "then")]
    expected = "`;` for doses at the same time, `then` for one after the other; one drug in one sentence"
    return written.wrong(start, end, f"{word!r} between two doses", expected, corrections, show=2)


def _after_unit(written: Written, start: int) -> WrongUse | None:
    """A unit that is read only without what follows it: ``25 mg per nostril``."""
    unit = re.match(r"(?:mg|mcg|[uµμ]g|g)(?:\s*/\s*kg)?\s+", written.text[start:], re.IGNORECASE)
    return phrase(written, start + unit.end()) if unit else None


def _signed(written: Written, start: int, end: int) -> WrongUse | None:
    """A sign, a range, or a hyphen between a number and its unit."""
    text = written.text
    if text[start] not in "-–−+" and not re.match(r"to\s+[\d.]", text[start:], re.IGNORECASE):
        return None
    for found in re.finditer(r"([\d.]+)\s*(?:[-–−]|to\s)\s*[\d.]+", text, re.IGNORECASE):
        if found.start() < start < found.end():
            first = start + (2 if text[start].isalpha() else 1)
            one = [written.instead(found.end(1), found.end(), ""), written.instead(found.start(), first, "")]
            return written.wrong(*found.span(), f"the range {found[0]}", "one number", one, show=2)
    signed = re.match(r".\s*[\d.]+", text[start:])
    if signed:
        end = start + signed.end()
        what = f"the negative number {text[start:end]}" if text[start] != "+" else f"the number {text[start:end]}"
        corrections = [written.instead(start, start + 1, "")]
        return written.wrong(start, end, what, "a number above 0, without a sign", corrections)
    if re.search(r"\d$", text[:start]):
        return written.wrong(start, end, "a hyphen after a number", "a blank", [written.instead(start, start + 1, " ")])
    return None


def _counted(written: Written, start: int, accepts: set[str]) -> WrongUse | None:
    """A number of devices, tablets or millilitres where a dose was expected."""
    return counted(written, start) if accepts & {"AMOUNT_UNIT", "RATE_UNIT"} else None


def _no_number(written: Written, start: int, end: int, accepts: set[str]) -> WrongUse | None:
    """A word in place of a number, or a second point in one."""
    word = written.text[start:end]
    for found in re.finditer(r"\d*\.[\d.]*\.\d*", written.text):
        if found.start() < start < found.end() and re.search(r"\d", found[0]):
            corrections = [written.instead(*found.span(), re.sub(r"\.+", ".", found[0]))]
            return written.wrong(*found.span(), f"the number {found[0]}", "a number with one point", corrections)
    if accepts == {"NUMBER"} and word[0].isalpha():
        digits = _NUMBER_WORDS.get(word.lower().replace("-", ""))
        corrections = [written.instead(start, end, digits)] if digits else []
        at_day = re.search(r"\bat\s+$", written.text[:start], re.IGNORECASE)
        if at_day and word.lower() in ("day", "days"):
            corrections.append(written.instead(at_day.start(), end, "on days"))
        expected = "a number; `at` needs times as in `at 0, 2 d`, `on days` needs days as in `on days 1, 3`"
        return written.wrong(start, end, f"{word!r} in place of a number", expected, corrections)
    if not re.fullmatch(r"nan|inf|infinity|none|null|nil|zero", word, re.IGNORECASE):
        return None
    return written.wrong(start, end, f"{word!r} as a number", "a finite number above 0, in digits")


def _no_unit(written: Written, start: int, end: int, accepts: set[str]) -> WrongUse | None:
    """A number whose unit is missing or unknown."""
    number = _NUMBER_BEFORE.search(written.text[:start])
    units = accepts & {"TIME_UNIT", "AMOUNT_UNIT", "RATE_UNIT"}
    if number is None or not units or written.text[start:end].lower() in _AMBIGUOUS:
        return None
    choices = TIME_UNITS if units == {"TIME_UNIT"} else AMOUNT_UNITS
    word = written.text[start:end]
    known = re.match(r"[,;.]|[a-z]+", word, re.IGNORECASE)
    vocabulary = {*_ROUTE_WORDS, *_DRUG_WORDS, *FORM_WORDS, *_OTHER_WORDS, "i"} - {"doses"}
    if known and (known[0] in ",;." or known[0].lower() in vocabulary) and "/" not in word:
        return _unit_missing(written, number.start(), number.start() + len(number[0].rstrip()), accepts)
    if units != {"TIME_UNIT"} and word.lower() in TIME_UNITS:
        over = [written.inserted(number.start(), "over")]
        return written.wrong(
            number.start(), end, "a time without `over`, `for` or `after`", ", ".join(AMOUNT_UNITS), over
        )
    if re.fullmatch(r"times|doses?|infusions|injections|sessions|treatments", word, re.IGNORECASE):
        counted = re.search(r"(\bfor\s+)?$", written.text[: number.start()])
        start = counted.start() if counted else number.start()
        daily = [written.instead(start, end, f"{often} x {number[0].strip()}") for often in ("weekly", "daily")]
        what = "a number of doses without how often"
        return written.wrong(number.start(), end, what, "`daily x 6`, `weekly x 6`", daily, show=2)
    timed = re.match(r"([^\s\d]+)/([\d.]+)\s*([a-z]+)", written.text[start:], re.IGNORECASE)
    if timed:
        corrections = [written.instead(start, start + timed.end(), f"{timed[1]} over {timed[2]} {timed[3]}")]
    else:
        near = get_close_matches(word.lower()[:_LONGEST_WORD], choices, n=3, cutoff=0.5)
        corrections = [written.instead(start, end, unit) for unit in (*near, *choices[:2])]
    what = f"unknown unit {word!r} after {number[0].strip()}"
    return written.wrong(start, end, what, ", ".join(choices), corrections)


def _unit_missing(written: Written, start: int, end: int, accepts: set[str]) -> WrongUse:
    number = written.text[start:end].strip()
    time_only = "TIME_UNIT" in accepts and "AMOUNT_UNIT" not in accepts
    choices = ("min", "h", "d", "weeks") if time_only else ("mg/kg", "mg", "mg/kg/h", "mg/h")
    corrections = [written.inserted(end, unit) for unit in choices]
    what = f"the number {number} without a unit"
    return written.wrong(start, end, what, ", ".join(choices), corrections, show=1 if time_only else 2)


def _ambiguous(written: Written, start: int, end: int) -> WrongUse | None:
    word = written.text[start:end]
    if word.lower() in _BRANDS:
        drug, route = _BRANDS[word.lower()]
        corrections = [written.instead(start, end, name) for name in (drug, f"{drug} {route}")]
        return written.wrong(start, end, f"{word!r}, a brand", "the name of the drug: " + ", ".join(DRUGS), corrections)
    if word.lower() not in _AMBIGUOUS:
        return None
    choices = _AMBIGUOUS[word.lower()]
    corrections = [written.instead(start, end, choice) for choice in choices]
    return written.wrong(
        start, end, f"{word!r}, which is read in more than one way", " or ".join(choices), corrections, 2
    )


def _two_drugs(written: Written, start: int, end: int) -> WrongUse | None:
    after = re.match(r"\W{0,9}(and|or|with|plus|\+|/)?\s{0,9}\S{0,9}ketamine", written.text[start:], re.IGNORECASE)
    before = re.search(r"(ketamine|racemate|racemic)\W{0,9}$", written.text[:start], re.IGNORECASE)
    if not (after and before):
        return None
    end = start + len(after[0])
    second = re.sub(r"^\W*(and|or|with|plus)?\W*", "", after[0], flags=re.IGNORECASE)
    corrections = [written.instead(start, end, ""), written.instead(before.start(), end, second)]
    alter = ((start, end), (before.start(), start))
    return written.wrong(start, end, "two drugs", "one drug in one sentence", corrections, show=2, alter=alter)


def _aside(written: Written, start: int) -> WrongUse | None:
    """Words in brackets: ``(prolonged release)`` reads without the signs, ``84 mg (3 devices)`` without the words."""
    found = re.match(r"\(([^()]*)\)", written.text[start:])
    if found is None:
        return None
    end, inside = start + found.end(), found[1]
    drug = next((names[0] for brand, names in _BRANDS.items() if brand in inside.lower()), "")
    misspelt = any(_near(word.lower()) for word in re.findall(r"[a-z]{4,}", inside, re.IGNORECASE))
    others = [drug] if drug else [inside] if misspelt else [inside, ""]
    corrections = [written.instead(start, end, other) for other in others]
    what = f"words in brackets: {found[0]}"
    return written.wrong(start, end, what, "the same without brackets", corrections, alter=())


def _times_a_time(written: Written, start: int, end: int) -> WrongUse | None:
    """``x 5 days``, where ``x`` counts doses."""
    found = re.search(r"(?P<sign>x|×)\s*[\d.]+\s*$", written.text[:start], re.IGNORECASE)
    if found is None or written.text[start:end].lower().rstrip(".") not in TIME_UNITS:
        return None
    at = found.span("sign")
    corrections = [written.instead(*at, f" {word} ") for word in ("over", "for", "daily for")]
    what = f"{written.text[found.start() : end]!r}, but `x` counts doses"
    return written.wrong(found.start(), end, what, "`over`, `for` or `daily for` before a time", corrections)


def _unknown_word(written: Written, start: int, end: int, accepts: set[str]) -> WrongUse:
    word = written.text[start:end]
    bare = word.rstrip(".").lower()
    lowered = {known.lower(): (kind, known) for kind, words in KINDS.items() for known in words}
    if accepts and accepts <= _ENDS:
        end = len(written.text.rstrip())
        what = f"{written.text[start:end]!r} after the end"
        return written.wrong(start, end, what, "nothing more", [written.text[:start].strip(" ,;")])
    if bare in lowered:
        corrections = [written.instead(start, end, "")]
        return written.wrong(start, end, f"{word!r} cannot stand here", _friendly(accepts), corrections)
    near = _near(bare)
    kind = lowered[near[0]][0] if near else _likely_kind(written.text, start)
    kind = "word" if kind in ("unit", "form") else kind
    words = [lowered[name][1] for name in near]
    release = re.match(r"\s+released?(?![a-z])", written.text[end:], re.IGNORECASE)
    corrections = [
        written.instead(start, end + (release.end() if release and name.endswith(" release") else 0), name)
        for name in words
    ]
    if not near and kind == "word":
        corrections.append(written.instead(start, end, ""))
    if not re.search(r"\d", written.text):
        corrections.append(EXAMPLE)
    expected = {"route": ", ".join(ROUTES), "drug": ", ".join(DRUGS)}.get(kind, _friendly(accepts))
    show = 2 if kind == "drug" else 1
    error = written.wrong(start, end, f"unknown {kind} {word!r}", expected, corrections, show)
    if error.nearest or not words:
        return error
    return WrongUse(error.given, error.expected, ", ".join(words))


def _near(bare: str) -> list[str]:
    """Known words, in small letters, that a word is likely meant to be; strict where a wrong guess is a wrong drug."""
    if len(bare) > _LONGEST_WORD:
        return []
    forms = {name.split()[0]: name for name in FORM_WORDS}
    strict = [*near_words(bare, _ROUTE_WORDS), *near_words(bare, _DRUG_WORDS, most=1)]
    strict += [forms[word] for word in near_words(bare, forms)]
    others = [word.lower() for kind in ("unit", "word") for word in KINDS[kind]]
    return [word.lower() for word in strict] or get_close_matches(bare, others, n=4, cutoff=0.6)


def _likely_kind(text: str, start: int) -> str:
    """What an unknown word near to nothing probably is: a route when its dose has none."""
    if re.match(r"\s*\W*$", text[:start]):
        return "drug"
    before = re.split(r";|\bthen\b|\bfollowed\s+by\b", text[:start], flags=re.IGNORECASE)[-1]
    after = re.split(r";|\bthen\b|\bfollowed\s+by\b", text[start:], flags=re.IGNORECASE)[0]
    if not re.search(r"\d", text[:start]):
        return "word"
    words = (*_ROUTE_WORDS, r"i\.[vmn]\.", "po", "sl", "sq")
    has_route = any(re.search(rf"\b{word}(ly)?(?![a-z])", before + after, re.IGNORECASE) for word in words)
    return "word" if has_route else "route"


def _friendly(accepts: set[str]) -> str:
    names = [name for terminal, name in _NAMES.items() if terminal in accepts]
    return ", ".join(names) or "the end"
