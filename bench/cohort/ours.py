"""The slow chain by structure: kinetics in closed form, everything else on panels that all people share.

Plasma, brain, experience and response are linear: the engine's cascade, read only where it is needed. The chain and the
heart's site are lags of what lies before them. A lag with a shared rate is a small matrix on each panel; fast and
synaptic gain, whose rate is a person's own and changes, are solved by their integrating factor. The circulation, which
settles within seconds, feeds nothing else and is solved only where it is asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from cohort.circulation import settling
from cohort.model import PERSONAL, READ, STATES, readings
from cohort.panels import Panels, graded, integrals, lags, values_at
from cohort.problem import EDGES, END, INFUSION, STARTS, TIMES, Floats, Problem, problem, shared
from ketworks.engine.compiled import _CPU_OPTIONS  # the stages' own, so that the same code is measured
from ketworks.engine.jax_setup import set_up
from ketworks.engine.propagate import Cascade, Channel, Link, diagonalize, exchange, propagate, single, transits

PART = 4096  # people whose readings are in memory at once where many are streamed
CHUNK = 128  # people at once, so that what passes from panel to panel stays in a core's own cache
NODES, FIRST, GROWTH, LONGEST = 7, 2.5, 0.8, 1440.0
_BACK, _PAST = 0.75, 4  # min between the points, and how many, from which the speed of the circulation is read
_STATES = 14
_NODE_STATES = 8  # of the cascade: ketamine (3), transit (2), norketamine (2), active drug in the brain


class Ours(NamedTuple):
    """The compiled work, and seconds to make it."""

    run: Callable[[], Floats]
    seconds: float


def ours(work: Problem, threads: int | None = None) -> Ours:
    """The work on everybody: chunks of people, one on each core at a time; each call makes a new result."""
    set_up()
    begin = time.perf_counter()
    program = _program()
    seconds = time.perf_counter() - begin

    def run() -> Floats:
        out = np.empty((work.people, len(READ), len(TIMES)))

        def some(first: int) -> None:
            last = min(first + CHUNK, work.people)
            given = np.resize(work.personal[:, first:last].T, (CHUNK, len(PERSONAL))).T  # the last chunk is filled up
            out[first:last] = np.asarray(program(jnp.asarray(given)))[: last - first]

        with ThreadPoolExecutor(threads or os.cpu_count()) as crew:
            list(crew.map(some, range(0, work.people, CHUNK)))
        return out

    return Ours(run, seconds)


def streamed(people: int, threads: int | None = None) -> Floats:
    """Mean readings (readings, times) of so many people, who are drawn, solved and added up a part at a time."""
    total, done = np.zeros((len(READ), len(TIMES))), 0
    while done < people:
        some = min(PART, people - done)
        total += ours(problem(some, seed=1 + done // PART), threads).run().sum(axis=0)
        done += some
    return total / people


@cache
def _program() -> Any:
    given = jax.ShapeDtypeStruct((len(PERSONAL), CHUNK), jnp.float64)
    return jax.jit(_chunk).lower(given).compile(compiler_options=_CPU_OPTIONS)


def _chunk(personal: Array) -> Array:
    """Readings (people, readings, times) of one chunk of people."""
    own = dict(zip(PERSONAL, personal, strict=True))
    panels = graded(np.union1d(EDGES, TIMES), EDGES, FIRST, GROWTH, LONGEST, NODES)
    asked = np.searchsorted(panels.times[:, -1], TIMES - 1e-6)
    back = np.minimum(_BACK, panels.width / (_PAST - 1))
    system = _cascade(own)
    given = jnp.repeat(own["flow"][:, None] * INFUSION, len(STARTS), axis=1)
    into = Channel(_unit(0, 1.0), jnp.asarray(STARTS), jnp.full(len(STARTS), INFUSION), given)
    levels = _at_nodes(own, system, into, panels)
    chain, past = _along(levels, panels, back)
    flow = settling(*past[asked].transpose(1, 2, 0, 3), own["theta"], back[asked], shared())
    readings_at = [_unit(10, shared()["mass_h"] / own["vh1"]), _unit(12, 1.0), _unit(13, 1.0)]
    late = propagate(system, [into], jnp.asarray(TIMES), jnp.stack(readings_at, axis=1))
    states = {
        **dict(zip(("s", "nk", "active"), levels[asked, :, -1].transpose(1, 0, 2), strict=True)),
        **dict(zip(("a", "d", "n", "k", "received"), chain[asked].transpose(1, 0, 2), strict=True)),
        **dict(zip(("hnk", "es", "rs"), late.transpose(1, 2, 0), strict=True)),
        **{"ha": past[asked, 0, 0], "hr": flow.rate, "co": flow.contractility, "re": flow.resistance},
    }
    return _read(states, own)


def _unit(place: int, value: Array | float) -> Array:
    return jnp.zeros((CHUNK, _STATES)).at[:, place].set(value)


def _cascade(own: Mapping[str, Array]) -> Cascade:
    """Ketamine 0-2, transit 3-4, norketamine 5-6, active 7, transit 8-9, hydroxynorketamine 10-11, sites 12, 13."""
    c, v1 = shared(), own["v1"]
    like = jnp.ones_like(v1)
    blocks = [
        exchange([v1, own["v2"], own["v3"]], {(0, 1): own["q2"], (0, 2): own["q3"]}, {0: own["cl"]}),
        transits(own["kt"], 2),
        exchange([v1, own["vn2"]], {(0, 1): own["qn"]}, {0: own["cln"]}),
        single(c["k_brain"] * like),
        transits(own["ku"], 2),
        exchange([own["vh1"], own["vh2"]], {(0, 1): own["qh"]}, {0: own["clh"]}),
        single(c["k_experience"] * like),
        single(c["k_response"] * like),
    ]
    links = [
        Link(3, 0, own["cl"] / v1),
        Link(5, 4, c["to_n"] * own["kt"]),
        Link(7, 0, c["k_brain"] * c["free_k"] / v1),
        Link(7, 5, c["k_brain"] * c["free_n"] * c["potency_n"] / v1),
        Link(8, 5, own["cln"] / v1),
        Link(10, 9, c["to_h"] * own["ku"]),
        Link(12, 0, c["k_experience"] * c["mass_k"] / v1),
        Link(13, 0, c["k_response"] * c["mass_k"] / v1),
    ]
    return diagonalize(blocks, links)


def _at_nodes(own: Mapping[str, Array], system: Cascade, into: Channel, panels: Panels) -> Array:
    """S-ketamine, S-norketamine and active drug at all nodes, (panels, 3, nodes, people)."""
    few = slice(0, _NODE_STATES)  # what comes later feeds nothing before it
    chains = tuple(chain for chain in system.chains if chain[0] < _NODE_STATES)
    part = Cascade(system.rates[:, few], system.to_modes[:, few, few], system.to_states[:, few, few], chains)
    times = jnp.asarray(np.append(panels.times[:, :-1], END))  # the last node of a panel is the first of the next
    c, v1 = shared(), own["v1"]
    read = jnp.stack([_unit(0, c["mass_k"] / v1), _unit(5, c["mass_n"] / v1), _unit(7, 1.0)], axis=1)[:, :, few]
    made = propagate(part, [into._replace(entry=into.entry[:, few])], times, read).transpose(2, 1, 0)
    nodes = made[:-1].reshape(len(panels.width), NODES - 1, 3, CHUNK)
    ends = jnp.concatenate([nodes[1:, 0], made[-1:]])[:, None]
    return jnp.concatenate([nodes, ends], axis=1).transpose(0, 2, 1, 3)


class _On(NamedTuple):
    """What a panel does: matrices on the nodes, and what lags keep there; the heart's read from its end back."""

    whole: Array
    spent: Array
    delay: Array
    keep_delay: Array
    heart: Array
    keep_heart: Array


