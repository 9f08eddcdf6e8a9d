"""Builds the network once for a size and a seed, and runs it under any number of blocks."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import brian2 as b2
import numpy as np
from network import (
    CELL,
    HELD,
    HERE,
    OWN,
    PLASTIC,
    SAMPLE_MS,
    SPIKE,
    STEP_MS,
    Drive,
    Floats,
    Mass,
    cells,
    private_noise,
    shared_noise,
)
from numpy.typing import NDArray

from ketworks.circuit.column import CLASSES, PER_S, hcn_open
from ketworks.evidence.parameters import load

SETTLE = 4 * b2.second  # after this the steps of the drives shrink as 1/t, so that they come to rest
AMBIENT_PER_NS = 0.02  # steps of the ambient gate beside those of a conductance: the cells move about equally
Block = Sequence[float]  # NMDA block of pyramidal, PV, SST cells, HCN1 block
NO_BLOCK = (0.0, 0.0, 0.0, 0.0)


class Run(NamedTuple):
    """One run: EEG proxy (pA, one value per ``SAMPLE_MS``), mean voltages (mV, (3, samples)), spikes, and its cost
    (processor time, s).

    ``spikes`` holds, per class, times in s and indices of cells; ``drive`` the drives at every sample, (3, samples).
    """

    seconds: float
    counts: Mapping[str, int]
    eeg: Floats
    voltage: Floats
    spikes: Mapping[str, tuple[Floats, NDArray[np.int32]]]
    drive: Floats
    cpu: float


class Network:
    """A compiled network; ``run`` starts it from the same state with other blocks, and with the same random wiring."""

    def __init__(self, m: Mass, size: int, seed: int, seconds: float, folder: Path):
        b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
        b2.device.reinit()
        b2.device.activate(build_on_run=False, directory=str(folder))
        b2.prefs.devices.cpp_standalone.extra_make_args_unix = ["-j2"]
        b2.defaultclock.dt = STEP_MS * b2.ms
        b2.seed(seed)
        self.seconds, self.counts, self.folder = seconds, cells(m, size), folder
        rng = np.random.default_rng([seed, 0])
        common = b2.TimedArray(shared_noise(m, seconds, seed) * b2.pA, dt=SAMPLE_MS * b2.ms, name="common")
        self.held = held = _held(m)
        groups = {cell: _group(m, i, self.counts[cell], held, common, rng) for i, cell in enumerate(CLASSES)}
        parts: list[Any] = [held, *groups.values(), *_synapses(m, groups, rng), *_steering(groups, held)]
        self._watch(groups, held, parts)
        self.groups = groups
        b2.Network(parts, name="net").run(seconds * b2.second)
        started = time.perf_counter()
        b2.device.build(directory=str(folder), run=False, with_output=False)
        self.compiling = time.perf_counter() - started

    def _watch(self, groups: Mapping[str, Any], held: Any, parts: list[Any]) -> None:
        groups["pyramidal"].run_regularly("proxy = inh - exc", dt=SAMPLE_MS * b2.ms, name="take_proxy")
        mean = b2.NeuronGroup(1, "eeg : amp\nve : volt\nvp : volt\nvs : volt", name="means")
        every = SAMPLE_MS * b2.ms
        for cell, name in zip(CLASSES, ("ve", "vp", "vs"), strict=True):
            count = self.counts[cell]
            wire = b2.Synapses(
                groups[cell], mean, f"{name}_post = v_pre/{count} : volt (summed)", dt=every, name=f"mean_{name}"
            )
            wire.connect()
            parts.append(wire)
        wire = b2.Synapses(
            groups["pyramidal"],
            mean,
            f"eeg_post = proxy_pre/{self.counts['pyramidal']} : amp (summed)",
            dt=every,
            name="mean_eeg",
        )
        wire.connect()
        self.means = b2.StateMonitor(mean, ["eeg", "ve", "vp", "vs"], record=True, dt=every, name="watch_means")
        self.drives = b2.StateMonitor(held, ["g", "ambient"], record=True, dt=every, name="watch_drives")
        self.spikes = {cell: b2.SpikeMonitor(groups[cell], name=f"watch_{cell}") for cell in CLASSES}
        parts += [mean, wire, self.means, self.drives, *self.spikes.values()]

    def run(self, drive: Drive, block: Block = NO_BLOCK, adapt: float = 0.0) -> Run:
        """The whole time under one block.

        Args:
            drive: outside drives; the start of their search where ``adapt`` is not 0.
            block: NMDA block of pyramidal, PV and SST cells, HCN1 block.
            adapt: how fast the drives move towards those that give the mass's drug-free rates, nS per (Hz s).
        """
        arguments = {
            self.held.g: np.array([drive.pyramidal, drive.pv, 0.0]) * b2.nS,
            self.held.ambient: np.array([0.0, 0.0, drive.sst]),
            self.held.gain: adapt,
        }
        arguments |= {self.groups[cell].block: float(block[i]) for i, cell in enumerate(CLASSES)}
        arguments[self.groups["pyramidal"].hcn_block] = float(block[3])
        started = _used()
        b2.device.run(run_args=arguments, with_output=False)
        cpu = _used() - started
        spikes = {cell: (np.array(watch.t / b2.second), np.array(watch.i)) for cell, watch in self.spikes.items()}
        voltage = np.array([getattr(self.means, name)[0] / b2.mV for name in ("ve", "vp", "vs")])
        g, ambient = np.array(self.drives.g / b2.nS), np.array(self.drives.ambient)
        drive = np.array([g[0], g[1], ambient[2]])
        return Run(self.seconds, self.counts, np.array(self.means.eeg[0] / b2.pA), voltage, spikes, drive, cpu)


def _used() -> float:
    """Processor time of all finished runs, s: one thread each, and unlike wall-clock time blind to what else runs."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def _held(m: Mass) -> Any:
    held = b2.NeuronGroup(3, HELD, method="euler", name="held", namespace={"settle": SETTLE})
    held.target = np.asarray(m.column.rates)[:, 0] / PER_S * b2.Hz
    held.kg = [1.0, 1.0, 0.0] * b2.nS
    held.ka = [0.0, 0.0, AMBIENT_PER_NS]
    return held


