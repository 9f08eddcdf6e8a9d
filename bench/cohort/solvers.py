"""The installable peers, each a function from a problem to the work ready to be run, again and again.

What a peer does once whoever is simulated (building, compiling, loading) is not timed. All start anew at each edge of
an infusion, or have an event there; all run at the problem's relative tolerance.
usage: python -m cohort.solvers PEER PEOPLE RESULT.npz     runs one peer in the environment it is installed in
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from cohort.model import PERSONAL, STATES, rates
from cohort.problem import ATOL, EDGES, END, RTOL, TIMES, Floats, Problem, problem, shared, start, stretches

Work = Callable[[], Floats]
_CLOSE = 1e-11  # relative tolerance of the reference, whose absolute one is as much smaller


def _jacobian(personal: Floats) -> Callable[[Floats, float], Floats]:
    """The Jacobian by complex steps: exact to rounding, all columns in one evaluation."""
    f, count, step = rates(shared(), {"log": np.log}), len(STATES), 1e-30

    def jacobian(y: Floats, on: float) -> Floats:
        made = f(list(y[:, None] + 1j * step * np.eye(count)), list(personal), on)
        return np.stack([np.imag(row + np.zeros(count)) / step for row in made])

    return jacobian


def _stepped(work: Problem, method: str, rtol: float, atol: Floats) -> Work:
    """SciPy's ``solve_ivp`` person by person, the Jacobian given."""
    from scipy.integrate import solve_ivp

    f = rates(shared(), {"log": math.log})

    def one(personal: Floats) -> Floats:
        values, jacobian = personal.tolist(), _jacobian(personal)
        state, parts = start(), []
        for begin, stop, on, asked in stretches():
            found = solve_ivp(
                lambda t, y, on=on: f(y.tolist(), values, on), (begin, stop), state, method,
                np.union1d(asked, [stop]), rtol=rtol, atol=atol, jac=lambda t, y, on=on: jacobian(y, on),
            )  # fmt: skip
            parts.append(found.y[:, : len(asked)])
            state = found.y[:, -1]
        return np.concatenate(parts, axis=1)

    def run() -> Floats:
        return work.read(np.stack([one(personal) for personal in work.personal.T], axis=1))

    return run


def lsoda(work: Problem) -> Work:
    """SciPy's LSODA."""
    return _stepped(work, "LSODA", RTOL, ATOL)


def reference(work: Problem) -> Work:
    """Radau's method at a tolerance that leaves about ten digits: the measure of everybody else's error."""
    return _stepped(work, "Radau", _CLOSE, ATOL * (_CLOSE / RTOL))


def main(name: str, people: int, path: str) -> None:
    run = PEERS[name](problem(people))
    begin = time.perf_counter()
    found = run()
    seconds = [time.perf_counter() - begin]
    while name != "reference" and len(seconds) < 3 and sum(seconds) < _ENOUGH:
        begin = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - begin)
    np.savez(path, found=found, seconds=min(seconds))


_ENOUGH = 40.0  # s
PEERS = {"lsoda": lsoda, "reference": reference}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