def _operators(panels: Panels, back: Floats) -> _On:
    c, nodes, width = shared(), panels.nodes, panels.width
    delay, heart = (lags(nodes, width * rate) for rate in (1 / c["tau_d"], c["k_heart"]))
    before = values_at(nodes, 1.0 - np.arange(_PAST) * (back / width)[:, None])
    made = (
        *(width[:, None, None] * integrals(nodes), (width[:, None] * nodes)[..., None]),
        *(delay[1], delay[0][..., None]),
        *(before @ heart[1], before @ heart[0][..., None]),
    )
    return _On(*(jnp.asarray(x) for x in made))


def _along(levels: Array, panels: Panels, back: Floats) -> tuple[Array, Array]:
    """Chain at the panels' ends (panels, 5, people); heart site before them (panels, 2, points back, people)."""
    c = shared()

    def step(state: tuple[Array, ...], edge: tuple[Array, _On]) -> tuple[tuple[Array, ...], tuple[Array, Array]]:
        a0, d0, n0, k0, received0, heart0, total0 = state
        (s, nk, active), on = edge
        acting = s * s / (s + c["weight_n"] * nk + c["tiny"])
        heart = on.keep_heart * heart0 + _times(on.heart, acting)
        total = on.keep_heart * total0 + _times(on.heart, s)
        drive = _kept(c["largest"] * active / (active + c["c50_drive"]))
        taken = _kept(_times(on.whole, drive))
        grown = _kept(jnp.exp(c["jump"] * taken + on.spent / c["tau_a"]))
        a = _kept((a0 + c["jump"] * _times(on.whole, drive * grown)) / grown)
        d = _kept(on.keep_delay * d0 + _times(on.delay, a))
        gain = c["growth"] * d
        held = _kept(jnp.exp(c["kept"] * taken + on.spent / c["tau_k"]))
        k = _kept((k0 + c["kept"] * _times(on.whole, drive * held)) / held)
        lost = 1.0 / (c["tau_n"] * (1.0 + c["hold"] * k))
        grown = _kept(jnp.exp(_times(on.whole, gain + lost)))
        n = _kept((n0 + _times(on.whole, gain * grown)) / grown)
        ends = (a[-1], d[-1], n[-1], k[-1], received0 + taken[-1], heart[0], total[0])
        return ends, (jnp.stack(ends[:5]), jnp.stack([heart, total]))

    start = (jnp.zeros(levels.shape[-1]),) * 7
    _, (chain, past) = lax.scan(step, start, (levels, _operators(panels, back)))
    return chain, past


def _kept(x: Array) -> Array:
    """The same, made once: XLA would make it again in every loop that reads it."""
    return lax.optimization_barrier(x)


def _times(matrix: Array, x: Array) -> Array:
    """The product with values at the nodes (nodes, people), summed in their order; a library would cost its start."""
    x = _kept(x)
    return sum((matrix[:, j, None] * x[j] for j in range(1, x.shape[0])), start=matrix[:, 0, None] * x[0])


def _read(states: Mapping[str, Array], own: Mapping[str, Array]) -> Array:
    """Readings (people, readings, times) from states (times, people)."""
    full = {name: states.get(name, jnp.zeros_like(states["a"])) for name in STATES}
    functions = {"log": jnp.log, "exp": jnp.exp}
    made = dict(zip(READ, readings(shared(), functions)(full.values(), own.values(), 0.0), strict=True))
    direct = {"s_ketamine": "s", "s_norketamine": "nk", "hydroxynorketamine": "hnk", "active": "active"}
    made |= {name: states[key] for name, key in direct.items()}
    return jnp.stack([made[name] for name in READ]).transpose(2, 0, 1)
