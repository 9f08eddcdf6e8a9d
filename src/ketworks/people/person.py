"""One kind of person: the covariates that the model's equations read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ketworks.errors import WrongUse
from ketworks.other_drugs import CONDITIONS, TAKEN
from ketworks.plasma.liver import comedication as of_liver
from ketworks.quantity import to_number

WEIGHT_RANGE = (1.0, 250.0)  # kg
AGE_RANGE = (0.0, 110.0)  # y
ADULT = 18.0  # y
HEIGHT_RANGE = (30.0, 230.0)  # cm
DEFAULT_WEIGHT, DEFAULT_AGE, DEFAULT_SEX, DEFAULT_HEIGHT = "70 kg", 40, "female", "170 cm"
SEXES = ("female", "male")
NAMES = (*of_liver.NAMES, *TAKEN)  # of drugs that a person may take
FUNCTION = ("normal", "mild", "moderate", "severe")  # of liver and kidney
SETTINGS = ("clinic", "icu")
_CHILD_PUGH = {"child pugh a": "mild", "child pugh b": "moderate", "child pugh c": "severe"}
# likeness from which two words are taken for one, as difflib counts it; two azoles or macrolides reach 0.846, and
# too low a pressure looks like one too high by 0.87
_ONE_WORD, _ONE_DRUG, _ONE_CONDITION = 0.6, 0.85, 0.9
_TELLING = 5  # letters of the start of a drug's name that say which one is meant


@dataclass(frozen=True)
class Person:
    """A typical person with these covariates.

    Args:
        weight: body weight with unit, 1 to 250 kg; 70 kg for an adult when not given (the reference of the plasma
            models). Under 18 years it must be given.
        age: years, 0 to 110; 40 when not given.
        sex: ``female`` or ``male``; female when not given.
        height: with unit, 30 to 230 cm; 170 cm for an adult when not given. A child's height that was not given is
            unknown, and a result that would need it fails.
        comedication: names of other drugs taken every day, or one name (``NAMES``): those that change how ketamine is
            broken down, and those that act beside it.
        liver: function of the liver: ``normal``, or impaired ``mild``, ``moderate``, ``severe``.
        kidney: likewise of the kidneys.
        setting: ``clinic``, or ``icu`` for the critically ill.
        conditions: what the person has, or one name (``ketworks.other_drugs.CONDITIONS``).

    Raises:
        WrongUse: a value is not a number, lacks its unit, lies outside the accepted range or is no known name;
            a child without weight.
    """

    weight: Any = field(default=None, compare=False)
    age: Any = field(default=None, compare=False)
    sex: str = ""
    height: Any = field(default=None, compare=False)
    comedication: tuple[str, ...] | str = ()
    liver: str = FUNCTION[0]
    kidney: str = FUNCTION[0]
    setting: str = SETTINGS[0]
    conditions: tuple[str, ...] | str = ()
    given: frozenset[str] = field(init=False, compare=False, repr=False)
    weight_kg: float = field(init=False)
    age_years: float = field(init=False)
    height_cm: float | None = field(init=False)

    def __post_init__(self) -> None:
        """Reads the quantities once, so that a person that exists is a valid one."""
        said = {"weight": self.weight, "age": self.age, "sex": self.sex, "height": self.height}
        keep = object.__setattr__
        keep(self, "given", frozenset(name for name, value in said.items() if value is not None and value != ""))
        age = self.age if "age" in self.given else DEFAULT_AGE
        keep(self, "age_years", to_number(age, "year", "age", *AGE_RANGE, bare=True))
        self._read_size()
        keep(self, "sex", self.sex if "sex" in self.given else DEFAULT_SEX)
        keep(self, "comedication", _names(self.comedication, "comedication", NAMES, _ONE_DRUG))
        keep(self, "conditions", _names(self.conditions, "conditions", CONDITIONS, _ONE_CONDITION))
        for kind, choices in (("sex", SEXES), ("liver", FUNCTION), ("kidney", FUNCTION), ("setting", SETTINGS)):
            if getattr(self, kind) not in choices:
                raise _unknown(kind, str(getattr(self, kind)), choices)

    def _read_size(self) -> None:
        child = self.age_years < ADULT
        if child and "weight" not in self.given:
            raise WrongUse(
                f"age {self.age} without a weight",
                f"the weight of everybody under {ADULT:g} years: it is never guessed (in Python weight='20 kg')",
                paste=f'--age "{self.age}" --weight "20 kg"',
            )
        weight = self.weight if "weight" in self.given else DEFAULT_WEIGHT
        object.__setattr__(self, "weight_kg", to_number(weight, "kg", "weight", *WEIGHT_RANGE))
        height = self.height if "height" in self.given else None if child else DEFAULT_HEIGHT
        number = None if height is None else to_number(height, "cm", "height", *HEIGHT_RANGE)
        object.__setattr__(self, "height_cm", number)

    def covariates(self) -> dict[str, float]:
        """Numbers by the names that stages read.

        ``weight`` kg, ``age`` y, ``height`` cm (not a number when unknown), and 0 or 1 for ``male``, for each drug of
        ``comedication`` (``with_ticlopidine``), each condition (``condition_hypertension``) and each degree of
        impairment (``liver_moderate``, ``kidney_severe``).
        """
        size = {"weight": self.weight_kg, "age": self.age_years}
        size["height"] = math.nan if self.height_cm is None else self.height_cm
        return size | {"male": float(self.sex == "male")} | self.zeros_and_ones()

    def zeros_and_ones(self) -> dict[str, float]:
        """0 or 1 for each co-medication, each condition and each degree of impaired liver and kidney."""
        taken = {f"with_{name}": float(name in self.comedication) for name in NAMES}
        taken |= {f"condition_{name}": float(name in self.conditions) for name in CONDITIONS}
        organs = {f"{organ}_{degree}": float(getattr(self, organ) == degree) for organ, degree in _IMPAIRED}
        return taken | organs

    def described(self) -> dict[str, Any]:
        """The covariates as text with units; feeding them back makes the same person. What is usual is left out."""
        found: dict[str, Any] = {"weight": f"{self.weight_kg!r} kg", "age": f"{self.age_years!r} y", "sex": self.sex}
        if self.height_cm is not None:
            found["height"] = f"{self.height_cm!r} cm"
        return found | self.described_conditions()

    def described_conditions(self) -> dict[str, Any]:
        """Co-medication, conditions, organ function and setting where they are not the usual ones."""
        usual: dict[str, Any] = {"comedication": (), "liver": FUNCTION[0], "kidney": FUNCTION[0]}
        usual |= {"setting": SETTINGS[0], "conditions": ()}
        found = {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    def __str__(self) -> str:
        """For people to read."""
        height = [] if self.height_cm is None else [f"{self.height_cm:g} cm"]
        words = [self.sex, f"{self.age_years:g} y", f"{self.weight_kg:g} kg", *height, *self.condition_words()]
        return ", ".join(words)

    def condition_words(self) -> list[str]:
        """Co-medication, conditions, organ function and setting as words, where they are not the usual ones."""
        words = [f"with {' and '.join(name.replace('_', ' ') for name in self.comedication)}"] * bool(self.comedication)
        words += [name.replace("_", " ") for name in self.conditions]
        for organ in ("liver", "kidney"):
            degree = getattr(self, organ)
            words += [f"{degree} {organ} impairment"] * (degree != FUNCTION[0])
        return words + ["intensive care"] * (self.setting == "icu")


_IMPAIRED = tuple((organ, degree) for organ in ("liver", "kidney") for degree in FUNCTION[1:])


def _names(given: object, what: str, known: tuple[str, ...], alike: float) -> tuple[str, ...]:
    """The names given, each once, in the order of the list, so that order makes no other person."""
    words = [given] if isinstance(given, str) else given
    if not isinstance(words, Iterable):
        raise WrongUse(f"{what} {given!r}", f"names, such as {', '.join(known[:3])}", paste=f'{what}=("{known[0]}",)')
    chosen = {_plain(str(word)): str(word) for word in words}
    for name, word in chosen.items():
        if name not in known:
            raise WrongUse(f"unknown {what} {word!r}", ", ".join(sorted(known)), _meant(name, known, alike))
    return tuple(name for name in known if name in chosen)


def _plain(word: str) -> str:
    """A drug's name as it is listed: ``St. John's wort``, ``st-johns-wort`` and ``st_johns_wort`` are one."""
    return re.sub(r"[\s_-]+", "_", re.sub(r"[.'\u2019]", "", word).strip().lower())


def _meant(name: str, known: tuple[str, ...], alike: float) -> str:
    """The name that is cut short or slightly misspelled; empty for another drug, however alike its name."""
    whole = [one for one in known if len(name) >= _TELLING and one.startswith(name)]
    return ", ".join(whole or get_close_matches(name, known, 1, alike))


def _unknown(kind: str, word: str, choices: tuple[str, ...]) -> WrongUse:
    """The error for a word that is no choice: the nearest, whatever its case, and the degree of a Child-Pugh class."""
    plain = word.strip().lower()
    child_pugh = _CHILD_PUGH.get(re.sub(r"[\s_-]+", " ", plain), "") if kind == "liver" else ""
    near = [child_pugh] if child_pugh else get_close_matches(plain, choices, 1, _ONE_WORD)
    paste = f"--{kind} {near[0]}" if near else ""
    return WrongUse(f"unknown {kind} {word!r}", ", ".join(choices), near[0] if near else "", paste)
