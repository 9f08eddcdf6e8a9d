"""Ten-state NMDA receptor with trapping magnesium block: the scheme of Adam 2024, and its asymmetric parent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.published.values import values

Floats = NDArray[np.float64]
STATES = ("C", "CA", "CAA", "D", "O", "OB", "CAAB", "DB", "CAB", "CB")
OPEN, BLOCKED = STATES.index("O"), STATES.index("OB")
TRACE = 1e-12  # share of equilibrium below which a state counts as empty


@dataclass(frozen=True)
class Arm:
    """Gating of one arm of the scheme: the unblocked receptor, or the one with a blocker inside.

    Attributes:
        unbind: glutamate leaves one site, 1/ms.
        open, close: the gate, 1/ms.
        desensitise, recover: 1/ms.
    """

    unbind: float
    open: float
    close: float
    desensitise: float
    recover: float


@dataclass(frozen=True)
class Scheme:
    """Rates of the ten states.

    Attributes:
        bind: glutamate binds to one site, 1/(umol/L)/ms.
        free, blocked: gating without and with magnesium inside.
        block, unblock: magnesium enters and leaves the open channel at 0 mV, 1/ms.
        block_slope, unblock_slope: their voltage dependence, mV.
    """

    bind: float
    free: Arm
    blocked: Arm
    block: float
    unblock: float
    block_slope: float
    unblock_slope: float

    def with_unblock(self, rate: float) -> Scheme:
        """The same receptor with another exit rate of magnesium at 0 mV, 1/ms: the ketamine knob of Adam 2024."""
        return replace(self, unblock=rate)


class Pulse(NamedTuple):
    """Answer to a glutamate pulse: highest open share, when (ms), 10-90 % rise and fall to 1/e (ms)."""

    peak: float
    when: float
    rise: float
    decay: float


def adam() -> Scheme:
    """The scheme of Adam 2024: a blocked receptor gates as a free one (three of the four codes that were read)."""
    p = values("adam")
    arm = Arm(p["unbind"], p["open"], p["close"], p["desensitise"], p["recover"])
    per_ms = 1e-3  # bind is canonical per s
    return Scheme(p["bind"] * per_ms, arm, arm, p["block"], p["unblock"], p["block_slope"], p["unblock_slope"])


def adam_turned() -> Scheme:
    """The fourth code: opening and closing change places while magnesium is inside."""
    scheme = adam()
    return replace(scheme, blocked=replace(scheme.free, open=scheme.free.close, close=scheme.free.open))


def vargas() -> Scheme:
    """The asymmetric trapping block of Vargas-Caballero and Robinson, from which the magnesium rates come."""
    scheme, p = adam(), values("vargas")
    free = replace(scheme.free, unbind=p["unbind"])
    return replace(scheme, free=free, blocked=replace(free, open=p["open_blocked"], close=p["close_blocked"]))


def magnesium_rates(s: Scheme, voltage: float) -> tuple[float, float]:
    """Entry and exit rate of magnesium at a voltage, 1/ms.

    Equation:  k_b exp(-V/17 mV),  k_u exp(V/47 mV);  rows ``adam.block*`` and ``adam.unblock*``.
    """
    return s.block * float(np.exp(-voltage / s.block_slope)), s.unblock * float(np.exp(voltage / s.unblock_slope))


def unblocked_share(s: Scheme, voltage: float) -> float:
    """Share of channels with an open gate that magnesium leaves free, at equilibrium.

    Equation:  m = k_u(V) / (k_u(V) + k_b(V)); the scheme has no circle, so detailed balance holds on every edge.
    """
    entry, leave = magnesium_rates(s, voltage)
    return leave / (leave + entry)


def join(q: Floats, first: int, second: int, forward: float, back: float) -> None:
    """Adds first <-> second to a generator whose columns sum to 0."""
    q[second, first] += forward
    q[first, first] -= forward
    q[first, second] += back
    q[second, second] -= back


def join_arm(q: Floats, states: tuple[int, int, int, int, int], arm: Arm, binding: float) -> None:
    """Adds one arm; states: unbound, one glutamate, two glutamates, desensitised, gate open."""
    none, one, two, desensitised, gate = states
    join(q, none, one, 2.0 * binding, arm.unbind)
    join(q, one, two, binding, 2.0 * arm.unbind)
    join(q, two, desensitised, arm.desensitise, arm.recover)
    join(q, two, gate, arm.open, arm.close)


def generator(s: Scheme, glutamate: float, voltage: float) -> Floats:
    """The matrix Q of dx/dt = Q x over ``STATES``, 1/ms.

    Equation:  C = CA = CAA = (D, O), O = OB, and the same arm behind OB; two equal glutamate sites

    =====  ==============================  ======
    Glu    glutamate                       umol/L
    V      voltage                         mV
    =====  ==============================  ======

    Source: rows ``adam.*``, ``vargas.*`` (codes of others; the paper was read in abstract only).
    Leaves out: glycine, subunits, the drug itself (see ``drug_arm``).
    """
    q = np.zeros((len(STATES), len(STATES)))
    binding = s.bind * glutamate
    join_arm(q, (0, 1, 2, 3, OPEN), s.free, binding)
    join_arm(q, (9, 8, 6, 7, BLOCKED), s.blocked, binding)
    join(q, OPEN, BLOCKED, *magnesium_rates(s, voltage))
    return q


def steady(q: Floats) -> Floats:
    """The occupancy x with Q x = 0 and sum 1, from the eigenvector of the eigenvalue nearest 0."""
    bordered = np.vstack([q, np.ones(len(q))])
    wanted = np.zeros(len(q) + 1)
    wanted[-1] = 1.0
    return np.asarray(np.linalg.lstsq(bordered, wanted, rcond=None)[0])


def glutamate_pulse(s: Scheme, voltage: float, until: float = 1200.0) -> Pulse:
    """Open share after one spike at clamped voltage: glutamate jumps to 1 mmol/L and decays exponentially.

    Args:
        s: receptor.
        voltage: mV.
        until: ms of answer that are looked at.

    Equation:  dx/dt = Q(Glu(t), V) x,  Glu = Glu0 exp(-t/tau_Glu);  start: unbound, half with magnesium inside, as
               the codes do (the scheme has no path between its two unbound states)
    Source: rows ``adam.glutamate*``.
    Leaves out: spill-over, several spikes.
    """
    from scipy.integrate import solve_ivp  # type: ignore[import-untyped]

    p = values("adam")
    start = np.zeros(len(STATES))
    start[[0, 9]] = 0.5
    level, decay = p["glutamate"], p["glutamate_decay"]

    def slope(t: float, x: Floats) -> Floats:
        return generator(s, level * float(np.exp(-t / decay)), voltage) @ x

    times = np.concatenate([np.linspace(0.0, 40.0, 4001), np.linspace(40.0, until, 4001)[1:]])
    answer = solve_ivp(slope, (0.0, until), start, "LSODA", times, rtol=1e-8, atol=TRACE, max_step=5.0)
    gate = answer.y[OPEN]
    top = int(gate.argmax())
    peak = float(gate[top])
    rise = times[np.argmax(gate > 0.9 * peak)] - times[np.argmax(gate > 0.1 * peak)]
    fallen = top + int(np.argmax(gate[top:] < peak / np.e))
    return Pulse(peak, float(times[top]), float(rise), float(times[fallen] - times[top]))
