"""Ashraf 2018 against its differential equations as deposited: gut wall, portal vein and liver of 1 L each, by SciPy.

The model holds CYP2B6 at one mean activity while ketamine is there and passes gut wall, portal vein and liver at once;
here all of it runs in time, in hours and litres.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.chain import Chain
from ketworks.engine.schedule import Schedule
from ketworks.people.person import Person
from ketworks.plasma.ashraf2018.model import Ashraf2018

QH = 3.75 * 70.0**0.75
QPV, QHA, QVI = 0.75 * QH, 0.25 * QH, 0.4 * 0.8 * 0.6 * QH
QGUT = QVI * 4.1 / (QVI + 4.1)
FG, FGN, FHN = QGUT / (QGUT + 1.19), QVI / (QVI + 44.4), QH / (QH + 73.5 * 0.5)
FHT = QH / (QH + 1505.0 * 0.02)
START = 144.0  # h of ticlopidine before ketamine
DOSE = 14e3 / 237.73  # umol
HOURS = np.linspace(0.0, 24.0, 481)


def change(t: float, y: NDArray[np.float64]) -> list[float]:
    """Ticlopidine (five passed, gut wall, portal, liver, blood, deep), enzyme, ketamine (4), norketamine (2)."""
    *passed, wall, portal, liver, blood, deep, enzyme, gut, k, k1, k2, n, n1 = y
    inhibitor = 0.02 * portal
    active = enzyme / (1.0 + inhibitor / 0.031)
    intrinsic = 301.0 * 1.4 * (0.63 * active + 0.37)
    e = intrinsic / (QH + intrinsic)
    into_liver = FG * 1.76 * gut + (QPV + QHA) / 14.4 * k
    made = (1.0 - FG) * FGN * 1.76 * gut + e * into_liver
    moved = [-3.3 * passed[0], *(3.3 * (a - b) for a, b in pairwise(passed))]
    return [
        *moved,
        3.3 * passed[-1] - QVI * wall,
        QVI * wall + QPV / 50.3 * blood - QPV * portal,
        QPV * portal + QHA / 50.3 * blood - QH * liver,
        FHT * QH * liver - QH / 50.3 * blood - 26.3 / 50.3 * blood + 26.3 / 191.0 * deep,
        26.3 / 50.3 * blood - 26.3 / 191.0 * deep,
        0.017 * (1.0 - enzyme) - 18.0 * inhibitor / (0.57 + inhibitor) * enzyme,
        -1.76 * gut,
        (1.0 - e) * into_liver - (QH + 287.0 + 22.4) / 14.4 * k + 287.0 / 102.0 * k1 + 22.4 / 180.0 * k2,
        287.0 / 14.4 * k - 287.0 / 102.0 * k1,
        22.4 / 14.4 * k - 22.4 / 180.0 * k2,
        FHN * (made + QH / 88.4 * n) - (QH + 19.9) / 88.4 * n + 19.9 / 88.9 * n1,
        19.9 / 88.4 * n - 19.9 / 88.9 * n1,
    ]


def deposited(ticlopidine: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """ng/mL of S-ketamine and S-norketamine (as mass of S-ketamine) over 24 h after the dose."""
    y = np.zeros(17)
    y[10] = 1.0
    solver: dict[str, Any] = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-12}
    for _ in range(int(START / 12.0) if ticlopidine else 0):
        y[0] += 250.0 / 0.26378
        y = solve_ivp(change, (0.0, 12.0), y, **solver).y[:, -1]
    y[0] += 250.0 / 0.26378 * ticlopidine
    y[11] = DOSE
    first = solve_ivp(change, (0.0, 12.0), y, t_eval=HOURS[HOURS <= 12.0], **solver).y
    y = first[:, -1].copy()
    y[0] += 250.0 / 0.26378 * ticlopidine
    second = solve_ivp(change, (12.0, 24.0), y, t_eval=HOURS[HOURS > 12.0], **solver).y
    both = np.concatenate([first, second], axis=1)
    return 237.73 / 14.4 * both[12], 237.73 / 88.4 * both[15]


def modelled(ticlopidine: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    facts = {"route:oral"} | ({"with:ticlopidine"} if ticlopidine else set())
    chain = Chain([Ashraf2018().fitted(frozenset(facts))])
    names = ("plasma.s_ketamine.venous", "plasma.s_norketamine.venous")
    person = Person(age=25, comedication=("ticlopidine",) if ticlopidine else ()).covariates()
    people = {key: jnp.array([value]) for key, value in person.items()}
    eta = {name: jnp.zeros(1) for name in chain.random_effects(names)}
    schedule = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.array([[DOSE]]), jnp.zeros((1, 1)), jnp.array([6]))
    made = chain.run(names, jnp.asarray(60.0 * HOURS), schedule, people, eta).signals
    return np.asarray(made[names[0]])[0], np.asarray(made[names[1]])[0]


def test_without_ticlopidine_the_equations_are_met_to_the_digits_of_the_solver() -> None:
    for found, wanted in zip(modelled(False), deposited(False), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8 * wanted.max())


@pytest.mark.slow
def test_one_mean_activity_costs_less_than_one_percent_of_exposure() -> None:
    for found, wanted in zip(modelled(True), deposited(True), strict=True):
        assert np.trapezoid(found) == pytest.approx(np.trapezoid(wanted), rel=0.01)
        assert found.max() == pytest.approx(wanted.max(), rel=0.02)
