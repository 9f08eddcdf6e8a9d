"""Working points of a circuit at multiples of one exposure, for many sets of parameter values at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.column import CLASSES
from ketworks.circuit.stage import BANDS, INPUTS
from ketworks.engine.units import signal_factor
from ketworks.registry import Chain, make
from ketworks.simulation import simulate

if TYPE_CHECKING:
    from jax import Array

    from ketworks.engine.stage import Stage
    from ketworks.people.person import Person

Floats = NDArray[np.float64]
RATES = tuple(f"circuit.{cell}_rate" for cell in CLASSES)
OBSERVABLES = (*RATES, *(f"circuit.{band}_power" for band in BANDS), "circuit.aperiodic_slope", "circuit.glutamate")
UNITS = {name: "dB" if name.endswith("_power") else "1" if name.endswith("slope") else "%" for name in OBSERVABLES}
COUNTS = {"dB": 0.1, "1": 0.01, "%": 1.0}  # the smallest change that the studies count as one
_ACTIVE = "receptor.active_ketamine"


class Exposure(NamedTuple):
    """Arterial levels of the typical person up to the highest level in the brain.

    Attributes:
        words: the dose sentence.
        receptor: variant of the receptor stage.
        times: min, (times,).
        plasma: umol/L by signal, each (times,).
        active: highest active level in the brain, umol/L of S-ketamine.
    """

    words: str
    receptor: str
    times: Floats
    plasma: Mapping[str, Floats]
    active: float


class Responses(NamedTuple):
    """Changes from the drug-free column.

    Attributes:
        change: (sets, observables, levels); rates and glutamate in % of baseline, bands in dB, slope.
        whole: sets whose column exists: outside drives not negative and every working point found, (sets,).
    """

    change: Floats
    whole: NDArray[np.bool_]


def exposure(words: str, person: Person | None = None, receptor: str = "trapping-block") -> Exposure:
    """The plasma levels of a sentence, until the level in the brain is highest.

    Args:
        words: a dose sentence.
        person: whose; the typical adult when None.
        receptor: variant that says which level is active.
    """
    names = [need.name for need in make("receptor", receptor).needs]
    run = simulate(words, person, Chain(receptor=receptor), [*names, _ACTIVE], band=False)
    level = run.tables[_ACTIVE][0]
    end = max(int(np.argmax(level)), 2) + 1
    plasma = {}
    for need in make("receptor", receptor).needs:
        made = run.signal(need.name)
        factor = signal_factor(made.unit, need.unit, made.molar_mass)
        plasma[need.name] = run.tables[need.name][0, :end] * factor
    return Exposure(words, receptor, np.asarray(run.times[:end], dtype=np.float64), plasma, float(level.max()))


def responses(
    circuit: str, to: Exposure, levels: Floats, values: Mapping[str, Floats] | None = None, batch: int = 128
) -> Responses:
    """Changes of all observables under multiples of an exposure.

    Args:
        circuit: variant of the circuit stage.
        to: the exposure.
        levels: factors on all levels (plasma kinetics are taken as linear).
        values: parameter values by id, each (sets,), in place of the tables'; one set with none replaced when None.
        batch: sets solved at once.
    """
    import jax
    import jax.numpy as jnp

    from ketworks.engine.jax_setup import set_up

    set_up()
    stage, receptor = make("circuit", circuit), make("receptor", to.receptor)
    rows = {**receptor.parameters(), **stage.parameters()}
    usual = {key: jnp.asarray(row.canonical) for key, row in rows.items()}
    given = values or {}
    count = next(iter(given.values())).shape[0] if given else 1
    plasma = {name: jnp.asarray(levels)[:, None] * jnp.asarray(x) for name, x in to.plasma.items()}

    @jax.jit
    def solve(moved: Mapping[str, Array]) -> tuple[Array, Array]:
        return jax.vmap(lambda some: _one(stage, receptor, {**usual, **some}, to.times, plasma))(moved)

    changes, whole = [], []
    padded = {key: np.resize(x, -(-count // batch) * batch) for key, x in given.items()}
    if not padded:
        padded, batch = {key: np.asarray(x)[None] for key, x in usual.items()}, 1
    for start in range(0, count, batch):
        change, good = solve({key: jnp.asarray(x[start : start + batch]) for key, x in padded.items()})
        changes.append(np.asarray(change))
        whole.append(np.asarray(good))
    return Responses(np.concatenate(changes)[:count], np.concatenate(whole)[:count])


def _one(
    stage: Any, receptor: Stage, p: Mapping[str, Array], times: Floats, plasma: Mapping[str, Array]
) -> tuple[Array, Array]:
    """(observables, levels) and whether the column exists, for one set of values."""
    import jax.numpy as jnp

    from ketworks.circuit.column import column
    from ketworks.circuit.glutamate import steady_glutamate
    from ketworks.circuit.stage import state_of
    from ketworks.engine.schedule import Schedule
    from ketworks.engine.stage import Surroundings

    none = jnp.zeros((1, 1))
    schedule = Schedule(jnp.zeros(1), jnp.zeros(1), none, none)  # block follows plasma, not doses
    made = receptor.run(Surroundings(jnp.asarray(times), schedule, {}, {}, p), plasma)
    at_peak = jnp.stack([made[name][:, -1] for name in INPUTS])
    block = jnp.concatenate([jnp.zeros((len(INPUTS), 1)), at_peak], axis=1)
    c = column(p, stage.layout)
    state, lost = state_of(p, c, block, stage.layout)
    rates = state[:3] / state[:3, :1]
    glutamate = steady_glutamate(rates[0], p["glutamate.firing_share"], p["glutamate.autoreceptor_half"])
    bands = state[3:] - state[3:, :1]
    change = jnp.concatenate([100.0 * (rates - 1.0), bands, 100.0 * (glutamate - 1.0)[None]])[:, 1:]
    whole = jnp.all(lost == 0) & jnp.all(c.drive >= 0) & jnp.all(c.tonic >= 0) & jnp.all(jnp.isfinite(change))
    return change, whole
