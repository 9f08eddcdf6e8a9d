"""Pyramidal, phasic and tonic cells of Adam 2024, their NMDA receptors spelled out in ten states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.published.nmda_scheme import Scheme, adam
from ketworks.circuit.published.values import values

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
STEP = 0.04  # ms
START = 200.0  # ms that are not looked at
GATES = ("m", "h", "n")
GAMMA, SLOW = (25.0, 80.0), (0.5, 4.0)  # Hz; the abstract says above 25, and 0.1 to 4, which short runs cannot resolve
RHYTHM = (10.0, 80.0)  # Hz: where the largest rhythm is looked for


class Wiring(NamedTuple):
    """Cells in the order pyramidal, phasic, tonic; one NMDA receptor per pyramidal synapse, and one per tonic cell.

    Attributes:
        counts: cells of the three classes.
        source: pyramidal cell behind each receptor; -1 is the steady glutamate of tonic cells.
        target: cell that carries the receptor.
        nmda: conductance of each receptor, mS/cm^2.
        ampa, gaba: conductance from each pyramidal (each inhibitory) cell onto each cell, sources in rows, mS/cm^2.
    """

    counts: tuple[int, int, int]
    source: Whole
    target: Whole
    nmda: Floats
    ampa: Floats
    gaba: Floats


@dataclass
class State:
    """All runs at once: (runs, cells); glutamate (runs, receptors); receptors (10, runs, receptors)."""

    voltage: Floats
    gates: dict[str, Floats]
    ampa: Floats
    gaba: Floats
    glutamate: Floats
    receptors: Floats


class Activity(NamedTuple):
    """Per run: rates of the three classes (Hz), frequency of the largest rhythm above 10 Hz of the mean pyramidal
    voltage (Hz), and its power in 25-80 and 0.5-4 Hz (mV^2/Hz)."""

    pyramidal: Floats
    phasic: Floats
    tonic: Floats
    rhythm: Floats
    gamma: Floats
    slow: Floats


def wiring(rng: np.random.Generator, tonic: float | None = None) -> Wiring:
    """Random connections with a fixed number of inputs for each cell; no cell drives itself.

    Args:
        rng: draws them.
        tonic: NMDA conductance of a tonic cell, mS/cm^2; None: the guess in ``adam.nmda_tonic``.

    Source: rows ``adam.count_*``, ``adam.inputs*``, ``adam.nmda_*``, ``adam.ampa``, ``adam.gaba_*``.
    Leaves out: inhibition among tonic cells (the script has none).
    """
    p = values("adam")
    counts = (int(p["count_pyramidal"]), int(p["count_phasic"]), int(p["count_tonic"]))
    e, i, t = counts
    k, few = int(p["inputs"]), int(p["inputs_tonic"])
    ampa, gaba = np.zeros((e, e + i + t)), np.zeros((i + t, e + i + t))
    source: list[int] = []

    def draw(pool: int, number: int, but: int) -> Whole:
        return rng.choice(np.setdiff1d(np.arange(pool), [but]), number, replace=False)

    for cell in range(e + i):
        own = cell if cell < e else -1
        from_e = draw(e, k, own)
        source.extend(from_e.tolist())
        ampa[from_e, cell] = p["ampa"] / k
        gaba[draw(i, k, cell - e if cell >= e else -1), cell] = p["gaba_phasic"] / k
        gaba[i + draw(t, few, -1), cell] = p["gaba_tonic"] / few
    target = np.concatenate([np.repeat(np.arange(e + i), k), np.arange(e + i, e + i + t)])
    sizes = (
        [p["nmda_pyramidal"] / k] * (e * k)
        + [p["nmda_phasic"] / k] * (i * k)
        + [p["nmda_tonic"] if tonic is None else tonic] * t
    )
    return Wiring(counts, np.array(source + [-1] * t), target, np.array(sizes), ampa, gaba)


def linoid(u: Floats) -> Floats:
    """u / (1 - exp(-u)), which is 1 at 0."""
    near = np.abs(u) < 1e-6
    safe = np.where(near, 1.0, u)
    return np.where(near, 1.0 + 0.5 * u, safe / -np.expm1(-safe))


def gate_rates(voltage: Floats, p: Mapping[str, float]) -> dict[str, tuple[Floats, Floats]]:
    """Opening and closing rates of the sodium and potassium gates, 1/ms.

    Equation:  u = (V - half) / slope;  m: k u/(1-e^-u), k u/(e^u-1);  h: k e^-u, k/(1+e^-u);  n: k u/(1-e^-u), k e^-u
    Source: rows ``adam.m_*``, ``adam.h_*``, ``adam.n_*``.
    Leaves out: temperature.
    """
    u = {
        f"{gate}_{way}": (voltage - p[f"{gate}_{way}_half"]) / p[f"{gate}_{way}_slope"]
        for gate in GATES
        for way in ("open", "close")
    }
    k = {name: p[f"{name}_rate"] for name in u}
    return {
        "m": (k["m_open"] * linoid(u["m_open"]), k["m_close"] * linoid(-u["m_close"])),
        "h": (k["h_open"] * np.exp(-u["h_open"]), k["h_close"] / (1.0 + np.exp(-u["h_close"]))),
        "n": (k["n_open"] * linoid(u["n_open"]), k["n_close"] * np.exp(-u["n_close"])),
    }


def step_receptors(s: State, scheme: Scheme, unblock: Floats, at: Floats) -> None:
    """One step of all receptors: magnesium exactly (it is fast), the rest by Euler's method.

    Equation:  as ``nmda_scheme.generator``; ``unblock`` is k_u at 0 mV per run, ``at`` the voltage of each receptor.
    """
    x, free, held = s.receptors, scheme.free, scheme.blocked
    on = scheme.bind * s.glutamate
    flows = (
        (0, 1, 2.0 * on * x[0] - free.unbind * x[1]),
        (1, 2, on * x[1] - 2.0 * free.unbind * x[2]),
        (2, 3, free.desensitise * x[2] - free.recover * x[3]),
        (2, 4, free.open * x[2] - free.close * x[4]),
        (9, 8, 2.0 * on * x[9] - held.unbind * x[8]),
        (8, 6, on * x[8] - 2.0 * held.unbind * x[6]),
        (6, 7, held.desensitise * x[6] - held.recover * x[7]),
        (6, 5, held.open * x[6] - held.close * x[5]),
    )
    for first, second, flow in flows:
        x[first] -= STEP * flow
        x[second] += STEP * flow
    entry = scheme.block * np.exp(-at / scheme.block_slope)
    leave = unblock * np.exp(at / scheme.unblock_slope)
    gate = x[4] + x[5]
    rest = gate * leave / (leave + entry)
    x[4] = rest + (x[4] - rest) * np.exp(-STEP * (leave + entry))
    x[5] = gate - x[4]


def step_cells(s: State, w: Wiring, rng: np.random.Generator, p: Mapping[str, float]) -> Floats:
    """One step of voltages and gates; returns the voltages before it.

    Equation:  C dV/dt = I_app - g_Na m^3 h (V-E_Na) - g_K n^4 (V-E_K) - g_L (V-E_L) - g_N O V - g_A s_A V
                         - g_G s_G (V-E_I) + noise;  solved exactly for conductances held over the step
    Source: rows ``adam.*``.
    Leaves out: dendrites.
    """
    for gate, (opening, closing) in gate_rates(s.voltage, p).items():
        rest = opening / (opening + closing)
        s.gates[gate] = rest + (s.gates[gate] - rest) * np.exp(-STEP * (opening + closing))
    runs, cells = s.voltage.shape
    nmda = np.stack([np.bincount(w.target, w.nmda * s.receptors[4, run], cells) for run in range(runs)])
    excited, inhibited = nmda + s.ampa @ w.ampa, s.gaba @ w.gaba
    sodium = p["sodium"] * s.gates["m"] ** 3 * s.gates["h"]
    potassium = p["potassium"] * s.gates["n"] ** 4
    leak = np.repeat([p["leak_pyramidal"], p["leak_interneuron"], p["leak_interneuron"]], w.counts)
    applied = np.repeat([p["applied_pyramidal"], p["applied_phasic"], p["applied_tonic"]], w.counts)
    total = sodium + potassium + leak + excited + inhibited
    push = sodium * p["sodium_reversal"] + potassium * p["potassium_reversal"] + leak * p["leak_reversal"] + applied
    rest = (push + excited * p["excitation_reversal"] + inhibited * p["gaba_reversal"]) / total
    before = s.voltage
    kick = p["noise"] * np.sqrt(STEP) / p["capacitance"] * rng.standard_normal(before.shape)
    s.voltage = rest + (before - rest) * np.exp(-STEP * total / p["capacitance"]) + kick
    return before


def step_synapses(s: State, w: Wiring, spikes: NDArray[np.bool_], p: Mapping[str, float]) -> None:
    """One step of AMPA, GABA and glutamate.

    Equation:  ds/dt = a (1 + tanh(V/b)) (1-s) - s/tau;  a spike sets Glu to 1 mmol/L, which decays with tau_Glu
    """
    e, i, t = w.counts
    on = 1.0 + np.tanh(s.voltage / p["release_slope"])
    decay = np.repeat([p["gaba_phasic_decay"], p["gaba_tonic_decay"]], (i, t))
    s.ampa += STEP * (p["release_ampa"] * on[:, :e] * (1.0 - s.ampa) - s.ampa / p["ampa_decay"])
    s.gaba += STEP * (p["release_gaba"] * on[:, e:] * (1.0 - s.gaba) - s.gaba / decay)
    from_cells = w.source >= 0
    s.glutamate[:, from_cells] *= np.exp(-STEP / p["glutamate_decay"])
    s.glutamate[spikes[:, w.source] & from_cells] = p["glutamate"]


def simulate(unblock: Floats, milliseconds: float, seed: int = 0, tonic: float | None = None) -> Activity:
    """Several runs of one network, which differ in the unblocking rate of all NMDA receptors.

    Args:
        unblock: k_u at 0 mV of each run, 1/ms.
        milliseconds: length.
        seed: of connections, start and noise.
        tonic: as in ``wiring``.

    Leaves out: the tonic cells' receptor is guessed (``adam.nmda_tonic``, ``adam.glutamate_tonic``).
    """
    p, scheme = values("adam"), adam()
    rng = np.random.default_rng(seed)
    w = wiring(rng, tonic)
    s = _start(rng, w, len(unblock), p)
    knob = np.asarray(unblock, dtype=float)[:, None]
    trace, fired = [], np.zeros_like(s.voltage)
    for k in range(round(milliseconds / STEP)):
        step_receptors(s, scheme, knob, s.voltage[:, w.target])
        before = step_cells(s, w, rng, p)
        spikes = (s.voltage >= 0.0) & (before < 0.0)
        step_synapses(s, w, spikes, p)
        if k * STEP >= START:
            trace.append(s.voltage[:, : w.counts[0]].mean(axis=1))
            fired += spikes
    return _activity(np.array(trace), fired / (milliseconds - START) * 1e3, w)


def _start(rng: np.random.Generator, w: Wiring, runs: int, p: Mapping[str, float]) -> State:
    """Cells near rest; receptors unbound, half of them with magnesium inside, as the codes start."""
    e, i, t = w.counts
    voltage = np.tile(p["leak_reversal"] + rng.standard_normal(e + i + t), (runs, 1))
    gates = {gate: a / (a + b) for gate, (a, b) in gate_rates(voltage, p).items()}
    receptors = np.zeros((10, runs, len(w.source)))
    receptors[[0, 9]] = 0.5
    glutamate = np.tile(np.where(w.source >= 0, 0.0, p["glutamate_tonic"]), (runs, 1))
    return State(voltage, gates, np.zeros((runs, e)), np.zeros((runs, i + t)), glutamate, receptors)


def _activity(trace: Floats, rates: Floats, w: Wiring) -> Activity:
    window = np.hanning(len(trace))[:, None]
    spectrum = np.abs(np.fft.rfft((trace - trace.mean(axis=0)) * window, axis=0)) ** 2
    spectrum = spectrum * STEP * 1e-3 / (window**2).sum()
    f = np.fft.rfftfreq(len(trace), STEP * 1e-3)
    fast = (f > RHYTHM[0]) & (f <= RHYTHM[1])
    classes = [part.mean(axis=1) for part in np.split(rates, np.cumsum(w.counts)[:-1], axis=1)]
    gamma, slow = (spectrum[(f >= low) & (f <= high)].mean(axis=0) for low, high in (GAMMA, SLOW))
    return Activity(classes[0], classes[1], classes[2], f[fast][spectrum[fast].argmax(axis=0)], gamma, slow)
