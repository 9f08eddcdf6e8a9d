"""The circulation: rest, the points it was fitted to, signs, pressures, and settled against integrated."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.body.calibrate import FREE, fit, points
from ketworks.body.settled import Steady, steady_state
from ketworks.body.stage import Baroreflex, BaroreflexInTime
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)

NO_DOSE = Schedule(jnp.zeros(1), jnp.zeros(1), jnp.zeros((1, 1)), jnp.zeros((1, 1)))
P = {key: row.canonical for key, row in Baroreflex.parameters().items()}
TIMES = np.unique(np.concatenate([np.linspace(0.0, 60.0, 121), np.linspace(60.0, 400.0, 171)]))
INFUSION = np.where(TIMES < 40.0, 145.0 * (1.0 - np.exp(-TIMES / 12.0)), 145.0 * np.exp(-(TIMES - 40.0) / 35.0))


def body(
    s: np.ndarray | float,
    n: np.ndarray | float = 0.0,
    eta: float = 0.0,
    stage: Baroreflex | None = None,
    p: dict[str, float] | None = None,
) -> dict[str, np.ndarray]:
    levels = [jnp.asarray(np.broadcast_to(np.asarray(x, dtype=float), (1, len(TIMES)))) for x in (s, n)]
    around = Surroundings(jnp.asarray(TIMES), NO_DOSE, {}, {"body.drug_sensitivity": jnp.asarray([eta])}, p or P)
    names = ("plasma.s_ketamine.arterial", "plasma.s_norketamine.arterial")
    made = (stage or Baroreflex()).run(around, dict(zip(names, levels, strict=True)))
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


@pytest.mark.parametrize(("quantity", "level", "observed"), points())
def test_meets_its_calibration_points(quantity: str, level: float, observed: float) -> None:
    settled = getattr(steady_state(jnp.asarray([level]), {k: jnp.asarray(v) for k, v in P.items()}), quantity)
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


def test_only_s_ketamine_is_read_so_pure_r_does_nothing() -> None:
    assert {need.name for need in Baroreflex.needs} == {"plasma.s_ketamine.arterial", "plasma.s_norketamine.arterial"}


def test_s_norketamine_opposes_and_does_nothing_alone() -> None:
    name = "body.cardiac_output"
    assert body(INFUSION, 100.0)[name].max() < body(INFUSION)[name].max()
    np.testing.assert_allclose(body(0.0, 100.0)[name], body(0.0)[name], rtol=1e-12)


def test_the_reflex_halves_the_sympathetic_push() -> None:
    p = {k: jnp.asarray(v) for k, v in P.items()}
    with_reflex = steady_state(jnp.asarray([713.0]), p)
    loop_gain = (with_reflex.open_loop - 1.0) / (with_reflex.sympathetic_activity - 1.0) - 1.0
    assert float(loop_gain[0]) == pytest.approx(1.06, abs=0.01)
    without = steady_state(jnp.asarray([713.0]), p | {"baroreflex.gain": jnp.asarray(1e-9)})
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
    assert peaks[0] == pytest.approx(P["rest.systolic"])


def test_steady_names_are_those_of_the_points() -> None:
    assert {quantity for quantity, _, _ in points()} <= set(Steady._fields)


@pytest.mark.parametrize("stage", [Baroreflex, BaroreflexInTime])
def test_declares_what_it_makes(stage: type[Baroreflex]) -> None:
    made = body(INFUSION, stage=stage())
    assert {signal.name for signal in stage.outputs} <= set(made)
    known = {*stage.parameters(), *(need.name for need in stage.needs)}
    assert all(set(links) <= known for links in stage.rests_on.values())
    assert set(stage.rests_on) == set(stage.equations) == {signal.name for signal in stage.outputs}
    assert set(stage.parameters()) <= {link for links in stage.rests_on.values() for link in links}
