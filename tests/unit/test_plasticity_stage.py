"""The plasticity stage on hand-made drug curves: rest, gates, accuracy, calibration."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ketworks.engine.grid import padded, padded_size, time_grid
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.errors import WrongUse
from ketworks.outcome.stage import DrugOnly, Midazolam
from ketworks.plasticity import calibrate, signals
from ketworks.plasticity.drive import saturating_drive
from ketworks.plasticity.stage import Disinhibition, rates_of

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
ACTIVE = "receptor.active_ketamine"
DAY = 1440.0
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
VALUES = {key: jnp.asarray(row.canonical) for key, row in Disinhibition.parameters().items()}
EIGHT = tuple(3.5 * i for i in range(8))


def curve(minutes: Floats, doses: tuple[float, ...] = (0.0,), scale: float = 1.0) -> Floats:
    """Active drug of 40-min infusions, umol/L: up to 0.40, then three exponentials."""
    total = np.zeros_like(minutes)
    for dose in doses:
        s = minutes - dose * DAY
        fall = np.maximum(s - 40.0, 0.0)
        down = 0.28 * np.exp(-fall / 15.0) + 0.08 * np.exp(-fall / 100.0) + 0.04 * np.exp(-fall / 300.0)
        total += np.where(s < 0.0, 0.0, np.where(s < 40.0, 0.4 * s / 40.0, down))
    return scale * total


def grid(doses: tuple[float, ...], days: float) -> Floats:
    starts = np.array(doses) * DAY
    times = time_grid([*starts, *(starts + 40.0)], [DAY * d for d in range(int(days))], days * DAY)
    return padded(times, padded_size(len(times)))


@partial(jax.jit, static_argnums=0)
def _run(stage: Disinhibition, times: jax.Array, active: jax.Array) -> dict[str, jax.Array]:
    return stage.run(Surroundings(times, NONE, {}, {}, VALUES), {ACTIVE: active})


def run(times: Floats, active: Floats, stage: Disinhibition | None = None) -> dict[str, Floats]:
    made = _run(stage or Disinhibition(), jnp.asarray(times), jnp.asarray(np.atleast_2d(active)))
    return {name: np.array(array) for name, array in made.items()}


def test_no_drug_leaves_everything_at_exactly_zero() -> None:
    times = grid((0.0,), 14.0)
    for array in run(times, np.zeros((2, len(times)))).values():
        assert np.all(array == 0.0)


def test_every_declared_output_is_made_finite_and_within_zero_and_one() -> None:
    times = grid(EIGHT, 28.0)
    made = run(times, np.stack([curve(times, EIGHT, k) for k in (0.1, 1.0, 50.0)]))
    for signal in signals.OUTPUTS:
        assert made[signal.name].shape == (3, len(times))
        assert np.all(np.isfinite(made[signal.name]))
    for name in (*signals.STATES, signals.DRIVE):
        assert made[name].min() >= 0.0
        assert made[name].max() <= 1.0


def test_error_on_a_28_day_8_dose_grid_is_below_a_thousandth_and_is_estimated() -> None:
    times = grid(EIGHT, 28.0)
    made = run(times, curve(times, EIGHT))
    rates = rates_of(VALUES)
    jump, largest, fast, delay, growth, loss, kept, trace, hold = (float(v) for v in rates)
    half = float(VALUES["synaptic_drive.half_level"])

    def slope(t: float, y: Floats) -> list[float]:
        level = float(curve(np.array([t]), EIGHT)[0])
        a, d, n, k = y
        u = largest * level / (level + half)
        rise = -np.log1p(-jump) * u * (1 - a) - a / fast
        fading = n / (loss * (1.0 + hold * k))
        return [rise, (a - d) / delay, growth * d * (1 - n) - fading, kept * u * (1 - k) - k / trace]

    y, truth = np.zeros(4), [np.zeros((4, 1))]
    edges = [*(DAY * d + m for d in EIGHT for m in (0.0, 40.0)), 28.0 * DAY]
    for start, stop in pairwise(edges):
        inside = np.unique(times[(times > start) & (times <= stop)])
        path = solve_ivp(slope, (start, stop), y, t_eval=inside, method="LSODA", rtol=1e-8, atol=1e-11)
        truth.append(path.y)
        y = path.y[:, -1]
    reference = np.concatenate(truth, axis=1)
    unique = np.unique(times, return_index=True)[1]
    for i, name in enumerate(signals.STATES):
        error = np.max(np.abs(made[name][0, unique] - reference[i])) / reference[i].max()
        assert error < 1e-3, name
        assert error < 3.0 * made[f"error.{name}"] < 3e-3, name


@pytest.mark.parametrize("gate", ["q_ampa", "q_trkb", "q_prot", "q_opioid"])
def test_a_blocked_gate_stops_everything_and_a_half_open_one_weakens_it(gate: str) -> None:
    times = grid((0.0,), 7.0)
    free = run(times, curve(times))
    blocked = run(times, curve(times), Disinhibition(**{gate: 0.0}))
    half = run(times, curve(times), Disinhibition(**{gate: 0.5}))
    for name in (*signals.STATES, signals.DRIVE, signals.DOSES):
        assert np.all(blocked[name] == 0.0)
        assert 0.0 < half[name].max() < free[name].max()


@pytest.mark.parametrize("value", [-0.1, 1.01, float("nan"), float("inf"), "half", True, None])
def test_a_gate_outside_zero_to_one_is_refused(value: object) -> None:
    with pytest.raises(WrongUse, match="0 \\(blocked\\) to 1 \\(intact\\)"):
        Disinhibition(q_ampa=value)  # type: ignore[arg-type]


def test_drive_is_safe_to_differentiate_at_zero() -> None:
    slope = jax.grad(lambda c: saturating_drive(c, jnp.asarray(0.14), jnp.asarray(1.0)))(0.0)
    assert np.isfinite(slope)


def test_everything_a_signal_rests_on_exists() -> None:
    known = {*Disinhibition.parameters(), ACTIVE}
    assert set(Disinhibition.rests_on) == {signal.name for signal in signals.OUTPUTS} == set(Disinhibition.equations)
    for names in Disinhibition.rests_on.values():
        assert set(names) <= known


@pytest.mark.slow
def test_calibration_gives_the_rows_of_the_table() -> None:
    fixed = {key: float(value) for key, value in VALUES.items()}
    fitted = calibrate.fit_drive(
        calibrate.read_curve(), fixed["synaptic_chain.jump"], fixed["synaptic_drive.dose_ed50"]
    )
    assert fitted.half_level == pytest.approx(fixed["synaptic_drive.half_level"], rel=0.01)
    assert fitted.largest == pytest.approx(fixed["synaptic_drive.largest"], rel=0.01)
    np.testing.assert_allclose(fitted.received, fitted.wanted, rtol=0.08)
    anchors = calibrate.read_anchors()
    mood = DrugOnly.parameters()
    baseline = mood["madrs.baseline"].canonical
    chain = calibrate.fit_chain(calibrate.read_curve(), anchors, fixed, fitted, baseline)
    rows = Disinhibition.parameters()
    assert chain.growth == pytest.approx(rows["synaptic_chain.growth"].value, rel=0.02)
    assert chain.loss_time == pytest.approx(rows["synaptic_chain.loss_time"].value, rel=0.02)
    assert chain.largest_share == pytest.approx(mood["mood.largest_share"].value, rel=0.01)
    assert chain.fast_share == pytest.approx(mood["mood.fast_share"].value, rel=0.01)
    np.testing.assert_allclose(chain.shares, [anchor.share(baseline) for anchor in anchors], atol=0.035)
    np.testing.assert_allclose(chain.shares[:5], chain.wanted[:5], atol=0.012)  # after one infusion


def test_anchors_stand_on_the_controls_of_the_outcome_stage() -> None:
    """The change under midazolam that each anchor was corrected by is the model's own."""
    for anchor in calibrate.read_anchors():
        if "weekly" not in anchor.name:
            made = Midazolam.parameters()
            fading = np.exp(-made["control.fading"].value * max(anchor.time - 1.0, 0.0))
            expected = made["control.midazolam_mean"].value * min(anchor.time, 1.0) * fading
            assert anchor.control == pytest.approx(expected, abs=0.01), anchor.name


