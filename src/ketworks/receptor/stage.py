"""The receptor stage: from plasma levels to the share of NMDA receptors that hold the drug in each cell class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load
from ketworks.receptor import active_drug, allosteric_site, hcn1, magnesium, occupancy, trapping_block

SUBUNITS = ("2a", "2b", "2c", "2d")
CLASSES = ("pyramidal", "pv", "sst")
SUBSTANCES = ("s_ketamine", "r_ketamine", "s_norketamine", "r_norketamine")
_SITE = tuple(f"plasma.{name}.arterial" for name in SUBSTANCES)
_ACTIVE = "receptor.active_ketamine"
_UPTAKE_KETAMINE = ("unbound.ketamine", "unbound.brain_ratio", "unbound.brain_half_time")
_UPTAKE = (*_UPTAKE_KETAMINE, "unbound.norketamine")
_PORE = (
    *(f"ic50.{q}_{kind}" for q in SUBUNITS for kind in ("free", "magnesium")),
    *("ic50.magnesium", "ic50.voltage", "magnesium.brain", "magnesium.slope"),
    *("block.electrical_distance", "block.thermal_voltage", "potency.ki_s_ketamine", "potency.ki_r_ketamine"),
)
_CARRIES_ACTIVE = (*_SITE, *_UPTAKE, *(f"potency.ki_{name}" for name in SUBSTANCES))


def _carries_block(cell: str) -> tuple[str, ...]:
    return (*_CARRIES_ACTIVE, *_PORE, f"voltage.{cell}", *(f"subunit.{cell}_{q}" for q in SUBUNITS))


_EQUATIONS_ACTIVE = (active_drug.unbound_brain, lagged, active_drug.relative_potency, active_drug.active_ketamine)
_EQUATIONS_BLOCK = (
    *(magnesium.dissociation_from_shift, magnesium.free_share, trapping_block.dissociation_at),
    *(trapping_block.trapped_share, trapping_block.trapping_rate),
)
_EQUATIONS_OCCUPANCY = (active_drug.unbound_brain, lagged, occupancy.occupied_share)


@dataclass(frozen=True)
class TrappingBlock(Stage):
    """NMDA block by trapping in the magnesium-guarded pore, per subunit and cell class."""

    name: ClassVar[str] = "receptor"
    variant: ClassVar[str] = "trapping-block"
    meaning: ClassVar[str] = "share of NMDA receptors that hold ketamine, by subunit, voltage and cell class"
    half_hcn1: ClassVar[str] = "hcn1.ec50"
    allosteric: ClassVar[bool] = False
    needs: ClassVar[tuple[Need, ...]] = tuple(Need(name, "umol/L") for name in _SITE)
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *("receptor.block", "1", "NMDA receptors blocked", "#5b3a8c"),
            *("Share of NMDA current lost to trapped ketamine, mean over cortical cells of three classes.",),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *("receptor.block_pyramidal", "1", "NMDA block, pyramidal", "#1f5f8b"),
            *("Share of the NMDA current of pyramidal cells lost to trapped ketamine at fixed voltage.",),
            baseline=0.0,
        ),
        Signal(
            *("receptor.block_pv", "1", "NMDA block, PV", "#c0562b"),
            *("Share of the NMDA current of parvalbumin interneurons lost to trapped ketamine at fixed voltage.",),
            baseline=0.0,
        ),
        Signal(
            *("receptor.block_sst", "1", "NMDA block, SST", "#3f7d4e"),
            *("Share of the NMDA current of somatostatin interneurons lost to trapped ketamine at fixed voltage.",),
            baseline=0.0,
        ),
        Signal(
            *("receptor.hcn1_block", "1", "HCN1 block", "#8a6d1d"),
            *("Share of the HCN1 current of pyramidal dendrites that ketamine removes.",),
            baseline=0.0,
        ),
        Signal(
            *("receptor.active_ketamine", "umol/L", "active ketamine in brain", "#7a4a6d"),
            *("Unbound brain drug at the NMDA channel in S-ketamine equivalents.",),
            baseline=0.0,
        ),
        *occupancy.signals(),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        _ACTIVE: _CARRIES_ACTIVE,
        **{f"receptor.block_{cell}": _carries_block(cell) for cell in CLASSES},
        "receptor.block": (
            *(name for cell in CLASSES for name in _carries_block(cell)),
            *(f"cells.{cell}" for cell in CLASSES),
        ),
        "receptor.hcn1_block": (
            *_SITE[:2],
            *(*_UPTAKE_KETAMINE, "hcn1.ec50"),
        ),
        **occupancy.carried_by(_SITE, _UPTAKE_KETAMINE, ("unbound.norketamine",)),
    }
    equations = {
        _ACTIVE: _EQUATIONS_ACTIVE,
        **{f"receptor.block_{cell}": _EQUATIONS_BLOCK for cell in CLASSES},
        "receptor.block": _EQUATIONS_BLOCK,
        "receptor.hcn1_block": (hcn1.hcn1_block,),
        **dict.fromkeys((target.signal for target in occupancy.TARGETS), _EQUATIONS_OCCUPANCY),
    }

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the receptor folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Block of NMDA receptors and HCN1 channels.

        Args:
            around: times and parameters.
            inputs: arterial plasma levels of the four substances, umol/L, shape (people, times).

        Returns:
            The declared outputs, shape (people, times), and ``error.*`` scalars (what the sampling of plasma costs)
            and ``neglected.*`` scalars (how far trapping lags behind its steady state).
        """
        p = around.p
        brain, sampling = brain_levels(p, around.times, [inputs[name] for name in _SITE])
        active = active_drug.active_ketamine(brain, potencies(p))
        trapped, delay = block_by_class(p, around.times, active)
        if self.allosteric:
            trapped = allosteric_site.joined_loss(trapped, _gating_loss(p, active))
        cells = jnp.stack([p[f"cells.{cell}"] for cell in CLASSES])
        mean = jnp.einsum("c,cpt->pt", cells / jnp.sum(cells), trapped)
        blocks = {f"receptor.block_{cell}": trapped[i] for i, cell in enumerate(CLASSES)}
        names = ("receptor.block", *blocks)
        errors = {f"error.{name}": sampling for name in names} | {f"neglected.{name}": delay for name in names}
        others = occupancy.read_outs(p, brain)
        return {
            "receptor.block": mean,
            **blocks,
            "receptor.hcn1_block": hcn1.hcn1_block(brain[0] + brain[1], p[self.half_hcn1]),
            _ACTIVE: active,
            **others,
            **errors,
            **{f"error.{name}": sampling for name in others},
            f"error.{_ACTIVE}": sampling,
            "error.receptor.hcn1_block": sampling,
        }


