"""``gradient``: what the mean of a signal over people changes by when a value of the tables changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ketworks.batches import FINEST, Request, allowed_error
from ketworks.engine.parameter import Parameter
from ketworks.errors import CannotSay, SolverFailed, WrongUse, unknown
from ketworks.evidence.links import behind, links
from ketworks.peaks import table
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person
from ketworks.simulation import Prepared, prepare

if TYPE_CHECKING:
    from ketworks.derivatives.mean_signal import MeanSignal
    from ketworks.dose.regimen import Regimen
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.registry import Chain

SHOWN = 20  # values in the table when none are named
STEP = 1e-4  # of a value, of the differences that check a derivative: their error is about 1e-8 of the curvature


class Slope(NamedTuple):
    """The derivative with respect to one value.

    Attributes:
        id, symbol, meaning: of the row.
        value, unit: in the unit that the equations use.
        derivative: of the mean, in the signal's unit per that unit.
        elasticity: percent of the mean by which it changes when the value grows by one percent; None for a mean of 0.
        difference: the same derivative from central differences, where they were asked for.
        grade, source, locator: of the row.
    """

    id: str
    symbol: str
    meaning: str
    value: float
    unit: str
    derivative: float
    elasticity: float | None
    difference: float | None
    grade: str
    source: str
    locator: str


@dataclass(frozen=True)
class Gradient:
    """A gradient with what it was taken of.

    Attributes:
        regimen, people: in words.
        signal, unit: of the mean.
        at: min.
        mean: over people.
        error: the largest solver error behind it, over the largest value there.
        slopes: one a value, the largest elasticity first.
        left_out: values behind the signal that are not shown.
    """

    regimen: str
    people: str
    signal: str
    unit: str
    at: float
    mean: float
    error: float
    slopes: tuple[Slope, ...]
    left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "slopes": [slope._asdict() for slope in self.slopes]}

    def __str__(self) -> str:
        """For people to read."""
        checked = any(slope.difference is not None for slope in self.slopes)
        head = ("value", "", "unit", "derivative", "% per %", *(("by differences",) if checked else ()))
        cells = [(*head, "grade", "source", "locator"), *(_cells(slope, checked) for slope in self.slopes)]
        lines = [self.regimen, self.people, f"mean {self.signal} at {self.at:g} min: {self.mean:.6g} {self.unit}", ""]
        lines += [table(cells), ""]
        if self.left_out:
            lines.append(f"note: {self.left_out} more values stand behind it with smaller elasticities")
        return "\n".join([*lines, "note: a derivative holds for small changes; people and their draws stay the same"])


def gradient(
    regimen: str | Regimen,
    people: Person | Cohort | None = None,
    parameters: Sequence[str] | None = None,
    signal: str = "outcome.madrs",
    at: str = "24 h",
    chain: Chain | None = None,
    check: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Gradient:
    """The derivative of a mean over people with respect to values of the tables, all of them at once.

    At a kink a derivative lies between those of the two sides and differences do not agree: at 24 h that is
    ``control.day``, the time of one day at which the change under a control has come.

    Args:
        regimen: a dose sentence, or a parsed regimen.
        people: a cohort; of a ``Person`` the typical one alone.
        parameters: ids of values; those behind the signal when None, of which the 20 that matter most are kept.
        signal: a signal that is a number, such as ``outcome.madrs``.
        at: one time.
        chain: mechanisms by name.
        check: whether each derivative is also taken by central differences, two runs a value.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: an unknown signal or value (with the nearest), not exactly one time.
        CannotSay: a signal of shares or directions, whose derivative is zero almost everywhere, or that is solved by a
            search that cannot be run backwards.
        SolverFailed: no grid met the tolerance, or a derivative is not finite.
    """
    found = prepare(regimen, people, chain, [signal], at, band=False)
    if found.asked is None or len(found.asked) != 1:
        raise WrongUse(f"at {at!r}", "one time", paste='at="24 h"')
    check_smooth(found.chain, signal)
    rows = _rows(found.chain, signal)
    for key in parameters or ():
        if key not in rows:
            raise unknown("value", key, rows, "ketworks evidence list")
    names = list(dict.fromkeys(parameters)) if parameters is not None else _behind(found.chain, signal)
    if not names:
        raise WrongUse("no values", "ids of values, or None for those behind the signal")
    values = {key: rows[key].canonical for key in names}
    mean, slopes, error, problem = _solve(found, values, progress)
    check_moves(slopes, signal, float(found.asked[0]))
    kept = sorted(names, key=lambda key: -abs(slopes[key] * rows[key].canonical))
    kept = kept if parameters is not None else kept[:SHOWN]
    beside = {key: _difference(problem, rows[key], values) for key in kept} if check else {}
    made = [_slope(rows[key], slopes[key], mean, beside.get(key)) for key in kept]
    told = (str(found.plan), str(found.people), signal, found.chain.signal(signal).unit, float(found.asked[0]))
    return Gradient(*told, mean, error, tuple(made), len(names) - len(kept))


def check_smooth(chain: EngineChain, name: str) -> None:
    """Refuses a signal whose derivative says nothing, and names the nearest that has one.

    Raises:
        CannotSay: each person's value jumps between a few numbers, or only its direction has evidence.
    """
    kind = chain.signal(name).kind
    if kind == "value":
        return
    maker = chain.maker(name)
    carried = {key: set(maker.support().get(key, ())) for key in (signal.name for signal in maker.outputs)}
    smooth = [signal.name for signal in maker.outputs if signal.kind == "value"]
    shared = {key: (-len(carried[key] ^ carried[name]), chain.signal(key).headline) for key in smooth}
    near = max(smooth, key=lambda key: shared[key], default="")
    why = "counts people: each is 0 or 1, so its derivative is 0 almost everywhere"
    if kind == "sign":
        why = "has evidence for its direction only: its size and so its derivative mean nothing"
    paste = f"ketworks gradient ... --signal {near}" if near else ""
    raise CannotSay(f"gradient of {name}: it {why}", "a signal that is a number", near, paste)


def check_moves(slopes: Mapping[str, float], signal: str, at: float) -> None:
    """Refuses a signal that no value moves by a little.

    Raises:
        CannotSay: every derivative is exactly 0: each person's value is in whole points, or is fixed at this time.
    """
    if not any(slopes.values()):
        why = f"gradient of {signal} at {at:g} min: every derivative is 0: whole points, or nothing moves yet"
        raise CannotSay(why, "a signal and a time at which a small change shows", paste="ketworks signals")


def _rows(chain: EngineChain, signal: str) -> dict[str, Parameter]:
    """Every value of the stages that run for the signal."""
    return {key: row for stage in chain.needed([signal]) for key, row in stage.parameters().items()}


def _behind(chain: EngineChain, signal: str) -> list[str]:
    """Ids of the values that carry the signal."""
    graph = links(chain.stages)
    ids = (row.id for name in behind([signal], graph) for row in graph[name].parameters)
    return list(dict.fromkeys(ids))


def _solve(
    found: Prepared, values: Mapping[str, float], progress: Callable[[str], None] | None
) -> tuple[float, dict[str, float], float, MeanSignal]:
    """Mean and gradient on ever finer grids until every solver's own error estimate is small enough."""
    from ketworks.derivatives.mean_signal import MeanSignal

    ids, covariates = found.drawn()
    request = Request(
        *(found.chain, found.names, found.plan.events(), covariates, ids, found.seed, {}),
        *(found.occasions, found.plan.company_doses()),
    )
    assert found.asked is not None  # one time was asked for
    for refine in range(FINEST + 1):
        if progress is not None:
            progress("preparing the gradient" if refine == 0 else "a finer grid")
        problem = MeanSignal(request, float(found.asked[0]), refine)
        answer, slopes = _forwards_and_back(problem, values, found.names[0])
        worst = max((error / allowed_error(found.chain, name) for name, error in answer.errors.items()), default=0.0)
        if worst <= 1.0:
            break
    else:
        raise SolverFailed(
            f"{found.names[0]}: error {worst:.2g} times the allowed one", "an error within the tolerance"
        )
    bad = next((key for key, slope in slopes.items() if not math.isfinite(slope)), "")
    if bad or not math.isfinite(answer.mean):
        raise SolverFailed(f"the derivative of {found.names[0]} with respect to {bad} is not finite", "a finite one")
    return answer.mean, slopes, max(answer.errors.values(), default=0.0), problem


