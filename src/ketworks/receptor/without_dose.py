"""Block from a concentration at the channel, without a dose: settled, or as it comes and goes over seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import jax.numpy as jnp
import numpy as np
from jax import Array

from ketworks.engine.jax_setup import set_up
from ketworks.errors import SolverFailed, WrongUse, unknown
from ketworks.evidence.grade import weakest
from ketworks.receptor import given_amount as amounts
from ketworks.receptor import trapping_block
from ketworks.receptor.blockers import ALIASES, BLOCKERS, Blocker, Values
from ketworks.receptor.given_amount import Floats, Given
from ketworks.receptor.stage import SUBUNITS, TrappingBlock, pore
from ketworks.receptor.use_dependence import Pace, course, pace, settled_share

TOLERANCE, LEAST_STEPS, MOST_STEPS = 1e-6, 2**10, 2**18
_BLOCK = 1024
_SCALE = ("potency.ki_s_ketamine", "potency.ki_r_ketamine")
_PORE = (
    *(f"ic50.{q}_{kind}" for q in SUBUNITS for kind in ("free", "magnesium")),
    *("ic50.magnesium", "ic50.voltage", "magnesium.slope", "block.electrical_distance", "block.thermal_voltage"),
)


@dataclass(frozen=True)
class SettledBlock:
    """Block when everything has stood still for long.

    Attributes:
        drug: the drug's name.
        subunits: ``2A`` ...
        share: NMDA current lost, by subunit, 0 to 1.
        half_blocking: concentration that blocks half under the same conditions, umol/L, by subunit.
        settling: time constant with which block follows a change, s, by subunit.
        magnesium: outside the cell, mmol/L.
        open_probability: of the receptors.
        grade: of the weakest value behind it.
        weakest: ids of the values that have this grade.
        notes: what a reader must know.
    """

    drug: str
    subunits: tuple[str, ...]
    share: Floats
    half_blocking: Floats
    settling: Floats
    magnesium: float
    open_probability: float
    grade: str
    weakest: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BlockCourse:
    """Block over time.

    Attributes:
        drug, subunits, grade, notes: as in :class:`SettledBlock`.
        times: s.
        share: NMDA current lost, shape (times, subunits).
        error: estimated numerical error of ``share``.
    """

    drug: str
    subunits: tuple[str, ...]
    times: Floats
    share: Floats
    error: float
    grade: str
    notes: tuple[str, ...]


def settled_block(
    drug: str,
    concentration: Given,
    voltage: Given = "-60 mV",
    open_probability: Given | None = None,
    *,
    subunit: str | None = None,
    magnesium: Given | None = None,
) -> SettledBlock:
    """Share of NMDA current that a standing concentration takes.

    Args:
        drug: ``ketamine`` (racemate), ``esketamine``, ``arketamine``, ``norketamine``, ``s-norketamine``,
            ``r-norketamine``, ``hydroxynorketamine`` or ``memantine``.
        concentration: unbound, at the channel: ``"0.5 umol/L"`` or a pint quantity.
        voltage: of the membrane, such as ``"-60 mV"``.
        open_probability: of the receptors; the resting 0.01 of ``parameters.tsv`` when None. Matters to memantine's
            depth, to the others' pace only.
        subunit: ``"2A"`` to ``"2D"``; all four when None.
        magnesium: outside the cell; that of ``parameters.tsv`` when None.
    """
    asked = _Asked.of(drug, subunit, magnesium, open_probability)
    level, volts = amounts.number(concentration, amounts.CONCENTRATION), amounts.number(voltage, amounts.VOLTAGE)
    opening = asked.opening(np.zeros(1))
    if opening[0] == 0.0:
        raise WrongUse("open probability 0", "above 0: a channel that never opens is neither entered nor left")
    at = np.asarray([volts])
    empty, unit, here = (asked.pace_of(np.asarray([x]), at, opening) for x in (0.0, 1.0, level))
    half = empty.loss[0] / unit.gain[0]
    return SettledBlock(
        *(asked.drug, asked.subunits, settled_share(here)[0], half, 1.0 / here.loss[0]),
        *(asked.magnesium, float(opening[0]), asked.grade, asked.weakest, asked.notes),
    )


def block_over_time(
    drug: str,
    concentration: Given,
    voltage: Given = "-60 mV",
    open_probability: Given | None = None,
    *,
    times: Sequence[float] | Floats,
    subunit: str | None = None,
    magnesium: Given | None = None,
    start: float = 0.0,
) -> BlockCourse:
    """Share of NMDA current lost as concentration, voltage and activity change.

    Args:
        drug: see :func:`settled_block`.
        concentration: unbound, at the channel: ``"0.5 umol/L"``, or a function of time in s that gives umol/L.
        voltage: ``"-60 mV"``, or a function of time in s that gives mV.
        open_probability: a share, or a function of time in s that gives it; 0.01 when None.
        times: s, increasing; the first is the start. Put one at every sudden change, where steps then begin: a pulse
            shorter than a thousandth of the whole may stay unseen between them.
        subunit: ``"2A"`` to ``"2D"``; all four when None.
        magnesium: outside the cell; that of ``parameters.tsv`` when None.
        start: share blocked at the first time.

    Raises:
        WrongUse: something cannot be read or lies outside its range.
        SolverFailed: the inputs change too fast to follow.
    """
    asked = _Asked.of(drug, subunit, magnesium, open_probability)
    at = np.asarray(times, dtype=np.float64)
    if at.ndim != 1 or at.size < 2 or not np.all(np.isfinite(at)) or not np.all(np.diff(at) > 0.0):
        raise WrongUse(f"times {list(times)!r:.60}", "two or more increasing numbers, in s", paste="times=[0, 1, 10]")
    if not 0.0 <= start <= 1.0:
        raise WrongUse(f"start {start!r}", "a share, 0 to 1", f"{min(max(start, 0.0), 1.0):g}")
    level, volts = amounts.curve(concentration, amounts.CONCENTRATION), amounts.curve(voltage, amounts.VOLTAGE)
    share, error = course(
        lambda t: asked.pace_of(level(t), volts(t), asked.opening(t)),
        *(at, np.full(len(asked.subunits), start), TOLERANCE, LEAST_STEPS, MOST_STEPS),
    )
    if error > TOLERANCE:
        raise SolverFailed(
            f"block is known to {error:.1e} only, with up to {MOST_STEPS} steps",
            f"inputs that {MOST_STEPS} steps can follow to {TOLERANCE:g}",
            paste="put a time at every sudden change of an input",
        )
    return BlockCourse(asked.drug, asked.subunits, at, share, error, asked.grade, asked.notes)


@dataclass(frozen=True)
class _Asked:
    """A drug at some subunits in some magnesium, ready to give its pace."""

    drug: str
    blocker: Blocker
    chosen: tuple[int, ...]
    magnesium: float
    opening: Callable[[Floats], Floats]
    p: Values
    grade: str
    weakest: tuple[str, ...]

    @classmethod
    def of(cls, drug: str, subunit: str | None, magnesium: Given | None, open_probability: Given | None) -> _Asked:
        set_up()
        rows = TrappingBlock.parameters()
        word = drug.strip().lower()
        name = ALIASES.get(word, word)
        if name not in BLOCKERS:
            raise unknown("drug", drug, BLOCKERS)
        blocker = BLOCKERS[name]
        units = [q.upper() for q in SUBUNITS]
        wanted = None if subunit is None else subunit.strip().upper().removeprefix("GLUN")
        if wanted is not None and wanted not in units:
            raise unknown("subunit", subunit or "", units)
        outside = rows["magnesium.brain"].value if magnesium is None else amounts.number(magnesium, amounts.MAGNESIUM)
        opening = rows["kinetics.open_probability"].value if open_probability is None else open_probability
        carrying = dict.fromkeys((*_PORE, *blocker.rows, blocker.k_on))
        grade = weakest(rows[key].grade for key in carrying)
        return cls(
            *(name, blocker, tuple(i for i, q in enumerate(units) if wanted in (None, q))),
            *(float(outside), amounts.curve(opening, amounts.OPEN)),
            *({key: jnp.asarray(rows[key].canonical) for key in (*carrying, *_SCALE)}, grade),
            tuple(key for key in carrying if rows[key].grade == grade),
        )

    @property
    def subunits(self) -> tuple[str, ...]:
        return tuple(SUBUNITS[i].upper() for i in self.chosen)

    @property
    def notes(self) -> tuple[str, ...]:
        return (self.blocker.note,) if self.blocker.note else ()

    def pace_of(self, level: Floats, volts: Floats, opening: Floats) -> Pace:
        """Gain and loss at (steps,) levels, voltages and open probabilities, each (steps, subunits)."""
        different, back = np.unique(volts, return_inverse=True)
        kd, free = (found[back][:, list(self.chosen)] for found in self._pore(different))
        k_on = float(self.p[self.blocker.k_on])
        wide, open_share = (np.broadcast_to(x[:, None], kd.shape) for x in (level, opening))
        return pace(wide, kd, free, open_share, k_on, self.blocker.escape(self.p))

    def _pore(self, volts: Floats) -> tuple[Floats, Floats]:
        """Half-blocking level and magnesium-free share at some voltages, each (voltages, 4)."""
        program = _pore_program(self.drug)
        blocks = -(-volts.size // _BLOCK)
        padded = np.resize(volts, (blocks, _BLOCK, 1))  # one shape, so that one compiled program serves every grid
        found = [program(self.p, block, np.float64(self.magnesium * 1e3)) for block in padded]  # mmol/L to umol/L
        kd, free = (np.concatenate([np.asarray(one[i]) for one in found])[: volts.size] for i in (0, 1))
        return kd, free


@cache
def _pore_program(drug: str) -> Callable[[Values, Floats, np.float64], tuple[Array, Array]]:
    import jax

    def of_voltage(p: Values, volts: Array, magnesium: Array) -> tuple[Array, Array]:
        at_table = BLOCKERS[drug].dissociation(p)
        distance, thermal = p["block.electrical_distance"], p["block.thermal_voltage"]
        kd = trapping_block.dissociation_at(volts, at_table, p["ic50.voltage"], distance, thermal)
        return kd, pore(p, volts, magnesium)[1]

    program: Callable[[Values, Floats, np.float64], tuple[Array, Array]] = jax.jit(of_voltage)
    return program
