"""A cohort cut into chunks of one size: which people each chunk holds, and what they come to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.configuration import configuration, from_configuration
from ketworks.errors import WrongUse
from ketworks.scale.journal import digest_of
from ketworks.scale.memory import own_peak

if TYPE_CHECKING:
    from ketworks.people.cohort import Cohort
    from ketworks.simulation import Prepared

Floats = NDArray[np.float64]
SMALLEST, LARGEST, USUAL = 128, 65_536, 1024  # people in a chunk; one batch of the solvers is the least


class Chunk(NamedTuple):
    """What one chunk came to.

    Attributes:
        number: from 0.
        tables: values by signal, shape (people, times); not a number for those who could not be solved.
        covariates: each person's numbers by name, shape (people,).
        solved: whether each person's equations could be solved, shape (people,).
        failed: why not, by person id.
        errors: largest estimated solver error behind a signal over its largest value, by signal.
        neglected: largest estimate of what steady-state assumptions leave out, likewise.
        worker: names the process that simulated it.
        memory: most that process has taken so far, bytes.
    """

    number: int
    tables: dict[str, Floats]
    covariates: dict[str, Floats]
    solved: NDArray[np.bool_]
    failed: Mapping[int, str] = {}
    errors: Mapping[str, float] = {}
    neglected: Mapping[str, float] = {}
    worker: str = ""
    memory: int = 0

    def checksum(self) -> str:
        """Digest of every number, so that what was stored can be told from what was damaged."""
        digest = hashlib.sha256()
        for name, values in sorted({**self.tables, **self.covariates, "solved": self.solved}.items()):
            digest.update(name.encode() + b"\0" + np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class ChunkedRun:
    """A run of a cohort in chunks; two with equal text give the same bytes on any machine of one kind.

    Attributes:
        text: the configuration as JSON (``ketworks.configuration``).
        chunk: people in a chunk, the last one excepted.
    """

    text: str
    chunk: int = USUAL

    def __post_init__(self) -> None:
        """Refuses a chunk that is no number of people."""
        if isinstance(self.chunk, bool) or not isinstance(self.chunk, int) or not SMALLEST <= self.chunk <= LARGEST:
            raise WrongUse(f"chunks of {self.chunk!r} people", f"{SMALLEST} to {LARGEST}", paste=f"--chunk {USUAL}")

    @classmethod
    def of(cls, prepared: Prepared, chunk: int = USUAL) -> ChunkedRun:
        """The run of what was prepared for the whole cohort.

        Raises:
            WrongUse: one person, or no times were asked: a grid of thousands of times for each of many is no answer.
        """
        from ketworks.people.cohort import Cohort

        if not isinstance(prepared.people, Cohort):
            raise WrongUse("one person", "a cohort", paste="--people 100000 --population general-adults")
        if prepared.asked is None:
            raise WrongUse("a cohort in chunks without times", "the times you need", paste='--times "0 to 24 h by 1 h"')
        asked = [float(time) for time in prepared.asked]
        config = configuration(
            prepared.plan,
            prepared.people,
            band=False,
            seed=prepared.seed,
            choices=prepared.choices,
            names=prepared.names,
            asked=asked,
            values=prepared.values,
            occasions=prepared.occasions,
            measured=False,
        )
        return cls(json.dumps(config, sort_keys=True), chunk)

    @cached_property
    def prepared(self) -> Prepared:
        """The run ready to start, decided for the whole cohort and not for a chunk of it."""
        from ketworks.simulation import prepare

        return prepare(**from_configuration(self.configuration))

    @property
    def configuration(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def cohort(self) -> Cohort:
        """Everybody."""
        from ketworks.people.cohort import Cohort

        people = self.prepared.people
        assert isinstance(people, Cohort)
        return people

    @cached_property
    def covariates(self) -> tuple[str, ...]:
        """What is kept of each person: size, age, sex, and of the rest what is true of anybody and known of all."""
        from ketworks.io.dataset import COVARIATE_UNITS

        everybody = self.cohort.covariates.items()
        return tuple(k for k, v in everybody if np.isfinite(v).all() and (k in COVARIATE_UNITS or v.any()))

    @property
    def chunks(self) -> int:
        """How many there are."""
        return -(-len(self.cohort.ids) // self.chunk)

    @cached_property
    def digest(self) -> str:
        """Names configuration, chunk, versions and the whole source: chunks of two digests do not belong together."""
        return digest_of((self.text, str(self.chunk)))

    def rows(self, number: int) -> slice:
        """Where the people of a chunk stand in the cohort."""
        return slice(number * self.chunk, min((number + 1) * self.chunk, len(self.cohort.ids)))

    def simulated(self, number: int) -> Chunk:
        """Runs one chunk.

        Raises:
            SolverFailed: nobody in it could be solved.
        """
        ids = self.cohort.ids[self.rows(number)]
        made = self.prepared.run(replace(self.cohort, only=tuple(int(key) for key in ids)))
        solved = np.isin(ids, made.ids)
        spread = {name: _spread(table, solved) for name, table in made.tables.items()}
        covariates = {name: _spread(made.covariates[name], solved) for name in self.covariates}
        failed = {int(key): words for key, words in made.failed.items()}
        errors = {name: float(made.error(name)) for name in made.names}
        neglected = {name: float(made.neglected.get(name, 0.0)) for name in made.names}
        return Chunk(number, spread, covariates, solved, failed, errors, neglected, *own_peak())


def _spread(values: Floats, solved: NDArray[np.bool_]) -> Floats:
    """The rows of those who were solved at their places among all."""
    if solved.all():
        return np.asarray(values)
    full = np.full((len(solved), *values.shape[1:]), np.nan)
    full[solved] = values
    return full
