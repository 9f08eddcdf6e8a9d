"""The installable peers, each a function from a problem to the work ready to be run, again and again.

What a peer does once whoever is simulated (building, compiling, loading) is not timed.
usage: python solvers.py PEER PEOPLE RESULT.npz     runs one peer in the environment it is installed in
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from problem import ATOL, METABOLITE, PARENT, RTOL, STATES, Floats, Problem, concentrations, matrices, problem

Work = Callable[[], Floats]


def lsoda(work: Problem) -> Work:
    """SciPy's LSODA, the matrix as its Jacobian, started anew at each edge."""
    from scipy.integrate import solve_ivp

    stops = np.append(work.edges[1:], work.times[-1] + 1.0)
    entry = np.eye(STATES)[PARENT]

    def one(matrix: Floats, flow: Floats) -> Floats:
        state, parts = np.zeros(STATES), []
        for start, stop, rate in zip(work.edges, stops, flow, strict=True):
            asked = work.times[(work.times >= start) & (work.times < stop)]
            drive = entry * rate
            found = solve_ivp(
                lambda t, y, m=matrix, b=drive: m @ y + b, (start, stop), state, "LSODA", np.append(asked, stop),
                rtol=RTOL, atol=ATOL, jac=lambda t, y, m=matrix: m,
            )  # fmt: skip
            parts.append(found.y[:, :-1])
            state = found.y[:, -1]
        return np.concatenate(parts, axis=1)

    def run() -> Floats:
        return concentrations(work, np.stack([one(*pair) for pair in zip(matrices(work), work.flow, strict=True)]))

    return run


def matrix_exponentials(work: Problem) -> Work:
    """SciPy's expm of the matrix widened by its input, all people at once, from time to time."""
    from scipy.linalg import expm

    steps = np.unique(np.concatenate([work.times, work.edges]))
    place = np.searchsorted(work.edges, steps[:-1], side="right") - 1
    asked = np.searchsorted(steps, work.times)

    def run() -> Floats:
        wide = np.zeros((work.people, STATES + 1, STATES + 1))
        wide[:, :STATES, :STATES] = matrices(work)
        state = np.zeros((work.people, STATES + 1))
        state[:, STATES] = 1.0
        path, flow = [state], work.flow
        for length, edge in zip(np.diff(steps), place, strict=True):
            wide[:, PARENT, STATES] = flow[:, edge]
            state = np.einsum("nij,nj->ni", expm(wide * length), state)
            path.append(state)
        return concentrations(work, np.stack(path, axis=2)[:, :STATES, asked])

    return run


def roadrunner(work: Problem) -> Work:
    """libRoadRunner: an SBML model with an event at each edge, compiled once, its constants set for each person."""
    from roadrunner import RoadRunner
    from sbml import model

    runner = RoadRunner(model(work))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = RTOL, ATOL
    runner.timeCourseSelections = [f"x{PARENT}", f"x{METABOLITE}"]
    ids = list(runner.model.getGlobalParameterIds())
    places = [(ids.index(f"k{i}_{j}"), i, j) for i in range(STATES) for j in range(STATES) if f"k{i}_{j}" in ids]
    flows = [ids.index(f"flow{k}") for k in range(len(work.edges))]
    times = list(work.times)

    def run() -> Floats:
        found = np.zeros((work.people, STATES, len(times)))
        for n, (matrix, flow) in enumerate(zip(matrices(work), work.flow, strict=True)):
            runner.resetToOrigin()
            runner.model.setGlobalParameterValues(
                [place for place, _, _ in places], [matrix[i, j] for _, i, j in places]
            )
            runner.model.setGlobalParameterValues(flows, flow)
            found[n, [PARENT, METABOLITE]] = np.asarray(runner.simulate(times=times)).T
        return concentrations(work, found)

    return run


def diffrax(work: Problem) -> Work:
    """diffrax, compiled for all people at once, its steps clipped at the edges; Dopri8 and Kvaerno5 took longer."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax as dx
    import jax.numpy as jnp

    edges, times = jnp.asarray(work.edges), jnp.asarray(work.times)
    steps = dx.ClipStepSizeController(dx.PIDController(rtol=RTOL, atol=ATOL), jump_ts=edges[1:])

    def field(t: Any, y: Any, person: Any) -> Any:
        matrix, flow = person
        return (matrix @ y).at[PARENT].add(flow[jnp.searchsorted(edges, t, side="right") - 1])

    def one(matrix: Any, flow: Any) -> Any:
        return dx.diffeqsolve(
            dx.ODETerm(field), dx.Tsit5(), edges[0], times[-1], 0.1, jnp.zeros(STATES), (matrix, flow),
            saveat=dx.SaveAt(ts=times), stepsize_controller=steps, max_steps=100_000,
        ).ys.T  # fmt: skip

    given = jnp.asarray(matrices(work)), jnp.asarray(work.flow)
    program = jax.jit(jax.vmap(one)).lower(*given).compile()
    return lambda: concentrations(work, np.asarray(program(*given)))


def reference(work: Problem) -> Work:
    """Eigenvalues in 40 digits with mpmath: the measure of everybody else's error."""
    import mpmath

    def one(matrix: Floats, flow: Floats) -> Floats:
        values, right = mpmath.eig(mpmath.matrix(matrix.tolist()))
        left = mpmath.inverse(right)
        modes, found = mpmath.zeros(STATES, 1), np.zeros((STATES, len(work.times)))
        for k, (edge, rate) in enumerate(zip(work.edges, flow, strict=True)):
            stop = work.edges[k + 1] if k + 1 < len(work.edges) else np.inf
            drive = [left[i, PARENT] * mpmath.mpf(float(rate)) / values[i] for i in range(STATES)]

            def after(since: float, at: Any = modes, drive: Any = drive) -> Any:
                grown = [mpmath.exp(value * mpmath.mpf(since)) for value in values]
                return mpmath.matrix([g * at[i] + (g - 1) * drive[i] for i, g in enumerate(grown)])

            for place in np.flatnonzero((work.times >= edge) & (work.times < stop)):
                made = right * after(float(work.times[place]) - float(edge))
                found[:, place] = [float(mpmath.re(made[i])) for i in range(STATES)]
            if np.isfinite(stop):
                modes = after(float(stop) - float(edge))
        return found

    def run() -> Floats:
        with mpmath.workdps(40):
            return concentrations(work, np.stack([one(*pair) for pair in zip(matrices(work), work.flow, strict=True)]))

    return run


PEERS = {"lsoda": lsoda, "expm": matrix_exponentials, "roadrunner": roadrunner, "diffrax": diffrax, "mpmath": reference}


def main(name: str, people: int, path: str) -> None:
    run = PEERS[name](problem(people))
    levels, seconds = run(), []
    for _ in range(1 if name == "mpmath" else 3):
        start = time.perf_counter()
        levels = run()
        seconds.append(time.perf_counter() - start)
    np.savez(path, found=levels, seconds=min(seconds))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
