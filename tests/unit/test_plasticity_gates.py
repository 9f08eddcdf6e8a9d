"""Gates of the plasticity stage as values: accepted, refused, kept, and without effect when intact."""

from __future__ import annotations

import numpy as np
import pytest

import ketworks as kw
from ketworks.errors import WrongUse
from ketworks.registry import make, variants

DOSE = "0.5 mg/kg iv over 40 min"
DRIVE, FAST, SYNAPSES = "plasticity.drive", "plasticity.ampa_gain", "plasticity.synapses"
CHEAP = ("disinhibition", "direct-block", "opioid-gated", "hnk-ampa", "habenula")


def run(variant: str = "disinhibition", gates: dict[str, float] | None = None) -> kw.Simulation:
    names = [DRIVE, FAST, SYNAPSES, "plasticity.consolidation"]
    return kw.simulate(DOSE, chain=kw.Chain(plasticity=variant), outputs=names, band=False, gates=gates)


@pytest.mark.parametrize("variant", CHEAP)
def test_every_step_of_a_mechanism_stops_it_when_blocked_and_weakens_it_when_half_open(variant: str) -> None:
    free = run(variant)
    for key in make("plasticity", variant).parameters():
        if not key.startswith("gate.") or key == "gate.ampa_at_test":
            continue
        step = key.removeprefix("gate.")
        assert np.all(run(variant, {step: 0.0}).tables[SYNAPSES] == 0.0), step
        half = run(variant, {step: 0.5}).tables[DRIVE].max()
        assert 0.0 < half < free.tables[DRIVE].max(), step


def test_block_at_the_test_hides_the_gains_and_leaves_what_grows_behind_them() -> None:
    free, blocked = run(), run(gates={"ampa_at_test": 0.25})
    for name in (FAST, SYNAPSES):
        np.testing.assert_allclose(blocked.tables[name], 0.25 * free.tables[name], rtol=1e-12)
    for name in (DRIVE, "plasticity.consolidation"):
        np.testing.assert_array_equal(blocked.tables[name], free.tables[name])


def test_an_intact_gate_changes_no_byte_and_a_gate_is_kept_with_the_result() -> None:
    free, intact = run(), run(gates={"ampa": 1.0})
    np.testing.assert_array_equal(intact.tables[SYNAPSES], free.tables[SYNAPSES])
    assert intact.as_dict()["values"] == {"gate.ampa": 1.0}
    assert any("gate.ampa was replaced: 0.5 instead of 1" in note for note in run(gates={"ampa": 0.5}).notes)


def test_a_gate_that_the_mechanism_lacks_is_refused_with_the_nearest() -> None:
    with pytest.raises(WrongUse, match="gate of habenula 'ampa'"):
        run("habenula", {"ampa": 0.0})
    with pytest.raises(WrongUse, match="nearest: ampa"):
        run(gates={"amda": 0.0})


@pytest.mark.parametrize("value", [-0.1, 1.01, float("nan"), True])
def test_a_gate_outside_zero_to_one_is_refused(value: float) -> None:
    with pytest.raises(WrongUse, match=r"gate\.ampa"):
        run(gates={"ampa": value})


def test_a_chain_without_plasticity_has_no_gates() -> None:
    with pytest.raises(WrongUse, match="a chain with plasticity"):
        kw.simulate("1 mg/kg iv bolus", chain=kw.Chain(plasma="domino1984"), gates={"ampa": 0.0})


def test_one_gate_is_not_given_in_two_ways() -> None:
    with pytest.raises(WrongUse, match=r"gate\.ampa as a value and as a gate"):
        kw.simulate("0.5 mg/kg iv over 40 min", values={"gate.ampa": 0.5}, gates={"ampa": 0.0})


def test_every_mechanism_makes_the_same_signals_and_has_a_gate() -> None:
    usual = make("plasticity", "disinhibition")
    for variant in variants()["plasticity"]:
        stage = make("plasticity", variant)
        assert stage.outputs == usual.outputs
        assert set(stage.support()) == {signal.name for signal in usual.outputs}
        assert sum(key.startswith("gate.") for key in stage.parameters()) >= 2
