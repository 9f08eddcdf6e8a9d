"""One kind of person: the covariates that the model's equations read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ketworks.errors import CannotSay, unknown
from ketworks.quantity import to_number

WEIGHT_RANGE = (30.0, 250.0)  # kg; the re-implementations behind the plasma models saw 39 to 170 kg
AGE_RANGE = (0.0, 110.0)  # y
ADULT = 18.0  # y
HEIGHT_RANGE = (100.0, 230.0)  # cm
DEFAULT_WEIGHT, DEFAULT_AGE, DEFAULT_HEIGHT = "70 kg", 40, "170 cm"
SEXES = ("female", "male")


@dataclass(frozen=True)
class Person:
    """A typical adult with these covariates.

    Args:
        weight: body weight with unit, 30 to 250 kg; 70 kg when not given (the reference of the plasma models).
        age: years, 18 to 110; 40 when not given.
        sex: ``female`` or ``male``; not used by any default equation yet, kept for the record.
        height: with unit, 100 to 230 cm.

    Raises:
        WrongUse: a value is not a number, lacks its unit or lies outside the accepted range.
        CannotSay: under 18 years, where the models of this version have no evidence.
    """

    weight: Any = DEFAULT_WEIGHT
    age: Any = DEFAULT_AGE
    sex: str = "female"
    height: Any = DEFAULT_HEIGHT
    weight_kg: float = field(init=False)
    age_years: float = field(init=False)
    height_cm: float = field(init=False)

    def __post_init__(self) -> None:
        """Reads the quantities once, so that a person that exists is a valid one."""
        object.__setattr__(self, "weight_kg", to_number(self.weight, "kg", "weight", *WEIGHT_RANGE))
        object.__setattr__(self, "age_years", to_number(self.age, "year", "age", *AGE_RANGE, bare=True))
        object.__setattr__(self, "height_cm", to_number(self.height, "cm", "height", *HEIGHT_RANGE))
        if self.sex not in SEXES:
            raise unknown("sex", str(self.sex), SEXES)
        if self.age_years < ADULT:
            raise CannotSay(
                f"age {self.age}", "18 to 110 years: no stage after plasma has evidence in children", paste="--age 18"
            )

    def covariates(self) -> dict[str, float]:
        """Numbers by the names that stages read: weight kg, age y, height cm, male 0/1."""
        return {
            "weight": self.weight_kg,
            "age": self.age_years,
            "height": self.height_cm,
            "male": float(self.sex == "male"),
        }

    def described(self) -> dict[str, str]:
        """The covariates as text with units; feeding them back makes the same person."""
        return {
            "weight": f"{self.weight_kg!r} kg",
            "age": f"{self.age_years!r} y",
            "sex": self.sex,
            "height": f"{self.height_cm!r} cm",
        }

    def __str__(self) -> str:
        """For people to read."""
        return f"{self.sex}, {self.age_years:g} y, {self.weight_kg:g} kg, {self.height_cm:g} cm"
