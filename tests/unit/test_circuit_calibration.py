"""The targets of the column's numbers, and the two sets: with drug effects asked for, and without."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit import calibrate
from ketworks.circuit.calibration_measures import measures
from ketworks.circuit.rivals import DrugFreeFit
from ketworks.circuit.stage import CircuitStage

jax.config.update("jax_enable_x64", True)
SEARCH = calibrate.prepare()
NONE = jnp.ones(4)
look = jax.jit(lambda p: measures(p, SEARCH.axis, NONE))


def found(kind: type[CircuitStage]) -> dict[str, float]:
    p = {key: jnp.asarray(row.canonical) for key, row in kind.parameters().items()}
    return {name: float(x) for name, x in look(p).items()}


def short(said: dict[str, float]) -> set[str]:
    missed = calibrate.shortfalls({k: jnp.asarray(x) for k, x in said.items()}, SEARCH.asked)
    return {t.quantity for t, miss in zip(SEARCH.asked, missed, strict=True) if miss > 0}


def test_shipped_numbers_meet_every_target() -> None:
    assert short(found(CircuitStage)) == set()


def test_numbers_set_without_drug_meet_what_was_asked_of_them_and_not_all_directions() -> None:
    missed = short(found(DrugFreeFit))
    assert missed == {"glutamate_rat_10", "glutamate_rat_50"}
    labels = {t.quantity: t.label for t in SEARCH.asked}
    assert {labels[name] for name in missed} == {"calibration"}


def test_the_other_set_differs_in_fitted_rows_alone() -> None:
    here, there = CircuitStage.parameters(), DrugFreeFit.parameters()
    assert set(here) == set(there)
    assert {key for key in here if here[key] != there[key]} == set(SEARCH.free.names)
    row = there["column.rate_sst"]
    assert (row.value, row.method) == (7.88, "fitted")
    assert row.canonical == pytest.approx(7.88)


def test_every_target_is_measured_and_labelled_and_some_measures_are_held_out() -> None:
    names = set(found(CircuitStage))
    assert {t.quantity for t in SEARCH.asked} == {name for name in names if not name.startswith("held_out.")}
    assert {t.label for t in SEARCH.asked} == {"drug-free", "calibration"}
    assert {name for name in names if name.startswith("held_out.")} == {"held_out.delta_power", "held_out.theta_power"}


def test_shipped_numbers_lie_in_their_ranges_and_places_are_taken_back() -> None:
    free = SEARCH.free
    values = np.array([float(SEARCH.values[name]) for name in free.names])
    assert np.all((values >= free.low) & (values <= free.high))
    np.testing.assert_allclose(calibrate.placed(free, jnp.asarray(calibrate.share_of(free, values))), values, rtol=1e-9)


def test_weights_read_glutamate_as_the_lag_does() -> None:
    """A constant level is read as its own value times 1 - exp(-T/tau); all weights are positive."""
    for weights in SEARCH.axis.weights.values():
        assert np.all(weights >= 0)
        assert weights.sum() == pytest.approx(1 - np.exp(-60 / 15), rel=1e-3)


def test_a_shortfall_counts_in_scales_beyond_the_nearer_end() -> None:
    asked = [calibrate.Target("x", 1.0, 2.0, 0.5, "drug-free")]
    for value, expected in ((0.0, 2.0), (1.5, 0.0), (3.0, 2.0)):
        assert float(calibrate.shortfalls({"x": jnp.asarray(value)}, asked)[0]) == expected


def test_descent_finds_what_a_plain_bowl_asks_for() -> None:
    def bowl(logits, keys, spread):
        gap = logits - 0.7
        return np.sum(gap**2, axis=1), 2.0 * gap, np.abs(gap)

    ends = calibrate.descend(bowl, np.zeros((calibrate.BATCH, 3)), 300, 1, lambda _: None)
    np.testing.assert_allclose(ends, 0.7, atol=0.05)
