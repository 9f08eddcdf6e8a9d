"""The circulation: rest, the points it was fitted to, signs, pressures, and settled against integrated."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.body.calibrate import FREE, fit, points
from ketworks.body.pressures import systole_share
from ketworks.body.rest import resting_pressure
from ketworks.body.settled import Steady, steady_state
from ketworks.body.stage import Baroreflex, BaroreflexInTime
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)

NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in Baroreflex.parameters().items()}
TIMES = np.unique(np.concatenate([np.linspace(0.0, 60.0, 121), np.linspace(60.0, 400.0, 171)]))
LEVELS = tuple(f"plasma.{name}.arterial" for name in ("s_ketamine", "r_ketamine", "s_norketamine"))
GAINS = tuple(need.name for need in Baroreflex.needs if need.name.startswith("comedication."))
INFUSION = np.where(TIMES < 40.0, 145.0 * (1.0 - np.exp(-TIMES / 12.0)), 145.0 * np.exp(-(TIMES - 40.0) / 35.0))


def body(
    s: np.ndarray | float,
    n: np.ndarray | float = 0.0,
    eta: float = 0.0,
    r: np.ndarray | float = 0.0,
    person: dict[str, float] | None = None,
    gains: dict[str, float] | None = None,
    rest: float = 0.0,
    stage: Baroreflex | None = None,
    p: dict[str, float] | None = None,
) -> dict[str, np.ndarray]:
    levels = dict(zip(LEVELS, (s, r, n), strict=True)) | dict.fromkeys(GAINS, 1.0) | (gains or {})
    inputs = {k: jnp.asarray(np.broadcast_to(np.asarray(x, dtype=float), (1, len(TIMES)))) for k, x in levels.items()}
    draws = dict.fromkeys(Baroreflex.random_effects, jnp.asarray([rest])) | {
        "body.drug_sensitivity": jnp.asarray([eta])
    }
    columns = {name: jnp.asarray([value]) for name, value in (person or {}).items()}
    around = Surroundings(jnp.asarray(TIMES), NO_DOSE, columns, draws, p or P)
    made = (stage or Baroreflex()).run(around, inputs)
    return {name: np.asarray(x) for name, x in made.items()}


@pytest.mark.parametrize("stage", [Baroreflex(), BaroreflexInTime()])
def test_without_drug_everyone_stays_at_rest(stage: Baroreflex) -> None:
    made = body(0.0, eta=2.0, stage=stage)
    rest = {
        "body.heart_rate": P["rest.heart_rate"],
        "body.systolic": P["rest.systolic"],
        "body.diastolic": P["rest.diastolic"],
        "body.stroke_volume": 1000.0 * P["rest.stroke_volume"],
        "body.cardiac_output": P["rest.heart_rate"] * P["rest.stroke_volume"],
        "body.sympathetic_activity": 1.0,
    }
    for name, value in rest.items():
        np.testing.assert_allclose(made[name], value, rtol=1e-12)


@pytest.mark.parametrize(("quantity", "s", "r", "observed"), points())
def test_meets_its_calibration_points(quantity: str, s: float, r: float, observed: float) -> None:
    p = {k: jnp.asarray(v) for k, v in P.items()}
    settled = getattr(steady_state(jnp.asarray([s]), jnp.asarray([r]), p), quantity)
    assert float(settled[0]) == pytest.approx(observed, abs=2e-4)


def test_rows_hold_what_the_fit_finds() -> None:
    assert fit() == pytest.approx({key: P[key] for key in FREE}, rel=2e-5)


def test_every_fitted_row_is_named_as_such() -> None:
    fitted = {key for key, row in Baroreflex.parameters().items() if row.method == "fitted"}
    assert fitted == set(FREE)
    assert all(Baroreflex.parameters()[key].grade == "E" for key in fitted)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("body.heart_rate", 1),
        ("body.systolic", 1),
        ("body.diastolic", 1),
        ("body.mean_arterial_pressure", 1),
        ("body.cardiac_output", 1),
        ("body.stroke_volume", 1),
        ("body.vascular_resistance", -1),
        ("body.rate_pressure_product", 1),
        ("body.sympathetic_activity", 1),
    ],
)
def test_direction_of_each_change(name: str, sign: int) -> None:
    change = body(INFUSION)[name][0]
    extreme = change[np.argmax(np.abs(change - change[0]))]
    assert sign * (extreme / change[0] - 1.0) > 0.01


def test_pure_r_pushes_nerves_by_its_potency_and_output_hardly() -> None:
    half_as_much = INFUSION * P["heart_site.r_weight"]
    by_r, by_s = body(0.0, r=INFUSION), body(half_as_much)
    np.testing.assert_allclose(
        by_r["body.heart_rate"].max(), _without_force(half_as_much)["body.heart_rate"].max(), rtol=1e-3
    )
    rise = by_r["body.cardiac_output"][0] / by_r["body.cardiac_output"][0, 0] - 1.0
    of_s = by_s["body.cardiac_output"][0] / by_s["body.cardiac_output"][0, 0] - 1.0
    assert 0.0 < rise.max() < 0.35 * of_s.max()


def _without_force(s: np.ndarray) -> dict[str, np.ndarray]:
    return body(s, p=P | {"baroreflex.inotropy_most": 0.0})


def test_r_strengthens_the_heart_when_its_potency_there_says_so() -> None:
    as_elsewhere = P | {"heart_site.r_weight_force": P["heart_site.r_weight"]}
    name = "body.stroke_volume"
    assert body(0.0, r=INFUSION, p=as_elsewhere)[name].max() > 1.05 * body(0.0, r=INFUSION)[name].max()


def test_heart_muscle_is_depressed_at_high_levels_only() -> None:
    none = P | {"baroreflex.depression_c50": 1e12}
    name = "body.stroke_volume"
    ratio = [body(s)[name][0, -1] / body(s, p=none)[name][0, -1] for s in (100.0, 30000.0)]
    assert ratio[0] == pytest.approx(1.0, abs=1e-3)
    assert 0.9 < ratio[1] < 0.99


@pytest.mark.parametrize(
    ("person", "systolic", "diastolic"),
    [
        ({}, 116.0, 69.0),
        ({"condition_hypertension": 0.0, "with_antihypertensive": 0.0}, 116.0, 69.0),
        ({"condition_hypertension": 1.0}, 146.0, 85.0),
        ({"condition_hypertension": 1.0, "with_antihypertensive": 1.0}, 130.0, 75.0),
        ({"with_antihypertensive": 1.0}, 130.0, 75.0),
    ],
)
def test_rest_follows_hypertension_and_its_treatment(
    person: dict[str, float], systolic: float, diastolic: float
) -> None:
    made = body(0.0, person=person)
    assert made["body.systolic"][0, 0] == pytest.approx(systolic)
    assert made["body.diastolic"][0, 0] == pytest.approx(diastolic)


def test_in_hypertension_pressure_rises_more_and_the_heart_less() -> None:
    usual, high = body(INFUSION), body(INFUSION, person={"condition_hypertension": 1.0})
    rises = [{k: x[0].max() - x[0, 0] for k, x in made.items() if k.startswith("body.")} for made in (usual, high)]
    assert rises[1]["body.systolic"] > 1.1 * rises[0]["body.systolic"]
    assert rises[1]["body.heart_rate"] == pytest.approx(0.7 * rises[0]["body.heart_rate"])


def test_other_drugs_multiply_rises_and_resting_values() -> None:
    alone = body(INFUSION)
    gains = {"comedication.sympathetic_gain": 0.71, "comedication.heart_rate_gain": 0.43}
    both = body(INFUSION, gains=gains)
    for name, ratio in (("body.mean_arterial_pressure", 0.71), ("body.heart_rate", 0.43)):
        rises = [made[name][0] - made[name][0, 0] for made in (alone, both)]
        np.testing.assert_allclose(rises[1], ratio * rises[0], atol=1e-9)
    low = body(0.0, gains={"comedication.resting_pressure": 0.9, "comedication.resting_heart_rate": 0.8})
    assert low["body.systolic"][0, 5] == pytest.approx(0.9 * P["rest.systolic"])
    assert low["body.heart_rate"][0, 5] == pytest.approx(0.8 * P["rest.heart_rate"])


def test_resting_values_differ_between_people_as_their_rows_say() -> None:
    draws = np.random.default_rng(1).standard_normal((3, 20000))
    own = resting_pressure(jnp.zeros(20000), jnp.zeros(20000), (jnp.asarray(draws[0]), jnp.asarray(draws[1])), P)
    assert float(jnp.std(own.diastolic)) == pytest.approx(8.7, abs=0.3)
    assert float(jnp.std(own.systolic)) == pytest.approx(10.9, abs=0.3)
    assert bool(jnp.all(own.systolic > own.diastolic))
    assert body(0.0, rest=2.0)["body.heart_rate"][0, 0] == pytest.approx(70.0 * np.exp(0.28))


def test_the_cuff_adds_the_day_rhythm_and_nothing_else() -> None:
    made = body(INFUSION)
    hours = (TIMES + P["rhythm.first_dose"]) / 60.0
    wave = 0.5 * 4.5 * (np.cos((hours - 21.0) * np.pi / 12.0) - np.cos((10.0 - 21.0) * np.pi / 12.0))
    np.testing.assert_allclose(made["body.cuff_systolic"] - made["body.systolic"], wave[None, :], atol=1e-9)
    np.testing.assert_allclose(made["body.cuff_systolic.without_drug"][0] - wave, P["rest.systolic"], rtol=1e-12)
    assert made["body.cuff_heart_rate.without_drug"][0, 0] == P["rest.heart_rate"]


def test_systole_takes_a_larger_share_of_a_faster_cycle_and_never_all() -> None:
    rates = jnp.linspace(0.5, 10.0, 100)
    share = np.asarray(systole_share(rates, P["systole.share"], P["systole.shortening"]))
    assert share[5] == pytest.approx(P["systole.share"], rel=0.05)
    assert np.all((share > 0.0) & (share < 0.5))
    assert share[10] > share[5]


def test_s_norketamine_opposes_and_does_nothing_alone() -> None:
    name = "body.cardiac_output"
    assert body(INFUSION, 100.0)[name].max() < body(INFUSION)[name].max()
    np.testing.assert_allclose(body(0.0, 100.0)[name], body(0.0)[name], rtol=1e-12)


def test_the_reflex_halves_the_sympathetic_push() -> None:
    p = {k: jnp.asarray(v) for k, v in P.items()}
    level = (jnp.asarray([713.0]), jnp.zeros(1))
    with_reflex = steady_state(*level, p)
    loop_gain = (with_reflex.open_loop - 1.0) / (with_reflex.sympathetic_activity - 1.0) - 1.0
    assert float(loop_gain[0]) == pytest.approx(1.06, abs=0.01)
    without = steady_state(*level, p | {"baroreflex.gain": jnp.asarray(1e-9)})
    assert float(without.pressure[0]) > 2.0 * float(with_reflex.pressure[0]) - 1.0


def test_pressures_stand_around_the_mean() -> None:
    made = body(INFUSION)
    third = P["rest.mean_share"]
    between = made["body.diastolic"] + third * (made["body.systolic"] - made["body.diastolic"])
    np.testing.assert_allclose(between, made["body.mean_arterial_pressure"], rtol=1e-12)
    product = made["body.cardiac_output"] * made["body.vascular_resistance"]
    np.testing.assert_allclose(product, made["body.mean_arterial_pressure"], rtol=1e-12)


def test_settled_follows_integrated_within_its_stated_error() -> None:
    settled, integrated = body(INFUSION), body(INFUSION, stage=BaroreflexInTime())
    for name in ("body.systolic", "body.heart_rate", "body.cardiac_output"):
        apart = np.max(np.abs(settled[name] / integrated[name] - 1.0))
        assert apart < settled[f"error.{name}"] + settled[f"neglected.{name}"] < 0.02
        assert integrated[f"error.{name}"] < 0.01


def test_less_sensitive_people_answer_less() -> None:
    peaks = [body(INFUSION, eta=eta)["body.systolic"].max() for eta in (-2.0, -0.5, 0.0, 1.0)]
    assert peaks == sorted(peaks)
    assert peaks[0] == pytest.approx(P["rest.systolic"], abs=0.01)


def test_steady_names_are_those_of_the_points() -> None:
    assert {quantity for quantity, *_ in points()} <= set(Steady._fields)


@pytest.mark.parametrize("stage", [Baroreflex, BaroreflexInTime])
def test_declares_what_it_makes(stage: type[Baroreflex]) -> None:
    made = body(INFUSION, stage=stage())
    assert {signal.name for signal in stage.outputs} <= set(made)
    known = {*stage.parameters(), *(need.name for need in stage.needs), *stage.rests_on}
    assert all(set(links) <= known for links in stage.rests_on.values())
    assert set(stage.rests_on) == set(stage.equations) == {signal.name for signal in stage.outputs}
    errors = {row for residual in stage.residual.values() for row in residual if row}
    assert set(stage.parameters()) <= errors | {link for links in stage.rests_on.values() for link in links}
