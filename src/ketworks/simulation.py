"""``simulate``: a regimen and a person (or cohort) in, every asked signal out, with band, grade and error estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.caveats import given_unasked
from ketworks.engine.grid import PADDED, padded, padded_size, time_grid
from ketworks.errors import SolverFailed, WrongUse
from ketworks.overrides import check_values
from ketworks.people.cohort import Cohort, check_seed
from ketworks.people.person import Person
from ketworks.registry import Chain, every_chain
from ketworks.result import Floats, Simulation
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from ketworks.dose.regimen import DoseEvent, Regimen
    from ketworks.engine.chain import Chain as EngineChain

BAND_PEOPLE = 127  # with the typical person in row 0 they fill one batch
BATCH = 128  # people always run in batches of one size, so that a person's bytes do not depend on company
HORIZON = 14.0 * 1440.0  # min after the last dose when no times are asked: the evidence on mood reaches two weeks
TOLERANCE = 1e-3  # of a signal's largest value; the solvers' own estimate must lie below
USUAL_SIZES = PADDED[:2]  # one dose, and about eight
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

    Returns:
        The simulation.

    Raises:
        WrongUse: anything that cannot be read or lies outside the accepted range.
        CannotSay: no evidence in the model covers the request.
        SolverFailed: a solver did not reach its tolerance; the signal and person are named.
    """
    from ketworks.engine.jax_setup import set_up

    set_up()
    plan = _plan(regimen)
    who = _instance(people if people is not None else Person(), (Person, Cohort), "people", "Person(weight='70 kg')")
    asked_chain = _instance(chain if chain is not None else Chain(), Chain, "chain", "Chain(outcome='midazolam')")
    engine_chain, reasons = asked_chain.resolve(plan, who.person if isinstance(who, Cohort) else who)
    names = _output_names(engine_chain, outputs)
    replaced = check_values(engine_chain.stages, values or {})
    asked = time_points(times) if times is not None else None
    events = plan.events()
    end = float(asked[-1]) if asked is not None else plan.end + HORIZON
    ids = _ids(who, band)
    study_seed = who.seed if isinstance(who, Cohort) else check_seed(seed)
    person = who.person if isinstance(who, Cohort) else who
    request = _Request(engine_chain, names, events, person, ids, study_seed, replaced)
    grid, tables, errors, neglected = _solve(request, asked, end, progress)
    keep = slice(None) if asked is None else np.searchsorted(grid, asked)
    return Simulation(
        regimen=plan,
        people=who,
        choices=dict(asked_chain.choices),
        chain=engine_chain,
        reasons=reasons,
        times=grid[keep],
        tables={name: table[:, keep] for name, table in tables.items()},
        ids=ids,
        seed=study_seed,
        has_typical=isinstance(who, Person),
        errors=errors,
        neglected=neglected,
        asked_times=None if asked is None else [float(t) for t in asked],
        values=request.values,
    )


def warm_up() -> None:
    """Compiles the default chains at the two usual grid sizes, so that no usual sentence has to wait for it later."""
    import jax.numpy as jnp

    from ketworks.dose.stage import schedule_of
    from ketworks.engine.compiled import prepare_stages
    from ketworks.engine.jax_setup import set_up

    set_up()
    covariates = {name: jnp.asarray(np.full(BATCH, value)) for name, value in Person().covariates().items()}
    schedule = schedule_of((), np.asarray(covariates["weight"]))
    prepare_stages(
        [
            call
            for size in USUAL_SIZES
            for chain in every_chain()
            for call in chain.calls(tuple(chain.signals), jnp.asarray(np.zeros(size)), schedule, covariates)
        ]
    )


class _Request(NamedTuple):
    """What is to be run, without the grid."""

    chain: EngineChain
    names: tuple[str, ...]
    events: tuple[DoseEvent, ...]
    person: Person
    ids: NDArray[np.int64]
    seed: int
    values: dict[str, float]


class _Solution(NamedTuple):
    """Grid (times,), arrays (people, times) by name, solver errors and neglected parts by name."""

    grid: Floats
    tables: dict[str, Floats]
    errors: dict[str, float]
    neglected: dict[str, float]


