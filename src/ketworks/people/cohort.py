"""A cohort: people of one kind who differ by their random effects."""

from __future__ import annotations

from dataclasses import dataclass, field

from ketworks.errors import WrongUse
from ketworks.people.person import Person

LARGEST = 100_000


@dataclass(frozen=True)
class Cohort:
    """``n`` people with the covariates of ``person``; person i is the same in every cohort with the same seed.

    Args:
        n: how many, 1 to 100,000.
        seed: study seed, 0 to 2**63 - 1.
        person: the covariates they share.
    """

    n: int
    seed: int = 1
    person: Person = field(default_factory=Person)

    def __post_init__(self) -> None:
        """Refuses sizes and seeds that could not be run or repeated."""
        if isinstance(self.n, bool) or not isinstance(self.n, int) or not 1 <= self.n <= LARGEST:
            raise WrongUse(f"cohort of {self.n!r}", f"1 to {LARGEST} people", paste="Cohort(100)")
        check_seed(self.seed)

    def __str__(self) -> str:
        """For people to read."""
        return f"{self.n} {'person' if self.n == 1 else 'people'} like {self.person} (seed {self.seed})"


def check_seed(seed: object) -> int:
    """The seed, if it is a whole number from 0 to 2**63 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise WrongUse(f"seed {seed!r}", "a whole number from 0 to 2**63 - 1", paste="--seed 1")
    return seed
