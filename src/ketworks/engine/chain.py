"""A chain: stages checked against each other, ordered, and run as far as the asked signals need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.engine.compiled import Call, prepare_stages, run_stage
from ketworks.engine.random import repeated_normals, standard_normals
from ketworks.engine.schedule import Schedule
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.engine.units import signal_factor
from ketworks.errors import WrongUse, nearest_of, unknown

_NO_DOSES = np.zeros(0, dtype=np.int64)


class Run(NamedTuple):
    """What a chain computed: signals of shape (people, times); by signal, solver error and what is neglected."""

    signals: dict[str, Array]
    errors: dict[str, Array]
    neglected: dict[str, Array]


class Chain:
    """An ordered set of stages whose needs are all met, in matching units.

    Args:
        stages: any order; one per stage name.

    Raises:
        WrongUse: two stages make one signal, a need is not met, units do not meet, or stages need each other in a ring.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.signals: dict[str, Signal] = {}
        self._maker: dict[str, Stage] = {}
        places = [stage.name for stage in stages]
        for stage in stages:
            if places.count(stage.name) > 1:
                raise WrongUse(f"two stages stand at the place {stage.name!r}", "one stage a place")
            for signal in stage.outputs:
                if signal.name in self.signals:
                    raise WrongUse(
                        f"{signal.name} is made by {self._maker[signal.name].name} and {stage.name}", "one maker"
                    )
                self.signals[signal.name] = signal
                self._maker[signal.name] = stage
        self._factors = {(stage.name, need.name): self._meet(stage, need) for stage in stages for need in stage.needs}
        self.stages = self._ordered(stages)

    def variant(self, stage: str) -> str:
        """The variant that stands at a stage's place; empty when the chain has no such stage."""
        return next((one.variant for one in self.stages if one.name == stage), "")

    def signal(self, name: str) -> Signal:
        """The declaration of a signal; a wrong name is answered with the nearest ones."""
        if name not in self.signals:
            raise unknown("signal", name, self.signals, "ketworks signals")
        return self.signals[name]

    def maker(self, name: str) -> Stage:
        """The stage that makes a signal."""
        return self._maker[self.signal(name).name]

    def needed(self, outputs: Iterable[str]) -> tuple[Stage, ...]:
        """The stages that the asked signals need, in order."""
        wanted = {self._maker[self.signal(name).name].name for name in outputs}
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted.update(self._maker[need.name].name for need in stage.needs)
        return tuple(stage for stage in self.stages if stage.name in wanted)

    def random_effects(self, outputs: Iterable[str]) -> tuple[str, ...]:
        """Names of all between-person effects behind the asked signals."""
        return tuple(dict.fromkeys(name for stage in self.needed(outputs) for name in stage.random_effects))

    def dose_effects(self, outputs: Iterable[str]) -> tuple[str, ...]:
        """Names of all between-occasion effects behind the asked signals."""
        return tuple(dict.fromkeys(name for stage in self.needed(outputs) for name in stage.dose_effects))

    def run(
        self,
        outputs: Sequence[str],
        times: Array,
        schedule: Schedule,
        person: Mapping[str, Array],
        eta: Mapping[str, Array],
        values: Mapping[str, float | Array] | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Run:
        """Computes the asked signals.

        Args:
            outputs: signal names.
            times: min, shape (times,), non-decreasing.
            schedule: the doses.
            person: covariates, each of shape (people,).
            eta: draws by name, shape (people,), or (people, doses) for between-occasion effects; see ``draw``.
            values: parameter values (canonical units) that replace those of the tables, by id.
            progress: called with the name of each stage before it runs.
        """
        made: dict[str, Array] = {}
        found: dict[str, dict[str, Array]] = {"error": {}, "neglected": {}}
        calls = [self._call(stage, times, schedule, person, eta, values or {}) for stage in self.needed(outputs)]
        if progress is not None:
            progress("preparing " + ", ".join(call.stage.name for call in calls))
        prepare_stages(calls)
        for call in calls:
            if progress is not None:
                progress(call.stage.name)
            inputs = {name: made[name] for name in call.inputs}
            for name, array in run_stage(call._replace(inputs=inputs)).items():
                kind, _, signal = name.partition(".")
                if kind in found:
                    found[kind][signal] = array
                else:
                    made[name] = array
        return Run({name: made[name] for name in outputs}, found["error"], found["neglected"])

    def calls(
        self, outputs: Sequence[str], times: Array, schedule: Schedule, person: Mapping[str, Array]
    ) -> list[Call]:
        """The stages' calls for these shapes, to be compiled ahead (``prepare_stages``) without being run."""
        eta = self.typical(outputs, *schedule.s_amount.shape)
        return [self._call(stage, times, schedule, person, eta, {}) for stage in self.needed(outputs)]

    def draw(
        self,
        outputs: Sequence[str],
        seed: int,
        ids: Sequence[int] | NDArray[np.int64],
        occasions: NDArray[np.int64] = _NO_DOSES,
    ) -> dict[str, Array]:
        """Random effects of people ``ids`` under ``seed`` for the asked signals.

        Args:
            outputs: signal names.
            seed: study seed.
            ids: person ids.
            occasions: number of the occasion to which each dose belongs, shape (doses,).

        Returns:
            Between-person effects of shape (people,) and between-occasion effects of shape (people, doses), by name.
        """
        return standard_normals(seed, ids, self.random_effects(outputs)) | repeated_normals(
            seed, ids, self.dose_effects(outputs), occasions
        )

    def typical(self, outputs: Sequence[str], people: int, doses: int) -> dict[str, Array]:
        """The random effects of typical people on typical occasions: zeros, in the shapes of ``draw``."""
        zeros = {name: jnp.asarray(np.zeros(people)) for name in self.random_effects(outputs)}
        return zeros | {name: jnp.asarray(np.zeros((people, doses))) for name in self.dose_effects(outputs)}

    def _call(
        self,
        stage: Stage,
        times: Array,
        schedule: Schedule,
        person: Mapping[str, Array],
        eta: Mapping[str, Array],
        values: Mapping[str, float | Array],
    ) -> Call:
        """The stage's call, with the shapes of its inputs in place of signals that are not made yet."""
        own = {name: eta[name] for name in (*stage.random_effects, *stage.dose_effects)}
        seen = schedule if stage.takes_company else schedule._replace(company=None)
        people = schedule.s_amount.shape[0]
        shape = jax.ShapeDtypeStruct((people, times.shape[0]), jnp.float64)  # type: ignore[no-untyped-call]
        return Call(
            stage,
            Surroundings(times, seen, person, own, _values(stage, values)),
            {need.name: shape for need in stage.needs},
            {need.name: np.float64(self._factors[stage.name, need.name]) for need in stage.needs},
        )

    def _meet(self, stage: Stage, need: Need) -> float:
        if need.name not in self.signals:
            raise WrongUse(
                f"stage {stage.name}[{stage.variant}] needs {need.name}, which no stage makes",
                "a stage that makes it",
                nearest_of(need.name, self.signals),
            )
        made = self.signals[need.name]
        try:
            return signal_factor(made.unit, need.unit, made.molar_mass)
        except WrongUse as error:
            raise WrongUse(
                f"{stage.name}[{stage.variant}] needs {need.name} in {need.unit}; it is made in {made.unit}",
                "units that convert into each other",
            ) from error

    def _ordered(self, stages: Sequence[Stage]) -> tuple[Stage, ...]:
        left, done = list(stages), []
        while left:
            names = {stage.name for stage in left}
            ready = [s for s in left if not any(self._maker[n.name].name in names for n in s.needs)]
            if not ready:
                raise WrongUse("stages need each other in a ring: " + ", ".join(sorted(names)), "a one-way flow")
            done.append(ready[0])
            left.remove(ready[0])
        return tuple(done)


def _values(stage: Stage, replaced: Mapping[str, float | Array]) -> dict[str, Array]:
    """The stage's parameter values with replacements; host scalars, so that a new value is not a new compilation."""
    found: dict[str, Any] = {key: np.float64(row.canonical) for key, row in stage.parameters().items()}
    for key in found.keys() & replaced.keys():
        value = replaced[key]
        found[key] = np.float64(value) if isinstance(value, float | int) else value
    return found
