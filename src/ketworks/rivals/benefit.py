"""The benefit that a mechanism predicts under an intervention, over that without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import jax.numpy as jnp
import numpy as np

from ketworks.dose.sentence import parse
from ketworks.engine.jax_setup import set_up
from ketworks.engine.stage import Stage
from ketworks.errors import CannotSay, unknown
from ketworks.people.person import Person
from ketworks.plasticity.rivals.alone import run_alone
from ketworks.plasticity.rivals.calibrate import fast_share
from ketworks.plasticity.rivals.rival import Rival
from ketworks.plasticity.signals import FAST_GAIN, SYNAPSES
from ketworks.registry import Chain, make, variants
from ketworks.rivals.interventions import Intervention
from ketworks.rivals.ligands import Given, equal_block, lacking, memantine, metabolite
from ketworks.rivals.response import Floats
from ketworks.simulation import simulate

DAY = 1440.0
MOST = 10.0  # ratios above are shown as this: what they are compared with is next to nothing
MECHANISMS = tuple(variants()["plasticity"])
# steps that a mechanism runs through by its hypothesis and that its equations leave out: of these it cannot speak
_BETWEEN = frozenset({"glutamate", "sst", "pyramidal"})
LEFT_OPEN = {"disinhibition": _BETWEEN, "opioid-gated": _BETWEEN}
NOBODY_HAS = frozenset({"gaba"})  # every mechanism acts through cells that inhibition reaches, and none models it
NOT_ITS_OWN = {"disinhibition": frozenset({"opioid"})}  # may be set by a user, but is no part of the hypothesis
DRUG_FREE = "none"
LIGANDS: dict[str, Callable[[Stage, str], Given]] = {
    "memantine": memantine,
    "equal_block": equal_block,
    "metabolite": metabolite,
}
_AT_TEST = "ampa_at_test"


class Benefits:
    """Runs each mechanism under each intervention once and remembers it.

    Benefit is the drug effect over its largest, w * fast gain + (1 - w) * synaptic gain, as the outcome stage weighs.
    """

    def __init__(self, sentence: str, rows: Sequence[Intervention]) -> None:
        """Takes the dose sentence of the rows that name none, and the rows (for the times at which they are read)."""
        set_up()
        self.sentence = sentence
        self._days = sorted({day for row in rows for day in (row.at, row.against_at)})
        self._known: dict[tuple[str, str, str, float], Floats] = {}
        self._share = fast_share()

    def ratio(self, mechanism: str, row: Intervention) -> float | None:
        """Predicted benefit over that without the intervention, ``MOST`` at most; None where it cannot be said."""
        if not all(_made(mechanism, words) for words in {row.against or self.sentence, row.regimen or self.sentence}):
            return None
        without = self._at(self._dosed(mechanism, row.against or self.sentence), row.against_at)
        if row.kind == "gate":
            found = self._gated(mechanism, row)
        elif row.kind in ("ligand", "only", "lacks"):
            found = self._given(mechanism, row)
        else:
            found = self._at(self._dosed(mechanism, row.regimen or self.sentence), row.at)
        if found is None:
            return None
        if without > 0.0:
            return min(found / without, MOST)
        return MOST if found > 0.0 else None

    def _at(self, benefit: Floats, day: float) -> float:
        return float(benefit[self._days.index(day)])

    def _dosed(self, mechanism: str, sentence: str, gate: str = "", share: float = 1.0) -> Floats:
        """Benefit at every asked day after a dose, with one gate set."""
        key = (mechanism, sentence, gate, share)
        if key not in self._known:
            times = ",".join(f"{day:g}" for day in self._days) + " d"
            gates, chain = ({gate: share} if gate else None), Chain(plasticity=mechanism)
            run = simulate(sentence, None, chain, [FAST_GAIN, SYNAPSES], times, band=False, gates=gates)
            self._known[key] = self._weighed(run.tables[FAST_GAIN][0], run.tables[SYNAPSES][0])
        return self._known[key]

    def _gated(self, mechanism: str, row: Intervention) -> float | None:
        if row.name in NOBODY_HAS | LEFT_OPEN.get(mechanism, frozenset()):
            return None
        sentence = row.regimen or self.sentence
        if row.name not in steps_of(mechanism):
            return self._at(self._dosed(mechanism, sentence), row.at)  # no such step: by its equations nothing happens
        return self._at(self._dosed(mechanism, sentence, row.name, row.share), row.at)

    def _given(self, mechanism: str, row: Intervention) -> float | None:
        if row.name == DRUG_FREE:
            return 0.0
        if row.kind == "only" and row.name != mechanism:
            return 0.0  # no drug where it acts
        if row.kind == "only":
            return self._at(self._dosed(mechanism, row.regimen or self.sentence), row.at)
        if row.kind == "lacks" and row.name in LEFT_OPEN.get(mechanism, frozenset()):
            return None
        stage = make("plasticity", mechanism)
        try:
            given = _maker(row)(stage, row.regimen or self.sentence)
        except CannotSay:
            return None
        made = run_alone(stage, jnp.asarray(given.times), given.inputs, given.p)
        benefit = self._weighed(np.asarray(made[FAST_GAIN][0]), np.asarray(made[SYNAPSES][0]))
        return float(np.interp(row.at * DAY, given.times, benefit))

    def _weighed(self, fast: Floats, synapses: Floats) -> Floats:
        return np.asarray(self._share * fast + (1.0 - self._share) * synapses, dtype=np.float64)


@cache
def _made(mechanism: str, sentence: str) -> bool:
    """Whether the chain of this dose makes what the mechanism needs (nasal models make no hydroxynorketamine)."""
    return bool(Chain(plasticity=mechanism).resolve(parse(sentence), Person())[0].variant("plasticity"))


def steps_of(mechanism: str) -> tuple[str, ...]:
    """The gates that a mechanism has by its hypothesis, and the one at the test."""
    stage = make("plasticity", mechanism)
    if isinstance(stage, Rival):
        return (*stage.steps, _AT_TEST)
    all_gates = (key.removeprefix("gate.") for key in stage.parameters() if key.startswith("gate."))
    return tuple(name for name in all_gates if name not in NOT_ITS_OWN.get(mechanism, frozenset()))


def _maker(row: Intervention) -> Callable[[Stage, str], Given]:
    if row.kind == "lacks":
        return lacking(row.name)
    if row.name not in LIGANDS:
        raise unknown("ligand", row.name, LIGANDS)
    return LIGANDS[row.name]
