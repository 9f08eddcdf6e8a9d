"""The plasma models: what is shared and what differs between enantiomers, sites, people and routes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from ketworks.engine.chain import Chain
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage
from ketworks.plasma import perezruixo2021
from ketworks.plasma.nasal_stage import NasalEsketaminePlasma
from ketworks.plasma.signals import TABLE
from ketworks.plasma.stage import IntravenousPlasma

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
) -> dict[str, NDArray[np.float64]]:
    chain = Chain([stage])
    drawn = {name: jnp.array([(eta or {}).get(name, 0.0)]) for name in stage.random_effects}
    schedule = Schedule(jnp.zeros(1), jnp.array([duration]), jnp.array([[s]]), jnp.array([[r]]))
    person = {"weight": jnp.array([weight]), "age": jnp.array([age])}
    made: Any = chain.run(tuple(chain.signals), jnp.asarray(times), schedule, person, drawn).signals
    return {name: np.asarray(value)[0] for name, value in made.items()}


def area(values: NDArray[np.float64], times: NDArray[np.float64]) -> float:
    return float(np.trapezoid(values, times))


def test_exposure_is_dose_over_clearance_for_each_enantiomer() -> None:
    found = run(IntravenousPlasma(), DOSE, DOSE, LONG)
    wanted = DOSE / 1.48 * 237.73  # ng min/mL
    assert area(found["plasma.s_ketamine.arterial"], LONG) == pytest.approx(wanted, rel=2e-3)
    assert area(found["plasma.r_ketamine.arterial"], LONG) == pytest.approx(wanted / 0.86, rel=2e-3)


def test_arm_vein_sees_the_exposure_without_the_first_pass() -> None:
    """The vein follows the mixed level: its exposure lacks dose / Qpk."""
    found = run(IntravenousPlasma(), DOSE, 0.0, LONG)
    lacking = area(found["plasma.s_ketamine.arterial"] - found["plasma.s_ketamine.venous"], LONG)
    assert lacking == pytest.approx(DOSE / 7.59 * 237.73, rel=5e-3)


def test_bridge_gives_the_venous_levels_of_the_synthesis() -> None:
    times = np.array([15.0, 30.0, 40.0, 60.0, 80.0, 120.0, 230.0])
    found = run(IntravenousPlasma(), DOSE, 0.0, times)["plasma.s_ketamine.venous"]
    np.testing.assert_allclose(found, [72.0, 132.0, 162.0, 105.0, 70.0, 40.0, 21.0], rtol=0.03)


def test_metabolite_exposures_follow_shares_and_clearances() -> None:
    found = run(IntravenousPlasma(), DOSE, DOSE, LONG)
    s_nor = DOSE / 1.0 * TABLE["simons2022.fraction_norketamine"].value * 223.70
    assert area(found["plasma.s_norketamine.arterial"], LONG) == pytest.approx(s_nor, rel=2e-3)
    hydroxy = DOSE * 0.7 / 0.933 * (1.0 + 1.8) * 239.70
    assert area(found["plasma.hydroxynorketamine.arterial"], LONG) == pytest.approx(hydroxy, rel=2e-3)


def test_hydroxynorketamine_band_spans_the_stated_factor() -> None:
    name = "plasma.hydroxynorketamine_scale"
    times = np.array([60.0])
    low, high = (
        run(IntravenousPlasma(), DOSE, DOSE, times, eta={name: z})["plasma.hydroxynorketamine.arterial"][0]
        for z in (-1.6448536269514722, 1.6448536269514722)
    )
    assert high / low == pytest.approx(9.0, rel=1e-9)


def test_total_is_the_sum_and_esketamine_makes_no_r() -> None:
    times = np.linspace(0.0, 600.0, 50)
    both = run(IntravenousPlasma(), DOSE, DOSE, times)
    total = both["plasma.s_ketamine.venous"] + both["plasma.r_ketamine.venous"]
    np.testing.assert_allclose(both["plasma.ketamine.venous"], total, rtol=1e-12)
    alone = run(IntravenousPlasma(), DOSE, 0.0, times)
    assert np.all(alone["plasma.r_ketamine.arterial"] == 0.0)
    np.testing.assert_allclose(alone["plasma.s_ketamine.arterial"], both["plasma.s_ketamine.arterial"], rtol=1e-12)


def test_weight_scales_flows_and_volumes() -> None:
    light, heavy = (
        run(IntravenousPlasma(), DOSE, 0.0, LONG, weight=weight)["plasma.s_ketamine.arterial"]
        for weight in (50.0, 100.0)
    )
    assert area(light, LONG) / area(heavy, LONG) == pytest.approx(2.0**0.75, rel=2e-3)


def test_nasal_share_and_its_fall_with_dose() -> None:
    p = {key: np.float64(row.canonical) for key, row in NasalEsketaminePlasma.parameters().items()}
    amounts = jnp.array([[14.0, 28.0, 56.0, 84.0]]) / 237.73 * 1000.0
    share = perezruixo2021.nasal_fraction(p, amounts, jnp.zeros(1))
    np.testing.assert_allclose(np.asarray(share)[0], [0.54, 0.54, 0.4374, 0.4032], rtol=1e-9)


def test_hepatic_extraction_of_the_nasal_model() -> None:
    """E = Vh (kel + kmet) / (Qh + Vh (kel + kmet)) = 0.7219 with the printed values (D14 of the credibility list)."""
    row = {key: value.value for key, value in TABLE.items()}
    clearing = row["perezruixo2021.hepatic_volume"] * (
        row["perezruixo2021.hepatic_other_loss"] + row["perezruixo2021.hepatic_norketamine_rate"]
    )
    assert clearing / (row["perezruixo2021.hepatic_flow"] + clearing) == pytest.approx(0.7219, abs=5e-5)


def test_nasal_exposure_is_bioavailable_dose_over_clearance() -> None:
    amount = 84.0 / 237.73 * 1000.0
    found = run(NasalEsketaminePlasma(), amount, 0.0, LONG, duration=0.0)["plasma.s_ketamine.venous"]
    extraction, flow, share = 0.7219, 151.0 / 60.0, 0.4032
    available = share + (1.0 - share) * 0.64 * (1.0 - extraction)
    assert area(found, LONG) == pytest.approx(available * amount / (flow * extraction) * 237.73, rel=3e-3)


def test_older_people_clear_nasal_esketamine_more_slowly() -> None:
    exposure = [
        area(run(NasalEsketaminePlasma(), 100.0, 0.0, LONG, 0.0, age=age)["plasma.s_ketamine.venous"], LONG)
        for age in (30.0, 60.0, 80.0)
    ]
    assert exposure[0] == pytest.approx(exposure[1], rel=1e-12)
    assert exposure[2] > 1.1 * exposure[1]


def test_gradient_of_exposure_by_clearance_is_minus_exposure_over_clearance() -> None:
    stage = IntravenousPlasma()
    chain = Chain([stage])
    name = "plasma.s_ketamine.arterial"
    schedule = Schedule(jnp.zeros(1), jnp.array([40.0]), jnp.array([[DOSE]]), jnp.zeros((1, 1)))
    person = {"weight": jnp.array([70.0]), "age": jnp.array([30.0])}
    drawn = {effect: jnp.zeros(1) for effect in stage.random_effects}
    times = jnp.asarray(LONG)

    def exposure(clearance: jax.Array) -> jax.Array:
        values = {"simons2022.clearance": clearance}
        return jnp.trapezoid(chain.run((name,), times, schedule, person, drawn, values).signals[name][0], times)

    value, slope = jax.value_and_grad(exposure)(jnp.asarray(1.48))
    assert float(slope) == pytest.approx(-float(value) / 1.48, rel=5e-3)


def test_dose_and_plasma_agree_on_the_molar_mass() -> None:
    from ketworks.dose.limits import parameters

    assert parameters()["dose.molar_mass"].value == TABLE["molar_mass.ketamine"].value
