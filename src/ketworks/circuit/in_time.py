"""The column stepped in time: every voltage, gate, resource and adaptation as an ordinary differential equation.

The slow chain never does this (it solves the working point); this is for what a working point cannot show: a trace of
the EEG proxy, states far from rest, and the answer to a stimulus.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from ketworks.circuit.cells import firing_rate
from ketworks.circuit.column import PER_S, Column, adaptation_current, hcn_open, nmda_free
from ketworks.circuit.feedback import acting
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.circuit.synapses import nmda_gate, release
from ketworks.circuit.working_point import working_point

STEP = 0.25  # ms; tests/versus/test_column_in_time.py shows what half of it changes
EVERY = 4  # steps between two samples that are kept: 1 kHz at the usual step
CHUNK = 2000  # samples between two words of progress; noise is keyed by the number of the chunk, so it is part of it


class State(NamedTuple):
    """All that changes, for n drug states at once.

    Attributes:
        voltage: mean voltages, mV, (3, n).
        ampa: AMPA gates of the input from pyramidal cells, (3, n).
        use, resource: short-term plasticity of that input, (3, n).
        nmda, pv, sst: NMDA gate, GABA gates, (n,).
        hcn: open share of HCN1, (n,).
        fast, slow: adaptation currents, pA, (n,).
        stimulus: AMPA gate of the outside stimulus, (n,).
        noise: random currents, pA, (3, n).
    """

    voltage: Array
    ampa: Array
    use: Array
    resource: Array
    nmda: Array
    pv: Array
    sst: Array
    hcn: Array
    fast: Array
    slow: Array
    stimulus: Array
    noise: Array


class Stimulus(NamedTuple):
    """A train of equal clicks. ``conductance`` is what one click opens on each class, nS, (3, 1); ``period`` is the
    time between two clicks in steps, 0 for none.
    """

    conductance: Array
    period: int


def silence() -> Stimulus:
    """No stimulus."""
    return Stimulus(jnp.zeros((3, 1)), 0)


def at_rest(c: Column, block: Array, layout: Layout = DEFAULT) -> tuple[Column, Array, State]:
    """The state at the working point: every gate at the steady value of its own equation.

    Args:
        c: column.
        block: (K_E, K_PV, K_SST, I_h), shares, shape (4, n).
        layout: which circuit.

    Returns:
        The column and the block as they act at that point (what feeds back over minutes is held there), and the state.
    """
    point = working_point(c, block, layout)
    tonic, block = acting(c, point.voltage, point.rates, block, layout)
    k, rate, n = c.k, point.rates, block.shape[1]
    used = c.use * (1.0 + c.facilitation * rate[0]) / (1.0 + c.use * c.facilitation * rate[0])
    total, gains = adaptation_current(c, rate[0]), k["adaptation.fast"] + k["adaptation.slow"]
    share = jnp.where(gains > 0.0, k["adaptation.fast"] / jnp.where(gains > 0.0, gains, 1.0), 0.0)
    state = State(
        voltage=point.voltage,
        ampa=k["time.ampa"] * release(rate[0], c.use, c.recovery, c.facilitation),
        use=used,
        resource=1.0 / (1.0 + used * c.recovery * rate[0]),
        nmda=nmda_gate(rate[0], k["nmda.opening"], k["time.nmda"]),
        pv=k["time.pv"] * rate[1],
        sst=k["time.sst"] * rate[2],
        hcn=hcn_open(c, point.voltage[0]),
        fast=share * total,
        slow=(1.0 - share) * total,
        stimulus=jnp.zeros(n),
        noise=jnp.zeros((3, n)),
    )
    return c._replace(tonic=tonic), block, state


def change(c: Column, x: State, block: Array, stimulus: Array) -> State:
    """Derivative of everything but the noise, per ms.

    Equation (class a; rates r = firing_rate(V)):
        C dV_a/dt = -[gL (V-EL) + (gA q + g_drive + g_click z)(V-E) + gN (1-K)(s_N + s_amb) B(V)(V-E)
                      + (gP s_P + gS s_S)(V-I)] - [pyramidal only: w1 + w2 + g_h (1-I_h) h (V-E_h)] + noise_a
        dq/dt = -q/tau_A + u x r_E;  du/dt = (U-u)/F + U (1-u) r_E;  dx/dt = (1-x)/D - u x r_E
        ds_N/dt = -s_N/tau_N + a (1-s_N) r_E;  ds_P/dt = -s_P/tau_P + r_PV;  ds_S/dt = -s_S/tau_S + r_SST
        dh/dt = (h_inf(V_E) - h)/tau_h;  dw_i/dt = (b_i r_E - w_i)/tau_wi;  dz/dt = -z/tau_A, +1 at a click

    ======  ===================================================  ====
    q, z    AMPA gates: input from pyramidal cells, clicks       1
    u, x    use and resources of short-term plasticity           1
    K, I_h  drug block of NMDA receptors, of HCN1                1
    w1, w2  fast and slow adaptation                             pA
    ======  ===================================================  ====

    Args:
        c: column; x: state; block: (4, n), shares.
        stimulus: conductance of one click, nS, (3, 1).

    Source: the equations whose rest is ``working_point.unbalanced``; rows ``column.*``.
    Leaves out: delays, spikes, spread within a class; block is held at its value for the stretch.
    """
    k, rate = c.k, firing_rate(x.voltage, c.ceiling, c.threshold, c.slope)
    free, _ = nmda_free(c, x.voltage)
    open_e = c.ampa * x.ampa + c.drive + stimulus * x.stimulus + c.nmda * (1.0 - block[:3]) * (x.nmda + c.tonic) * free
    open_i = c.from_pv * x.pv + c.from_sst * x.sst
    current = c.leak * (x.voltage - c.rest) + open_e * (x.voltage - k["reversal.excitation"])
    current = current + open_i * (x.voltage - k["reversal.inhibition"])
    hcn = k["hcn.conductance"] * (1.0 - block[3]) * x.hcn * (x.voltage[0] - k["hcn.reversal"])
    current = current.at[0].add(x.fast + x.slow + hcn)
    plastic = c.recovery > 0.0
    released = x.use * x.resource * rate[0]
    back = (c.use - x.use) / jnp.where(plastic, c.facilitation, 1.0)
    return State(
        voltage=(x.noise - current) / c.capacitance,
        ampa=released - x.ampa / k["time.ampa"],
        use=jnp.where(plastic, back + c.use * (1.0 - x.use) * rate[0], 0.0),
        resource=jnp.where(plastic, (1.0 - x.resource) / jnp.where(plastic, c.recovery, 1.0) - released, 0.0),
        nmda=k["nmda.opening"] * (1.0 - x.nmda) * rate[0] - x.nmda / k["time.nmda"],
        pv=rate[1] - x.pv / k["time.pv"],
        sst=rate[2] - x.sst / k["time.sst"],
        hcn=(hcn_open(c, x.voltage[0]) - x.hcn) / k["time.hcn"],
        fast=(k["adaptation.fast"] * rate[0] / PER_S - x.fast) / k["time.adaptation_fast"],
        slow=(k["adaptation.slow"] * rate[0] / PER_S - x.slow) / k["time.adaptation_slow"],
        stimulus=-x.stimulus / k["time.ampa"],
        noise=jnp.zeros_like(x.noise),
    )


def proxy(c: Column, x: State, block: Array) -> Array:
    """The EEG proxy of the linear spectrum: I_GABA - I_AMPA - I_NMDA on pyramidal cells, pA, (n,).

    Equation:  y = (gP s_P + gS s_S)(V-I) - [gA q + g_drive + gN (1-K)(s_N + s_amb) B(V)](V-E), a sum of absolute
    synaptic currents.  Source: as ``membrane.at_frequency``.
    Leaves out: the stimulus' own current, dendrites, volume conduction.
    """
    k, v = c.k, x.voltage[0]
    slow = c.nmda[0] * (1.0 - block[0]) * (x.nmda + c.tonic[0]) * nmda_free(c, x.voltage)[0][0]
    open_e = c.ampa[0] * x.ampa[0] + c.drive[0] + slow
    open_i = c.from_pv[0] * x.pv + c.from_sst[0] * x.sst
    return open_i * (v - k["reversal.inhibition"]) - open_e * (v - k["reversal.excitation"])


class Trace(NamedTuple):
    """The EEG proxy, pA, (samples, n), its samples per second, and mean rates over the stretch, Hz, (3, n)."""

    signal: NDArray[np.float64]
    per_s: float
    rates: NDArray[np.float64]


def in_time(
    c: Column,
    block: Array,
    seconds: float,
    noise: float,
    seed: int = 1,
    layout: Layout = DEFAULT,
    stimulus: Stimulus | None = None,
    settle: float = 0.0,
    step: float = STEP,
    progress: Callable[[float], None] | None = None,
) -> Trace:
    """A stretch of the column's activity from rest, for n blocks at once, all under the same random currents.

    Args:
        c: column.
        block: (K_E, K_PV, K_SST, I_h), shares, shape (4, n).
        seconds: length that is kept.
        noise: standard deviation of the random current of a class of relative size 1, pA.
        seed: of the random currents; a draw depends on seed, class and place in time alone.
        layout: which circuit.
        stimulus: clicks, from the first kept sample on.
        settle: seconds before the stretch, not kept.
        step: ms; EVERY steps make a sample.
        progress: called with the share that is done.

    Returns:
        The trace; not finite where the column was driven out of its range.
    """
    size = round(CHUNK * STEP / step)  # the same time, whatever the step
    per_s = 1.0 / (EVERY * step * PER_S)
    skip, keep = round(settle * per_s), round(seconds * per_s)
    clicks = silence() if stimulus is None else stimulus
    c, block, state = _quiet(layout, c, block)
    run = partial(_stretch, clicks.period, size, c)
    first, sd, key = jnp.asarray(skip * EVERY), jnp.asarray(noise), jax.random.key(seed)
    signals: list[NDArray[np.float64]] = []
    rates: list[NDArray[np.float64]] = []
    chunks = -(-(skip + keep) // size)
    for number in range(chunks):
        state, (signal, rate) = run(
            state, block, clicks.conductance, sd, key, jnp.asarray(number), first, jnp.asarray(step)
        )
        signals.append(np.asarray(signal))
        rates.append(np.asarray(rate))
        if progress is not None:
            progress((number + 1) / chunks)
    kept = slice(skip, skip + keep)
    return Trace(np.concatenate(signals)[kept], per_s, np.concatenate(rates)[kept].mean(axis=0) / PER_S)


@partial(jax.jit, static_argnums=0)
def _quiet(layout: Layout, c: Column, block: Array) -> tuple[Column, Array, State]:
    return at_rest(c, block, layout)


@partial(jax.jit, static_argnums=(0, 1))
def _stretch(
    period: int,
    size: int,
    c: Column,
    state: State,
    block: Array,
    click: Array,
    noise: Array,
    key: Array,
    number: Array,
    first: Array,
    step: Array,
) -> tuple[State, tuple[Array, Array]]:
    """``size`` samples from ``state``: Heun steps for the column, the exact update for the noise.

    The noise is an Ornstein-Uhlenbeck current, whose exact update over a step keeps its variance and correlation time
    whatever the step; Heun's rule takes it at both ends of the step, as it takes everything else.
    """
    keep = jnp.exp(-step / c.k["time.noise"])
    kick = noise * c.noise * jnp.sqrt(1.0 - keep**2)
    draws = jax.random.normal(jax.random.fold_in(key, number), (size, EVERY, 3, 1))

    def one(x: State, given: tuple[Array, Array]) -> tuple[State, None]:
        draw, place = given
        if period:
            click_now = (place >= first) & ((place - first) % period == 0)
            x = x._replace(stimulus=x.stimulus + click_now)
        slope = change(c, x, block, click)
        after = keep * x.noise + kick * draw
        ahead = jax.tree.map(lambda a, d: a + step * d, x, slope)._replace(noise=after)
        second = change(c, ahead, block, click)
        moved: State = jax.tree.map(lambda a, d, e: a + 0.5 * step * (d + e), x, slope, second)
        return moved._replace(noise=after), None

    def sample(x: State, given: tuple[Array, Array]) -> tuple[State, tuple[Array, Array]]:
        draw, place = given
        x, _ = jax.lax.scan(one, x, (draw, place * EVERY + jnp.arange(EVERY)))
        return x, (proxy(c, x, block), firing_rate(x.voltage, c.ceiling, c.threshold, c.slope))

    places = number * size + jnp.arange(size)
    return jax.lax.scan(sample, state, (draws, places))
