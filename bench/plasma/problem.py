"""The work: many people, six infusions, levels of a parent and its metabolite. NumPy only: peers import it too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DAY, INFUSION = 1440.0, 40.0  # min
STARTS = 2.4 * DAY * np.arange(6)  # six infusions over 12 days
PER_DOSE, FINE = 50, np.arange(0.0, 60.0, 5.0)  # asked times after each start, min; the first hour finely
AMOUNT, SHARE = 84.0, 0.8  # umol each; share of what is cleared that becomes the metabolite
# v1 v2 v3 cl q2 q3 of the parent, vn1 vn2 cln qn of the metabolite: L and L/min
TYPICAL = np.array([11.6, 39.0, 174.0, 1.48, 2.43, 1.21, 11.6, 221.0, 1.0, 2.63])
SPREAD = 0.3  # standard deviation of the logarithms
STATES, PARENT, METABOLITE = 5, 0, 3
RTOL, ATOL = 1e-8, 1e-10  # of the solvers; amounts are of the order of 1 to 100 umol


class Problem(NamedTuple):
    """Constants (10, people), amounts (people, doses), umol; starts, durations (doses,) and times (times,), min."""

    constants: Floats
    amount: Floats
    start: Floats
    duration: Floats
    times: Floats

    @property
    def people(self) -> int:
        return self.constants.shape[1]

    @property
    def edges(self) -> Floats:
        """Starts and ends of the infusions, sorted, min."""
        return np.unique(np.concatenate([self.start, self.start + self.duration]))

    @property
    def flow(self) -> Floats:
        """Input after each edge, umol/min, shape (people, edges)."""
        runs = (self.start <= self.edges[:, None]) & (self.edges[:, None] < self.start + self.duration)
        return np.asarray((self.amount / self.duration) @ runs.T.astype(float))

    def first(self, people: int) -> Problem:
        """The same for the first so many people."""
        return self._replace(
            constants=np.ascontiguousarray(self.constants[:, :people]),
            amount=np.ascontiguousarray(self.amount[:people]),
        )


def problem(people: int) -> Problem:
    draw = np.random.default_rng(1)
    constants = np.ascontiguousarray((TYPICAL * np.exp(SPREAD * draw.standard_normal((people, len(TYPICAL))))).T)
    late = np.geomspace(FINE[-1] + 5.0, 2.39 * DAY, PER_DOSE - len(FINE))
    times = (STARTS[:, None] + np.concatenate([FINE, late])).ravel()
    return Problem(constants, np.full((people, len(STARTS)), AMOUNT), STARTS, np.full(len(STARTS), INFUSION), times)


def matrices(work: Problem) -> Floats:
    """Rate matrices on amounts, written out from the equations, 1/min, shape (people, 5, 5)."""
    v1, v2, v3, cl, q2, q3, vn1, vn2, cln, qn = work.constants
    m = np.zeros((work.people, STATES, STATES))
    m[:, 0, 0], m[:, 0, 1], m[:, 0, 2] = -(cl + q2 + q3) / v1, q2 / v2, q3 / v3
    m[:, 1, 0], m[:, 1, 1] = q2 / v1, -q2 / v2
    m[:, 2, 0], m[:, 2, 2] = q3 / v1, -q3 / v3
    m[:, 3, 0] = SHARE * cl / v1
    m[:, 3, 3], m[:, 3, 4] = -(cln + qn) / vn1, qn / vn2
    m[:, 4, 3], m[:, 4, 4] = qn / vn1, -qn / vn2
    return m


def concentrations(work: Problem, amounts: Floats) -> Floats:
    """Levels in umol/L, (people, 2, times), from amounts (people, 5, times)."""
    return np.stack(
        [amounts[:, PARENT] / work.constants[0, :, None], amounts[:, METABOLITE] / work.constants[6, :, None]], axis=1
    )