@dataclass(frozen=True)
class WeakHcn1(TrappingBlock):
    """The same block with the tenfold weaker HCN1 potency measured in oocytes."""

    variant: ClassVar[str] = "trapping-block-weak-hcn1"
    meaning: ClassVar[str] = "trapping block, with the HCN1 potency measured in oocytes (67 umol/L)"
    half_hcn1: ClassVar[str] = "hcn1.ec50_oocytes"
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **TrappingBlock.rests_on,
        "receptor.hcn1_block": (*TrappingBlock.rests_on["receptor.hcn1_block"][:-1], "hcn1.ec50_oocytes"),
    }


@dataclass(frozen=True)
class WithAllostericSite(TrappingBlock):
    """The same block plus the contested allosteric site that prefers tonically driven receptors."""

    variant: ClassVar[str] = "trapping-block-allosteric"
    meaning: ClassVar[str] = "trapping block plus a second site that spares brief synaptic events"
    allosteric: ClassVar[bool] = True
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        name: (
            *links,
            *(key for key in TrappingBlock.parameters() if key.startswith("allosteric.") and "block" in name),
        )
        for name, links in TrappingBlock.rests_on.items()
    }


def brain_levels(p: Mapping[str, Array], times: Array, plasma: list[Array]) -> tuple[list[Array], Array]:
    """Unbound brain levels (umol/L, each (people, times)) of the four substances, and the sampling error (scalar)."""
    rate = jnp.log(2.0) / p["unbound.brain_half_time"]
    shares = [p["unbound.ketamine"]] * 2 + [p["unbound.norketamine"]] * 2
    target = [
        active_drug.unbound_brain(x, share, p["unbound.brain_ratio"]) for x, share in zip(plasma, shares, strict=True)
    ]
    people = plasma[0].shape[0]
    brain = lagged(times, jnp.concatenate(target), rate)
    return [brain[i * people : (i + 1) * people] for i in range(len(plasma))], lag_error(times, target[0], rate)


