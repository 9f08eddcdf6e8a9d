"""Read-outs of other targets: what they are, where two readings differ, and that they change nothing."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.evidence.read_rows import row
from ketworks.receptor import occupancy
from ketworks.receptor.stage import TrappingBlock

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(one.canonical) for key, one in TrappingBlock.parameters().items()}


NOR = {"alpha7_high", "alpha3beta4_low", "alpha3beta4_high"}


def shares(s: float, r: float, s_nor: float = 0.0, r_nor: float = 0.0) -> dict[str, float]:
    found = occupancy.read_outs(P, [jnp.array([[x]]) for x in (s, r, s_nor, r_nor)])
    return {name.removeprefix("receptor.occupancy."): float(value[0, 0]) for name, value in found.items()}


@pytest.mark.parametrize(("name", "half"), [("m1_low", 48), ("m1_high", 5.7), ("alpha7_low", 20), ("hcn1_low", 67)])
def test_half_is_occupied_at_the_half_occupying_level(name: str, half: float) -> None:
    assert shares(half / 2, half / 2)[name] == pytest.approx(0.5)


@pytest.mark.parametrize(("name", "number"), [("mu_opioid", 401), ("kappa_opioid", 402)])
def test_opioid_values_give_back_the_racemate_and_the_enantiomers_ratio(name: str, number: int) -> None:
    racemate = 10 ** (6 - float(row(f"circuit C{number}")["value"]))  # pKi to umol/L
    found = shares(racemate / 2, racemate / 2)
    odds = [found[f"{name}_{end}"] / (1 - found[f"{name}_{end}"]) for end in ("low", "high")]
    assert odds == pytest.approx([1 / 3, 3], rel=0.01)
    ratio = P[f"occupancy.{name}_r"] / P[f"occupancy.{name}_s"]
    assert 2 <= float(ratio) <= 3


def test_every_target_has_two_ends_that_stand_apart() -> None:
    found = shares(0.15, 0.16, 0.05, 0.05)  # 0.5 mg/kg
    names = {name.rpartition("_")[0] for name in found}
    assert {f"{name}_{end}" for name in names for end in ("low", "high")} == set(found)
    assert len(names) == 11
    assert all(found[f"{name}_high"] > 2 * found[f"{name}_low"] for name in names)
    transporters = ("dopamine_transporter", "noradrenaline_transporter", "serotonin_transporter")
    assert all(found[f"{name}_high"] < 0.05 for name in (*transporters, "mu_opioid", "sigma1", "sigma2"))


def test_norketamine_counts_where_it_was_measured_and_nowhere_else() -> None:
    with_nor, without = shares(0.2, 0.2, 0.3, 0.3), shares(0.2, 0.2)
    assert {name for name in with_nor if with_nor[name] != without[name]} == NOR
    for target in occupancy.TARGETS:
        links = TrappingBlock.rests_on[target.signal]
        assert ("unbound.norketamine" in links) == (target.name in NOR)
        assert set(target.halves.values()) <= set(links)
        assert ("occupancy.labs_differ" in links) == (target.widened != 0)


def test_only_the_opioid_rival_rests_on_a_read_out_and_none_is_a_headline() -> None:
    from ketworks.registry import every_stage

    names = {target.signal for target in occupancy.TARGETS}
    readers = {stage.variant for stage in every_stage() if names & {need.name for need in stage.needs}}
    assert readers == {"opioid-gated"}  # a rival, chosen by name, for which the opioid receptor is the point
    assert not any(signal.headline for signal in TrappingBlock.outputs if signal.name in names)
    assert np.unique([signal.label for signal in occupancy.signals()]).size == len(names)