def _solve(request: _Request, asked: Floats | None, end: float, progress: Callable[[str], None] | None) -> _Solution:
    """Runs on ever finer grids until every solver's own error estimate is below the tolerance."""
    edges = [edge for event in request.events for edge in (event.time, event.end)]
    for refine in range(FINEST + 1):
        solution = _run(request, time_grid(edges, () if asked is None else asked, end, refine), progress)
        errors = solution.errors
        if max(errors.values(), default=0.0) <= TOLERANCE:
            return solution
    name = max(errors, key=lambda key: errors[key])
    raise SolverFailed(
        f"{name}: estimated error {errors[name]:.2g} of its largest value", f"at most {TOLERANCE:g} on the finest grid"
    )


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


def _output_names(chain: EngineChain, outputs: Sequence[str] | None) -> tuple[str, ...]:
    if outputs is None:
        return given_unasked(chain.variant("plasma"), tuple(chain.signals))
    if isinstance(outputs, str):
        raise WrongUse(f"outputs {outputs!r}", "a list of signal names", paste=f"outputs=[{outputs!r}]")
    if not outputs:
        raise WrongUse("outputs is empty", "signal names, or None for all", paste="outputs=['plasma.ketamine.venous']")
    return tuple(dict.fromkeys(chain.signal(name).name for name in outputs))


def _ids(who: Person | Cohort, band: bool) -> NDArray[np.int64]:
    """Person ids; id 0 is the typical person, whose random effects are zero."""
    if isinstance(who, Cohort):
        return np.arange(1, who.n + 1)
    return np.arange(BAND_PEOPLE + 1 if band else 1)


def _run(request: _Request, grid: Floats, progress: Callable[[str], None] | None) -> _Solution:
    """Runs all people in batches of one size on one grid."""
    import jax.numpy as jnp

    from ketworks.dose.stage import schedule_of

    chain, names, ids = request.chain, request.names, request.ids
    times = jnp.asarray(padded(grid, padded_size(len(grid))))
    batch = 1 if len(ids) == 1 and ids[0] == 0 else BATCH
    covariates = {name: jnp.asarray(np.full(batch, value)) for name, value in request.person.covariates().items()}
    schedule = schedule_of(request.events, np.asarray(covariates["weight"]))
    parts: dict[str, list[Floats]] = {name: [] for name in names}
    errors: dict[str, float] = {}
    neglected: dict[str, float] = {}
    for first in range(0, len(ids), batch):
        here = ids[first : first + batch]
        row_ids = np.concatenate([here, np.full(batch - len(here), here[-1])])
        eta = _draws(chain, names, request.seed, row_ids)
        run = chain.run(names, times, schedule, covariates, eta, request.values, progress)
        for name in names:
            table = np.asarray(run.signals[name])[: len(here), : len(grid)]
            _check_finite(name, table, here, grid)
            parts[name].append(table)
        for found, worst in ((run.errors, errors), (run.neglected, neglected)):
            for name, value in found.items():
                size = float(value)
                worst[name] = max(worst.get(name, 0.0), size if np.isfinite(size) else np.inf)
    return _Solution(grid, {name: np.concatenate(tables) for name, tables in parts.items()}, errors, neglected)


def _draws(chain: EngineChain, names: Sequence[str], seed: int, ids: NDArray[np.int64]) -> dict[str, Any]:
    typical = ids == 0
    if typical.all():
        return {name: np.zeros(len(ids)) for name in chain.random_effects(names)}
    drawn = chain.draw(names, seed, ids)
    return {name: np.where(typical, 0.0, np.asarray(value)) for name, value in drawn.items()}


def _check_finite(name: str, table: Floats, ids: NDArray[np.int64], grid: Floats) -> None:
    bad = np.argwhere(~np.isfinite(table))
    if len(bad):
        row, column = bad[0]
        raise SolverFailed(f"{name} of person {ids[row]} is not finite from {grid[column]:g} min on", "finite values")
