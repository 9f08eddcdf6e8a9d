"""A population: how weight, height and age are spread among women and men, and how they go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ketworks.errors import WrongUse
from ketworks.people.person import AGE_RANGE, HEIGHT_RANGE, SEXES, WEIGHT_RANGE
from ketworks.people.spread import Numbers, described, numbers_of

PAIRS = ("age_height", "age_weight", "weight_height")
OWN = "own population"


class OfSex(NamedTuple):
    """One sex: weight (log-normal, its mean and SD), height (normal) and the correlations of ``PAIRS``."""

    weight: Numbers
    height: Numbers
    correlations: tuple[float, float, float]


@dataclass(frozen=True)
class Population:
    """How people differ in weight, height, age and sex.

    Within a sex weight is log-normal with the stated mean and SD, height normal, age normal (the same for both), or
    even over its range where it has no SD. A value outside its range is drawn again.

    Args:
        weight: ``Spread(mean, sd, low, high)``, or one for each sex: ``{"female": ..., "male": ...}``.
        age: likewise, one for both sexes.
        height: as weight.
        share_female: 0 to 1.
        weight_height: correlation of the logarithm of weight with height within a sex, or one for each sex.
        age_height: likewise of age with height.
        age_weight: likewise of age with the logarithm of weight.
        name: what it is called.

    Raises:
        WrongUse: a quantity without unit, a range that does not hold the mean, correlations that cannot be together.
    """

    weight: Any
    age: Any
    height: Any
    share_female: float = 0.5
    weight_height: Any = 0.0
    age_height: Any = 0.0
    age_weight: Any = 0.0
    name: str = OWN
    ages: Numbers = field(init=False)
    sexes: Mapping[str, OfSex] = field(init=False)

    def __post_init__(self) -> None:
        """Reads the quantities once, so that a population that exists can be drawn from."""
        _fraction(self.share_female, "share_female", 0.0)
        object.__setattr__(self, "ages", numbers_of(self.age, "year", "age", AGE_RANGE))
        object.__setattr__(self, "sexes", {sex: self._of(sex) for sex in SEXES})

    def _of(self, sex: str) -> OfSex:
        sizes = []
        for what, unit, accepted in (("weight", "kg", WEIGHT_RANGE), ("height", "cm", HEIGHT_RANGE)):
            numbers = numbers_of(_for_sex(getattr(self, what), sex), unit, what, accepted)
            if numbers.even:
                raise WrongUse(
                    f"{what} without standard deviation", "a mean and a standard deviation; only ages are even"
                )
            sizes.append(numbers)
        found = [_fraction(_for_sex(getattr(self, pair), sex), pair, -1.0) for pair in PAIRS]
        made = OfSex(sizes[0], sizes[1], (found[0], found[1], found[2]))
        if np.linalg.eigvalsh(correlation(made)).min() <= 0.0:
            shown = ", ".join(f"{pair} {value:g}" for pair, value in zip(PAIRS, found, strict=True))
            raise WrongUse(
                f"correlations {shown}", "three that can be together: each nearer to the product of the others"
            )
        return made

    def __hash__(self) -> int:
        """Of the name: mappings have none."""
        return hash(self.name)

    def __str__(self) -> str:
        """For people to read."""
        return self.name

    def described(self) -> dict[str, Any]:
        """Plain JSON values; feeding them back makes the same population."""
        return {
            "weight": {sex: described(one.weight, "kg") for sex, one in self.sexes.items()},
            "age": described(self.ages, "y"),
            "height": {sex: described(one.height, "cm") for sex, one in self.sexes.items()},
            "share_female": self.share_female,
            **{pair: {sex: one.correlations[k] for sex, one in self.sexes.items()} for k, pair in enumerate(PAIRS)},
            "name": self.name,
        }


def correlation(one: OfSex) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The correlation matrix of age, height and the logarithm of weight."""
    age_height, age_weight, weight_height = one.correlations
    return np.array([[1.0, age_height, age_weight], [age_height, 1.0, weight_height], [age_weight, weight_height, 1.0]])


def _for_sex(given: Any, sex: str) -> Any:
    """What is stated for a sex, or for both."""
    if isinstance(given, Mapping) and set(given) & set(SEXES):
        if set(given) != set(SEXES):
            raise WrongUse(f"{sorted(given)}", "one for each of " + " and ".join(SEXES))
        return given[sex]
    return given


def _fraction(value: Any, what: str, low: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= 1.0:
        raise WrongUse(f"{what} {value!r}", f"a number from {low:g} to 1")
    return float(value)
