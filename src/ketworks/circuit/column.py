"""The numbers of one cortical column, gathered from the parameter rows: pyramidal (E), PV and SST cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.circuit.cells import mixed_gate, threshold_for
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.circuit.synapses import nmda_gate, release

CLASSES = ("pyramidal", "pv", "sst")
PER_S = 1e-3  # Hz to 1/ms


class Column(NamedTuple):
    """One column. Arrays of shape (3, 1) are ordered pyramidal, PV, SST; conductances in nS, times in ms.

    The trailing axis broadcasts over n drug states, which all functions of this folder take at once as (3, n).

    Attributes:
        capacitance, leak, rest: pF, nS, mV.
        ceiling, slope, threshold: rate function (1/ms, mV, mV).
        ampa, nmda, from_pv, from_sst: largest conductance that each class receives from that source, nS.
        drive: constant outside AMPA conductance, nS.
        tonic: ambient-glutamate gate of the NMDA receptors, 1.
        loose: share of the NMDA receptors with the looser magnesium gate of GluN2D, 1.
        use, recovery, facilitation: short-term plasticity of the AMPA input (1, ms, ms).
        noise: relative size of the random current of each class.
        k: the single numbers, by name.
        start: drug-free voltages, mV.
        rates: drug-free rates, 1/ms.
    """

    capacitance: Array
    leak: Array
    rest: Array
    ceiling: Array
    slope: Array
    threshold: Array
    ampa: Array
    nmda: Array
    from_pv: Array
    from_sst: Array
    drive: Array
    tonic: Array
    loose: Array
    use: Array
    recovery: Array
    facilitation: Array
    noise: Array
    k: Mapping[str, Array]
    start: Array
    rates: Array


_SINGLE = (
    *("time.ampa", "time.nmda", "time.pv", "time.sst", "time.noise", "time.hcn", "time.adaptation_fast"),
    *("time.adaptation_slow", "reversal.excitation", "reversal.inhibition", "nmda.magnesium", "nmda.magnesium_half"),
    *("nmda.magnesium_slope", "nmda.opening", "hcn.conductance", "hcn.half", "hcn.slope", "hcn.reversal"),
    *("adaptation.fast", "adaptation.slow"),
)

_OTHER = {
    "nmda.magnesium_half_2d": "loose.magnesium_half",
    "glutamate.firing_share": "glutamate.firing_share",
    "glutamate.half": "glutamate.autoreceptor_half",
    "glutamate.ambient_half": "feedback.ambient_half",
    "block.distance": "feedback.electrical_distance",
    "block.thermal": "feedback.thermal_voltage",
}


def column(p: Mapping[str, Array], layout: Layout = DEFAULT) -> Column:
    """The column whose outside drives hold the drug-free cells at the stated voltages and rates.

    Equation:  conductance a<-b = contacts * N_b * p_ab * g_ab * boost_b;  drive_a and the SST cells' ambient gate solve
    current balance at (V*, r*): PV and pyramidal cells are driven from outside by AMPA, SST cells by ambient glutamate.
    A layout may then put the same ambient gate on another class, whose AMPA drive shrinks by as much.

    Args:
        p: parameter values by id.
        layout: which circuit.

    Source: rows ``column.*``; counts, probabilities and unitary conductances from Rademacher 2025.
    Leaves out: VIP cells, layers, delays.
    """

    def each(name: str) -> Array:
        return jnp.stack([p[f"column.{name}_{cell}"] for cell in CLASSES])[:, None]

    k = {name: p[f"column.{name}"] for name in _SINGLE} | {name: p[key] for name, key in _OTHER.items()}
    rates, start = each("rate") * PER_S, each("voltage")
    ceiling, slope = each("ceiling") * PER_S, each("slope")
    ampa = p["column.boost_ampa"] * p["column.count_pyramidal"] * each("contacts_from_pyramidal")
    ampa = ampa * each("probability_from_pyramidal") * each("unitary_from_pyramidal")
    from_pv = p["column.boost_pv"] * p["column.count_pv"] * each("probability_from_pv") * each("unitary_from_pv")
    from_sst = p["column.boost_sst"] * p["column.count_sst"] * each("probability_from_sst") * each("unitary_from_sst")
    flat = Column(
        capacitance=each("capacitance"),
        leak=each("leak"),
        rest=each("rest"),
        ceiling=ceiling,
        slope=slope,
        threshold=threshold_for(start, rates, ceiling, slope),
        ampa=ampa,
        nmda=each("nmda"),
        from_pv=from_pv,
        from_sst=from_sst,
        drive=jnp.zeros((3, 1)),
        tonic=jnp.zeros((3, 1)),
        loose=jnp.zeros((3, 1)),
        use=each("use"),
        recovery=each("recovery"),
        facilitation=each("facilitation"),
        noise=each("noise"),
        k=k,
        start=start,
        rates=rates,
    )
    if layout.loose:
        flat = _loosened(flat, jnp.stack([jnp.zeros(()), p["loose.share_pv"], p["loose.share_sst"]])[:, None])
    default = _driven(flat, p["column.tonic_share_pv"])
    return default if layout.tonic == "sst" else _moved(default, layout.tonic)


def _loosened(c: Column, loose: Array) -> Column:
    """``c`` with GluN2D's gate on a share of the receptors, and the same NMDA conductance open without drug."""
    wider = c._replace(loose=loose)
    return wider._replace(nmda=c.nmda * nmda_free(c, c.start)[0] / nmda_free(wider, c.start)[0])