def _forwards_and_back(problem: MeanSignal, values: Mapping[str, float], name: str) -> tuple[Any, dict[str, float]]:
    try:
        return problem.gradient(values)
    except ValueError as error:
        if "Reverse-mode differentiation" not in str(error):
            raise
        why = f"gradient of {name}: a stage behind it searches for its answer, which cannot be run backwards"
        raise CannotSay(why, "a signal that does not rest on the circuit", "outcome.madrs") from error


def _difference(problem: MeanSignal, row: Parameter, values: Mapping[str, float]) -> float:
    """Central difference: (J(p + h) - J(p - h)) / 2 h with h a ten-thousandth of the value.

    All values are named each time, so that one compiled program serves every difference.
    """
    h = STEP * (abs(row.canonical) or 1.0)
    upper, lower = (problem.mean({**values, row.id: row.canonical + side * h}).mean for side in (1.0, -1.0))
    return (upper - lower) / (2.0 * h)


def _slope(row: Parameter, derivative: float, mean: float, difference: float | None) -> Slope:
    elasticity = derivative * row.canonical / mean if mean else None
    told = (row.id, row.symbol, row.meaning, row.canonical, row.canonical_unit)
    return Slope(*told, derivative, elasticity, difference, row.grade, row.source, row.locator)


def _cells(slope: Slope, checked: bool) -> tuple[str, ...]:
    elasticity = "" if slope.elasticity is None else f"{slope.elasticity:+.3f}"
    numbers = (slope.id, f"{slope.value:g}", slope.unit, f"{slope.derivative:+.6g}", elasticity)
    beside = () if not checked else ("" if slope.difference is None else f"{slope.difference:+.6g}",)
    return (*numbers, *beside, slope.grade, slope.source, slope.locator[:60])
