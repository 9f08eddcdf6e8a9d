"""Mean field of AdEx networks (di Volo, Zerlaut) and the adaptation above which they cannot keep themselves active."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.published.values import values

Floats = NDArray[np.float64]
TERMS = (
    *("constant", "mean", "spread", "time", "mean_mean", "spread_spread", "time_time"),
    *("mean_spread", "mean_time", "spread_time"),
)
PER_MS = 1e-3  # Hz to 1/ms
NO_EVENTS = 1e-12  # 1/ms added to event rates, so that a silent network has a defined correlation time


class Cell(NamedTuple):
    """One kind of cell: threshold polynomial in mV (order ``TERMS``) and leak reversal in mV."""

    threshold: Floats
    rest: float


class Moments(NamedTuple):
    """Mean, standard deviation (mV) and correlation time (ms) of a cell's voltage, and its conductance (nS)."""

    mean: Floats
    spread: Floats
    time: Floats
    conductance: Floats


def cell(kind: str) -> Cell:
    """The regular (``rs``) or fast-spiking (``fs``) cell of Sacha 2025."""
    p = values("sacha")
    return Cell(np.array([p[f"threshold_{kind}_{term}"] for term in TERMS]), p[f"rest_{kind}"])


def moments(
    rest: float,
    e: Floats,
    i: Floats,
    adaptation: Floats | float = 0.0,
    decay: tuple[float, float] | None = None,
    extra: Floats | float = 0.0,
    slip: bool = False,
) -> Moments:
    """Voltage statistics of a cell under Poisson input.

    Args:
        rest: leak reversal, mV.
        e, i: rates of an excitatory and an inhibitory input cell, Hz.
        adaptation: W, pA.
        decay: tau_e and tau_i, ms; None: the awake values.
        extra: slow excitatory conductance without fluctuations, nS (the NMDA of ``adex_nmda``).
        slip: the script's ``(Q_i U_i)^2`` in the correlation time, read with SI numbers, where ``(U_i tau_i)^2`` should
            stand; it makes inhibition all but vanish from that time.

    Equation:  f_e = N (1-g) p r_e,  f_i = N g p r_i;  mu_G = g_L + Q_e tau_e f_e + Q_i tau_i f_i + extra
               mu_V = (Q_e tau_e f_e E_e + Q_i tau_i f_i E_i + g_L E_L + extra E_e - W) / mu_G
               U_x = Q_x (E_x - mu_V) / mu_G,  tau_m = C / mu_G,  s_V^2 = sum_x f_x (U_x tau_x)^2 / (2 (tau_x + tau_m))
               tau_V = sum_x f_x (U_x tau_x)^2 / sum_x [f_x (U_x tau_x)^2 / (tau_x + tau_m)]
    Source: rows ``sacha.*`` (the authors' scripts).
    Leaves out: correlations between inputs, finite size.
    """
    p = values("sacha")
    tau_e, tau_i = decay or (p["decay_e"], p["decay_i"])
    contacts = p["count"] * p["probability"]
    f_e = np.asarray(e) * PER_MS * contacts * (1.0 - p["inhibitory_share"])
    f_i = np.asarray(i) * PER_MS * contacts * p["inhibitory_share"]
    g_e, g_i = p["quantal_e"] * tau_e * f_e, p["quantal_i"] * tau_i * f_i
    total = p["leak"] + g_e + g_i + extra
    push = (g_e + extra) * p["reversal_e"] + g_i * p["reversal_i"] + p["leak"] * rest - adaptation
    mean = push / total
    membrane = p["capacitance"] / total
    u_e = p["quantal_e"] / total * (p["reversal_e"] - mean)
    u_i = p["quantal_i"] / total * (p["reversal_i"] - mean)
    power_e, power_i = (u_e * tau_e) ** 2, (u_i * tau_i) ** 2
    spread = np.sqrt(f_e * power_e / (2.0 * (tau_e + membrane)) + f_i * power_i / (2.0 * (tau_i + membrane)))
    weight_e, weight_i = (f_e + NO_EVENTS) * power_e, (f_i + NO_EVENTS) * power_i
    if slip:
        siemens_over_seconds = 1e-6  # nS to S over ms to s: the script multiplies by Q_i in S where tau_i in s belongs
        weight_i = (f_i + NO_EVENTS) * (u_i * p["quantal_i"] * siemens_over_seconds) ** 2
    time = (weight_e + weight_i) / (weight_e / (tau_e + membrane) + weight_i / (tau_i + membrane))
    return Moments(mean, spread, time, total)


def rate(c: Cell, m: Moments) -> Floats:
    """Firing rate in Hz of a cell with such a voltage.

    Equation:  F = erfc((V_thr - mu_V) / (sqrt(2) s_V)) / (2 tau_V);  V_thr = polynomial of degree 2 in the scaled mean,
               spread and tau_V g_L / C
    Source: rows ``sacha.threshold_*`` and their scales.
    Leaves out: rates beyond the range the polynomial was fitted in.
    """
    from scipy.special import erfc  # type: ignore[import-untyped]

    p = values("sacha")
    a = (m.mean - p["mean_centre"]) / p["mean_scale"]
    b = (m.spread - p["spread_centre"]) / p["spread_scale"]
    t = (m.time * p["leak"] / p["capacitance"] - p["time_centre"]) / p["time_scale"]
    terms = (np.ones_like(a), a, b, t, a * a, b * b, t * t, a * b, a * t, b * t)
    threshold = sum(k * term for k, term in zip(c.threshold, terms, strict=True))
    return np.asarray(erfc((threshold - m.mean) / (np.sqrt(2.0) * m.spread)) / (2.0 * m.time) / PER_MS)


def balanced_inhibition(e: float, decay: tuple[float, float], slip: bool = False) -> float:
    """The inhibitory rate, Hz, that keeps itself up beside an excitatory one: r_i = F_FS(r_e, r_i)."""
    from scipy.optimize import brentq  # type: ignore[import-untyped]

    fast = cell("fs")

    def surplus(i: float) -> float:
        return float(rate(fast, moments(fast.rest, np.array(e), np.array(i), 0.0, decay, slip=slip))) - i

    lowest, highest = 1e-12, 400.0  # Hz
    return 0.0 if surplus(lowest) <= 0.0 else float(brentq(surplus, lowest, highest))


def critical_adaptation(decay: tuple[float, float], slip: bool = False) -> int:
    """The least adaptation, pA, with which excitation decays from every rate: no state but silence is left.

    Equation:  least b in 0, 1, 2 ... with F_RS(r_e, r_i(r_e), b tau_w r_e) < r_e for all r_e of the grid, undriven

    Args:
        decay: tau_e and tau_i, ms.
        slip: as in ``moments``.

    Source: rows ``sacha.grid_*``, ``sacha.adaptation_end`` (how the authors' script looks for it).
    Leaves out: slow waves themselves; it is where the active state disappears.
    """
    p = values("sacha")
    regular = cell("rs")
    first = 1e-8  # Hz: the script's grid starts just above silence
    e = np.arange(first, p["grid_end"], p["grid_step"])
    i = np.array([balanced_inhibition(float(one), decay, slip) for one in e])
    for b in range(int(p["adaptation_end"])):
        w = b * p["adaptation_time"] * e * PER_MS
        if bool(np.all(rate(regular, moments(regular.rest, e, i, w, decay, slip=slip)) < e)):
            return b
    return int(p["adaptation_end"])
