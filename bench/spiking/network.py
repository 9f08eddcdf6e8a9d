"""The circuit of ``ketworks.circuit`` as spiking AdEx cells: same rows, same synapses, cells instead of a sigmoid.

Nothing is copied: totals, probabilities and times come from the Column that the mass itself uses. Each conductance of
the mass is split evenly over its expected synapses, so that mean conductances agree at equal rates, whatever the size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ketworks.circuit.column import CLASSES, Column, column
from ketworks.circuit.membrane import slopes_at
from ketworks.circuit.rivals import DrugFreeFit
from ketworks.evidence.parameters import load

Floats = NDArray[np.float64]
STEP_MS = 0.2
SAMPLE_MS = 1.0
HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "spiking"  # compiled networks and last runs, by number of cells


class Mass(NamedTuple):
    """The neural mass whose numbers the spiking cells take: rows by id, and the column made of them."""

    rows: Mapping[str, jnp.ndarray]
    column: Column


def mass() -> Mass:
    rows = {key: jnp.asarray(row.canonical) for key, row in DrugFreeFit.parameters().items()}
    return Mass(rows, column(rows))


@dataclass(frozen=True)
class Drive:
    """What holds the drug-free rates: outside conductance of pyramidal and PV cells (nS), ambient gate of SST (1)."""

    pyramidal: float
    pv: float
    sst: float


def cells(m: Mass, size: int) -> dict[str, int]:
    return {cell: round(float(m.rows[f"column.count_{cell}"]) * size / 1000) for cell in CLASSES}


def private_noise(m: Mass) -> Floats:
    """Standard deviation of each cell's own random current, pA, that gives a passive cell the mass's spread of voltage.

    Equation:  sd_I = (pi/sqrt 3) sigma g sqrt((tau_n + tau_m)/tau_n),  tau_m = C/g, g at the mass's drug-free point.
    pi/sqrt 3 turns the scale of a logistic curve into a standard deviation.
    """
    c = m.column
    g = np.asarray(slopes_at(c, c.start, c.rates, jnp.zeros((4, 1))).conductance)[:, 0]
    tau, noise = np.asarray(c.capacitance)[:, 0] / g, float(c.k["time.noise"])
    spread = math.pi / math.sqrt(3.0) * np.asarray(c.slope)[:, 0]
    return spread * g * np.sqrt((noise + tau) / noise)


def shared_noise(m: Mass, seconds: float, seed: int) -> Floats:
    """Random current common to each class, pA, every ``SAMPLE_MS``, (times, 3): Ornstein-Uhlenbeck, exact steps."""
    steps = math.ceil(1e3 * seconds / SAMPLE_MS) + 1
    draw = np.random.default_rng([seed, 1]).standard_normal((steps, 3))
    keep = math.exp(-SAMPLE_MS / float(m.column.k["time.noise"]))
    out = np.empty_like(draw)
    out[0] = draw[0]
    for i in range(1, steps):
        out[i] = keep * out[i - 1] + math.sqrt(1.0 - keep**2) * draw[i]
    return out * load(str(HERE))["noise.shared"].value * np.asarray(m.column.noise)[:, 0]


CELL = """
dv/dt = (gl*(el - v) + gl*delta*exp((v - vt)/delta) - syn - own + push)/cap : volt (unless refractory)
syn = exc + inh : amp
push = eta + common(t, {index}) : amp
exc = (ga + drive)*(v - ee) + nmda : amp
nmda = gn*(1 - block)*(s + tonic*ambient)/(1 + magnesium*exp(-v*steep))*(v - ee) : amp
inh = (gp + gs)*(v - ei) : amp
dga/dt = -ga/tau_a : siemens
ds/dt = -s/tau_n : 1
dgp/dt = -gp/tau_p : siemens
dgs/dt = -gs/tau_s : siemens
deta/dt = -eta/tau_x + sd*sqrt(2/tau_x)*xi : amp
drive : siemens (linked)
ambient : 1 (linked)
block : 1 (shared)
"""
OWN = """
own = w1 + w2 + gh*(1 - hcn_block)*h*(v - eh) : amp
dh/dt = (1/(1 + exp((v - h_half)/h_slope)) - h)/tau_h : 1
dw1/dt = -w1/tau_w1 : amp
dw2/dt = -w2/tau_w2 : amp
hcn_block : 1 (shared)
proxy : amp
gate : 1
opened : 1
for_pv : 1
u_pv : 1
x_pv : 1
for_sst : 1
u_sst : 1
x_sst : 1
last : second
"""
# NMDA gate and plasticity depend on the cell's own spikes only, so they are kept once per cell and brought up to date
# at each spike; what it hands to every synapse is the step of its gate and what it releases. As in the mass, release
# takes u before this spike's facilitation.
SPIKE = """
v = vr
w1 += b1
w2 += b2
gate = gate*exp(-(t - last)/tau_n)
opened = opening*(1 - gate)
gate += opened
{plastic}
last = t
"""
PLASTIC = """
u_{c} = use_{c} + (u_{c} - use_{c})*exp(-(t - last)/fac_{c})
x_{c} = 1 + (x_{c} - 1)*exp(-(t - last)/rec_{c})
for_{c} = u_{c}*x_{c}
x_{c} -= for_{c}
u_{c} += use_{c}*(1 - u_{c})
"""
# Drives that move until the classes fire as often as the mass's; ``gain`` 0 keeps them where they are.
HELD = """
dg/dt = gain*kg*target/(1 + t/settle) : siemens
dambient/dt = gain*ka*target/(1 + t/settle) : 1
gain : 1
kg : siemens
ka : 1
target : Hz
"""
