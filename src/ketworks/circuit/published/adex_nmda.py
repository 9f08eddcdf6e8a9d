"""The AdEx mean field with an explicit NMDA variable and block chosen per cell class (the claim of Susin 2023)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.published.adex_mean_field import PER_MS, cell, moments, rate
from ketworks.circuit.published.values import values
from ketworks.errors import CannotSay

Floats = NDArray[np.float64]
GATE_ROUNDS = 15  # the gate moves the voltage that moves the gate; what is left shrinks with every round
SETTLING = 600  # ms
NEWTON_ROUNDS = 6
CLOSE = 1e-5  # last Newton step in units of SCALE
SILENT = 0.05  # Hz
GAMMA = np.arange(30.0, 81.0)  # Hz
SCALE = np.array([1.0, 1.0, 1.0, 0.01])  # Hz, Hz, pA, 1: how much each variable usually moves
NUDGE = 1e-4 * SCALE  # for derivatives
FLOOR = 2.0 * NUDGE * np.array([1.0, 1.0, 0.0, 1.0])  # keeps rates positive, nudged ones too


class Setting(NamedTuple):
    """A state to look at: NMDA conductance (nS), outside drive (Hz), adaptation (pA) and the two blocks (share)."""

    nmda: float
    drive: float
    adaptation: float
    block_rs: float = 0.0
    block_fs: float = 0.0


class Answer(NamedTuple):
    """What the claim is about.

    Attributes:
        rs, fs: rates at the working point, Hz.
        gamma: mean linear power of both rates over 30-80 Hz under white noise, arbitrary unit.
        gain: lasting rise of the RS rate per rise of the drive, 1.
        pulse: extra RS spikes of 50 ms of stronger drive (+0.5 Hz), spikes per cell.
        stable: whether the working point holds.
    """

    rs: float
    fs: float
    gamma: float
    gain: float
    pulse: float
    stable: bool


def shipped(block_rs: float | None = None, block_fs: float | None = None) -> Setting:
    """The setting of the rows ``susin.*``, with their block unless another is given."""
    p = values("susin")
    rs = p["block_rs"] if block_rs is None else block_rs
    fs = p["block_fs"] if block_fs is None else block_fs
    return Setting(p["nmda"], p["drive"], p["adaptation"], rs, fs)


def driven_rate(kind: str, x: Floats, drive: float, nmda: float) -> float:
    """Rate, Hz, that a class would take up given the state ``x`` = (r_e, r_i, W, s_N).

    Equation:  F(r_e + drive, r_i, W, G_N s_N B(mu_V)),  B = 1 / (1 + [Mg] exp(-0.062 V) / half)
    Source: rows ``susin.*``; the form of ``adex_mean_field``.
    Leaves out: fluctuations carried by NMDA; a refit of the threshold to the added conductance.
    """
    p = values("susin")
    c = cell(kind)
    w = x[2] if kind == "rs" else 0.0
    extra = 0.0
    for _ in range(GATE_ROUNDS):
        m = moments(c.rest, x[0] + drive, x[1], w, extra=extra)
        free = 1.0 / (1.0 + p["magnesium"] / p["magnesium_half"] * np.exp(-p["magnesium_slope"] * float(m.mean)))
        extra = nmda * x[3] * float(free)
    return float(rate(c, m))


def slope(x: Floats, s: Setting, more: float = 0.0) -> Floats:
    """Rates of change per ms of (r_e, r_i, W, s_N); ``more`` is drive on top of the setting's, Hz.

    Equation:  T dr/dt = F - r;  dW/dt = b r_e - W/tau_w;  ds_N/dt = a (1 - s_N) r_e - s_N/tau_N
    """
    p, tau = values("susin"), values("sacha")["adaptation_time"]
    rs = driven_rate("rs", x, s.drive + more, s.nmda * (1.0 - s.block_rs))
    fs = driven_rate("fs", x, s.drive + more, s.nmda * (1.0 - s.block_fs))
    opened = p["nmda_opening"] * (1.0 - x[3]) * x[0] * PER_MS
    return np.array(
        [
            (rs - x[0]) / p["rate_time"],
            (fs - x[1]) / p["rate_time"],
            s.adaptation * x[0] * PER_MS - x[2] / tau,
            opened - x[3] / p["nmda_decay"],
        ]
    )


def moved(x: Floats, s: Setting, more: float = 0.0) -> Floats:
    """The state one ms later (Heun; Euler's method would make the damped gamma of this model grow)."""
    first = slope(x, s, more)
    return np.asarray(x + 0.5 * (first + slope(x + first, s, more)))


def working_point(s: Setting) -> Floats:
    """The state at rest that an active network settles into: followed for a second, then Newton's method.

    Raises:
        CannotSay: no active state is left.
    """
    x = np.array([4.0, 12.0, 4.0 * s.adaptation * 0.5, 0.15])
    for _ in range(SETTLING):
        x = np.maximum(moved(x, s), FLOOR)
    for _ in range(NEWTON_ROUNDS):
        step = np.linalg.solve(jacobian(x, s), slope(x, s))
        x = np.maximum(x - step, FLOOR)
    if np.abs(step / SCALE).max() > CLOSE or x[0] < SILENT:
        raise CannotSay(
            f"{s}", "a setting whose active state holds", "less drug-free NMDA or less block on FS cells", "shipped()"
        )
    return x


def jacobian(x: Floats, s: Setting) -> Floats:
    """Derivatives of ``slope`` by the state, by central differences."""
    return np.stack([(slope(x + h, s) - slope(x - h, s)) / (2.0 * h.sum()) for h in np.diag(NUDGE)], axis=1)


def answer(s: Setting) -> Answer:
    """Rates, gamma and responsiveness of one setting.

    Equation:  S(f) = sum over classes of abs([(i 2 pi f - J)^-1]_row)^2 with equal noise on both rates
    Leaves out: large amplitudes; a network that fires in step has no such working point.
    """
    x = working_point(s)
    j = jacobian(x, s)
    turn = 2.0 * np.pi * GAMMA * PER_MS
    inverse = np.linalg.inv(1j * turn[:, None, None] * np.eye(4) - j)
    gamma = float(np.mean(np.abs(inverse[:, :2, :2]) ** 2))
    step, length, harder = 1e-3, 50, 0.5
    by_drive = (slope(x, s, step) - slope(x, s, -step)) / (2.0 * step)
    lasting = -np.linalg.solve(j, by_drive)[0]
    y, extra = x.copy(), 0.0
    for _ in range(length):
        y = moved(y, s, harder)
        extra += (y[0] - x[0]) * PER_MS
    stable = bool(np.linalg.eigvals(j).real.max() < 0.0)
    return Answer(float(x[0]), float(x[1]), gamma, float(lasting), float(extra), stable)
