"""Ashraf 2018: what was derived from its printed values, its mass balance, and what facts and people change."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.chain import Chain
from ketworks.engine.schedule import Schedule
from ketworks.errors import CannotSay
from ketworks.people.person import Person
from ketworks.plasma.ashraf2018.model import Ashraf2018
from ketworks.plasma.cards import card_of
from ketworks.plasma.route_facts import ROUTES

TIMES = np.concatenate([np.arange(0.0, 2880.0, 1.0), np.geomspace(2880.0, 5e4, 400)])
MASS, PERSON = 237.73, Person(age=25).covariates()
K, N = "plasma.s_ketamine.venous", "plasma.s_norketamine.venous"
Curves = dict[str, NDArray[np.float64]]


def run(
    route: str = "oral", mg: float = 14.0, minutes: float = 0.0, facts: tuple[str, ...] = (), **people: float
) -> Curves:
    stage = Ashraf2018().fitted(frozenset({f"route:{route}", *facts}))
    chain = Chain([stage])
    eta = {name: jnp.zeros(1) for name in stage.random_effects}
    person = {name: jnp.array([value]) for name, value in (PERSON | people).items()}
    schedule = Schedule(
        jnp.zeros(1),
        jnp.array([minutes]),
        jnp.array([[mg * 1e3 / MASS]]),
        jnp.zeros((1, 1)),
        jnp.array([ROUTES.index(route)]),
    )
    made: Any = chain.run(tuple(chain.signals), jnp.asarray(TIMES), schedule, person, eta).signals
    return {name: np.asarray(values)[0] for name, values in made.items()}


def area(values: NDArray[np.float64]) -> float:
    return float(np.trapezoid(values, TIMES)) / 60.0  # ng h/mL


@pytest.fixture(scope="module")
def usual() -> Curves:
    return run()


def test_what_was_derived_from_the_printed_values_before_is_found_again(usual: Curves) -> None:
    vein = run("iv", minutes=2.0)
    assert area(usual[K]) / area(vein[K]) == pytest.approx(0.130, abs=0.001)
    assert usual[K].max() == pytest.approx(8.1, abs=0.05)
    assert usual[N].max() == pytest.approx(50.0, abs=0.5)
    assert area(usual[N]) / area(usual[K]) == pytest.approx(12.6, abs=0.1)


def test_exposure_is_dose_over_clearance(usual: Curves) -> None:
    flow, intrinsic = 3.75 * 70.0**0.75, 301.0 * 1.4
    vein = run("iv", minutes=2.0)
    assert area(vein[K]) == pytest.approx(14e3 * (flow + intrinsic) / (flow * intrinsic), rel=2e-3)
    # all of it becomes norketamine, in mass of ketamine, and passes the liver first
    assert area(vein[N]) == pytest.approx(14e3 / (73.5 * 0.5), rel=2e-3)
    assert area(usual[N]) < area(vein[N])


def test_totals_are_those_of_the_one_enantiomer_given(usual: Curves) -> None:
    np.testing.assert_array_equal(usual["plasma.ketamine.venous"], usual[K])
    np.testing.assert_array_equal(usual["plasma.norketamine.venous"], usual[N])


def test_six_days_of_ticlopidine_raise_oral_exposure_as_observed(usual: Curves) -> None:
    found = run(facts=("with:ticlopidine",), with_ticlopidine=1.0)
    ratio = area(found[K]) / area(usual[K])
    print(f"oral exposure with ticlopidine: x {ratio:.2f}; observed x 2.4")
    assert ratio == pytest.approx(2.68, abs=0.02)
    assert ratio < 1.0 / (1.0 - 0.63)  # CYP2B6 wholly off
    assert area(found[N]) == pytest.approx(area(usual[N]), rel=1e-3)  # as much is formed, later


def test_who_does_not_take_it_is_not_touched_by_the_course(usual: Curves) -> None:
    found = run(facts=("with:ticlopidine",), with_ticlopidine=0.0)
    np.testing.assert_allclose(found[K], usual[K], rtol=1e-12)


def test_the_course_tells_its_error() -> None:
    stage = Ashraf2018().fitted(frozenset({"route:oral", "with:ticlopidine"}))
    chain = Chain([stage])
    eta = {name: jnp.zeros(1) for name in stage.random_effects}
    person = {name: jnp.array([value]) for name, value in (PERSON | {"with_ticlopidine": 1.0}).items()}
    schedule = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.ones((1, 1)), jnp.zeros((1, 1)), jnp.array([6]))
    errors = chain.run((K,), jnp.array([0.0, 60.0]), schedule, person, eta).errors
    assert 0.0 < float(errors[K]) < 1e-3


def test_weight_changes_hepatic_flow_only(usual: Curves) -> None:
    heavy = run(weight=100.0)
    assert area(heavy[K]) == pytest.approx(area(usual[K]), rel=0.05)  # oral exposure hardly depends on flow
    assert area(run("iv", minutes=2.0, weight=100.0)[K]) < 0.85 * area(run("iv", minutes=2.0)[K])


def test_support_grows_with_the_facts() -> None:
    vein = Ashraf2018().fitted(frozenset({"route:iv"})).support()
    mouth = Ashraf2018().fitted(frozenset({"route:oral"})).support()
    drug = Ashraf2018().fitted(frozenset({"route:oral", "with:ticlopidine"})).support()
    assert "ashraf2018.gut_permeability" not in vein[K]
    assert "ashraf2018.gut_permeability" in mouth[K]
    assert "ashraf2018.norketamine_gut_intrinsic_clearance" in mouth[N]
    assert {"ashraf2018.ticlopidine_ki", "ashraf2018.ticlopidine_volume"} <= set(drug[K]) - set(mouth[K])
    assert "interaction.ticlopidine.norketamine" in drug[N]
    assert "interaction.ticlopidine.norketamine" not in drug[K]
    rows = set(Ashraf2018.parameters())
    for support in (vein, mouth, drug):
        assert {key for keys in support.values() for key in keys} <= rows


def test_equations_are_those_in_use() -> None:
    def stated(*facts: str) -> list[str]:
        return [function.__name__ for function in Ashraf2018().fitted(frozenset(facts)).stated()[K]]

    assert "gut_escape" not in stated("route:iv")
    assert "gut_escape" in stated("route:oral")
    assert {"activity_after_course", "factor"} <= set(stated("route:iv", "with:ticlopidine"))
    assert "activity_after_course" not in stated("route:iv", "with:rifampicin")


def test_residual_errors_are_rows() -> None:
    assert {one.name for one in Ashraf2018.outputs} == set(Ashraf2018.residual)
    for error in Ashraf2018.residual.values():
        assert error.proportional in Ashraf2018.parameters()
    assert Ashraf2018.residual[N].proportional == "ashraf2018.sd.residual_norketamine"


def test_facts_outside_the_evidence_are_refused() -> None:
    with pytest.raises(CannotSay, match="severe impairment of the liver"):
        Ashraf2018().fitted(frozenset({"route:oral", "liver:severe"}))


def test_the_card_is_that_of_the_model() -> None:
    card = card_of(Ashraf2018.variant)
    assert card is not None
    assert (card.id, card.site, card.people) == ("ashraf2018", "venous", 41)
    assert all(name.endswith(card.site) for name in Ashraf2018.rests_on)