def _steering(groups: Mapping[str, Any], held: Any) -> list[Any]:
    """A spike takes from its class's drive what ``HELD`` gives between two spikes at the wanted rate."""
    made = []
    for i, cell in enumerate(CLASSES):
        wire = b2.Synapses(
            groups[cell],
            held,
            on_pre=f"g_post -= gain*kg/(1 + t/settle)/{len(groups[cell])}\n"
            f"ambient_post -= gain*ka/(1 + t/settle)/{len(groups[cell])}",
            namespace={"settle": SETTLE},
            name=f"steer_{cell}",
        )
        wire.connect(i=np.arange(len(groups[cell])), j=i)
        made.append(wire)
    return made


def _group(m: Mass, index: int, count: int, held: Any, common: Any, rng: np.random.Generator) -> Any:
    cell, c, own = CLASSES[index], m.column, load(str(HERE))
    first = index == 0
    equations = CELL.format(index=index) + (OWN if first else "own = 0*amp : amp\n")
    plastic = "".join(PLASTIC.format(c=other) for other in ("pv", "sst"))
    names = _names(m, index) | {"common": common}
    group = b2.NeuronGroup(
        count,
        equations,
        threshold="v > vt + cut*delta",
        reset=SPIKE.format(plastic=plastic) if first else "v = vr",
        refractory=own["adex.refractory"].value * b2.ms,
        method="euler",
        namespace=names,
        name=cell,
    )
    group.drive = b2.linked_var(held, "g", index=np.full(count, index))
    group.ambient = b2.linked_var(held, "ambient", index=np.full(count, 2))
    spread = float(np.asarray(c.slope)[index, 0])
    group.v = (float(np.asarray(c.start)[index, 0]) + spread * rng.standard_normal(count)) * b2.mV
    if first:
        for other, i in (("pv", 1), ("sst", 2)):
            setattr(group, f"u_{other}", float(np.asarray(c.use)[i, 0]))
            setattr(group, f"x_{other}", 1.0)
        group.h = np.asarray(hcn_open(c, c.start[0])).item()
    return group


