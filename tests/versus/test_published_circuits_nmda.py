"""The ten-state NMDA receptor of Adam 2024 against numbers worked out by hand and against our trapping block."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ketworks.circuit.published import drug_arm, nmda_scheme
from ketworks.circuit.published.nmda_scheme import BLOCKED, OPEN, Scheme, adam, adam_turned, vargas
from ketworks.receptor.trapping_block import settling_time, trapped_share

ENTRY = 0.14  # 1/ms per umol/L: k_on of ketamine
HALF = 0.2  # umol/L


def test_columns_of_the_generator_sum_to_nothing() -> None:
    for scheme in (adam(), adam_turned(), vargas()):
        q = nmda_scheme.generator(scheme, 30.0, -55.0)
        assert np.abs(q.sum(axis=0)).max() < 1e-12
        assert (q - np.diag(np.diag(q)) >= 0.0).all()


@pytest.mark.parametrize(("unblock", "at_60", "at_40"), [(5.4, 0.067, 0.26), (3.8, 0.049, 0.20), (2.0, 0.026, 0.12)])
def test_unblocked_share_of_open_channels(unblock: float, at_60: float, at_40: float) -> None:
    """The shares of docs/evidence/circuit.md 1.3, from the steady state of the matrix."""
    scheme = adam().with_unblock(unblock)
    for voltage, printed in ((-60.0, at_60), (-40.0, at_40)):
        by_hand = unblock * math.exp(voltage / 47) / (unblock * math.exp(voltage / 47) + 0.61 * math.exp(-voltage / 17))
        x = nmda_scheme.steady(nmda_scheme.generator(scheme, 1000.0, voltage))
        assert x[OPEN] / (x[OPEN] + x[BLOCKED]) == pytest.approx(by_hand, rel=1e-9)
        assert nmda_scheme.unblocked_share(scheme, voltage) == pytest.approx(by_hand, rel=1e-12)
        assert by_hand == pytest.approx(printed, abs=0.006)


def test_answer_to_a_spike() -> None:
    """Rises in 10 ms and falls in 95 ms at all voltages; the height follows the unblocked share."""
    low, high = (nmda_scheme.glutamate_pulse(adam(), voltage) for voltage in (-60.0, 40.0))
    for pulse in (low, high):
        assert pulse.rise == pytest.approx(9.75, abs=0.2)
        assert pulse.decay == pytest.approx(95.3, abs=1.0)
    ratio = nmda_scheme.unblocked_share(adam(), 40.0) / nmda_scheme.unblocked_share(adam(), -60.0)
    assert high.peak / low.peak == pytest.approx(ratio, rel=0.03)


def test_versions_of_the_code_are_not_the_same_receptor() -> None:
    """One version swaps opening and closing under magnesium: the current at rest then lasts twice as long."""
    assert (
        nmda_scheme.glutamate_pulse(adam_turned(), -60.0).decay > 1.8 * nmda_scheme.glutamate_pulse(adam(), -60.0).decay
    )
    assert nmda_scheme.glutamate_pulse(vargas(), -60.0).decay == pytest.approx(12.0, abs=1.0)


@pytest.mark.parametrize("voltage", [-66.0, -40.0])
@pytest.mark.parametrize("drug", [0.1, 1.0, 10.0])
def test_drug_arm_has_the_steady_state_of_trapping_block(voltage: float, drug: float) -> None:
    """Equal gating in every arm: the share with drug is C / (C + Kd/m), whatever glutamate does."""
    free = nmda_scheme.unblocked_share(adam(), voltage)
    ours = float(trapped_share(drug, HALF, free))
    for glutamate in (1.0, 30.0, 1000.0):
        share = drug_arm.drug_share(adam(), glutamate, voltage, ENTRY * drug, ENTRY * HALF)
        assert share == pytest.approx(ours, rel=1e-9)


def test_drug_arm_departs_where_magnesium_gates_otherwise() -> None:
    """Channels that magnesium closes faster spend less time open to the drug: trapping_block overstates the block."""
    scheme = vargas()
    share = drug_arm.drug_share(scheme, 10.0, -66.0, ENTRY, ENTRY * HALF)
    ours = float(trapped_share(1.0, HALF, nmda_scheme.unblocked_share(scheme, -66.0)))
    assert share == pytest.approx(0.075, abs=0.002)
    assert ours == pytest.approx(0.176, abs=0.002)


def pace(scheme: Scheme, drug: float, slowed: float) -> float:
    """Time constant of the 15 states over that of trapping_block, with drug rates divided by ``slowed``."""
    glutamate, voltage = 10.0, -66.0
    full = drug_arm.settling(scheme, glutamate, voltage, ENTRY * drug / slowed, ENTRY * HALF / slowed)
    po = drug_arm.gate_open_share(scheme, glutamate, voltage)
    free = nmda_scheme.unblocked_share(scheme, voltage)
    return full / float(settling_time(drug, HALF, free, po, ENTRY / slowed))


def test_onset_equals_trapping_block_when_gating_is_fast() -> None:
    assert pace(adam(), 1.0, 1e4) == pytest.approx(1.0, abs=1e-3)
    assert pace(adam(), 1.0, 1e2) == pytest.approx(1.0, abs=0.03)


def test_onset_at_the_true_rate_is_slower() -> None:
    """Ketamine enters as fast as the gate closes, so block waits for openings: 2.6 times at 1, 5.5 at 10 umol/L."""
    assert pace(adam(), 1.0, 1.0) == pytest.approx(2.64, abs=0.1)
    assert pace(adam(), 10.0, 1.0) == pytest.approx(5.46, abs=0.2)
