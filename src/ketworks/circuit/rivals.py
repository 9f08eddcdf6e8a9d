"""Rival circuits, optional effects and ablations: the same column with one thing placed or acting differently.

All of them carry the numbers that were set without any drug effect (``disinhibition-sst-drug-free-fit``), so that none
was fitted to what it is compared on. Compare them with that one: from the default they differ in these numbers too.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from ketworks.circuit.cells import mixed_gate
from ketworks.circuit.feedback import ambient_return, moved_block
from ketworks.circuit.layout import Layout
from ketworks.circuit.stage import INPUTS, CircuitStage
from ketworks.engine.parameter import Parameter
from ketworks.engine.units import to_canonical
from ketworks.errors import WrongUse

Links = Mapping[str, tuple[str, ...]]
_TABS: Mapping[str, Any] = {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
Equations = dict[str, tuple[Callable[..., Any], ...]]
_FEEDBACK_GLUTAMATE = ("feedback.ambient_half", "glutamate.firing_share", "glutamate.autoreceptor_half")
_MOVING = ("feedback.electrical_distance", "feedback.thermal_voltage")
_LOOSE = ("loose.magnesium_half", "loose.share_pv", "loose.share_sst")
_ONLY_HCN1 = (False, False, False, True)


def _links(without: tuple[str, ...] = (), extra: tuple[str, ...] = ()) -> Links:
    """The default circuit's links without some inputs and with more rows."""
    usual = CircuitStage.rests_on
    return {key: (*(n for n in names if n not in (*without, *extra)), *extra) for key, names in usual.items()}


def _equations(*more: Callable[..., Any]) -> Equations:
    return {key: (*known, *more) for key, known in CircuitStage.equations.items()}


def _other(row: Parameter, given: Mapping[str, str]) -> Parameter:
    """``row`` with another value and what is said of it; the unit must be the row's own."""
    if given["unit"] != row.unit:
        raise WrongUse(f"drug_free_fit.tsv: {row.id} in {given['unit']!r}", f"the unit of its row, {row.unit!r}")
    value = float(given["value"])
    other = replace(row, value=value, canonical=to_canonical(value, row.unit)[0], method=given["method"])
    return replace(other, source=given["source"], locator=given["locator"], note=given["note"])


@dataclass(frozen=True)
class DrugFreeFit(CircuitStage):
    """The default circuit with numbers set on the drug-free state alone: all it says of the drug is a prediction."""

    variant: ClassVar[str] = "disinhibition-sst-drug-free-fit"
    meaning: ClassVar[str] = "the default circuit with the numbers that were set without any drug effect"

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The rows of the circuit, those that a search has set in the values of the search without drug."""
        usual = CircuitStage.parameters()
        with (Path(__file__).parent / "drug_free_fit.tsv").open(encoding="utf-8", newline="") as handle:
            return {**usual, **{row["row"]: _other(usual[row["row"]], row) for row in csv.DictReader(handle, **_TABS)}}


@dataclass(frozen=True)
class DisinhibitionPv(DrugFreeFit):
    """Ambient glutamate and the larger NMDA conductance on PV instead of SST cells."""

    variant: ClassVar[str] = "disinhibition-pv"
    meaning: ClassVar[str] = "the same column with ambient drive and the larger NMDA conductance on PV instead of SST"
    layout: ClassVar[Layout] = Layout(tonic="pv")


@dataclass(frozen=True)
class DirectPyramidal(DrugFreeFit):
    """Ambient glutamate on pyramidal cells (Miller 2014); interneurons are driven by AMPA alone from outside."""

    variant: ClassVar[str] = "direct-pyramidal"
    meaning: ClassVar[str] = "the same column with ambient drive on pyramidal cells instead of interneurons"
    layout: ClassVar[Layout] = Layout(tonic="pyramidal")


@dataclass(frozen=True)
class Hcn1Only(DrugFreeFit):
    """Only the block of HCN1 reaches the column (Bojak 2013 asks what it explains by itself)."""

    variant: ClassVar[str] = "hcn1"
    meaning: ClassVar[str] = "the same column with HCN1 block alone, no NMDA block"
    layout: ClassVar[Layout] = Layout(acts=_ONLY_HCN1)
    rests_on: ClassVar[Links] = _links(without=INPUTS[:3])


@dataclass(frozen=True)
class LooseGate(DrugFreeFit):
    """GluN2D of PV and SST cells gates with its own, looser magnesium block."""

    variant: ClassVar[str] = "disinhibition-sst-loose-gate"
    meaning: ClassVar[str] = "the drug-free fit with the looser magnesium gate of GluN2D on PV and SST cells"
    layout: ClassVar[Layout] = Layout(loose=True)
    rests_on: ClassVar[Links] = _links(extra=_LOOSE)
    equations = _equations(mixed_gate)


@dataclass(frozen=True)
class GlutamateReturn(DrugFreeFit):
    """Glutamate that pyramidal cells release returns onto the ambient drive."""

    variant: ClassVar[str] = "disinhibition-sst-glutamate-return"
    meaning: ClassVar[str] = "the drug-free fit with ambient drive that follows extracellular glutamate"
    layout: ClassVar[Layout] = Layout(returned=True)
    rests_on: ClassVar[Links] = _links(extra=_FEEDBACK_GLUTAMATE)
    equations = _equations(ambient_return)


@dataclass(frozen=True)
class MovingBlock(DrugFreeFit):
    """The depth of block follows the voltage that the cells reach under drug."""

    variant: ClassVar[str] = "disinhibition-sst-moving-block"
    meaning: ClassVar[str] = "the drug-free fit with block that deepens and loosens with the reached voltage"
    layout: ClassVar[Layout] = Layout(moving=True)
    rests_on: ClassVar[Links] = _links(extra=_MOVING)
    equations = _equations(moved_block)


@dataclass(frozen=True)
class WithoutHcn1(DrugFreeFit):
    """The drug-free fit without HCN1 block."""

    variant: ClassVar[str] = "disinhibition-sst-without-hcn1"
    meaning: ClassVar[str] = "ablation: the drug-free fit without HCN1 block"
    layout: ClassVar[Layout] = Layout(acts=(True, True, True, False))
    rests_on: ClassVar[Links] = _links(without=INPUTS[3:])


@dataclass(frozen=True)
class WithoutAmbient(DrugFreeFit):
    """The drug-free fit whose SST cells are driven by AMPA instead of ambient glutamate."""

    variant: ClassVar[str] = "disinhibition-sst-without-ambient"
    meaning: ClassVar[str] = "ablation: the drug-free fit with AMPA in place of all ambient NMDA drive"
    layout: ClassVar[Layout] = Layout(tonic="")


@dataclass(frozen=True)
class PyramidalBlockOnly(DrugFreeFit):
    """NMDA block on pyramidal cells only, with HCN1 block."""

    variant: ClassVar[str] = "disinhibition-sst-pyramidal-block-only"
    meaning: ClassVar[str] = "ablation: the drug-free fit with NMDA block on pyramidal cells only"
    layout: ClassVar[Layout] = Layout(acts=(True, False, False, True))
    rests_on: ClassVar[Links] = _links(without=INPUTS[1:3])


RIVALS = (DrugFreeFit, DisinhibitionPv, DirectPyramidal, Hcn1Only)
EFFECTS = (LooseGate, GlutamateReturn, MovingBlock)
ABLATIONS = (WithoutHcn1, WithoutAmbient, DisinhibitionPv, PyramidalBlockOnly)