def _names(m: Mass, index: int) -> dict[str, Any]:
    """Constants of one class, with units, from the mass's column and the rows of this folder."""
    cell, c, k, own = CLASSES[index], m.column, m.column.k, load(str(HERE))

    def of(values: Any, i: int = index) -> float:
        return float(np.asarray(values)[i, 0])

    names: dict[str, Any] = {
        "cap": of(c.capacitance) * b2.pF,
        "gl": of(c.leak) * b2.nS,
        "el": of(c.rest) * b2.mV,
        "gn": of(c.nmda) * b2.nS,
        "tonic": (0.0, float(m.rows["column.tonic_share_pv"]), 1.0)[index],
        "vt": own[f"adex.threshold_{cell}"].value * b2.mV,
        "vr": own[f"adex.reset_{cell}"].value * b2.mV,
        "delta": own[f"adex.steepness_{cell}"].value * b2.mV,
        "cut": own["adex.cut"].value,
        "sd": private_noise(m)[index] * b2.pA,
        "ee": float(k["reversal.excitation"]) * b2.mV,
        "ei": float(k["reversal.inhibition"]) * b2.mV,
        "magnesium": float(k["nmda.magnesium"] / k["nmda.magnesium_half"]),
        "steep": float(k["nmda.magnesium_slope"]) / b2.mV,
        "tau_x": float(k["time.noise"]) * b2.ms,
    }
    names |= {f"tau_{x[0]}": float(k[f"time.{x}"]) * b2.ms for x in ("ampa", "nmda", "pv", "sst")}
    if index == 0:
        names |= {
            "gh": float(k["hcn.conductance"]) * b2.nS,
            "eh": float(k["hcn.reversal"]) * b2.mV,
            "h_half": float(k["hcn.half"]) * b2.mV,
            "h_slope": float(k["hcn.slope"]) * b2.mV,
            "tau_h": float(k["time.hcn"]) * b2.ms,
            "opening": float(k["nmda.opening"]),
        }
        for i, speed in ((1, "fast"), (2, "slow")):
            tau = float(k[f"time.adaptation_{speed}"])
            names[f"tau_w{i}"] = tau * b2.ms
            names[f"b{i}"] = float(k[f"adaptation.{speed}"]) / (tau * PER_S) * b2.pA  # pA/Hz over a time: pA a spike
        for i, other in ((1, "pv"), (2, "sst")):
            names[f"use_{other}"] = of(c.use, i)
            names[f"rec_{other}"], names[f"fac_{other}"] = of(c.recovery, i) * b2.ms, of(c.facilitation, i) * b2.ms
    return names


def _synapses(m: Mass, groups: Mapping[str, Any], rng: np.random.Generator) -> list[Any]:
    """Random wiring with the mass's probabilities; a synapse carries the mass's conductance over their number."""
    made, c = [], m.column
    for source, totals, gate in (
        ("pyramidal", c.ampa, "ga"),
        ("pv", c.from_pv, "gp"),
        ("sst", c.from_sst, "gs"),
    ):
        for i, target in enumerate(CLASSES):
            chance = float(m.rows[f"column.probability_from_{source}_{target}"])
            expected = len(groups[source]) * chance
            weight = float(np.asarray(totals)[i, 0]) / expected
            action = f"{gate}_post += weight"
            if source == "pyramidal":
                action += "" if i == 0 else f"*for_{target}_pre"
                action += f"\ns_post += opened_pre/{expected}"
            wire = b2.Synapses(
                groups[source],
                groups[target],
                on_pre=action,
                namespace={"weight": weight * b2.nS},
                name=f"{source}_to_{target}",
            )
            wire.pre.when = "after_resets"  # release and gate of this very spike are known only then
            _wire(wire, groups, source, target, chance, rng)
            made.append(wire)
    return made


def _wire(
    wire: Any, groups: Mapping[str, Any], source: str, target: str, chance: float, rng: np.random.Generator
) -> None:
    n, k = len(groups[source]), len(groups[target])
    pairs = [np.flatnonzero(rng.random(k) < chance) for _ in range(n)]
    i = np.repeat(np.arange(n), [len(x) for x in pairs])
    j = np.concatenate(pairs)
    keep = (i != j) if source == target else slice(None)
    wire.connect(i=i[keep], j=j[keep])