def nmda_free(c: Column, voltage: Array) -> tuple[Array, Array]:
    """Magnesium-free share of the NMDA receptors of each class and its change per mV, (3, n)."""
    halves = c.k["nmda.magnesium_half"], c.k["nmda.magnesium_half_2d"]
    return mixed_gate(voltage, c.k["nmda.magnesium"], halves, c.k["nmda.magnesium_slope"], c.loose)


def _driven(c: Column, lesser: Array) -> Column:
    """``c`` with outside drive and ambient gates that balance the currents at its drug-free voltages and rates."""
    k, v = c.k, c.start
    pull = v - k["reversal.excitation"]
    gate = nmda_gate(c.rates[0], k["nmda.opening"], k["time.nmda"])
    open_nmda = c.nmda * nmda_free(c, v)[0]
    fast = c.ampa * k["time.ampa"] * release(c.rates[0], c.use, c.recovery, c.facilitation)
    inhibition = c.from_pv * k["time.pv"] * c.rates[1] + c.from_sst * k["time.sst"] * c.rates[2]
    current = c.leak * (v - c.rest) + (fast + open_nmda * gate) * pull + inhibition * (v - k["reversal.inhibition"])
    own = adaptation_current(c, c.rates[0]) + hcn_current(c, v[0], jnp.zeros(1))
    missing = -current.at[0].add(own) / pull  # conductance towards 0 mV still needed, nS
    ambient = missing[2] / open_nmda[2]
    return c._replace(
        drive=jnp.stack([missing[0], missing[1] - lesser * ambient * open_nmda[1], jnp.zeros(1)]),
        tonic=jnp.stack([jnp.zeros(1), lesser * ambient, ambient]),
    )


def _moved(c: Column, tonic: str) -> Column:
    """``c`` with the ambient gate of its SST cells on another class, or on none, and AMPA drives that make up for it.

    The level of ambient glutamate stays; PV cells that take it over exchange NMDA conductances with SST cells.
    """
    swap = jnp.array([0, 2, 1])
    nmda = c.nmda[swap] if tonic == "pv" else c.nmda
    none = jnp.zeros(1)
    gates = {"pv": c.tonic[swap], "pyramidal": jnp.stack([c.tonic[2], none, none]), "": jnp.zeros((3, 1))}[tonic]
    k, v = c.k, c.start
    synaptic = nmda_gate(c.rates[0], k["nmda.opening"], k["time.nmda"])
    less = (nmda * (synaptic + gates) - c.nmda * (synaptic + c.tonic)) * nmda_free(c, v)[0]
    return c._replace(nmda=nmda, tonic=gates, drive=c.drive - less)


def adaptation_current(c: Column, rate: Array) -> Array:
    """Steady adaptation current of pyramidal cells, pA (rate in 1/ms; gains in pA per Hz).

    Equation:  w = (b1 + b2) * r_E.  Source: rows ``column.adaptation.*``.  Leaves out: voltage-dependent adaptation.
    """
    return (c.k["adaptation.fast"] + c.k["adaptation.slow"]) * rate / PER_S


def hcn_open(c: Column, voltage: Array) -> Array:
    """Open share of HCN1: h = 1 / (1 + exp((V - V_half)/slope)); rows ``column.hcn.*``."""
    return 1.0 / (1.0 + jnp.exp((voltage - c.k["hcn.half"]) / c.k["hcn.slope"]))


def hcn_current(c: Column, voltage: Array, block: Array) -> Array:
    """HCN1 current of pyramidal cells, pA: g_h * (1 - I) * h(V) * (V - E_h); rows ``column.hcn.*``."""
    return c.k["hcn.conductance"] * (1.0 - block) * hcn_open(c, voltage) * (voltage - c.k["hcn.reversal"])
