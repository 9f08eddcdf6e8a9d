"""A pump that holds a level constant, found from a linear model's own responses, and the fall after it stops."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ketworks.errors import CannotSay, unknown
from ketworks.exposure.areas import Floats
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person

if TYPE_CHECKING:
    from ketworks.registry import Chain

PUSH, RATE = 10.0, 20.0  # mg and mg/h of the two test doses; any others give the same, as the model is linear
FIRST, GROWTH = 0.05, 1.04  # min of the first step, and how steps grow with the time since the start
SAME = 1e-6  # min: edges as near as this are one
PUMP_STEPS = 240  # of the longest infusion at least: no step of the pump is longer than that share of it
SUBSTANCE = {"ketamine": "ketamine", "esketamine": "s_ketamine", "arketamine": "r_ketamine"}


class Responses(NamedTuple):
    """What a model answers to the two test doses.

    Attributes:
        times: min, shape (times,), from 0 on.
        held_push: held level after one mg pushed, per person and time.
        held_step: held level under one mg/min from 0 on.
        push: likewise the level whose fall is timed.
        step: likewise.
        signal: whose fall is timed.
        held: held constant.
        has_typical: whether row 0 is the typical person.
        people: who, in words.
        grade: of the signal.
        model: the plasma model.
    """

    times: Floats
    held_push: Floats
    held_step: Floats
    push: Floats
    step: Floats
    signal: str
    held: str
    has_typical: bool
    people: str
    grade: str
    model: str


def responses(
    drug: str,
    people: Person | Cohort,
    signal: str | None,
    chain: Chain | None,
    until: float,
    band: bool,
    seed: int,
) -> Responses:
    """Simulates a push and a constant infusion.

    Args:
        drug: of the infusion.
        people: as in ``simulate``.
        signal: whose fall is timed, or None.
        chain: as in ``simulate``.
        until: min.
        band: as in ``simulate``.
        seed: as in ``simulate``.
    """
    from ketworks.dose.sentence import parse
    from ketworks.exposure.simulated import levels_made
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    if drug not in SUBSTANCE:
        raise unknown("drug", drug, SUBSTANCE)
    push = parse(f"{drug} {PUSH:g} mg iv bolus")
    infusion = parse(f"{drug} {RATE:g} mg/h iv over {until!r} min")
    chosen = chain or Chain()
    read, held = timed_and_held(drug, signal, levels_made(chosen, push, people))
    times = steps(until)
    texts = [f"{time!r} min" for time in times.tolist()]
    names = list(dict.fromkeys((held, read)))
    first, second = (simulate(one, people, chosen, names, texts, band, seed) for one in (push, infusion))
    rate = RATE / 60.0
    return Responses(
        times,
        first.tables[held] / PUSH,
        second.tables[held] / rate,
        first.tables[read] / PUSH,
        second.tables[read] / rate,
        read,
        held,
        first.has_typical,
        str(people),
        first.grades[read].grade,
        first.chain.variant("plasma"),
    )


def steps(until: float) -> Floats:
    """Times that grow with the time since 0, from 0 to ``until``, min."""
    count = int(np.ceil(np.log(until / FIRST) / np.log(GROWTH)))
    return np.concatenate([[0.0], np.geomspace(FIRST, until, count + 1)])


def timed_and_held(drug: str, signal: str | None, made: list[str]) -> tuple[str, str]:
    """The signal that is timed and the one that is held."""
    own = f"plasma.{SUBSTANCE[drug]}"
    if signal is None:
        choices = [f"{own}.{site}" for site in ("arterial", "venous")]
        signal = next((name for name in choices if name in made), choices[0])
    if signal not in made:
        raise unknown("signal", signal, [name for name in made if name.startswith("plasma.")], "ketworks signals")
    arterial = f"{own}.arterial"
    return signal, arterial if arterial in made else f"{own}.venous"


def falls(found: Responses, lengths: Floats, remaining: float) -> Floats:
    """Min from the end of each infusion until ``remaining`` of the level is left, shape (people, lengths).

    C(t) = B b(t) + sum_k R_k (s(t - t_k) - s(t - t_k+1)),   R_k such that C(t_k+1) = C(0+) at every end of a step

    Symbols: C level, held or read - ng/mL; b response to 1 mg pushed at 0, s response to 1 mg/min from 0 on; B - mg;
             R_k - mg/min from t_k to t_k+1 - min
    Source:  superposition, as the model is linear; definition of the context-sensitive half-time
    Leaves out: ripple of the held level within a step of the pump (steps grow by 4 % of the time
             since the start, to at most 1/240 of the longest infusion).
    """
    from scipy.interpolate import CubicSpline  # type: ignore[import-untyped]

    longest = float(lengths[-1])
    edges = np.unique(np.concatenate([steps(longest), np.linspace(0.0, longest, PUMP_STEPS + 1), lengths]))
    edges = edges[np.diff(edges, prepend=-np.inf) > SAME]
    held_push, held_step, push, step = (
        CubicSpline(found.times, table, axis=1) for table in (found.held_push, found.held_step, found.push, found.step)
    )
    if not (found.held_push[:, 0] > 0.0).all():
        raise CannotSay(
            f"{found.held} held constant by an infusion",
            "a level that a push into a vein raises at once; this one lags behind the blood",
            paste="a plasma model with arterial levels, or with venous samples and no arm",
        )
    rates = _rates(found.held_push[:, 0], held_push, held_step, edges)
    since = steps(float(found.times[-1] - lengths[-1]))
    made = []
    for length in lengths:
        pumped = edges[edges <= length + SAME]
        times = length + since
        level = push(times)
        for k, (start, stop) in enumerate(pairwise(pumped)):
            level += rates[:, k, None] * (step(times - start) - step(times - stop))
        made.append([_crossing(since, person, remaining) for person in level])
    return np.asarray(made).T


def _rates(target: Floats, push: Any, step: Any, edges: Floats) -> Floats:
    """Mg/min in each step after one mg pushed at 0, shape (people, steps)."""
    made = np.zeros((len(target), len(edges) - 1))
    for k in range(len(edges) - 1):
        since = edges[k + 1] - edges[: k + 2]  # from the start of each step so far to the end of this one
        by_step = step(since)
        unit = by_step[:, :-1] - by_step[:, 1:]  # (people, k + 1): of one mg/min in each step
        before = push(edges[k + 1]) + np.einsum("nk,nk->n", made[:, :k], unit[:, :k])
        made[:, k] = (target - before) / unit[:, k]
    return made


def _crossing(since: Floats, level: Floats, remaining: float) -> float:
    """When ``remaining`` of the first level is left, on the exponential between two times; infinite if not within."""
    below = np.flatnonzero(level <= remaining * level[0])
    if not len(below):
        return float("inf")
    k = int(below[0])
    share = np.log(level[k - 1] / (remaining * level[0])) / np.log(level[k - 1] / level[k])
    return float(since[k - 1] + share * (since[k] - since[k - 1]))
