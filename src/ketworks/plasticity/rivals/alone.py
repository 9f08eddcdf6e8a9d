"""A stage run by itself on given inputs: for fits and for drugs that no dose sentence knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage, Surroundings


def values_of(stage: Stage) -> dict[str, Array]:
    """The stage's parameter values by id, canonical."""
    return {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}


def run_alone(stage: Stage, times: Array, inputs: Mapping[str, Array], p: Mapping[str, Array]) -> dict[str, Array]:
    """What a stage makes without doses and people.

    Args:
        stage: one that reads only its inputs.
        times: min, shape (times,).
        inputs: the needed signals in the units of the needs, shape (people, times).
        p: parameter values by id.
    """
    made: dict[str, Array] = _compiled(stage, times, dict(inputs), dict(p))
    return made


def _run(stage: Stage, times: Array, inputs: dict[str, Array], p: dict[str, Array]) -> dict[str, Array]:
    none = jnp.zeros((1, 1))
    schedule = Schedule(jnp.zeros(1), jnp.zeros(1), none, none)
    return stage.run(Surroundings(times, schedule, {}, {}, p), inputs)


_compiled: Any = jax.jit(_run, static_argnums=0)
