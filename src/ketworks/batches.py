"""People in batches of one size on one grid, refined until every solver's own error estimate is small enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.engine.grid import padded, padded_size, time_grid
from ketworks.engine.occasions import occasions_of
from ketworks.errors import SolverFailed, WrongUse

if TYPE_CHECKING:
    from jax import Array

    from ketworks.dose.companion import CompanionDose
    from ketworks.dose.regimen import DoseEvent
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.chain import Run

BATCH = 128  # people always run in batches of one size, so that a person's bytes do not depend on company
TOLERANCE = 1e-3  # of a signal's largest value; the solvers' own estimate must lie below
DIRECTION = 10.0  # times that for a signal of which only the direction is read
LARGEST_RESULT = 4e8  # numbers in memory at once, 3 GB
FINEST = 3  # times that the grid is halved before giving up
Floats = NDArray[np.float64]


class Request(NamedTuple):
    """What is to be run, without the grid."""

    chain: EngineChain
    names: tuple[str, ...]
    events: tuple[DoseEvent, ...]
    covariates: Mapping[str, Floats]
    ids: NDArray[np.int64]
    seed: int
    values: dict[str, float]
    occasions: bool
    company: tuple[CompanionDose, ...] = ()


class Solution(NamedTuple):
    """Grid (times,), rows of the people who were solved, their arrays (people, times) by name, solver errors and
    neglected parts by name, and why the others failed by id.
    """

    grid: Floats
    solved: NDArray[np.int64]
    tables: dict[str, Floats]
    errors: dict[str, float]
    neglected: dict[str, float]
    failed: dict[int, str]


def solve_all(request: Request, asked: Floats | None, end: float, progress: Callable[[str], None] | None) -> Solution:
    """Runs on ever finer grids until every solver's own error estimate is below the tolerance.

    On the finest grid, those whose estimate is still too large are told apart from the others and left out.
    """
    edges = [edge for event in request.events for edge in (event.time, event.end)]
    edges += [edge for dose in request.company for edge in (dose.time, dose.end) if edge > 0.0]
    for refine in range(FINEST + 1):
        grid = time_grid(edges, () if asked is None else asked, end, refine)
        _check_size(request, len(grid) if asked is None else len(asked))
        solution = _run(request, grid, 1.0 if refine == FINEST else math.inf, progress)
        if _worst(request.chain, solution.errors)[1] <= 1.0:
            break
    if len(solution.solved) == 0 or 0 in solution.failed:
        first = solution.failed.get(0, next(iter(solution.failed.values())))
        allowed = f"at most {TOLERANCE:g}, {DIRECTION * TOLERANCE:g} where only a direction is read"
        raise SolverFailed(first, f"finite values with an error of {allowed}")
    return solution


def _worst(chain: EngineChain, errors: Mapping[str, float]) -> tuple[str, float]:
    """The signal whose estimated error is largest in multiples of what it is allowed, and that multiple."""
    multiples = ((name, error / allowed_error(chain, name)) for name, error in errors.items())
    return max(multiples, key=lambda one: one[1], default=("", 0.0))


def allowed_error(chain: EngineChain, name: str) -> float:
    """What a signal's estimated error may be, of its largest value."""
    return TOLERANCE * (DIRECTION if chain.signal(name).kind == "sign" else 1.0)


def _check_size(request: Request, times: int) -> None:
    size = len(request.ids) * len(request.names) * times
    if size > LARGEST_RESULT:
        raise WrongUse(
            f"{len(request.ids)} people, {len(request.names)} signals, {times} times: {size / 1e9:.1f} billion numbers",
            f"at most {LARGEST_RESULT / 1e9:.1f} billion: fewer signals, or only the times you need",
            paste='--signals plasma.ketamine.venous --times "0 to 24 h by 1 h"',
        )


def _run(request: Request, grid: Floats, most: float, progress: Callable[[str], None] | None) -> Solution:
    """Runs all people in batches of one size on one grid."""
    import jax.numpy as jnp

    ids = request.ids
    times = jnp.asarray(padded(grid, padded_size(len(grid))))
    batch = 1 if len(ids) == 1 and ids[0] == 0 else BATCH
    solved: list[NDArray[np.int64]] = []
    parts: dict[str, list[Floats]] = {name: [] for name in request.names}
    worst: tuple[dict[str, float], dict[str, float]] = ({}, {})
    failed: dict[int, str] = {}
    for first in range(0, len(ids), batch):
        rows = np.arange(first, min(first + batch, len(ids)))
        say = progress
        if progress is not None and len(ids) > batch:
            say = partial(_say_whom, progress, first, len(ids))
        one = _Batch(request, times, grid, batch, say).solve(rows, most)
        solved.append(one.solved)
        failed |= one.failed
        for name in request.names:
            parts[name].append(one.tables[name])
        for found, kept in zip((one.errors, one.neglected), worst, strict=True):
            for name, value in found.items():
                kept[name] = max(kept.get(name, 0.0), value)
    tables = {name: np.concatenate(part) for name, part in parts.items()}
    return Solution(grid, np.concatenate(solved), tables, *worst, failed)


