"""A stage: declared inputs, declared outputs, declared parameters, and one pure function from one to the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.engine.schedule import Schedule
from ketworks.engine.signal import Need, Signal


class Residual(NamedTuple):
    """The ids of a measured signal's residual error: what a sample shows beside the person's own level.

    Attributes:
        proportional: id of a standard deviation relative to the level, or empty.
        additive: id of a standard deviation in concentration (umol/L), or empty.
        log: id of a standard deviation on the log scale, or empty; excludes the other two.
    """

    proportional: str = ""
    additive: str = ""
    log: str = ""


class Surroundings(NamedTuple):
    """Everything a stage may read besides its input signals. All arrays are float64.

    Attributes:
        times: min since the first dose, non-decreasing, shape (times,); the last time is repeated as padding.
        schedule: the doses.
        person: covariates by name, shape (people,): ``weight`` kg, ``age`` y, ``height`` cm, ``male`` 0/1, and 0/1 for
            each co-medication (``with_ticlopidine``), condition (``condition_hypertension``) and organ function
            (``liver_moderate``).
        eta: standard-normal draws by random-effect name, shape (people,), or (people, doses) for those in
            ``dose_effects``; 0 for the typical person.
        p: parameter values by id, in canonical units (see ``engine/units.py``), scalars.
    """

    times: Array
    schedule: Schedule
    person: Mapping[str, Array]
    eta: Mapping[str, Array]
    p: Mapping[str, Array]


@dataclass(frozen=True)
class Stage(ABC):
    """Base of all stages. Subclasses are frozen, hashable and hold no arrays, so that one can be a static jit argument.

    Class attributes:
        name: the stage's place in the chain (``plasma``).
        variant: the name of this mechanism or parameter set among its rivals (``simons2022``).
        meaning: one sentence, for lists.
        needs: signals it reads, in the units its equations use.
        outputs: signals it makes, in the order of interest.
        random_effects: names of its between-person effects (``plasma.clearance``).
        dose_effects: names of its between-occasion effects, drawn anew for every dose (``plasma.mucosal_share``).
        rests_on: for each output, the parameter ids and needed signals that carry it; grades travel along these.
        residual: for signals that are measured, the residual error of their samples.
        equations: for each output, the functions whose docstrings state its equations, in order.
        takes_company: whether it reads the doses of other drugs; the others' programs are the same with any of them.
    """

    name: ClassVar[str]
    variant: ClassVar[str]
    meaning: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = ()
    outputs: ClassVar[tuple[Signal, ...]] = ()
    random_effects: ClassVar[tuple[str, ...]] = ()
    dose_effects: ClassVar[tuple[str, ...]] = ()
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    equations: ClassVar[Mapping[str, tuple[Callable[..., Any], ...]]] = {}

    residual: ClassVar[Mapping[str, Residual]] = {}
    takes_company: ClassVar[bool] = False

    def support(self) -> Mapping[str, tuple[str, ...]]:
        """``rests_on`` of this instance; a stage that was fitted to facts adds what they bring."""
        return self.rests_on

    def stated(self) -> Mapping[str, tuple[Callable[..., Any], ...]]:
        """``equations`` of this instance; a stage that was fitted to facts adds what they bring."""
        return self.equations

    def fitted(self, facts: frozenset[str]) -> Stage:
        """The same mechanism with all that these facts need and no more.

        Args:
            facts: what is known of regimen and people before the run: ``route:oral``, ``drug:ketamine``,
                ``with:ticlopidine``, ``liver:moderate``, ``age:over60``.
        """
        return self

    @classmethod
    @abstractmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All parameters this stage reads, by id."""

    @abstractmethod
    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Computes every output from the inputs.

        Args:
            around: times, schedule, people, draws and parameters.
            inputs: the needed signals, each of shape (people, times), in the unit declared in ``needs``.

        Returns:
            Each declared output, shape (people, times), in its declared unit. A name that starts with
            ``error.`` carries a scalar: the estimated solver error of the signal named after it over its largest
            value, which a finer grid reduces. One that starts with ``neglected.`` carries the estimated size of what a
            steady-state assumption leaves out, likewise relative; no grid reduces that.
        """
