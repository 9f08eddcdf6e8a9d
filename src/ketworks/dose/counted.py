"""Says why a number of devices, tablets or millilitres is no dose, and which milligrams to write where known."""

from __future__ import annotations

import re
from decimal import Decimal

from ketworks.dose.grammar import terminals
from ketworks.dose.limits import parameters
from ketworks.dose.wording import number
from ketworks.dose.written import Written
from ketworks.errors import WrongUse

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_LAST_NUMBER = re.compile(rf"({_NUMBER})\s*$")
_MASS = r"(?:mg|[uµμ]g|mcg|g)(?:\s*(?:/|per\s)\s*kg)?(?![a-z/])"
_THINGS = (
    r"(?:(?:intra)?nasal\s+|oral\s+|sublingual\s+|buccal\s+)?"
    r"(?P<thing>sprays?|devices?|puffs?|tablets?|tabs?|capsules?|films?|wafers?|lozenges?|troches?"
    r"|suppository|suppositories|ampoules?|vials?|drops?)(?![a-z])"
)
_THING = re.compile(_THINGS, re.IGNORECASE)
_OF_SO_MUCH = re.compile(rf"\s*(?:of|at|@|each|x|×)?\s*(?P<each>{_NUMBER})\s*(?P<unit>{_MASS})", re.IGNORECASE)
_TIMES = re.compile(rf"(?:x|×|\*)\s*(?P<each>{_NUMBER})\s*(?P<unit>{_MASS})", re.IGNORECASE)
_EACH_THING = re.compile(rf"(?P<each>{_NUMBER})\s*(?P<unit>{_MASS})\s*{_THINGS}", re.IGNORECASE)
_MILLILITRES = r"(?:m\s?l|cc|millilit(?:re|er)s?)(?![a-z])"
_PER_ML = r"(?P<mass>mg|[uµμ]g|mcg|g)\s*(?:/|per\s)\s*ml(?![a-z])"
_JOIN = r"\s*(?:of|at|@|x|×|,|\()?\s*"
_VOLUME = re.compile(rf"{_MILLILITRES}|(?:[uµμ]l|l|lit(?:re|er)s?)(?![a-z])", re.IGNORECASE)
_STRENGTH = re.compile(_PER_ML, re.IGNORECASE)
_VOLUME_OF_STRENGTH = re.compile(
    rf"(?P<volume>{_NUMBER})\s*{_MILLILITRES}{_JOIN}(?P<strength>{_NUMBER})\s*{_PER_ML}\)?", re.IGNORECASE
)
_STRENGTH_OF_VOLUME = re.compile(
    rf"(?P<strength>{_NUMBER})\s*{_PER_ML}{_JOIN}(?P<volume>{_NUMBER})\s*{_MILLILITRES}", re.IGNORECASE
)
_DEVICE, _SPRAY = ("device", "devices"), ("spray", "sprays", "puff", "puffs")


def counted(written: Written, start: int) -> WrongUse | None:
    """The error for a number that counts something else than mass.

    Args:
        written: the sentence.
        start: of the word that stands where the unit of a number was expected.
    """
    before = _LAST_NUMBER.search(written.text[:start])
    if before is None:
        return None
    value = Decimal(before[1])
    return (
        _multiplied(written, before.start(), start, value)
        or _things(written, before.start(), start, value)
        or _volume(written, before.start(), start, value)
    )


def in_all(count: Decimal, each: str, unit: str) -> str:
    """So many doses of one size as one dose, in decimal arithmetic: ``84 mg``."""
    return f"{number(float(count * Decimal(each)))} {unit}"


def _multiplied(written: Written, first: int, start: int, count: Decimal) -> WrongUse | None:
    """``3 x 28 mg`` and ``2 50 mg tablets``."""
    found = _TIMES.match(written.text, start) or _EACH_THING.match(written.text, start)
    if found is None:
        return None
    end = found.end("unit")
    total = in_all(count, found["each"], found["unit"])
    what = f"{' '.join(written.text[first:end].split())}, a dose to be multiplied"
    expected = f"the dose in all, {total}; or one dose and how often, as in `daily x 3`"
    return written.wrong(first, end, what, expected, [written.instead(first, end, total)])


def _things(written: Written, first: int, start: int, count: Decimal) -> WrongUse | None:
    """``3 sprays``, ``2 tablets of 50 mg``; not ``84 nasal spray``, where the unit of a dose is missing."""
    found = _THING.match(written.text, start)
    if found is None:
        return None
    thing = found["thing"].lower()
    smallest = Decimal(str(parameters()["dose.least.nasal.mg"].value))
    if count >= smallest and not thing.endswith("s"):
        return None
    what = f"{number(float(count))} {thing}, which does not say how much"
    each = _OF_SO_MUCH.match(written.text, found.end())
    if each:
        total = in_all(count, each["each"], each["unit"])
        corrections = [written.instead(first, each.end(), f"{total} {found[0]}")]
        corrections.append(written.instead(first, each.end(), total))
        return written.wrong(first, each.end(), what, f"the dose in all, {total}", corrections)
    if thing in _DEVICE + _SPRAY:
        return _devices(written, (first, found.end()), what, thing, count)
    return written.wrong(first, found.end(), what, "milligrams: the number times the milligrams in one")


def _devices(written: Written, at: tuple[int, int], what: str, thing: str, count: Decimal) -> WrongUse:
    """Devices and sprays of esketamine, whose content is known and shown; of anything else it is not."""
    if not re.search(terminals()["ESKETAMINE"], written.text, re.IGNORECASE):
        expected = "milligrams: the number times the milligrams in one, which differ between preparations"
        return written.wrong(*at, what, expected)
    content, sprays = (parameters()[f"dose.{name}"].value for name in ("device_content", "sprays_per_device"))
    whole, single = (in_all(count, number(each), "mg") for each in (content, content / sprays))
    said = f"a device of esketamine nasal spray holds {number(content)} mg of base in {number(sprays)} sprays"
    many = number(float(count))
    expected = f"milligrams: {said}; {many} devices are {whole}, {many} sprays {single}"
    likely = [whole] if thing in _DEVICE else [single, whole]
    salt = re.search(terminals()["HCL"], written.text, re.IGNORECASE)
    forms = [] if salt else [f"{mass}{words}" for mass in likely for words in ("", " nasal spray")]
    return written.wrong(*at, what, expected, [written.instead(*at, form) for form in forms], show=len(likely))


def _volume(written: Written, first: int, start: int, value: Decimal) -> WrongUse | None:
    """Millilitres, and a strength in place of a dose; the milligrams are shown when both stand together."""
    found = _STRENGTH.match(written.text, start) or _VOLUME.match(written.text, start)
    if found is None:
        return None
    expected = "milligrams: the millilitres times the milligrams in one"
    pair = _VOLUME_OF_STRENGTH.match(written.text, first) or _STRENGTH_OF_VOLUME.match(written.text, first)
    if pair:
        total = in_all(Decimal(pair["volume"]), pair["strength"], pair["mass"])
        what = f"{pair[0]}, a volume of a strength"
        correction = written.instead(*pair.span(), total)
        return written.wrong(*pair.span(), what, f"{expected}, {total}", [correction])
    kind = "a volume" if _VOLUME.match(written.text, start) else "a strength"
    what = f"{' '.join(written.text[first : found.end()].split())}, {kind}"
    return written.wrong(first, found.end(), what, expected)
