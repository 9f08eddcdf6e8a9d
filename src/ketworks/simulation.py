"""``simulate``: a regimen and a person (or cohort) in, every asked signal out, with band, grade and error estimate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.caveats import given_unasked
from ketworks.engine.grid import PADDED, padded, padded_size, time_grid
from ketworks.engine.occasions import occasions_of
from ketworks.errors import SolverFailed, WrongUse
from ketworks.left_out import check_made, resolved
from ketworks.overrides import check_values
from ketworks.people.cohort import Cohort, check_seed
from ketworks.people.person import Person
from ketworks.registry import Chain, usual_chains
from ketworks.result import Floats, Simulation, with_residual
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from jax import Array

    from ketworks.dose.regimen import DoseEvent, Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.chain import Run

BAND_PEOPLE = 127  # with the typical person in row 0 they fill one batch
BATCH = 128  # people always run in batches of one size, so that a person's bytes do not depend on company
HORIZON = 14.0 * 1440.0  # min after the last dose when no times are asked: the evidence on mood reaches two weeks
TOLERANCE = 1e-3  # of a signal's largest value; the solvers' own estimate must lie below
USUAL_SIZES = PADDED[:2]  # one dose, and about eight
LARGEST_RESULT = 4e8  # numbers in memory at once, 3 GB
FINEST = 3  # times that the grid is halved before giving up


def simulate(
    regimen: str | Regimen,
    people: Person | Cohort | None = None,
    chain: Chain | None = None,
    outputs: Sequence[str] | None = None,
    times: str | Iterable[str] | None = None,
    band: bool = True,
    seed: int = 1,
    values: Mapping[str, float] | None = None,
    progress: Callable[[str], None] | None = None,
    occasions: bool = True,
    measured: bool = False,
) -> Simulation:
    """Runs one regimen through the chain.

    Args:
        regimen: a dose sentence, or a parsed regimen.
        people: a ``Person`` (the typical one, with a 90 % band from 127 others of the same kind) or a ``Cohort``.
        chain: mechanisms chosen by name; defaults otherwise.
        outputs: signal names; all when None. Only the stages they need are run.
        times: when values are wanted, for example ``"0,20,40,80 min"``; values are at exactly those times. When None,
            the solver's own event-aligned grid to 14 days after the last dose.
        band: whether a ``Person`` gets the band.
        seed: of the band's people; a cohort carries its own.
        values: parameter values in canonical units that replace the tables' by id, for sensitivity studies.
        progress: called with a word on what is being done.
        occasions: whether people differ from occasion to occasion, where a stage knows by how much; the typical person
            never does.
        measured: whether the result also holds samples with the published residual error (``Simulation.measured``).

    Returns:
        The simulation. People whose equations could not be solved are left out and named in ``failed``.

    Raises:
        WrongUse: anything that cannot be read or lies outside the accepted range.
        CannotSay: no evidence in the model covers the request.
        SolverFailed: a solver did not reach its tolerance for anybody; the signal and person are named.
    """
    _set_up()
    plan = _plan(regimen)
    who = _instance(people if people is not None else Person(), (Person, Cohort), "people", "Person(weight='70 kg')")
    asked_chain = _instance(Chain() if chain is None else chain, Chain, "chain", "Chain(outcome='midazolam')")
    asked = time_points(times) if times is not None else None
    study_seed = who.seed if isinstance(who, Cohort) else check_seed(seed)
    engine_chain, reasons = resolved(asked_chain, plan, who)
    left_out = partial(check_made, made=engine_chain, asked=asked_chain, plan=plan, who=who, reasons=reasons)
    names = _output_names(engine_chain, outputs, left_out)
    if measured:
        with_residual(engine_chain, names)
    ids, covariates = _people(who, band)
    replaced = check_values(engine_chain.stages, values or {})
    request = _Request(engine_chain, names, plan.events(), covariates, ids, study_seed, replaced, bool(occasions))
    found = _solve(request, asked, float(asked[-1]) if asked is not None else plan.end + HORIZON, progress)
    keep = slice(None) if asked is None else np.searchsorted(found.grid, asked)
    return Simulation(
        regimen=plan,
        people=who,
        choices=dict(asked_chain.choices),
        chain=engine_chain,
        reasons=reasons,
        times=found.grid[keep],
        tables={name: table[:, keep] for name, table in found.tables.items()},
        ids=ids[found.solved],
        covariates={name: numbers[found.solved] for name, numbers in covariates.items()},
        seed=study_seed,
        has_typical=isinstance(who, Person),
        errors=found.errors,
        neglected=found.neglected,
        failed=found.failed,
        asked_times=None if asked is None else [float(t) for t in asked],
        values=replaced,
        occasions=request.occasions,
        with_measured=bool(measured),
    )


def warm_up() -> None:
    """Compiles the default chains at the two usual grid sizes, so that no usual sentence has to wait for it later."""
    import jax.numpy as jnp

    from ketworks.dose.stage import schedule_of
    from ketworks.engine.compiled import prepare_stages

    _set_up()
    covariates = {name: jnp.asarray(np.full(BATCH, value)) for name, value in Person().covariates().items()}
    schedule = schedule_of((), np.asarray(covariates["weight"]))
    prepare_stages(
        [
            call
            for size in USUAL_SIZES
            for chain in usual_chains()
            for call in chain.calls(tuple(chain.signals), jnp.asarray(np.zeros(size)), schedule, covariates)
        ]
    )


class _Request(NamedTuple):
    """What is to be run, without the grid."""

    chain: EngineChain
    names: tuple[str, ...]
    events: tuple[DoseEvent, ...]
    covariates: Mapping[str, Floats]
    ids: NDArray[np.int64]
    seed: int
    values: dict[str, float]
    occasions: bool


class _Solution(NamedTuple):
    """Grid (times,), rows of the people who were solved, their arrays (people, times) by name, solver errors and
    neglected parts by name, and why the others failed by id.
    """

    grid: Floats
    solved: NDArray[np.int64]
    tables: dict[str, Floats]
    errors: dict[str, float]
    neglected: dict[str, float]
    failed: dict[int, str]


def _solve(request: _Request, asked: Floats | None, end: float, progress: Callable[[str], None] | None) -> _Solution:
    """Runs on ever finer grids until every solver's own error estimate is below the tolerance.

    On the finest grid, those whose estimate is still too large are told apart from the others and left out.
    """
    edges = [edge for event in request.events for edge in (event.time, event.end)]
    for refine in range(FINEST + 1):
        grid = time_grid(edges, () if asked is None else asked, end, refine)
        _check_size(request, len(grid) if asked is None else len(asked))
        solution = _run(request, grid, TOLERANCE if refine == FINEST else math.inf, progress)
        if max(solution.errors.values(), default=0.0) <= TOLERANCE:
            break
    if len(solution.solved) == 0 or 0 in solution.failed:
        first = solution.failed.get(0, next(iter(solution.failed.values())))
        raise SolverFailed(first, f"finite values with an error of at most {TOLERANCE:g} on the finest grid")
    return solution


def _check_size(request: _Request, times: int) -> None:
    size = len(request.ids) * len(request.names) * times
    if size > LARGEST_RESULT:
        raise WrongUse(
            f"{len(request.ids)} people, {len(request.names)} signals, {times} times: {size / 1e9:.1f} billion numbers",
            f"at most {LARGEST_RESULT / 1e9:.1f} billion: fewer signals, or only the times you need",
            paste='--signals plasma.ketamine.venous --times "0 to 24 h by 1 h"',
        )


def _set_up() -> None:
    from ketworks.engine.jax_setup import set_up

    set_up()


def _plan(regimen: object) -> Regimen:
    """The regimen, parsed if it is a sentence."""
    from ketworks.dose.regimen import Regimen
    from ketworks.dose.sentence import parse

    if isinstance(regimen, str):
        return parse(regimen)
    plan: Regimen = _instance(regimen, Regimen, "regimen", repr("0.5 mg/kg iv over 40 min"))
    return plan


def _instance(given: Any, kinds: type | tuple[type, ...], what: str, paste: str) -> Any:
    """The argument, if it is of the kind expected."""
    if not isinstance(given, kinds):
        names = " or ".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
        raise WrongUse(f"{what} is {given!r}", f"a {names}", paste=f"{what}={paste}")
    return given


def _output_names(
    chain: EngineChain, outputs: Sequence[str] | None, left_out: Callable[[str], None]
) -> tuple[str, ...]:
    """The asked signals, each once; ``left_out`` refuses one that exists but that this chain leaves out."""
    if outputs is None:
        return given_unasked(chain.variant("plasma"), tuple(chain.signals))
    if isinstance(outputs, str):
        raise WrongUse(f"outputs {outputs!r}", "a list of signal names", paste=f"outputs=[{outputs!r}]")
    if not outputs:
        raise WrongUse("outputs is empty", "signal names, or None for all", paste="outputs=['plasma.ketamine.venous']")
    for name in outputs:
        left_out(name)
    return tuple(dict.fromkeys(chain.signal(name).name for name in outputs))


def _people(who: Person | Cohort, band: bool) -> tuple[NDArray[np.int64], Mapping[str, Floats]]:
    """Person ids and covariates; id 0 is the typical person, whose random effects are zero."""
    if isinstance(who, Cohort):
        return who.ids, who.covariates
    ids = np.arange(BAND_PEOPLE + 1 if band else 1)
    return ids, {name: np.full(len(ids), value) for name, value in who.covariates().items()}


def _run(request: _Request, grid: Floats, tolerance: float, progress: Callable[[str], None] | None) -> _Solution:
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
        one = _Batch(request, times, grid, batch, say).solve(rows, tolerance)
        solved.append(one.solved)
        failed |= one.failed
        for name in request.names:
            parts[name].append(one.tables[name])
        for found, kept in zip((one.errors, one.neglected), worst, strict=True):
            for name, value in found.items():
                kept[name] = max(kept.get(name, 0.0), value)
    tables = {name: np.concatenate(part) for name, part in parts.items()}
    return _Solution(grid, np.concatenate(solved), tables, *worst, failed)


def _say_whom(progress: Callable[[str], None], done: int, everybody: int, word: str) -> None:
    progress(f"{done} of {everybody} people done: {word}")


class _Batch(NamedTuple):
    """Runs rows of a request, always as many at once: a person's bytes depend neither on company nor on place."""

    request: _Request
    times: Array
    grid: Floats
    size: int
    progress: Callable[[str], None] | None

    def solve(self, rows: NDArray[np.int64], tolerance: float) -> _Solution:
        """Those of the rows that can be solved; each of the others is told apart and named."""
        run = self._run(rows)
        bad = self._not_finite(run, rows)
        good = np.array([row for row in rows if row not in bad], dtype=np.int64)
        if bad and len(good):  # what is not finite would spoil the estimates for everybody
            run = self._run(good)
        errors = _sizes(run.errors)
        if len(good) and max(errors.values(), default=0.0) > tolerance:
            if len(good) > 1:
                halves = [self.solve(half, tolerance) for half in np.array_split(good, 2)]
                return self._joined(halves, bad)
            name = max(errors, key=lambda key: errors[key])
            bad[int(good[0])] = f"{self._whom(name, good[0])}: estimated error {errors[name]:.2g} of its largest value"
            good, errors = good[:0], {}
        tables = {name: np.asarray(run.signals[name])[: len(good), : len(self.grid)] for name in self.request.names}
        failed = {int(self.request.ids[row]): words for row, words in bad.items()}
        neglected = _sizes(run.neglected) if len(good) else {}
        return _Solution(self.grid, good, tables, errors if len(good) else {}, neglected, failed)

    def _joined(self, halves: Sequence[_Solution], bad: Mapping[int, str]) -> _Solution:
        tables = {name: np.concatenate([half.tables[name] for half in halves]) for name in self.request.names}
        errors, neglected = (
            {name: max(one.get(name, 0.0) for one in found) for name in {key for one in found for key in one}}
            for found in ([half.errors for half in halves], [half.neglected for half in halves])
        )
        failed = {int(self.request.ids[row]): words for row, words in bad.items()}
        for half in halves:
            failed |= half.failed
        return _Solution(self.grid, np.concatenate([h.solved for h in halves]), tables, errors, neglected, failed)

    def _run(self, rows: NDArray[np.int64]) -> Run:
        import jax.numpy as jnp

        from ketworks.dose.stage import schedule_of

        chain, names, _, covariates, ids, *_ = self.request
        filled = np.concatenate([rows, np.full(self.size - len(rows), rows[-1])])
        person = {name: jnp.asarray(values[filled]) for name, values in covariates.items()}
        schedule = schedule_of(self.request.events, covariates["weight"][filled])
        eta = _draws(self.request, ids[filled], schedule.start.shape[0])
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


def _draws(request: _Request, ids: NDArray[np.int64], doses: int) -> dict[str, Array]:
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
