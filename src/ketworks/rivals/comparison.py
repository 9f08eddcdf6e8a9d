"""The rivals side by side: sizes, published directions, order over dose, the experiment that decides, ablations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ketworks.check.run import Simulate
from ketworks.peaks import table
from ketworks.rivals.apart import DRAWS, LEVELS, Experiment, best_for, by_eeg, experiments
from ketworks.rivals.evidence_table import Mechanism, Point, evidence_table
from ketworks.rivals.order import Order, order_over_dose
from ketworks.rivals.response import OBSERVABLES, UNITS, exposure

# all with the numbers that were set without a drug effect: the default was fitted to most of these directions
RIVALS = ("disinhibition-sst-drug-free-fit", "disinhibition-pv", "direct-pyramidal", "hcn1")
NUMBERS = f"all with the numbers of {RIVALS[0]}, set without drug; the default's were set on most of these studies"
WHOLE = Mechanism("whole", RIVALS[0])
ABLATIONS = (
    WHOLE,
    Mechanism("no HCN1", "disinhibition-sst-without-hcn1"),
    Mechanism("weak HCN1", RIVALS[0], "trapping-block-weak-hcn1"),
    Mechanism("allosteric", RIVALS[0], "trapping-block-allosteric"),
    Mechanism("no SST drive", "disinhibition-sst-without-ambient"),
    Mechanism("PV for SST", "disinhibition-pv"),
    Mechanism("E only", "disinhibition-sst-pyramidal-block-only"),
    Mechanism("loose gate", "disinhibition-sst-loose-gate"),
    Mechanism("glu. return", "disinhibition-sst-glutamate-return"),
    Mechanism("moving block", "disinhibition-sst-moving-block"),
)


@dataclass(frozen=True)
class RivalComparison:
    """What ``compare --circuits`` shows.

    Attributes:
        words: the dose sentence.
        sizes: change of each observable at the highest level of the sentence, by rival.
        points: published directions.
        orders: moves over the dose axis, by rival.
        experiments: best first.
    """

    words: str
    sizes: Mapping[str, Mapping[str, float]]
    points: Sequence[Point]
    orders: Mapping[str, Order]
    experiments: Sequence[Experiment]

    def __repr__(self) -> str:
        """All tables in plain text."""
        parts = (_sizes(self), points_text(self.points), _orders(self), _experiments(self), NUMBERS)
        return "\n\n".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Plain types, ready for JSON."""
        pairs = list(self.experiments[0].distance)
        return {
            "regimen": self.words,
            "sizes": {name: dict(x) for name, x in self.sizes.items()},
            "units": UNITS,
            "evidence": [point._asdict() for point in self.points],
            "orders": {name: order._asdict() for name, order in self.orders.items()},
            "experiment": _experiment_dict(self.experiments[0]),
            "pairs": {" | ".join(pair): _experiment_dict(best_for(pair, self.experiments)) for pair in pairs},
            "pairs_by_eeg": {
                " | ".join(pair): _experiment_dict(best_for(pair, by_eeg(self.experiments))) for pair in pairs
            },
        }


def compare_circuits(
    simulate: Simulate, words: str, draws: int = DRAWS, seed: int = 1, progress: Callable[[str], None] | None = None
) -> RivalComparison:
    """Compares the four rivals.

    Args:
        simulate: runs a study, as ``check.run.run_check`` takes it.
        words: dose sentence at whose highest brain level sizes are shown and experiments are sought.
        draws: sets of guessed numbers behind each uncertainty.
        seed: of these draws.
        progress: told what is being done.
    """
    to = exposure(words)
    points = evidence_table(simulate, [Mechanism(name, name) for name in RIVALS], progress)
    orders = {name: order_over_dose(name, to) for name in RIVALS}
    found = experiments(RIVALS, to, draws, seed, progress)
    shipped = {one.signal: one.says for one in found if one.level == 1.0}
    sizes = {name: {signal: shipped[signal][name][0] for signal in OBSERVABLES} for name in RIVALS}
    return RivalComparison(words, sizes, points, orders, found)


def ablations(simulate: Simulate, progress: Callable[[str], None] | None = None) -> list[Point]:
    """Every circuit study with one part of the mechanism taken out, or one effect put in."""
    return evidence_table(simulate, ABLATIONS, progress)


