"""Two tones: what tires, what the column answers, and that without tiring there is no mismatch response."""

from __future__ import annotations

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit.column import column
from ketworks.circuit.stage import CircuitStage
from ketworks.eeg.evoked import Evoked, deflections, evoked
from ketworks.eeg.oddball import nmda_gate, released, sequence, volleys
from ketworks.eeg.settings import settings

jax.config.update("jax_enable_x64", True)
S = settings()
COLUMN = column({key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()})
BLOCK = jnp.array([[0.0, 0.14], [0.0, 0.13], [0.0, 0.21], [0.0, 0.1]])


@cache
def heard(**other: float) -> Evoked:
    return evoked(COLUMN, BLOCK, S._replace(**other))


def test_a_lone_volley_uses_u_and_equal_ones_settle_where_loss_meets_recovery() -> None:
    use, recovery, apart = 0.6, 800.0, 300.0
    found = released(np.arange(60) * apart, use, recovery, 1e-9)  # without facilitation
    assert found[0] == use
    back = np.exp(-apart / recovery)
    assert found[-1] == pytest.approx(use * (1.0 - back) / (1.0 - (1.0 - use) * back), rel=1e-9)
    assert (np.diff(found) <= 0.0).all()
    assert released(np.array([0.0, 1e6]), use, recovery, 1e-9)[1] == pytest.approx(use)


def test_facilitation_helps_the_second_volley_of_a_synapse_that_hardly_tires() -> None:
    first, second = released(np.array([0.0, 20.0]), 0.09, 140.0, 670.0)
    assert second > 1.5 * first


def test_every_eighth_tone_is_a_deviant_and_the_last_two_are_compared() -> None:
    tones = sequence(S)
    assert tones.deviant.mean() == pytest.approx(1.0 / S.tone_every)
    assert (tones.deviant[-1], tones.deviant[-2]) == (True, False)
    assert tones.deviant_onset - tones.standard_onset == S.tone_interval
    release = volleys(tones, S)
    assert release[-1] > 1.2 * release[-2]  # the rare tone's afferents have rested
    assert release[-1] == pytest.approx(release[tones.deviant][-2], rel=1e-3)  # the cycle repeats


def test_the_nmda_gate_of_two_tones_is_the_sum_of_two_that_saturate_apart() -> None:
    tones = sequence(S)
    at = np.arange(0.0, tones.length, 0.5)
    gate = nmda_gate(tones, volleys(tones, S), 0.5, 65.0, at)
    gates, expected = [0.0, 0.0], []
    amounts = dict(zip(tones.times, zip(tones.deviant, volleys(tones, S), strict=True), strict=True))
    for time in at:
        if time in amounts:
            kind, amount = amounts[time]
            gates[int(kind)] += 0.5 * (1.0 - gates[int(kind)]) * amount
        expected.append(sum(gates))
        gates = [one * np.exp(-0.5 / 65.0) for one in gates]
    np.testing.assert_allclose(gate, expected, rtol=1e-9)


def test_afferents_that_do_not_tire_give_no_mismatch_response() -> None:
    fresh = heard(tone_recovery=1e-3, tone_facilitation=1e-3)
    usual, _ = deflections(heard(), S)
    assert np.abs(fresh.difference).max() < 1e-3 * usual.early_difference[0]
    assert usual.mismatch[0] > 0.0


def test_weak_tones_are_answered_in_proportion() -> None:
    weak, weaker = heard(tone=0.01), heard(tone=0.005)
    np.testing.assert_allclose(weak.deviant, 2.0 * weaker.deviant, atol=2e-3 * np.abs(weak.deviant).max())


def test_nmda_block_takes_more_of_the_late_difference_than_of_the_early_response() -> None:
    """An identity of this mechanism and no evidence: the afferents' late current flows through blocked receptors."""
    block = jnp.zeros((4, 2)).at[0, 1].set(0.5)
    found, _ = deflections(evoked(COLUMN, block, S), S)
    assert found.mismatch[1] / found.mismatch[0] < 0.9 * found.early[1] / found.early[0]


@pytest.mark.xfail(strict=True, reason="rises by a tenth with the default's numbers, docs/eeg.md")
def test_the_mismatch_response_falls_at_half_a_mg_per_kg() -> None:
    """Published: down [circuit C166]."""
    mismatch = deflections(heard(), S)[0].mismatch
    assert mismatch[1] < 0.99 * mismatch[0]


def test_sizes_are_counted_in_the_direction_they_have_without_drug() -> None:
    found = heard()
    turned = found._replace(standard=-found.standard, deviant=-found.deviant)
    for one, other in zip(deflections(found, S)[0], deflections(turned, S)[0], strict=True):
        np.testing.assert_allclose(one, other)
        assert one[0] > 0.0


def test_two_cycles_agree_where_the_column_rests_and_their_difference_is_the_error() -> None:
    sizes, apart = deflections(heard(), S)
    for size, error in zip(sizes, apart, strict=True):
        assert (np.abs(error) < 0.02 * np.abs(size)).all()
    standard, deviant = heard().earlier
    wild = heard()._replace(earlier=(standard, 2.0 * deviant - standard))  # a difference twice as large a cycle before
    np.testing.assert_allclose(deflections(wild, S)[1].mismatch, -sizes.mismatch, rtol=0.05)