def potencies(p: Mapping[str, Array]) -> list[Array]:
    """Potency of the four substances on the S-ketamine scale."""
    return [active_drug.relative_potency(p["potency.ki_s_ketamine"], p[f"potency.ki_{name}"]) for name in SUBSTANCES]


def s_ketamine_dissociation(p: Mapping[str, Array]) -> Array:
    """Kd of S-ketamine per subunit at the voltage of the IC50 table, umol/L, shape (4,).

    Equation:  Kd_S = IC50_racemate(0 Mg) * (1 + f_R) / 2, because half of the racemate is S and half acts f_R as well.
    """
    free = jnp.stack([p[f"ic50.{q}_free"] for q in SUBUNITS])
    return free * 0.5 * (1.0 + active_drug.relative_potency(p["potency.ki_s_ketamine"], p["potency.ki_r_ketamine"]))


def pore(p: Mapping[str, Array], voltage: Array, brain_magnesium: Array) -> tuple[Array, Array]:
    """Kd (umol/L) and magnesium-free share of the four subunits at voltages of shape (n, 1); both (n, 4)."""
    shifted = jnp.stack([p[f"ic50.{q}_magnesium"] for q in SUBUNITS])
    unshifted = jnp.stack([p[f"ic50.{q}_free"] for q in SUBUNITS])
    k_magnesium = magnesium.dissociation_from_shift(unshifted, shifted, p["ic50.magnesium"])
    free = magnesium.free_share(voltage, brain_magnesium, k_magnesium, p["ic50.voltage"], p["magnesium.slope"])
    at_table = s_ketamine_dissociation(p)
    distance, thermal = p["block.electrical_distance"], p["block.thermal_voltage"]
    return trapping_block.dissociation_at(voltage, at_table, p["ic50.voltage"], distance, thermal), free


def block_by_class(p: Mapping[str, Array], times: Array, active: Array) -> tuple[Array, Array]:
    """Trapped share per class, shape (3, people, times), and the largest lag behind the steady state (scalar).

    The share of current lost weights each subunit by its share w of the class's current and by its magnesium gate:
    K_c = sum_q w_q m_q K_q / sum_q w_q m_q.
    """
    voltage = jnp.stack([p[f"voltage.{cell}"] for cell in CLASSES])[:, None]
    kd, free = pore(p, voltage, p["magnesium.brain"])
    weight = jnp.stack([jnp.stack([p[f"subunit.{cell}_{q}"] for q in SUBUNITS]) for cell in CLASSES]) * free
    weight = weight / jnp.sum(weight, axis=1, keepdims=True)
    parts = [
        weight[:, q, None, None] * trapping_block.trapped_share(active, kd[:, q, None, None], free[:, q, None, None])
        for q in range(len(SUBUNITS))
    ]
    trapped = jnp.sum(jnp.stack(parts), axis=0)
    slowest = trapping_block.settling_time(
        jnp.zeros(()), jnp.min(kd), jnp.ones(()), p["kinetics.open_probability"], p["kinetics.k_on"]
    )
    return trapped, steady_state_error(times, trapped, slowest / 60.0)


def steady_state_error(times: Array, trapped: Array, settling: Array) -> Array:
    """Largest lag of trapping behind its steady state, |dK/dt| * tau over the largest K (scalar; tau in min)."""
    step = jnp.diff(times)
    slope = jnp.where(step > 0.0, jnp.diff(trapped, axis=-1) / jnp.where(step > 0.0, step, 1.0), 0.0)
    return jnp.max(jnp.abs(slope)) * settling / jnp.maximum(jnp.max(trapped), 1e-12)


def _gating_loss(p: Mapping[str, Array], active: Array) -> Array:
    tonic = jnp.stack([p[f"allosteric.tonic_{cell}"] for cell in CLASSES])[:, None, None]
    return allosteric_site.gating_loss(active, p["allosteric.ec50"], p["allosteric.most"], tonic)
