"""Pyramidal and fast-spiking cells with AMPA, NMDA and GABA (Kirli 2014): gamma against NMDA conductance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.published.values import values

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STEP = 0.05  # ms
START = 300.0  # ms that are not looked at


@dataclass
class Cells:
    """State of one class over all runs: arrays (runs, cells); unit-free gates of the synapses it drives."""

    voltage: Floats
    adaptation: Floats
    ampa_e: Floats
    ampa_i: Floats
    nmda_e: Floats
    nmda_i: Floats
    gaba: Floats


class Contacts(NamedTuple):
    """Who drives whom, 1 or 0, sources in rows."""

    ee: Floats
    ei: Floats
    ie: Floats
    ii: Floats


class Gamma(NamedTuple):
    """Per run: power around the highest gamma peak (mV^2/Hz), its frequency, rates of both classes (Hz)."""

    power: Floats
    frequency: Floats
    rate_e: Floats
    rate_i: Floats


def contacts(rng: np.random.Generator, p: Mapping[str, float]) -> Contacts:
    """Random connections; a cell does not drive itself."""
    e, i = int(p["count_e"]), int(p["count_i"])

    def drawn(sources: int, targets: int, name: str) -> Floats:
        found = rng.random((sources, targets)) < p[f"probability_{name}"]
        if sources == targets:
            np.fill_diagonal(found, False)
        return found.astype(float)

    return Contacts(drawn(e, e, "ee"), drawn(e, i, "ei"), drawn(i, e, "ie"), drawn(i, i, "ii"))


def unblocked(voltage: Floats, p: Mapping[str, float]) -> Floats:
    """Share of NMDA channels free of magnesium (Jahr-Stevens)."""
    return 1.0 / (1.0 + p["magnesium"] / p["magnesium_half"] * np.exp(-p["magnesium_slope"] * voltage))


def currents(e: Cells, i: Cells, c: Contacts, knobs: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Net inward current of both classes, uA/cm^2.

    Equation:  C dV/dt = I_app + g_L (V-E_L)(V-V_T)/(V_T-E_L) - z (V-V_K) - (g_A s_A + g_N s_N B(V)) (V-V_ex)
                         - g_G s_G (V-V_in) + noise;  s: sums over the cells that drive it; z only on pyramidal cells
    Source: rows ``kirli.*`` (a re-implementation that cites the paper's tables).
    Leaves out: everything but two classes.
    """
    p = values("kirli")
    quick_e = p["ampa_e"] * (e.ampa_e @ c.ee)
    slow_e = knobs["nmda_e"] * (e.nmda_e @ c.ee) * unblocked(e.voltage, p)
    quick_i = knobs["ampa_i"] * (e.ampa_i @ c.ei)
    slow_i = knobs["nmda_i"] * (e.nmda_i @ c.ei) * unblocked(i.voltage, p)
    own_e = p["leak_e"] * (e.voltage - p["rest"]) * (e.voltage - p["threshold_e"]) / (p["threshold_e"] - p["rest"])
    own_i = p["leak_i"] * (i.voltage - p["rest"]) * (i.voltage - p["threshold_i"]) / (p["threshold_i"] - p["rest"])
    to_e = p["drive_e"] + own_e - e.adaptation * (e.voltage - p["adaptation_reversal"])
    to_e = to_e - (quick_e + slow_e) * (e.voltage - p["reversal_e"])
    to_e = to_e - p["gaba_e"] * (i.gaba @ c.ie) * (e.voltage - p["reversal_i"])
    to_i = knobs["drive_i"] + own_i - (quick_i + slow_i) * (i.voltage - p["reversal_e"])
    return to_e, to_i - p["gaba_i"] * (i.gaba @ c.ii) * (i.voltage - p["reversal_i"])


def decay(x: Cells, p: Mapping[str, float]) -> None:
    """One step of all gates of a class.

    Equation:  ds_A/dt = -s_A/tau;  ds_N/dt = alpha_n s_A (1-s_N) - s_N/tau_n;  ds_G/dt = -s_G/tau_i;  dz/dt = -a z
    """
    opening = STEP * p["nmda_opening"]
    x.nmda_e += opening * x.ampa_e * (1.0 - x.nmda_e) - STEP / p["nmda_decay"] * x.nmda_e
    x.nmda_i += opening * x.ampa_i * (1.0 - x.nmda_i) - STEP / p["nmda_decay"] * x.nmda_i
    x.ampa_e *= np.exp(-STEP / p["ampa_decay_e"])
    x.ampa_i *= np.exp(-STEP / p["ampa_decay_i"])
    x.gaba *= np.exp(-STEP / p["gaba_decay"])
    x.adaptation *= np.exp(-STEP * p["adaptation_rate"])