def _say_whom(progress: Callable[[str], None], done: int, everybody: int, word: str) -> None:
    progress(f"{done} of {everybody} people done: {word}")


class _Batch(NamedTuple):
    """Runs rows of a request, always as many at once: a person's bytes depend neither on company nor on place."""

    request: Request
    times: Array
    grid: Floats
    size: int
    progress: Callable[[str], None] | None

    def solve(self, rows: NDArray[np.int64], most: float) -> Solution:
        """Those of the rows that can be solved; each of the others is told apart and named.

        Args:
            rows: of the request.
            most: of the tolerance that an error may reach.
        """
        run = self._run(rows)
        bad = self._not_finite(run, rows)
        good = np.array([row for row in rows if row not in bad], dtype=np.int64)
        if bad and len(good):  # what is not finite would spoil the estimates for everybody
            run = self._run(good)
        errors = _sizes(run.errors)
        name, multiple = _worst(self.request.chain, errors)
        if len(good) and multiple > most:
            if len(good) > 1:
                halves = [self.solve(half, most) for half in np.array_split(good, 2)]
                return self._joined(halves, bad)
            bad[int(good[0])] = f"{self._whom(name, good[0])}: estimated error {errors[name]:.2g} of its largest value"
            good, errors = good[:0], {}
        tables = {name: np.asarray(run.signals[name])[: len(good), : len(self.grid)] for name in self.request.names}
        failed = {int(self.request.ids[row]): words for row, words in bad.items()}
        neglected = _sizes(run.neglected) if len(good) else {}
        return Solution(self.grid, good, tables, errors if len(good) else {}, neglected, failed)

    def _joined(self, halves: Sequence[Solution], bad: Mapping[int, str]) -> Solution:
        tables = {name: np.concatenate([half.tables[name] for half in halves]) for name in self.request.names}
        errors, neglected = (
            {name: max(one.get(name, 0.0) for one in found) for name in {key for one in found for key in one}}
            for found in ([half.errors for half in halves], [half.neglected for half in halves])
        )
        failed = {int(self.request.ids[row]): words for row, words in bad.items()}
        for half in halves:
            failed |= half.failed
        return Solution(self.grid, np.concatenate([h.solved for h in halves]), tables, errors, neglected, failed)

    def _run(self, rows: NDArray[np.int64]) -> Run:
        import jax.numpy as jnp

        from ketworks.dose.stage import schedule_of

        chain, names, _, covariates, ids, *_ = self.request
        filled = np.concatenate([rows, np.full(self.size - len(rows), rows[-1])])
        person = {name: jnp.asarray(values[filled]) for name, values in covariates.items()}
        schedule = schedule_of(self.request.events, covariates["weight"][filled], self.request.company)
        eta = draws_of(self.request, ids[filled], schedule.start.shape[0])
        return chain.run(names, self.times, schedule, person, eta, self.request.values, self.progress)

    def _not_finite(self, run: Run, rows: NDArray[np.int64]) -> dict[int, str]:
        """Rows with a value that is not finite, and where."""
        found: dict[int, str] = {}
        for name in self.request.names:
            table = np.asarray(run.signals[name])[: len(rows), : len(self.grid)]
            for place in np.flatnonzero(~np.isfinite(table).all(axis=1)):
                column = np.argmin(np.isfinite(table[place]))
                words = f"{self._whom(name, rows[place])} is not finite from {self.grid[column]:g} min on"
                found.setdefault(int(rows[place]), words)
        return found

    def _whom(self, name: str, row: np.int64) -> str:
        return f"{name} of person {self.request.ids[row]}"


def _sizes(found: Mapping[str, Array]) -> dict[str, float]:
    return {name: float(value) if np.isfinite(float(value)) else np.inf for name, value in found.items()}


def draws_of(request: Request, ids: NDArray[np.int64], doses: int) -> dict[str, Array]:
    """Random effects of people: none for the typical one, and none between occasions when not wanted."""
    import jax.numpy as jnp

    chain, names, typical = request.chain, request.names, ids == 0
    zeros = chain.typical(names, len(ids), doses)
    if typical.all():
        return zeros
    drawn = chain.draw(names, request.seed, ids, occasions_of([(e.time, e.end) for e in request.events], doses))
    if not request.occasions:
        drawn |= {name: zeros[name] for name in chain.dose_effects(names)}
    return {
        name: jnp.asarray(np.where(typical.reshape(-1, *[1] * (value.ndim - 1)), 0.0, np.asarray(value)))
        for name, value in drawn.items()
    }
