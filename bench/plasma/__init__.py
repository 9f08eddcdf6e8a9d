"""Levels of 10,000 people after six infusions: the engine beside a hand-written kernel and the installable solvers.

Same numbers first: each answer's largest relative error against eigenvalues in 40 digits, over all levels above 1e-6
of their peak. Then times. Peers that are slow get fewer people; their time is scaled by people, and divided by the
number of cores as if they used all of them, which none of them is asked to do here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np
from measure import Row
from peers import answer, environment, left_out

from plasma.native import native
from plasma.ours import growth, levels, ours
from plasma.peers import EXACT_PEOPLE, PEERS, REFERENCE, SOLVERS
from plasma.problem import Floats, problem

PEOPLE, ROUNDS = 10_000, 15
NEAR, FAR, MEMORY = 3.0, 100.0, 2.0  # times the kernel's time; times faster than any peer; times the output
COUNTED = 1e-6  # of a level's peak
ERROR = 1e-9


def worst(found: Floats, reference: Floats) -> float:
    """Largest relative error over people that both have, among levels that count."""
    people = min(len(found), len(reference))
    found, reference = found[:people], reference[:people]
    counts = reference > COUNTED * reference.max(axis=-1, keepdims=True)
    return float(np.max(np.abs(found - reference)[counts] / reference[counts]))


def rows() -> list[Row]:
    work = problem(PEOPLE)
    engine, kernel = ours(work), native(work)
    grown = growth(engine.run)
    found = levels(engine.run())
    made = [
        Row("plasma: seconds to compile the program", engine.seconds, "s", "goal", 1.5, 1.5),
        Row("plasma: temporary memory of the program", engine.besides / 1e6, "MB", "output", engine.output / 1e6),
    ]
    if grown is not None:
        output = engine.output / 1e6
        made.append(Row("plasma: growth of the process", grown / 1e6, "MB", "output", output, MEMORY * output))
    missing = environment()
    exact = missing or answer(SOLVERS, REFERENCE, EXACT_PEOPLE)
    best = float("inf")
    if isinstance(kernel, str):
        left_out(kernel)
    else:
        if isinstance(exact, str):
            made.append(
                Row("plasma: largest distance to the kernel", worst(found, kernel()), "", "wanted", ERROR, ERROR)
            )
        else:
            made += _errors("kernel", kernel(), found, exact.found)
        pairs = [(_seconds(engine.run), _seconds(kernel)) for _ in range(ROUNDS)]
        best, least = (min(times) for times in zip(*pairs, strict=True))
        ratio = float(np.median([a / b for a, b in pairs]))
        made.append(Row(f"plasma: {PEOPLE} people", 1e3 * best, "ms", "C++ kernel", 1e3 * least, 1e3 * NEAR * least))
        made.append(Row("plasma: median ratio to the kernel, in pairs", ratio, "", "goal", NEAR, NEAR))
    best = min(best, *(_seconds(engine.run) for _ in range(ROUNDS)))
    if isinstance(exact, str):
        left_out(exact)
        return made
    for name, title, people in PEERS:
        made += _beside(name, title, people, best, found, exact.found)
    return made


def _beside(name: str, title: str, people: int, best: float, found: Floats, exact: Floats) -> list[Row]:
    theirs = answer(SOLVERS, name, people)
    if isinstance(theirs, str):
        left_out(theirs)
        return []
    seconds = theirs.seconds / people * PEOPLE / (os.cpu_count() or 1)
    said = f"{title}, {people} people, scaled, on all cores"
    return [
        *_errors(title, theirs.found, found, exact),
        Row(f"plasma: {PEOPLE} people", 1e3 * best, "ms", said, 1e3 * seconds, 1e3 * seconds / FAR),
    ]


def _errors(title: str, theirs: Floats, found: Floats, exact: Floats) -> list[Row]:
    return [Row("plasma: largest relative error", worst(found, exact), "", f"{title}'s", worst(theirs, exact), ERROR)]


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
