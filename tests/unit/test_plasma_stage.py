"""The plasma models: what is shared and what differs between enantiomers, sites, people and routes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.dose.route import ROUTES
from ketworks.engine.chain import Chain
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage
from ketworks.people.person import Person
from ketworks.plasma import route_facts
from ketworks.plasma.combined.model import Combined
from ketworks.plasma.perezruixo2021 import equations as perezruixo2021
from ketworks.plasma.perezruixo2021.model import PerezRuixo2021
from ketworks.plasma.signals import TABLE
from ketworks.plasma.simons2022.model import Simons2022

PERSON = Person().covariates()
LONG = np.concatenate([np.arange(0.0, 600.0, 2.0), np.geomspace(600.0, 2e5, 400)])
DOSE = 35.0 / 237.73 * 1000.0  # umol in 35 mg base


def run(
    stage: Stage,
    s: float,
    r: float,
    times: NDArray[np.float64],
    duration: float = 40.0,
    age: float = 30.0,
    weight: float = 70.0,
    eta: dict[str, float] | None = None,
    route: str = "iv",
    people: dict[str, float] | None = None,
) -> dict[str, NDArray[np.float64]]:
    chain = Chain([stage])
    drawn = {name: jnp.array([(eta or {}).get(name, 0.0)]) for name in stage.random_effects}
    drawn |= {name: jnp.array([[(eta or {}).get(name, 0.0)]]) for name in stage.dose_effects}
    code = jnp.array([ROUTES.index(route)])
    schedule = Schedule(jnp.zeros(1), jnp.array([duration]), jnp.array([[s]]), jnp.array([[r]]), code)
    person = {
        name: jnp.array([value]) for name, value in (PERSON | {"weight": weight, "age": age} | (people or {})).items()
    }
    made: Any = chain.run(tuple(chain.signals), jnp.asarray(times), schedule, person, drawn).signals
    return {name: np.asarray(value)[0] for name, value in made.items()}


def area(values: NDArray[np.float64], times: NDArray[np.float64]) -> float:
    return float(np.trapezoid(values, times))


def test_exposure_is_dose_over_clearance_for_each_enantiomer() -> None:
    found = run(Combined(), DOSE, DOSE, LONG)
    wanted = DOSE / 1.48 * 237.73  # ng min/mL
    assert area(found["plasma.s_ketamine.arterial"], LONG) == pytest.approx(wanted, rel=2e-3)
    assert area(found["plasma.r_ketamine.arterial"], LONG) == pytest.approx(wanted / 0.86, rel=2e-3)


def test_arm_vein_sees_the_exposure_without_the_first_pass() -> None:
    """The vein follows the mixed level: its exposure lacks dose / Qpk."""
    found = run(Combined(), DOSE, 0.0, LONG)
    lacking = area(found["plasma.s_ketamine.arterial"] - found["plasma.s_ketamine.venous"], LONG)
    assert lacking == pytest.approx(DOSE / 7.59 * 237.73, rel=5e-3)


def test_bridge_gives_the_venous_levels_of_the_synthesis() -> None:
    times = np.array([15.0, 30.0, 40.0, 60.0, 80.0, 120.0, 230.0])
    found = run(Combined(), DOSE, 0.0, times)["plasma.s_ketamine.venous"]
    np.testing.assert_allclose(found, [72.0, 132.0, 162.0, 105.0, 70.0, 40.0, 21.0], rtol=0.03)


def test_metabolite_exposures_follow_shares_and_clearances() -> None:
    found = run(Combined(), DOSE, DOSE, LONG)
    s_nor = DOSE / 1.0 * TABLE["combined.fraction_norketamine"].value * 223.70
    assert area(found["plasma.s_norketamine.arterial"], LONG) == pytest.approx(s_nor, rel=2e-3)
    hydroxy = DOSE * 0.7 / 0.933 * (1.0 + 1.8) * 239.70 * TABLE["hydroxynorketamine.scale"].value
    assert area(found["plasma.hydroxynorketamine.arterial"], LONG) == pytest.approx(hydroxy, rel=2e-3)


@pytest.mark.slow
def test_hydroxynorketamine_band_spans_the_stated_factor() -> None:
    name = "plasma.hydroxynorketamine_scale"
    times = np.array([60.0])
    low, high = (
        run(Combined(), DOSE, DOSE, times, eta={name: z})["plasma.hydroxynorketamine.arterial"][0]
        for z in (-1.6448536269514722, 1.6448536269514722)
    )
    assert high / low == pytest.approx(TABLE["hydroxynorketamine.uncertainty"].value ** 2, rel=1e-9)


def test_total_is_the_sum_and_esketamine_makes_no_r() -> None:
    times = np.linspace(0.0, 600.0, 50)
    both = run(Combined(), DOSE, DOSE, times)
    total = both["plasma.s_ketamine.venous"] + both["plasma.r_ketamine.venous"]
    np.testing.assert_allclose(both["plasma.ketamine.venous"], total, rtol=1e-12)
    alone = run(Combined(), DOSE, 0.0, times)
    assert np.all(alone["plasma.r_ketamine.arterial"] == 0.0)
    np.testing.assert_allclose(alone["plasma.s_ketamine.arterial"], both["plasma.s_ketamine.arterial"], rtol=1e-12)


def test_weight_scales_flows_and_volumes() -> None:
    light, heavy = (
        run(Combined(), DOSE, 0.0, LONG, weight=weight)["plasma.s_ketamine.arterial"] for weight in (50.0, 100.0)
    )
    assert area(light, LONG) / area(heavy, LONG) == pytest.approx(2.0**0.75, rel=2e-3)


def test_nasal_share_and_its_fall_with_dose() -> None:
    p = {key: np.float64(row.canonical) for key, row in PerezRuixo2021.parameters().items()}
    amounts = jnp.array([[14.0, 28.0, 56.0, 84.0]]) / 237.73 * 1000.0
    apart = jnp.arange(4) * 1440.0
    share = perezruixo2021.nasal_fraction(p, amounts, apart, jnp.zeros(1))
    np.testing.assert_allclose(np.asarray(share)[0], [0.54, 0.54, 0.4374, 0.4032], rtol=1e-9)


def test_devices_of_one_session_add_up_as_one_dose_does() -> None:
    """28 mg at 0, 5 and 10 min take up as much in the nose as 84 mg at once; a second session starts anew."""
    p = {key: np.float64(row.canonical) for key, row in PerezRuixo2021.parameters().items()}
    device = 28.0 / 237.73 * 1000.0
    share = perezruixo2021.nasal_fraction(
        p, jnp.full((1, 4), device), jnp.array([0.0, 5.0, 10.0, 2000.0]), jnp.zeros(1)
    )
    assert float(share[0, :3].sum()) == pytest.approx(3.0 * 0.4032, rel=1e-9)
    assert float(share[0, 3]) == pytest.approx(0.54, rel=1e-9)


def test_r_ketamine_escapes_the_liver_more_often() -> None:
    """With extraction 0.86 times that of S-ketamine: Fg (1 - 0.86 E) against Fg (1 - E)."""
    stage = Combined().fitted(frozenset({"route:oral"}))
    found = run(stage, 0.0, 10.0, LONG, 0.0, route="oral")["plasma.r_ketamine.arterial"]
    share = area(found, LONG) / (10.0 / (0.86 * 1.48) * 237.73)
    assert share == pytest.approx(0.1304 * (1.0 - 0.86 * 0.8229) / (1.0 - 0.8229), rel=5e-3)


def test_the_published_film_is_that_of_its_own_equations() -> None:
    """S-norketamine after a 50 mg film by SciPy on the printed equations: 0.8 of all that leaves the transits."""
    row = {
        key.removeprefix("simons2022."): value.value for key, value in TABLE.items() if key.startswith("simons2022.")
    }
    dose, ktr, kg = 50.0 / 237.73 * 1000.0, 2.0 / row["norketamine_delay"], 1.0 / row["gut_delay"]
    v1, vn1, cln, qn = (
        row["central_volume"],
        row["central_volume"],
        row["norketamine_clearance"],
        row["norketamine_flow_2"],
    )

    def rhs(t: float, y: list[float]) -> list[float]:
        m, s, g, k1, k2, k3, t1, t2, n1, n2 = y
        into_m = row["mucosal_share"] * dose / row["mucosal_duration"] * (t < row["mucosal_duration"])
        into_s = row["swallowed_share"] * dose / row["swallowed_duration"] * (t < row["swallowed_duration"])
        q2, q3, cl = row["flow_2"], row["flow_3"], row["clearance"]
        v2, v3, vn2 = row["volume_2"], row["volume_3"], row["norketamine_volume_2"]
        return [
            into_m - row["mucosal_rate"] * m,
            into_s - row["swallowed_rate"] * s,
            row["swallowed_rate"] * s - kg * g,
            row["mucosal_rate"] * m - (cl + q2 + q3) / v1 * k1 + q2 / v2 * k2 + q3 / v3 * k3,
            q2 / v1 * k1 - q2 / v2 * k2,
            q3 / v1 * k1 - q3 / v3 * k3,
            cl / v1 * k1 + kg * g - ktr * t1,
            ktr * (t1 - t2),
            0.8 * ktr * t2 - (cln + qn) / vn1 * n1 + qn / vn2 * n2,
            qn / vn1 * n1 - qn / vn2 * n2,
        ]

    times = np.array([20.0, 60.0, 90.0, 240.0])
    solved = solve_ivp(rhs, (0.0, 240.0), np.zeros(10), "LSODA", times, rtol=1e-10, atol=1e-10, max_step=1.0)
    found = run(Simons2022().fitted(frozenset({"route:buccal"})), dose, 0.0, times, 0.0, route="buccal")
    np.testing.assert_allclose(found["plasma.s_norketamine.arterial"], 223.70 * solved.y[8] / vn1, rtol=1e-6)
    np.testing.assert_allclose(found["plasma.s_ketamine.arterial"], 237.73 * solved.y[3] / v1, rtol=1e-6)


def test_hepatic_extraction_of_the_nasal_model() -> None:
    """E = Vh (kel + kmet) / (Qh + Vh (kel + kmet)) = 0.7219 with the printed values (D14 of the credibility list)."""
    row = {key: value.value for key, value in TABLE.items()}
    clearing = row["perezruixo2021.hepatic_volume"] * (
        row["perezruixo2021.hepatic_other_loss"] + row["perezruixo2021.hepatic_norketamine_rate"]
    )
    assert clearing / (row["perezruixo2021.hepatic_flow"] + clearing) == pytest.approx(0.7219, abs=5e-5)


def test_nasal_exposure_is_bioavailable_dose_over_clearance() -> None:
    amount = 84.0 / 237.73 * 1000.0
    found = run(PerezRuixo2021(), amount, 0.0, LONG, duration=0.0, route="nasal")["plasma.s_ketamine.venous"]
    extraction, flow, share = 0.7219, 151.0 / 60.0, 0.4032
    available = share + (1.0 - share) * 0.64 * (1.0 - extraction)
    assert area(found, LONG) == pytest.approx(available * amount / (flow * extraction) * 237.73, rel=3e-3)


def test_older_people_clear_nasal_esketamine_more_slowly() -> None:
    exposure = [
        area(run(PerezRuixo2021(), 100.0, 0.0, LONG, 0.0, age=age, route="nasal")["plasma.s_ketamine.venous"], LONG)
        for age in (30.0, 60.0, 80.0)
    ]
    assert exposure[0] == pytest.approx(exposure[1], rel=1e-12)
    assert exposure[2] > 1.1 * exposure[1]


@pytest.mark.slow
def test_gradient_of_exposure_by_clearance_is_minus_exposure_over_clearance() -> None:
    stage = Combined()
    chain = Chain([stage])
    name = "plasma.s_ketamine.arterial"
    schedule = Schedule(jnp.zeros(1), jnp.array([40.0]), jnp.array([[DOSE]]), jnp.zeros((1, 1)))
    person = {covariate: jnp.array([value]) for covariate, value in PERSON.items()}
    drawn = {effect: jnp.zeros(1) for effect in stage.random_effects}
    drawn |= {effect: jnp.zeros((1, 1)) for effect in stage.dose_effects}
    times = jnp.asarray(LONG)

    def exposure(clearance: jax.Array) -> jax.Array:
        values = {"simons2022.clearance": clearance}
        return jnp.trapezoid(chain.run((name,), times, schedule, person, drawn, values).signals[name][0], times)

    value, slope = jax.value_and_grad(exposure)(jnp.asarray(1.48))
    assert float(slope) == pytest.approx(-float(value) / 1.48, rel=5e-3)


def test_dose_and_plasma_agree_on_the_molar_mass() -> None:
    from ketworks.dose.limits import parameters

    assert parameters()["dose.molar_mass"].value == TABLE["molar_mass.ketamine"].value


def test_dose_and_plasma_number_the_routes_alike() -> None:
    assert ROUTES == route_facts.ROUTES


def bioavailable(route: str, age: float = 30.0, **people: float) -> float:
    """Exposure to S-ketamine over that of the same dose into a vein of a young healthy person."""
    stage = Combined().fitted(frozenset({f"route:{route}"}))
    duration = 20.0 if route == "nebulised" else 0.0
    found = run(stage, 10.0, 0.0, LONG, duration, age, route=route, people=people)["plasma.s_ketamine.arterial"]
    return area(found, LONG) / (10.0 / 1.48 * 237.73)


@pytest.mark.parametrize(
    ("route", "share"),
    [
        ("im", TABLE["route.injected_share"].value),
        ("sc", TABLE["route.injected_share"].value),
        ("sublingual", 0.263),
        ("buccal", 0.263),
        ("oral", 0.1304),  # Fg (1 - E) of Ashraf 2018 at 70 kg, docs/evidence/pk.md section 2.4
        ("oral-pr", 0.1304),
        ("rectal", 0.30),
        ("nebulised", 0.70),  # a small dose: nothing is lost to its own level
    ],
)
def test_each_route_brings_its_share_into_the_blood(route: str, share: float) -> None:
    assert bioavailable(route) == pytest.approx(share, rel=5e-3)


@pytest.mark.slow
def test_nasal_racemate_is_nose_plus_swallowed() -> None:
    share = TABLE["route.nasal_share"].value
    assert bioavailable("nasal") == pytest.approx(share + (1.0 - share) * 0.1304, rel=5e-3)


@pytest.mark.parametrize("route", ["iv", "sublingual", "rectal"])
def test_no_drug_is_lost_where_all_of_it_is_metabolised(route: str) -> None:
    """What does not reach the blood as ketamine becomes norketamine: the exposure to it is the same by each route."""
    stage = Combined().fitted(frozenset({f"route:{route}"}))
    found = run(stage, 10.0, 0.0, LONG, 0.0, route=route)["plasma.s_norketamine.arterial"]
    assert area(found, LONG) == pytest.approx(10.0 / 1.0 * 223.70, rel=5e-3)


def test_inhaled_uptake_falls_with_its_own_level() -> None:
    """Share times (1 + (level / C50)^g) is the share of a small dose, at the level that the run itself shows."""
    stage = Combined().fitted(frozenset({"route:nebulised"}))
    found = run(stage, 400.0, 0.0, LONG, 20.0, route="nebulised")["plasma.s_ketamine.arterial"]
    share = area(found, LONG) / (400.0 / 1.48 * 237.73)
    level = found[LONG == 20.0][0] / TABLE["route.inhaled_half_loss_level"].value
    whole = share * (1.0 + level ** TABLE["route.inhaled_loss_exponent"].value)
    assert whole == pytest.approx(0.70, rel=2e-2)
    assert share < 0.6


def test_only_the_routes_in_use_are_built_and_carry_the_level() -> None:
    plain, oral = (Combined().fitted(frozenset({f"route:{route}"})) for route in ("iv", "oral"))
    name = "plasma.s_ketamine.arterial"
    assert "ashraf2018.absorption_rate" in oral.support()[name]
    assert "ashraf2018.absorption_rate" not in plain.support()[name]
    older = Combined().fitted(frozenset({"route:iv", "age:over60"}))
    assert "perezruixo2021.hepatic_flow_age_slope" in older.support()[name]


def test_age_and_impaired_liver_matter_more_by_mouth_than_by_vein() -> None:
    def change(route: str) -> float:
        return bioavailable(route, liver_moderate=1.0) / bioavailable(route)

    assert change("oral") > 1.5 * change("iv") > 1.5
    assert bioavailable("iv", age=80.0) > bioavailable("iv", age=60.0) == bioavailable("iv", age=30.0)