def test_a_larger_dose_acts_more_on_duration_than_on_size() -> None:
    """From a tenth of the dose to the whole, and from there to twice: what is left at 14 d of the gain at 24 h."""
    times = grid((0.0,), 14.0)
    made = run(times, np.stack([curve(times, scale=k) for k in (0.2, 1.0, 2.0)]))[signals.SYNAPSES]
    left = np.array([np.interp(14.0 * DAY, times, one) / np.interp(DAY, times, one) for one in made])
    size = np.array([np.interp(DAY, times, one) for one in made])
    assert np.all(np.diff(left) > 0.0)
    assert left[2] / left[1] > 1.15 * size[2] / size[1]
    assert left[1] / left[0] > 1.5 * size[1] / size[0]


def test_consolidation_follows_what_was_received_in_closed_form() -> None:
    """Of a dose alone, with little consolidation: kK times the drive received, fading with tauK."""
    times = grid((0.0,), 14.0)
    made = run(times, curve(times))
    rows = Disinhibition.parameters()
    received = made[signals.DOSES][0, -1]
    kept = 1.0 - np.exp(-rows["synaptic_chain.trace_gain"].value * received)
    expected = kept * np.exp(-14.0 / rows["synaptic_chain.trace_time"].value)
    assert made[signals.CONSOLIDATION][0, -1] == pytest.approx(expected, rel=0.01)


def test_dose_curve_of_the_calibration_is_the_assumed_one() -> None:
    wanted = calibrate.wanted_drive(0.8, 0.2)
    jumps = 1.0 - (1.0 - 0.8) ** wanted
    np.testing.assert_allclose(jumps / jumps[2], [0.467, 0.700, 1.0, 1.167], atol=1e-3)
