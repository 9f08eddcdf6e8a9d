"""``simulate``: a regimen and a person (or cohort) in, every asked signal out, with band, grade and error estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.batches import BATCH, Request, solve_all
from ketworks.caveats import given_unasked, watched
from ketworks.engine.grid import PADDED
from ketworks.errors import WrongUse
from ketworks.left_out import check_made, resolved
from ketworks.overrides import check_values, gates_as_values
from ketworks.people.cohort import Cohort, check_seed
from ketworks.people.person import Person
from ketworks.registry import Chain, usual_chains, usual_signals
from ketworks.result import Floats, Simulation, with_residual
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain

BAND_PEOPLE = 127  # with the typical person in row 0 they fill one batch
HORIZON = 14.0 * 1440.0  # min after the last dose when no times are asked: the evidence on mood reaches two weeks
USUAL_SIZES = PADDED[:2]  # one dose, and about eight


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
    gates: Mapping[str, float] | None = None,
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
        gates: blocked steps of the plasticity mechanism by name, 0 (blocked) to 1 (intact): ``{"ampa": 0}``. They are
            kept with the result as the values of ``gate.*``.

    Returns:
        The simulation. People whose equations could not be solved are left out and named in ``failed``.

    Raises:
        WrongUse: anything that cannot be read or lies outside the accepted range.
        CannotSay: no evidence in the model covers the request.
        SolverFailed: a solver did not reach its tolerance for anybody; the signal and person are named.
    """
    asked = prepare(regimen, people, chain, outputs, times, band, seed, values, occasions, measured, gates)
    return asked.run(progress=progress)


class Prepared(NamedTuple):
    """All that is decided before a run, for everybody in it: the same mechanisms serve each part of a cohort.

    Attributes are those of ``Simulation``; ``names`` are the asked signals and ``asked`` the asked times, min.
    """

    plan: Regimen
    people: Person | Cohort
    choices: Mapping[str, str]
    chain: EngineChain
    reasons: Mapping[str, str]
    names: tuple[str, ...]
    asked: Floats | None
    band: bool
    seed: int
    values: dict[str, float]
    occasions: bool
    measured: bool

    def drawn(self, who: Person | Cohort | None = None) -> tuple[NDArray[np.int64], Mapping[str, Floats]]:
        """Ids and covariates of those who are run: of everybody, or of a part."""
        return _people(self.people if who is None else who, self.band)

    def run(self, part: Cohort | None = None, progress: Callable[[str], None] | None = None) -> Simulation:
        """Runs everybody, or a part of the cohort by the mechanisms that were chosen for the whole."""
        who = self.people if part is None else part
        ids, covariates = self.drawn(who)
        given = (self.plan.events(), covariates, ids, self.seed, self.values, self.occasions)
        behind = watched(self.names, self.chain.signals)
        made = tuple(dict.fromkeys((*self.names, *behind)))
        request = Request(self.chain, made, *given, self.plan.company_doses())
        asked = self.asked
        end = float(asked[-1]) if asked is not None else self.plan.end + HORIZON
        found = solve_all(request, asked, end, progress)
        keep = slice(None) if asked is None else np.searchsorted(found.grid, asked)
        return Simulation(
            regimen=self.plan,
            people=who,
            choices=dict(self.choices),
            chain=self.chain,
            reasons=self.reasons,
            times=found.grid[keep],
            tables={name: found.tables[name][:, keep] for name in self.names},
            ids=ids[found.solved],
            covariates={name: numbers[found.solved] for name, numbers in covariates.items()},
            seed=self.seed,
            has_typical=isinstance(who, Person),
            errors=found.errors,
            neglected=found.neglected,
            failed=found.failed,
            asked_times=None if asked is None else [float(t) for t in asked],
            values=self.values,
            occasions=self.occasions,
            with_measured=self.measured,
            largest={name: float(found.tables[name].max()) for name in behind},
        )


def prepare(
    regimen: str | Regimen,
    people: Person | Cohort | None = None,
    chain: Chain | None = None,
    outputs: Sequence[str] | None = None,
    times: str | Iterable[str] | None = None,
    band: bool = True,
    seed: int = 1,
    values: Mapping[str, float] | None = None,
    occasions: bool = True,
    measured: bool = False,
    gates: Mapping[str, float] | None = None,
) -> Prepared:
    """Reads and checks everything a run needs; arguments and errors as of ``simulate``."""
    _set_up()
    plan = _plan(regimen)
    who = _instance(people if people is not None else Person(), (Person, Cohort), "people", "Person(weight='70 kg')")
    asked_chain = _instance(Chain() if chain is None else chain, Chain, "chain", "Chain(outcome='midazolam')")
    asked = time_points(times) if times is not None else None
    study_seed = who.seed if isinstance(who, Cohort) else check_seed(seed)
    engine_chain, reasons = resolved(asked_chain, plan, who)
    left_out = partial(check_made, made=engine_chain, asked=asked_chain, plan=plan, who=who, reasons=reasons)
    names = _output_names(engine_chain, asked_chain.choices, outputs, left_out)
    if measured:
        with_residual(engine_chain, names)
    blocked = gates_as_values(engine_chain.stages, gates or {})
    if both := blocked.keys() & (values or {}).keys():
        raise WrongUse(f"{min(both)} as a value and as a gate", "one of them", paste=f"--value {min(both)}=0")
    replaced = check_values(engine_chain.stages, {**(values or {}), **blocked})
    kept = (plan, who, asked_chain.choices, engine_chain, reasons, names, asked)
    return Prepared(*kept, band, study_seed, replaced, bool(occasions), bool(measured))


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
            for names in (given_unasked(chain.variant("plasma"), usual_signals(chain, {})),)
            for call in chain.calls(names, jnp.asarray(np.zeros(size)), schedule, covariates)
        ]
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
    chain: EngineChain, choices: Mapping[str, str], outputs: Sequence[str] | None, left_out: Callable[[str], None]
) -> tuple[str, ...]:
    """The asked signals, each once; ``left_out`` refuses one that exists but that this chain leaves out."""
    if outputs is None:
        return given_unasked(chain.variant("plasma"), usual_signals(chain, choices))
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
