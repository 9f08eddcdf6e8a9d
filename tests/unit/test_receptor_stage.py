"""The receptor stage on hand-made plasma curves."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Surroundings
from ketworks.receptor.stage import SUBSTANCES, TrappingBlock, WeakHcn1, WithAllostericSite

jax.config.update("jax_enable_x64", True)


def plasma(times: np.ndarray, peaks: list[float]) -> dict[str, jnp.ndarray]:
    """Rise over 40 min and fall with a 30-min half-time; ketamine peaks in umol/L per person, norketamine later."""
    rise = np.minimum(times, 40) / 40 * 0.5 ** (np.maximum(times - 40, 0) / 30)
    late = times / 75 * np.exp(1 - times / 75)
    scale = dict(zip(SUBSTANCES, (rise, 1.08 * rise, 0.3 * late, 0.3 * late), strict=True))
    peak = np.asarray(peaks)[:, None]
    return {f"plasma.{name}.arterial": jnp.asarray(peak * curve[None, :]) for name, curve in scale.items()}


def run(variant: TrappingBlock, times: np.ndarray, peaks: list[float]) -> dict[str, np.ndarray]:
    p = {key: jnp.asarray(row.canonical) for key, row in variant.parameters().items()}
    none = jnp.zeros((len(peaks), 1))
    around = Surroundings(jnp.asarray(times), Schedule(jnp.zeros(1), jnp.zeros(1), none, none), {}, {}, p)
    out = jax.jit(lambda x: variant.run(around, x))(plasma(times, peaks))
    return {name: np.asarray(value) for name, value in out.items()}


TIMES = np.concatenate([np.arange(0.0, 241.0), [240.0] * 4])


def test_declares_exactly_what_it_makes() -> None:
    out = run(TrappingBlock(), TIMES, [0.6])
    declared = {signal.name for signal in TrappingBlock.outputs}
    assert declared == {name for name in out if not name.startswith(("error.", "neglected."))}
    assert all(out[name].shape == (1, TIMES.size) for name in declared)
    rows = set(TrappingBlock.parameters()) | {need.name for need in TrappingBlock.needs}
    for variant in (TrappingBlock, WeakHcn1, WithAllostericSite):
        assert set(variant.rests_on) == declared
        assert all(set(links) <= rows for links in variant.rests_on.values())
    assert set(TrappingBlock.equations) == declared


def test_half_a_milligram_per_kilogram_gives_the_expected_block() -> None:
    out = run(TrappingBlock(), TIMES, [0.6])
    assert 0.3 < out["receptor.active_ketamine"].max() < 0.5
    assert 0.05 < out["receptor.block_pyramidal"].max() < 0.2  # circuit evidence: 5-15 % at resting 2A/2B
    assert out["receptor.block_sst"].max() > 1.2 * out["receptor.block_pyramidal"].max()
    assert 0.05 < out["receptor.hcn1_block"].max() < 0.15
    assert out["error.receptor.block"] + out["neglected.receptor.block"] < 0.01


def test_brain_peaks_after_blood() -> None:
    out = run(TrappingBlock(), TIMES, [0.6])
    assert 40 < TIMES[out["receptor.hcn1_block"][0].argmax()] < 50


def test_no_drug_gives_exact_zeros() -> None:
    out = run(TrappingBlock(), TIMES, [0.0])
    assert all(np.all(value == 0.0) for value in out.values())


def test_people_do_not_influence_each_other() -> None:
    alone = run(TrappingBlock(), TIMES, [0.6])
    among = run(TrappingBlock(), TIMES, [5.0, 0.6, 0.0])
    for signal in TrappingBlock.outputs:
        np.testing.assert_allclose(among[signal.name][1], alone[signal.name][0], rtol=1e-13)


def test_coarse_plasma_samples_are_reported_as_error() -> None:
    coarse = np.array([0.0, 40.0, 80.0, 120.0, 240.0, 480.0, 720.0])
    assert run(TrappingBlock(), coarse, [0.6])["error.receptor.block"] > 0.01


def test_weak_hcn1_changes_only_hcn1() -> None:
    usual, weak = run(TrappingBlock(), TIMES, [0.6]), run(WeakHcn1(), TIMES, [0.6])
    assert weak["receptor.hcn1_block"].max() < 0.2 * usual["receptor.hcn1_block"].max()
    np.testing.assert_array_equal(usual["receptor.block_sst"], weak["receptor.block_sst"])


def test_allosteric_site_prefers_tonic_receptors() -> None:
    usual, more = run(TrappingBlock(), TIMES, [0.6]), run(WithAllostericSite(), TIMES, [0.6])
    gain = {c: more[f"receptor.block_{c}"].max() - usual[f"receptor.block_{c}"].max() for c in ("pyramidal", "sst")}
    assert gain["sst"] > 3 * gain["pyramidal"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("peaks", [[0.0], [1e-9], [0.6]])
def test_gradients_are_finite(peaks: list[float]) -> None:
    stage = TrappingBlock()
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    times, none = jnp.asarray(TIMES), jnp.zeros((1, 1))

    def total(p, x):
        around = Surroundings(times, Schedule(jnp.zeros(1), jnp.zeros(1), none, none), {}, {}, p)
        return jnp.sum(stage.run(around, x)["receptor.block"])

    slopes = jax.grad(total, argnums=(0, 1))(p, plasma(TIMES, peaks))
    assert all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(slopes))
