"""Rival circuits, optional effects and ablations: one column, one thing placed or acting differently."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit import feedback
from ketworks.circuit.cells import magnesium_gate, mixed_gate
from ketworks.circuit.column import CLASSES, column, nmda_free
from ketworks.circuit.rivals import ABLATIONS, EFFECTS, RIVALS, DrugFreeFit
from ketworks.circuit.stage import _FROM_CIRCUIT, CircuitStage, state_of
from ketworks.circuit.working_point import unbalanced, working_point
from ketworks.engine.stage import Surroundings
from ketworks.errors import WrongUse
from ketworks.receptor.stage import TrappingBlock
from ketworks.registry import Chain, default_variant, make, variants

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in DrugFreeFit.parameters().items()}
SST = "disinhibition-sst-drug-free-fit"
EVERY = tuple(dict.fromkeys((*RIVALS, *EFFECTS, *ABLATIONS)))
HALF_MG_PER_KG = (0.141, 0.183, 0.215, 0.108)


def blocks(*levels: float) -> jnp.ndarray:
    """No drug, then these multiples of the level at the end of 0.5 mg/kg over 40 min."""
    odds = np.array(HALF_MG_PER_KG) / (1 - np.array(HALF_MG_PER_KG))
    return jnp.asarray(np.stack([x * odds / (1 + x * odds) for x in (0.0, *levels)], axis=1))


def changes(kind: type[CircuitStage], *levels: float) -> dict[str, np.ndarray]:
    """Change of each output from no drug at each level."""
    c = column(P, kind.layout)
    y, lost = jax.jit(lambda b: state_of(P, c, b, kind.layout))(blocks(*levels))
    assert np.all(np.asarray(lost) == 0)
    return dict(zip(_FROM_CIRCUIT, np.asarray(y[:, 1:] - y[:, :1]), strict=True))


def test_every_rival_is_chosen_by_name_and_named_once() -> None:
    known = variants()["circuit"]
    assert default_variant("circuit") == "disinhibition-sst"
    assert [kind.variant for kind in RIVALS] == [SST, "disinhibition-pv", "direct-pyramidal", "hcn1"]
    assert {kind.variant for kind in (*EVERY, CircuitStage)} == set(known)
    assert all(type(make("circuit", name)).variant == name for name in known)
    assert len({kind.layout for kind in EVERY}) == len(EVERY)


def test_the_old_name_still_works_and_a_wrong_one_is_answered_with_the_nearest() -> None:
    assert Chain(circuit="disinhibition").choices == {"circuit": "disinhibition-sst"}
    assert Chain(plasticity="disinhibition").choices == {"plasticity": "disinhibition"}
    with pytest.raises(WrongUse, match="direct-pyramidal"):
        Chain(circuit="direct-pyramid")


@pytest.mark.parametrize("kind", EVERY)
def test_all_share_the_drug_free_column(kind: type[CircuitStage]) -> None:
    c = column(P, kind.layout)
    at = working_point(c, jnp.zeros((4, 1)), kind.layout)
    np.testing.assert_allclose(at.voltage[:, 0], [-60, -58, -54], atol=1e-9)
    np.testing.assert_allclose(at.rates[:, 0] * 1e3, [P[f"column.rate_{cell}"] for cell in CLASSES], rtol=1e-9)
    assert jnp.all(c.drive >= 0)
    assert jnp.all((c.tonic >= 0) & (c.tonic < 1))


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERY)
def test_working_points_balance_from_no_drug_to_anaesthesia(kind: type[CircuitStage]) -> None:
    c, b = column(P, kind.layout), blocks(0.25, 1, 4, 14)
    at = working_point(c, b, kind.layout)
    assert float(jnp.max(at.residual)) < 1e-8
    assert float(jnp.max(jnp.abs(unbalanced(c, at.voltage, b, kind.layout)))) < 1e-8


def test_only_the_named_class_carries_ambient_drive() -> None:
    default, pv, direct, none = (column(P, kind.layout) for kind in (*RIVALS[:3], ABLATIONS[1]))
    level = float(default.tonic[2, 0])
    np.testing.assert_allclose(pv.tonic[:, 0], [0, level, default.tonic[1, 0]], rtol=1e-12)
    np.testing.assert_allclose(direct.tonic[:, 0], [level, 0, 0], rtol=1e-12)
    assert jnp.all(none.tonic == 0)
    np.testing.assert_allclose(pv.nmda[:, 0], default.nmda[jnp.array([0, 2, 1]), 0], rtol=1e-12)
    assert float(default.drive[2, 0]) == 0
    assert float(direct.drive[2, 0]) > 0


@pytest.mark.slow
def test_what_each_rival_says_of_half_a_milligram_per_kilogram() -> None:
    """What docs/circuits.md states."""
    said = {kind.variant: {name: float(x[0]) for name, x in changes(kind, 1.0).items()} for kind in RIVALS}
    rates = {name: (y["circuit.pyramidal_rate"] > 0, y["circuit.sst_rate"] > 0) for name, y in said.items()}
    assert rates == {
        SST: (True, False),
        "disinhibition-pv": (False, False),
        "direct-pyramidal": (False, False),
        "hcn1": (False, False),
    }
    assert [name for name, y in said.items() if y["circuit.gamma_power"] > 0.1] == [SST]
    assert said["disinhibition-pv"]["circuit.pv_rate"] < 0
    assert said["hcn1"]["circuit.delta_power"] > 0.1


@pytest.mark.slow
def test_hcn1_ignores_nmda_block_and_its_ablation_ignores_hcn1() -> None:
    def moved(kind: type[CircuitStage], row: int) -> float:
        b = jnp.zeros((4, 2)).at[row, 1].set(0.3)
        y, _ = state_of(P, column(P, kind.layout), b, kind.layout)
        return float(jnp.max(jnp.abs(y[:, 1] - y[:, 0])))

    hcn1, without = RIVALS[3], ABLATIONS[0]
    assert [moved(hcn1, row) > 1e-3 for row in range(4)] == [False, False, False, True]
    assert [moved(without, row) > 1e-3 for row in range(4)] == [True, True, True, False]
    assert all("receptor.block_sst" not in links for links in hcn1.rests_on.values())
    assert all("receptor.hcn1_block" in links for links in hcn1.rests_on.values())


def test_no_class_has_an_affinity_of_its_own() -> None:
    """At one voltage and with one mix of subunits all three classes lose the same; the selectivity is not put in."""
    rows = {key: jnp.asarray(row.canonical) for key, row in TrappingBlock.parameters().items()}
    same = {f"voltage.{cell}": rows["voltage.sst"] for cell in CLASSES}
    same |= {f"subunit.{cell}_{q}": rows[f"subunit.sst_{q}"] for cell in CLASSES for q in ("2a", "2b", "2c", "2d")}
    levels = {need.name: jnp.full((1, 3), 0.4) for need in TrappingBlock.needs}

    def shares(p: dict[str, jnp.ndarray]) -> list[float]:
        out = TrappingBlock().run(Surroundings(jnp.array([0.0, 30.0, 60.0]), None, {}, {}, p), levels)
        return [float(out[f"receptor.block_{cell}"][0, -1]) for cell in CLASSES]

    apart, alike = shares(rows), shares({**rows, **same})
    assert apart[0] < apart[1] < apart[2]
    np.testing.assert_allclose(alike, alike[2], rtol=1e-12)


@pytest.mark.slow
def test_effects_leave_the_drug_free_column_alone_and_change_the_drugged_one() -> None:
    default = changes(RIVALS[0], 1.0)
    for kind in EFFECTS:
        found = changes(kind, 1.0)
        gap = max(abs(float(found[name][0] - default[name][0])) for name in default)
        assert 1e-3 < gap < 0.5, kind.variant


def test_returning_glutamate_restrains_its_own_rise() -> None:
    rate = "circuit.pyramidal_rate"
    assert 0 < changes(EFFECTS[1], 1.0)[rate][0] < changes(RIVALS[0], 1.0)[rate][0]


def test_ambient_gate_follows_glutamate_and_is_one_at_baseline() -> None:
    g = jnp.linspace(0.1, 5, 50)
    f = feedback.ambient_return(g, 10.0)
    assert float(feedback.ambient_return(jnp.asarray(1.0), 10.0)) == 1.0
    assert np.all(np.diff(np.asarray(f)) > 0)
    assert float(f[-1]) < 11.0


def test_moved_block_is_the_trapping_law_at_the_new_voltage() -> None:
    c = column(P)
    level, kd, delta, thermal = 0.7, 0.3, float(P["feedback.electrical_distance"]), float(P["feedback.thermal_voltage"])
    other = c.start + 5.0
    free = [np.asarray(nmda_free(c, v)[0]) for v in (c.start, other)]
    at = [level / (level + kd * np.exp(delta * s / thermal) / m) for s, m in zip((0.0, 5.0), free, strict=True)]
    moved = feedback.moved_block(jnp.asarray(at[0]), jnp.asarray(free[1] / free[0]), delta * 5.0 / thermal)
    np.testing.assert_allclose(moved, at[1], rtol=1e-12)
    assert np.all(at[1] > at[0])


def test_mixed_gate_has_its_own_slope_and_the_usual_one_without_glun2d() -> None:
    v, halves = jnp.linspace(-80.0, -30.0, 11), (P["column.nmda.magnesium_half"], P["loose.magnesium_half"])
    magnesium, slope = P["column.nmda.magnesium"], P["column.nmda.magnesium_slope"]
    for share in (0.0, 0.3, 1.0):
        _, tilt = mixed_gate(v, magnesium, halves, slope, jnp.asarray(share))
        by_hand = jax.vmap(jax.grad(lambda x, s=share: mixed_gate(x, magnesium, halves, slope, s)[0]))(v)
        np.testing.assert_allclose(tilt, by_hand, rtol=1e-9)
    np.testing.assert_array_equal(
        mixed_gate(v, magnesium, halves, slope, 0.0)[0], magnesium_gate(v, magnesium, halves[0], slope)
    )
    assert jnp.all(mixed_gate(v, magnesium, halves, slope, 1.0)[0] > magnesium_gate(v, magnesium, halves[0], slope))


def test_rows_shared_with_the_receptor_agree() -> None:
    receptor = TrappingBlock.parameters()
    same = {"loose.share_pv": "subunit.pv_2d", "loose.share_sst": "subunit.sst_2d"}
    same |= {"feedback.electrical_distance": "block.electrical_distance"}
    same |= {"feedback.thermal_voltage": "block.thermal_voltage"}
    rows = CircuitStage.parameters()
    assert all(rows[here].canonical == receptor[there].canonical for here, there in same.items())
    shift = receptor["ic50.2d_magnesium"].value / receptor["ic50.2d_free"].value - 1
    at_zero = 1 / shift / np.exp(rows["column.nmda.magnesium_slope"].value * receptor["ic50.voltage"].value)
    assert rows["loose.magnesium_half"].value == pytest.approx(at_zero, rel=2e-3)
