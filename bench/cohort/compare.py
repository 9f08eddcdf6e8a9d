"""Measures everybody: the same numbers first, each against Radau's method with ten digits; then times, then memory.

Peers that are slow get fewer people; their time is scaled by people. Time is processor time of all threads together,
which other work on the machine disturbs least, and, for the kernel, wall-clock time in pairs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from measure import Row
from peers import answer, environment, left_out
from plasma.ours import growth

import ketworks as kw
from cohort.native import native
from cohort.ours import ours, streamed
from cohort.problem import Floats, problem
from cohort.shipped import distance, shipped

PEOPLE, PAIRS = 1000, 9
SOLVERS = ("-m", "cohort.solvers")
# name, how it is called, people it is given
PEERS = (
    ("roadrunner", "libRoadRunner (CVODE)", 40),
    ("copasi", "COPASI (LSODA)", 20),
    ("lsoda", "SciPy solve_ivp LSODA", 4),
    ("diffrax", "diffrax Kvaerno5", 8),
)
REFERENCE, EXACT_PEOPLE = "reference", 4
COUNTED = 1e-3  # of a reading's largest value for a person: what lies below is not compared
ERROR, FAR = 1e-6, 30.0  # relative; times faster than libRoadRunner
SHIPPED = 128  # one of its batches
MANY, MEMORY = (1_000, 10_000, 100_000), 4096.0  # people at once; MiB for a million


class Taken(NamedTuple):
    """Seconds on the clock, and of processor time in this process."""

    wall: float
    processor: float


def worst(found: Floats, exact: Floats) -> float:
    """Largest relative error over people that both have, among readings that count."""
    people = min(len(found), len(exact))
    found, exact = found[:people], exact[:people]
    counts = np.abs(exact) > COUNTED * np.abs(exact).max(axis=-1, keepdims=True)
    return float(np.max(np.abs(found - exact)[counts] / np.abs(exact[counts])))


def rows() -> list[Row]:
    work = problem(PEOPLE)
    engine, kernel = ours(work), native(work)
    found = engine.run()
    made = [Row("cohort: seconds to compile the program", engine.seconds, "s", "goal", 15.0, 15.0)]
    missing = environment()
    exact = missing or answer(SOLVERS, REFERENCE, EXACT_PEOPLE)
    best = _taken(engine.run)
    if isinstance(kernel, str):
        left_out(kernel)
    else:
        kernels = kernel()
        if isinstance(exact, str):
            made.append(Row("cohort: largest distance to the kernel", worst(found, kernels), "", "wanted", 1e-5, 1e-5))
        else:
            made.append(_errors("C++ kernel", kernels, found, exact.found))
        pairs = [(_taken(engine.run), _taken(kernel)) for _ in range(PAIRS)]
        best = Taken(*(min(getattr(own, kind) for own, _ in pairs) for kind in Taken._fields))
        least = Taken(*(min(getattr(other, kind) for _, other in pairs) for kind in Taken._fields))
        for kind, name in (("wall", "time on the clock"), ("processor", "processor time")):
            own, other = getattr(best, kind), getattr(least, kind)
            made.append(
                Row(f"cohort: {PEOPLE} people, {name}", 1e3 * own, "ms", "C++ kernel", 1e3 * other, 1e3 * other)
            )
            ratio = float(np.median([getattr(a, kind) / getattr(b, kind) for a, b in pairs]))
            made.append(Row(f"cohort: median ratio to the kernel, {name}", ratio, "", "goal", 1.0, 1.0))
    if isinstance(exact, str):
        left_out(exact)
    else:
        for name, title, people in PEERS:
            made += _beside(name, title, people, best.processor, found, exact.found)
    return made + _shipped(best.processor) + _many()


def _shipped(best: float) -> list[Row]:
    """``simulate`` as it is: slower for its wider work, and to a thousandth only."""
    cohort = kw.Cohort(SHIPPED, seed=1)
    shipped(cohort)
    seconds = _taken(lambda: shipped(cohort)).processor / SHIPPED * PEOPLE
    said = f"simulate as shipped, {SHIPPED} people, scaled"
    return [
        Row(
            "cohort: largest distance of simulate, over a signal's largest value",
            distance(),
            "",
            "its tolerance",
            1e-3,
            1e-3,
        ),
        Row(f"cohort: {PEOPLE} people, processor time", 1e3 * best, "ms", said, 1e3 * seconds),
    ]


def _beside(name: str, title: str, people: int, best: float, found: Floats, exact: Floats) -> list[Row]:
    theirs = answer(SOLVERS, name, people)
    if isinstance(theirs, str):
        left_out(theirs)
        return []
    seconds = theirs.seconds / people * PEOPLE
    said = f"{title}, {people} people, scaled"
    target = 1e3 * seconds / FAR if name == "roadrunner" else None
    return [
        _errors(title, theirs.found, found, exact),
        Row(f"cohort: {PEOPLE} people, processor time", 1e3 * best, "ms", said, 1e3 * seconds, target),
    ]


def _many() -> list[Row]:
    """More and more people: time for each, and what the process grows by."""
    made, first = [], 0.0
    for people in MANY:
        begin, used = time.perf_counter(), time.process_time()
        grown = growth(lambda people=people: streamed(people))
        each = 1e6 * (time.process_time() - used) / people
        wall = time.perf_counter() - begin
        first = first or each
        name = f"cohort: {people} people, streamed ({wall:.1f} s)"
        made.append(Row(f"{name}: processor time of one", each, "us", f"of {MANY[0]}", first, 1.2 * first))
        if grown is not None:
            made.append(Row(f"{name}: growth", grown / 2**20, "MiB", "limit", MEMORY, MEMORY))
    return made


def _errors(title: str, theirs: Floats, found: Floats, exact: Floats) -> Row:
    return Row("cohort: largest relative error", worst(found, exact), "", f"{title}'s", worst(theirs, exact), ERROR)


def _taken(run: Callable[[], object]) -> Taken:
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return Taken(time.perf_counter() - wall, time.process_time() - processor)
