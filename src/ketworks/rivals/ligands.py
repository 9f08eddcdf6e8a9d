"""What a mechanism meets when the drug is not ketamine, or when one class of cells does not answer to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ketworks.circuit.column import column
from ketworks.circuit.glutamate import steady_glutamate
from ketworks.circuit.layout import Layout
from ketworks.circuit.stage import INPUTS as BLOCKS
from ketworks.circuit.stage import UNSETTLED, CircuitStage
from ketworks.circuit.working_point import working_point
from ketworks.engine.lag import lagged
from ketworks.engine.stage import Stage
from ketworks.engine.units import signal_factor
from ketworks.errors import CannotSay
from ketworks.plasticity.rivals.alone import values_of
from ketworks.plasticity.rivals.habenula import Habenula
from ketworks.receptor.stage import CLASSES, SUBUNITS, block_by_class, pore
from ketworks.receptor.without_dose import settled_block
from ketworks.registry import default_variant, make
from ketworks.rivals.interventions import value
from ketworks.rivals.response import Floats
from ketworks.simulation import simulate

_ACTIVE, _GLUTAMATE, _PLASMA, _OPIOID = (
    *("receptor.active_ketamine", "circuit.glutamate"),
    *("plasma.", "receptor.occupancy."),
)
_SCAN = np.geomspace(1e-3, 10.0, 400)  # umol/L of S-ketamine among which the equal of another blocker is sought


class Given(NamedTuple):
    """Inputs of a mechanism and its parameter values.

    Attributes:
        times: min, (times,).
        inputs: the needed signals in the units of the needs, (1, times).
        p: parameter values by id.
    """

    times: Floats
    inputs: Mapping[str, Array]
    p: Mapping[str, Array]


def after(stage: Stage, sentence: str, names: tuple[str, ...] = ()) -> tuple[Floats, dict[str, Array]]:
    """Times (min) and the signals that a stage needs after a dose, and further ones, in the units of the needs."""
    needs = {need.name: need.unit for need in stage.needs}
    run = simulate(sentence, outputs=[*dict.fromkeys((*needs, *names))], band=False)
    made = {}
    for name in dict.fromkeys((*needs, *names)):
        signal = run.signal(name)
        factor = signal_factor(signal.unit, needs.get(name, signal.unit), signal.molar_mass)
        made[name] = jnp.asarray(run.tables[name][:1] * factor)
    return np.asarray(run.times, dtype=np.float64), made


def equal_block(stage: Stage, sentence: str) -> Given:
    """A blocker that does what ketamine does at the NMDA receptor, and nothing else."""
    times, made = after(stage, sentence)
    kept = {name: _none(x) if name.startswith((_PLASMA, _OPIOID)) else x for name, x in made.items()}
    return Given(times, kept, values_of(stage))


def metabolite(stage: Stage, sentence: str) -> Given:
    """(2R,6R)-hydroxynorketamine alone, at the level that the dose of ketamine leaves."""
    times, made = after(stage, sentence)
    kept = {name: x if name.startswith(_PLASMA) else _neutral(name, x) for name, x in made.items()}
    return Given(times, kept, values_of(stage))


def lacking(cell: str) -> Callable[[Stage, str], Given]:
    """One class of cortical cells whose NMDA receptors do not answer to the drug: ``pyramidal``, ``pv``, ``sst``."""
    missing = f"receptor.block_{cell}"

    def given(stage: Stage, sentence: str) -> Given:
        times, made = after(stage, sentence, BLOCKS)
        blocks = {name: _none(made[name]) if name == missing else made[name] for name in BLOCKS}
        changed = {**made, **blocks}
        needs = {need.name for need in stage.needs}
        if _GLUTAMATE in needs:
            changed[_GLUTAMATE] = _glutamate(times, blocks)
        return Given(times, {name: changed[name] for name in needs}, values_of(stage))

    return given


def memantine(stage: Stage, sentence: str) -> Given:
    """Memantine at a standing level, without any ketamine; ``sentence`` gives no more than the times.

    Its block of each class follows from the receptor stage at rest. Where a mechanism reads a level, it gets the level
    of S-ketamine that takes the same mean block. In the habenula it enters as ketamine does and leaves in its own time.
    """
    times, _ = after(stage, sentence)
    shape = (1, len(times))
    blocks = memantine_blocks()
    standing = {f"receptor.block_{cell}": jnp.full(shape, blocks[i]) for i, cell in enumerate(CLASSES)}
    standing["receptor.hcn1_block"] = jnp.zeros(shape)
    standing[_ACTIVE] = jnp.full(shape, _equal_ketamine(blocks))
    needs = [need.name for need in stage.needs]
    if _GLUTAMATE in needs:
        standing[_GLUTAMATE] = _glutamate(times, {name: standing[name] for name in BLOCKS})
    p = values_of(stage)
    if isinstance(stage, Habenula):
        hold = value("memantine_hold") / 60.0
        longer = p["habenula.hold_time"] / hold
        p |= {"habenula.hold_time": jnp.asarray(hold), "habenula.half_level": p["habenula.half_level"] * longer}
    return Given(times, {name: standing.get(name, jnp.zeros(shape)) for name in needs}, p)


def memantine_blocks() -> Floats:
    """Share of NMDA current that memantine takes from pyramidal, PV and SST cells at rest, (3,)."""
    p = values_of(make("receptor", default_variant("receptor")))
    level, found = f"{value('memantine_level')} umol/L", []
    for cell in CLASSES:
        volts = float(p[f"voltage.{cell}"])
        share = settled_block("memantine", level, f"{volts} mV").share
        free = np.asarray(pore(p, jnp.asarray([[volts]]), p["magnesium.brain"])[1])[0]
        weight = np.array([float(p[f"subunit.{cell}_{q}"]) for q in SUBUNITS]) * free
        found.append(float(np.sum(weight * share) / np.sum(weight)))
    return np.array(found)


def _equal_ketamine(blocks: Floats) -> float:
    """The level of S-ketamine (umol/L) whose block, averaged over the classes of cells, is that of these blocks."""
    p = values_of(make("receptor", default_variant("receptor")))
    cells = np.array([float(p[f"cells.{cell}"]) for cell in CLASSES])
    zero_width = jnp.zeros(len(_SCAN))
    by_class = np.asarray(block_by_class(p, zero_width, jnp.asarray(_SCAN)[None])[0])[:, 0]
    mean = cells @ by_class / cells.sum()
    return float(np.interp(cells @ blocks / cells.sum(), mean, _SCAN, left=0.0))


def _glutamate(times: Floats, blocks: Mapping[str, Array]) -> Array:
    """Glutamate over baseline under given blocks, shape (1, times), by the working points of the default circuit.

    Raises:
        CannotSay: the column finds no working point under such a block.
    """
    circuit = make("circuit", default_variant("circuit"))
    assert isinstance(circuit, CircuitStage)
    p = values_of(circuit)
    block = jnp.concatenate([blocks[name] for name in BLOCKS])
    firing, lost = _pyramidal_firing(circuit.layout, p, jnp.pad(block, ((0, 0), (1, 0))))
    if float(jnp.max(lost)) > UNSETTLED:
        raise CannotSay("a block under which the column has no working point", "a smaller one")
    rise = steady_glutamate(firing[1:] / firing[0], p["glutamate.firing_share"], p["glutamate.autoreceptor_half"]) - 1.0
    return 1.0 + lagged(jnp.asarray(times), rise[None], 1.0 / p["glutamate.clearance_time"])


@partial(jax.jit, static_argnums=0)
def _pyramidal_firing(layout: Layout, p: Mapping[str, Array], block: Array) -> tuple[Array, Array]:
    """Rate of pyramidal cells (1/ms) and what is left unbalanced (mV) under blocks of shape (4, n); both (n,)."""
    found = working_point(column(p, layout), block, layout)
    return found.rates[0], found.residual


def _none(x: Array) -> Array:
    return jnp.zeros_like(x)


def _neutral(name: str, x: Array) -> Array:
    return jnp.ones_like(x) if name == _GLUTAMATE else jnp.zeros_like(x)
