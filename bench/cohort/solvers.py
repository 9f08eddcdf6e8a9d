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


def roadrunner(work: Problem) -> Work:
    """libRoadRunner (CVODE): the SBML model compiled once, its constants set for each person."""
    from roadrunner import RoadRunner

    from cohort.sbml import model

    runner = RoadRunner(model(work.personal[:, 0]))
    runner.integrator.relative_tolerance = RTOL
    runner.integrator.absolute_tolerance = float(ATOL.min())
    for name, value in zip(STATES, ATOL, strict=True):
        runner.integrator.setIndividualTolerance(name, float(value))
    runner.timeCourseSelections = list(STATES)
    ids = list(runner.model.getGlobalParameterIds())
    places, times = [ids.index(name) for name in PERSONAL], [0.0, *TIMES]

    def run() -> Floats:
        found = np.zeros((len(STATES), work.people, len(TIMES)))
        for n, personal in enumerate(work.personal.T):
            runner.resetToOrigin()
            runner.model.setGlobalParameterValues(places, personal)
            found[:, n] = np.asarray(runner.simulate(times=times))[1:].T
        return work.read(found)

    return run


def copasi(work: Problem) -> Work:
    """COPASI (LSODA): the same SBML model, its constants set for each person."""
    import COPASI

    from cohort.sbml import model

    data = COPASI.CRootContainer.addDatamodel()
    data.importSBMLFromString(model(work.personal[:, 0]))
    values = {value.getObjectName(): value for value in data.getModel().getModelValues()}
    task = data.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    task.getMethod().getParameter("Relative Tolerance").setDblValue(RTOL)
    task.getMethod().getParameter("Absolute Tolerance").setDblValue(float(ATOL.min()))
    task.getMethod().getParameter("Max Internal Steps").setUIntValue(1_000_000)
    asked = task.getProblem()
    asked.setUseValues(True)
    asked.setValues(" ".join(repr(float(t)) for t in [0.0, *TIMES]))
    asked.setOutputEvent(False)
    asked.setTimeSeriesRequested(True)

    def run() -> Floats:
        found = np.zeros((len(STATES), work.people, len(TIMES)))
        for n, personal in enumerate(work.personal.T):
            for name, value in zip(PERSONAL, personal, strict=True):
                values[name].setInitialValue(float(value))
            data.getModel().updateInitialValues(COPASI.CCore.Framework_ParticleNumbers)
            if not task.process(True):
                raise RuntimeError(COPASI.CCopasiMessage.getAllMessageText())
            series = task.getTimeSeries()
            titles = [series.getTitle(i) for i in range(series.getNumVariables())]
            for row, column in enumerate(titles.index(f"Values[{name}]") for name in STATES):
                found[row, n] = [series.getConcentrationData(k, column) for k in range(1, len(TIMES) + 1)]
        return work.read(found)

    return run


def diffrax(work: Problem) -> Work:
    """diffrax, Kvaerno5 (explicit methods would take steps of seconds), compiled for all people at once."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax as dx
    import jax.numpy as jnp

    f, edges = rates(shared(), {"log": jnp.log}), jnp.asarray(EDGES)
    steps = dx.ClipStepSizeController(dx.PIDController(rtol=RTOL, atol=jnp.asarray(ATOL)), jump_ts=edges[1:])

    def field(t: Any, y: Any, personal: Any) -> Any:
        on = 1.0 - (jnp.searchsorted(edges, t, side="right") - 1) % 2
        return jnp.stack(f(list(y), list(personal), on))

    def one(personal: Any) -> Any:
        return dx.diffeqsolve(
            dx.ODETerm(field), dx.Kvaerno5(), 0.0, END, 0.1, jnp.asarray(start()), personal,
            saveat=dx.SaveAt(ts=jnp.asarray(TIMES)), stepsize_controller=steps, max_steps=100_000,
        ).ys  # fmt: skip

    given = jnp.asarray(work.personal)
    program = jax.jit(jax.vmap(one, in_axes=1)).lower(given).compile()
    return lambda: work.read(np.moveaxis(np.asarray(program(given)), 2, 0))


def main(name: str, people: int, path: str) -> None:
    run = PEERS[name](problem(people))
    begin = time.process_time()
    found = run()
    seconds = [time.process_time() - begin]
    while name != "reference" and len(seconds) < 3 and sum(seconds) < _ENOUGH:
        begin = time.process_time()
        found = run()
        seconds.append(time.process_time() - begin)
    np.savez(path, found=found, seconds=min(seconds))


_ENOUGH = 40.0  # s
PEERS = {
    "roadrunner": roadrunner,
    "copasi": copasi,
    "lsoda": lsoda,
    "diffrax": diffrax,
    "reference": reference,
}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
