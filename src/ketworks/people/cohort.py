"""A cohort: people who differ by their random effects and, drawn from a population or listed, by their covariates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketworks.errors import CannotSay, WrongUse
from ketworks.people.drawing import draw
from ketworks.people.people_table import PeopleTable, read_people, table_of
from ketworks.people.person import ADULT, FUNCTION, SEXES, Person
from ketworks.people.population import Population
from ketworks.people.stated import POPULATIONS, population

LARGEST = 10_000_000
DRAWN = ("weight", "age", "height", "sex")


@dataclass(frozen=True)
class Cohort:
    """``n`` people; person i is the same in every cohort with the same seed, person and population.

    Args:
        n: how many, 1 to 10,000,000; many are simulated in chunks (``ketworks cohort``).
        seed: study seed, 0 to 2**63 - 1.
        person: what they share. Without a population they share all of it; with one only what was given: what
            ``Person(sex="female")`` does not say (weight, age, height) is each person's own.
        population: whom to draw from: a name (``general-adults``, ``trial-adults``, ``volunteers``), a ``Population``
            of your own, or a ``PeopleTable``, whose people are taken as they are (see ``Cohort.of_table``).
        only: ids of those who are wanted; everybody when empty. They are the same people as in the whole cohort.

    Raises:
        WrongUse: a size or seed that cannot be run or repeated, an unknown population, ids that nobody has.
    """

    n: int
    seed: int = 1
    person: Person = field(default_factory=Person)
    population: str | Population | PeopleTable | None = None
    only: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuses what could not be run or repeated."""
        if isinstance(self.n, bool) or not isinstance(self.n, int) or not 1 <= self.n <= LARGEST:
            raise WrongUse(f"cohort of {self.n!r}", f"1 to {LARGEST} people", paste="Cohort(100)")
        check_seed(self.seed)
        if isinstance(self.population, str):
            population(self.population)
        elif not isinstance(self.population, Population | PeopleTable | None):
            expected = "a Population, a PeopleTable, or a name: " + ", ".join(POPULATIONS)
            raise WrongUse(f"population {self.population!r}", expected, paste='population="general-adults"')
        if isinstance(self.population, PeopleTable):
            self._check_table(self.population)
        object.__setattr__(self, "only", tuple(self.only))
        known = self._everybody if isinstance(self._everybody, range) else set(self._everybody)
        if strange := [key for key in self.only if type(key) is not int or key not in known]:
            raise WrongUse(f"ids {strange[:5]}", f"ids of the cohort, such as {self._everybody[0]}")
        if len(set(self.only)) < len(self.only):
            raise WrongUse("an id stands twice in only", "each person once")

    @classmethod
    def of_table(cls, table: str | Path | PeopleTable, seed: int = 1, only: Sequence[int] = ()) -> Cohort:
        """The people of a CSV table (``ketworks.people.people_table.read_people`` says which columns)."""
        people = table if isinstance(table, PeopleTable) else read_people(table)
        return cls(len(people.ids), seed, Person(), people, tuple(only))

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """Person ids, in the order of the results."""
        return np.asarray(self.only or self._everybody, dtype=np.int64)

    @cached_property
    def covariates(self) -> Mapping[str, NDArray[np.float64]]:
        """Each person's numbers by the names that stages read, shape (people,); see ``Person.covariates``."""
        if isinstance(self.population, PeopleTable):
            rows = [self.population.person_of(int(key)).covariates() for key in self.ids]
            return {name: np.array([row[name] for row in rows]) for name in rows[0]}
        known = self.person.covariates()
        shared = {name: np.broadcast_to(np.float64(value), len(self.ids)) for name, value in known.items()}
        if self.population is None:
            return shared
        return shared | draw(self._drawn_from, self.seed, self.ids, self.fixed)

    @property
    def fixed(self) -> dict[str, float | str]:
        """What was given for everybody and is not drawn, in kg, y and cm."""
        values: dict[str, Any] = {
            "weight": self.person.weight_kg,
            "age": self.person.age_years,
            "height": self.person.height_cm,
            "sex": self.person.sex,
        }
        return {name: values[name] for name in DRAWN if name in self.person.given}

    def one(self, key: int) -> Person:
        """One person of the cohort by id, with their own covariates."""
        if isinstance(self.population, PeopleTable):
            return self.population.person_of(key)
        if self.population is None:
            return self.person
        own = Cohort(self.n, self.seed, self.person, self.population, (key,)).covariates
        words = {name: f"{float(own[name][0])!r} {unit}" for name, unit in (("weight", "kg"), ("height", "cm"))}
        sex = SEXES[int(own["male"][0])]
        return Person(**words, age=float(own["age"][0]), sex=sex, **self.person.described_conditions())

    @cached_property
    def representative(self) -> Person:
        """The youngest, with every co-medication, every condition and the worst organs of all: decides on the models.

        Raises:
            CannotSay: children and adults, or different settings, which no plasma model describes together.
        """
        low, high = self.range_of("age")
        if low < ADULT <= high:
            raise CannotSay(
                f"people from {low:g} to {high:g} years together",
                f"all under {ADULT:g} years, or none: children have plasma models of their own",
                paste=f'Population(age=Spread(low="{ADULT:g} y", high="{max(high, ADULT + 1.0):g} y"), ...)',
            )
        youngest = self.one(int(self.ids[np.argmin(self.covariates["age"])]))
        if not isinstance(self.population, PeopleTable):
            return youngest
        everybody = [self.population.person_of(int(key)) for key in self.ids]
        settings = sorted({one.setting for one in everybody})
        if len(settings) > 1:
            raise CannotSay(f"people in {' and '.join(settings)} together", "one setting: a table for each")
        return replace(
            youngest,
            comedication=tuple({name for one in everybody for name in one.comedication}),
            conditions=tuple({name for one in everybody for name in one.conditions}),
            liver=max((one.liver for one in everybody), key=FUNCTION.index),
            kidney=max((one.kidney for one in everybody), key=FUNCTION.index),
        )

    @cached_property
    def extremes(self) -> tuple[Person, ...]:
        """The heaviest, oldest, lightest and youngest: if anybody lies outside a model's evidence, one of them does."""
        if self.population is None:
            return (self.person,)
        order = [pick(self.covariates[name]) for pick in (np.argmax, np.argmin) for name in ("weight", "age")]
        return tuple(self.one(int(key)) for key in dict.fromkeys(self.ids[order].tolist()))

    def range_of(self, name: str) -> tuple[float, float]:
        """Lowest and highest of a covariate."""
        values = self.covariates[name]
        return float(values.min()), float(values.max())

    def described(self) -> dict[str, Any]:
        """Plain JSON values; ``cohort_of`` makes the same cohort of them."""
        shared = self.person.described()
        found: dict[str, Any] = {"kind": "cohort", "n": self.n}
        if isinstance(self.population, PeopleTable):
            return found | {"table": self.population.described()} | self._chosen()
        if self.population is not None:
            shared = {name: value for name, value in shared.items() if name not in DRAWN or name in self.person.given}
            named = isinstance(self.population, str)
            found["population"] = self.population if named else self._drawn_from.described()
        return found | shared | self._chosen()

    def __str__(self) -> str:
        """For people to read."""
        count = f"{len(self.ids)} {'person' if len(self.ids) == 1 else 'people'}"
        if self.population is None:
            return f"{count} like {self.person} (seed {self.seed})"
        words = [f"{count} of {self.population}"]
        if not isinstance(self.population, PeopleTable):
            shared = self.person.described()
            words += [str(shared[name]) for name in DRAWN if name in self.person.given] + self.person.condition_words()
        return f"{', '.join(words)} (seed {self.seed})"

    def _chosen(self) -> dict[str, Any]:
        return {"only": list(self.only)} if self.only else {}

    @property
    def _drawn_from(self) -> Population:
        if isinstance(self.population, str):
            return population(self.population)
        assert isinstance(self.population, Population)
        return self.population

    @cached_property
    def _everybody(self) -> Sequence[int]:
        return self.population.ids if isinstance(self.population, PeopleTable) else range(1, self.n + 1)

    def _check_table(self, table: PeopleTable) -> None:
        if self.n != len(table.ids):
            raise WrongUse(
                f"cohort of {self.n}", f"the {len(table.ids)} people of {table.name}", paste="Cohort.of_table()"
            )
        if self.person != Person() or self.person.given:
            raise WrongUse("a person beside a table of people", "the table alone: it says who they are")


def cohort_of(described: Mapping[str, Any], seed: int) -> Cohort:
    """The cohort that ``Cohort.described`` told."""
    parts = {key: value for key, value in described.items() if key != "kind"}
    n, only = int(parts.pop("n")), tuple(parts.pop("only", ()))
    if "table" in parts:
        return Cohort(n, seed, Person(), table_of(parts["table"]), only)
    source = parts.pop("population", None)
    return Cohort(n, seed, Person(**parts), Population(**source) if isinstance(source, Mapping) else source, only)


def check_seed(seed: object) -> int:
    """The seed, if it is a whole number from 0 to 2**63 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise WrongUse(f"seed {seed!r}", "a whole number from 0 to 2**63 - 1", paste="--seed 1")
    return seed
