"""The circuit stage on hand-made courses of block."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit import column, drug_axis, stage
from ketworks.circuit.stage import CircuitStage, state_of
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()}
TIMES = np.concatenate([np.linspace(0, 40, 81), np.arange(42.0, 482.0, 2.0), [480.0] * 3])


def courses(peaks: list[float], times: np.ndarray = TIMES) -> dict[str, jnp.ndarray]:
    """Blocks by ketamine that rises for 40 min and falls, plus a slower metabolite that spares HCN1."""
    drug = np.minimum(times, 40) / 40 * 0.5 ** (np.maximum(times - 40, 0) / 60)
    late = 0.15 * (1 - np.exp(-times / 60)) * np.exp(-times / 300)
    peak = np.asarray(peaks)[:, None]
    level, ketamine = peak * 0.43 * (drug + late), peak * 0.69 * drug
    halves = {"block_pyramidal": 2.63, "block_pv": 1.92, "block_sst": 1.57}
    blocks = {f"receptor.{name}": jnp.asarray(level / (level + half)) for name, half in halves.items()}
    return {**blocks, "receptor.hcn1_block": jnp.asarray(ketamine / (ketamine + 5.66))}


@jax.jit
def _run(p, times, inputs):
    none = jnp.zeros((1, 1))
    around = Surroundings(times, Schedule(jnp.zeros(1), jnp.zeros(1), none, none), {}, {}, p)
    return CircuitStage().run(around, inputs)


def run(peaks: list[float]) -> dict[str, np.ndarray]:
    return {name: np.asarray(x) for name, x in _run(P, jnp.asarray(TIMES), courses(peaks)).items()}


def test_declares_exactly_what_it_makes() -> None:
    out = run([1.0])
    declared = {signal.name for signal in CircuitStage.outputs}
    assert declared == {name for name in out if not name.startswith("error.")}
    assert all(out[name].shape == (1, TIMES.size) for name in declared)
    rows = set(CircuitStage.parameters()) | {need.name for need in CircuitStage.needs}
    assert set(CircuitStage.rests_on) == declared == set(CircuitStage.equations)
    assert all(set(links) <= rows for links in CircuitStage.rests_on.values())
    assert all(signal.kind == "sign" for signal in CircuitStage.outputs)


def test_no_drug_changes_nothing_at_all() -> None:
    out = run([0.0])
    for signal in CircuitStage.outputs:
        if signal.unit in ("dB", "1"):
            assert np.all(out[signal.name] == 0.0)
        else:
            np.testing.assert_allclose(out[signal.name], signal.baseline, rtol=1e-12)
        assert out[f"error.{signal.name}"] < 1e-12


@pytest.mark.parametrize("peak", [0.2, 1.0, 4.0, 12.0])
def test_carried_values_equal_exact_solutions(peak: float) -> None:
    out, inputs = run([peak]), courses([peak])
    there = np.arange(0, TIMES.size, 7)
    block = jnp.stack([inputs[need.name][0, there] for need in CircuitStage.needs])
    states, health = state_of(P, column.column(P), jnp.concatenate([jnp.zeros((4, 1)), block], axis=1))
    assert np.all(np.asarray(health) == 0)
    exact = np.asarray(states[:, 1:]) - np.asarray(states[:, :1]) * np.array([[0.0]] * 3 + [[1.0]] * 6)
    for i, name in enumerate(stage._FROM_CIRCUIT):
        gap = np.abs(out[name][0, there] - exact[i]).max()
        scale = max(np.abs(exact[i] - exact[i, 0]).max(), 0.1 if name.endswith("slope") else 1.0)
        assert gap / scale < 1e-3
        assert gap / scale < 5 * out[f"error.{name}"] + 1e-4  # the estimate owns up to what is there


def test_directions_at_half_a_milligram_per_kilogram() -> None:
    """What README.md states; a changed parameter that turns one of these must change the README too."""
    out = run([1.0])
    at_end = int(np.searchsorted(TIMES, 40.0))
    change = {name: x[0, at_end] - x[0, 0] for name, x in out.items() if not name.startswith("error.")}
    assert change["circuit.sst_rate"] < -0.5
    for rises in ("pyramidal_rate", "pv_rate", "glutamate", "gamma_power", "aperiodic_slope"):
        assert change[f"circuit.{rises}"] > 0
    for falls in ("alpha_power", "beta_power"):
        assert change[f"circuit.{falls}"] < 0


def test_glutamate_rises_at_low_levels_and_falls_at_high_ones() -> None:
    out = run([1.0, 20.0])["circuit.glutamate"]
    assert out[0].max() > 101
    assert out[1].min() < 95


def test_glutamate_lags_behind_firing() -> None:
    out = run([1.0])
    assert TIMES[out["circuit.glutamate"][0].argmax()] > TIMES[out["circuit.pyramidal_rate"][0].argmax()]


@pytest.mark.slow
def test_people_do_not_influence_each_other() -> None:
    alone, among = run([1.0]), run([9.0, 1.0, 0.0])
    for signal in CircuitStage.outputs:
        np.testing.assert_allclose(among[signal.name][1], alone[signal.name][0], rtol=1e-9, atol=1e-11)


@pytest.mark.slow
def test_a_lost_working_point_is_owned_up_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.working_point, "ITERATIONS", 2)
    around = Surroundings(jnp.asarray(TIMES), None, {}, {}, P)
    out = CircuitStage().run(around, courses([12.0]))
    assert np.isinf(out["error.circuit.alpha_power"])


@pytest.mark.slow
def test_axis_carries_a_known_function() -> None:
    def known(u):
        return jnp.stack([jnp.sin(u[0]) * jnp.exp(u[1]), u[0] * u[1]]), jnp.zeros(u.shape[1])

    path = jnp.stack([jnp.linspace(0, 0.4, 50), 0.3 * jnp.linspace(0, 1, 50) ** 1.3], axis=-1)[None]
    course = drug_axis.along_axis(known, path, 13)
    np.testing.assert_allclose(course.values[0].T, known(path[0].T)[0], atol=2e-4)
    np.testing.assert_allclose(course.approximate, course.exact, atol=2e-4)


@pytest.mark.slow
def test_gradients_are_finite() -> None:
    def total(p, x):
        out = CircuitStage().run(Surroundings(jnp.asarray(TIMES[::8]), None, {}, {}, p), x)
        return jnp.sum(out["circuit.gamma_power"]) + jnp.sum(out["circuit.glutamate"])

    slopes = jax.jit(jax.grad(total, argnums=(0, 1)))
    for peak in (0.0, 1.0):
        assert all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(slopes(P, courses([peak], TIMES[::8]))))