def fired(x: Cells, p: Mapping[str, float]) -> Bools:
    """Cells above the spike cutoff, which are reset."""
    spikes = x.voltage >= p["peak"]
    x.voltage[spikes] = p["reset"]
    return spikes


def simulate(milliseconds: float, seed: int, **knobs: float | Floats) -> Gamma:
    """Several runs at once, on the same connections.

    Args:
        milliseconds: length of each run.
        seed: of connections, start and noise.
        knobs: ``nmda_i``, ``nmda_e``, ``ampa_i`` (mS/cm^2), ``drive_i`` (uA/cm^2): one number, or one per run.

    Leaves out: what the re-implementation could not find in the paper either (``kirli.nmda_opening``).
    """
    p = values("kirli")
    names = ("nmda_i", "nmda_e", "ampa_i", "drive_i")
    runs = max(np.size(value) for value in knobs.values()) if knobs else 1
    set_to = {name: np.broadcast_to(knobs.get(name, p[name]), (runs,)).astype(float)[:, None] for name in names}
    rng = np.random.default_rng(seed)
    c = contacts(rng, p)
    e, i = _start(rng, runs, c.ee.shape[0], p), _start(rng, runs, c.ii.shape[0], p)
    quiet = np.zeros_like(e.voltage, dtype=bool), np.zeros_like(i.voltage, dtype=bool)
    late = [quiet] * round(p["delay"] / STEP)
    trace, count_e, count_i = [], np.zeros(runs), np.zeros(runs)
    kick = np.sqrt(STEP) / p["capacitance"]
    for k in range(round(milliseconds / STEP)):
        to_e, to_i = currents(e, i, c, set_to)
        e.voltage += STEP / p["capacitance"] * to_e + kick * p["noise_e"] * rng.standard_normal(e.voltage.shape)
        i.voltage += STEP / p["capacitance"] * to_i + kick * p["noise_i"] * rng.standard_normal(i.voltage.shape)
        decay(e, p)
        decay(i, p)
        now_e, now_i = fired(e, p), fired(i, p)
        e.adaptation += p["adaptation_step"] * now_e
        late.append((now_e, now_i))
        then_e, then_i = late.pop(0)
        e.ampa_e += then_e
        e.ampa_i += then_e
        i.gaba += then_i
        if k * STEP >= START:
            trace.append(e.voltage.mean(axis=1))
            count_e += now_e.sum(axis=1)
            count_i += now_i.sum(axis=1)
    seconds = (milliseconds - START) / 1e3
    power, frequency = gamma(np.array(trace), p)
    return Gamma(power, frequency, count_e / seconds / e.voltage.shape[1], count_i / seconds / i.voltage.shape[1])


def _start(rng: np.random.Generator, runs: int, cells: int, p: Mapping[str, float]) -> Cells:
    voltage = np.broadcast_to(p["rest"] + rng.standard_normal(cells), (runs, cells)).copy()
    return Cells(voltage, *(np.zeros((runs, cells)) for _ in range(6)))


def gamma(trace: Floats, p: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Power (mV^2/Hz) around the gamma peak of the mean pyramidal voltage, and its frequency (Hz), per run.

    Equation:  mean over f0 +- 3 Hz of the Hann-windowed spectrum, at the f0 in 20-80 Hz where it is largest
    Source: rows ``kirli.gamma_*``.
    """
    window = np.hanning(len(trace))[:, None]
    rate = 1e3 / STEP  # Hz
    spectrum = np.abs(np.fft.rfft((trace - trace.mean(axis=0)) * window, axis=0)) ** 2 / (rate * (window**2).sum())
    f = np.fft.rfftfreq(len(trace), 1.0 / rate)
    centres = f[(f >= p["gamma_low"]) & (f <= p["gamma_high"])]
    local = np.array([spectrum[np.abs(f - x) <= p["gamma_half_width"]].mean(axis=0) for x in centres])
    top = local.argmax(axis=0)
    return local[top, np.arange(local.shape[1])], centres[top]
