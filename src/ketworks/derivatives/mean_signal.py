"""The mean of a signal over people at one time as one differentiable program of the values of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ketworks.batches import BATCH, Request, draws_of
from ketworks.dose.stage import schedule_of
from ketworks.engine.grid import time_grid

if TYPE_CHECKING:
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.result import Floats

Values = Mapping[str, Any]
_SHORTEST = 1.0  # min; a grid of one time has no steps


class Answer(NamedTuple):
    """Mean over people, and the solvers' own error estimates of every signal behind it."""

    mean: float
    errors: dict[str, float]


class MeanSignal:
    """The mean of one signal at one time over the people of a request, on one grid.

    Equation:  J(p) = (1 / n) sum_i y_i(t; p),   dJ/dp_k by reverse accumulation through every stage
    Symbols:   y signal of person i - its unit; t - min; p values of the tables - canonical units; n people
    Source:    reverse accumulation costs a few evaluations of J, whatever the number of p
    Leaves out: that the grid depends on nothing but the doses, so the derivative is that of the discretised answer.

    Args:
        request: chain, doses, people and their draws; its first name is the signal.
        at: min.
        refine: how many times the usual grid is halved.
    """

    def __init__(self, request: Request, at: float, refine: int) -> None:
        edges = [edge for event in request.events for edge in (event.time, event.end)]
        edges += [edge for dose in request.company for edge in (dose.time, dose.end) if edge > 0.0]
        self._request = request
        self._grid = time_grid(edges, [at], max(at, _SHORTEST), refine)
        self._place = int(np.searchsorted(self._grid, at))

    def mean(self, values: Values) -> Answer:
        """The mean at these values; those not named are the tables'."""
        return self._over_people(values, _mean_program(self._request.chain, self._request.names[0]), None)

    def gradient(self, values: Values) -> tuple[Answer, dict[str, float]]:
        """The mean and its derivative with respect to each named value, per canonical unit."""
        slopes = dict.fromkeys(values, 0.0)
        answer = self._over_people(values, _slope_program(self._request.chain, self._request.names[0]), slopes)
        return answer, slopes

    def _over_people(self, values: Values, program: Any, slopes: dict[str, float] | None) -> Answer:
        """Batches of one size, so that one compiled program serves any cohort."""
        ids = self._request.ids
        size = min(BATCH, len(ids))
        total, errors = 0.0, dict[str, float]()
        named = {key: jnp.asarray(np.float64(value)) for key, value in values.items()}
        for first in range(0, len(ids), size):
            rows = np.arange(first, min(first + size, len(ids)))
            filled = np.concatenate([rows, np.full(size - len(rows), rows[-1])])
            weight = jnp.asarray((np.arange(size) < len(rows)) / len(ids))
            found, more = program(named, weight, self._place, *self._people(filled))
            if slopes is not None:
                (found, more), by_value = found, more
                for key, slope in by_value.items():
                    slopes[key] += float(slope)
            total += float(found)
            errors |= {name: max(float(one), errors.get(name, 0.0)) for name, one in more.items()}
        return Answer(total, errors)

    def _people(self, rows: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[Any, ...]:
        """Times, doses, covariates and draws of some people."""
        request = self._request
        covariates: dict[str, Floats] = {name: numbers[rows] for name, numbers in request.covariates.items()}
        schedule = schedule_of(request.events, covariates["weight"], request.company)
        eta = draws_of(request, request.ids[rows], schedule.start.shape[0])
        person = {name: jnp.asarray(numbers) for name, numbers in covariates.items()}
        return jnp.asarray(self._grid), schedule, person, eta


def _mean_of(chain: EngineChain, name: str) -> Any:
    def mean(
        values: Values, weight: Array, place: Array, times: Array, schedule: Any, person: Any, eta: Any
    ) -> tuple[Array, dict[str, Array]]:
        run = chain.run([name], times, schedule, person, eta, values)
        return jnp.sum(weight * run.signals[name][:, place]), run.errors

    return mean


@cache
def _mean_program(chain: EngineChain, name: str) -> Any:
    return jax.jit(_mean_of(chain, name))


@cache
def _slope_program(chain: EngineChain, name: str) -> Any:
    return jax.jit(jax.value_and_grad(_mean_of(chain, name), has_aux=True))