def points_text(points: Sequence[Point]) -> str:
    """Published directions against what each mechanism says; a star marks a miss."""
    names = list(points[0].said)
    cells = [("study", "signal", "when", "seen", *names)]
    for p in points:
        when = p.statistic.removeprefix("sign_at ")
        said = (f"{p.said[name]}{'' if p.met[name] else ' *'}" for name in names)
        cells.append((p.study, p.signal.removeprefix("circuit."), when, p.observed, *said))
    cells.append(("met", "", "", str(len(points)), *(str(sum(p.met[name] for p in points)) for name in names)))
    return f"published directions (* missed)\n{table(cells)}"


def changes_text(points: Sequence[Point], base: str = WHOLE.name) -> str:
    """Which checks each change breaks and which it mends, against the whole."""
    lines = []
    for name in points[0].said:
        if name == base:
            continue
        broken = [_short(p) for p in points if p.met[base] and not p.met[name]]
        mended = [_short(p) for p in points if p.met[name] and not p.met[base]]
        lines.append((name, ", ".join(broken) or "none", ", ".join(mended) or "none"))
    return table([("changed", "breaks", "mends"), *lines])


def _short(point: Point) -> str:
    words = point.signal.removeprefix("circuit.").replace("_", " ")
    for mark in ("rat_", "anaesthetic"):
        if mark in point.study:
            words += f" ({point.study.split('rat_')[-1]} mg/kg rat)" if mark == "rat_" else " (anaesthetic)"
    return words


def _sizes(c: RivalComparison) -> str:
    cells = [("change at the highest brain level", "unit", *c.sizes)]
    for name in OBSERVABLES:
        sizes = (f"{x[name]:+.3g}" for x in c.sizes.values())
        cells.append((name.removeprefix("circuit."), UNITS[name], *sizes))
    return f"{c.words}\n{table(cells)}"


def _orders(c: RivalComparison) -> str:
    cells = [("moves first at, in multiples of this level", *c.orders)]
    for name in OBSERVABLES:
        moves = (order.first_moves.get(name) for order in c.orders.values())
        cells.append((name.removeprefix("circuit."), *("never" if m is None else f"{m[1]} {m[0]:.2g}" for m in moves)))
    firsts = {True: "yes", False: "no", None: "they never rise"}
    first = (firsts[order.interneurons_first] for order in c.orders.values())
    cells.append(("interneurons before pyramidal", *first))
    doses = next(iter(c.orders.values())).glutamate
    said = {dose: tuple(f"{order.glutamate[dose]:+.2g} %" for order in c.orders.values()) for dose in doses}
    return table([*cells, *((f"glutamate, {dose:g} mg/kg rat", *words) for dose, words in said.items())])


def _experiments(c: RivalComparison) -> str:
    best = c.experiments[0]
    lines = [f"one experiment for all: {_words(best, list(best.says))}; worst pair {best.weakest:.1f} apart"]
    cells = [("pair", "measure", "at", "says", "apart", "by EEG alone", "at", "apart")]
    for pair in best.distance:
        one, scalp = best_for(pair, c.experiments), best_for(pair, by_eeg(c.experiments))
        said = ", ".join(_said(one, name) for name in pair)
        line = (" | ".join(pair), _name(one), f"{one.level:g} x", said, f"{one.distance[pair]:.1f}")
        cells.append((*line, _name(scalp), f"{scalp.level:g} x", f"{scalp.distance[pair]:.1f}"))
    note = f"apart: difference over uncertainty (guessed numbers moved by 5 %; smallest change that counts); {LEVELS} x"
    return "\n".join([*lines, "", table(cells), note])


def _words(one: Experiment, names: Sequence[str]) -> str:
    said = "; ".join(f"{name} {_said(one, name)}" for name in names)
    return f"{_name(one)} at {one.level:g} x this level ({said})"


def _name(one: Experiment) -> str:
    return one.signal.removeprefix("circuit.").replace("_", " ")


def _said(one: Experiment, name: str) -> str:
    value, spread = one.says[name]
    return f"{value:+.2g} +- {spread:.1g} {UNITS[one.signal] if UNITS[one.signal] != '1' else ''}".rstrip()


def _experiment_dict(one: Experiment) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "level": one.level,
        "says": {name: {"change": x, "uncertainty": sd} for name, (x, sd) in one.says.items()},
        "apart": {" | ".join(pair): x for pair, x in one.distance.items()},
    }
