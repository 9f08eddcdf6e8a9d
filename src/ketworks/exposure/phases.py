"""Half-lives by phase: the exponentials of which a model's level after a push into a vein is the exact sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ketworks.exposure.areas import Floats
from ketworks.exposure.exposures import Exposure, Row, SignalFacts
from ketworks.exposure.metric import PHASES, Found, check_time_unit, metric
from ketworks.exposure.pump import PUSH
from ketworks.exposure.simulated import TYPICAL, levels_made
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person

if TYPE_CHECKING:
    from ketworks.registry import Chain

FIRST, LAST, POINTS = 0.02, 7.0 * 1440.0, 600  # min, min: from before the fastest phase to the end of the slowest
EXACT = 1e-6  # largest error of the sum, relative to the level: above it these are not the model's exponentials
DEEP = 1e-7  # of the first level, down to which the curve is read
NOT_A_SUM = (
    f"no sum of {PHASES[0]} to {PHASES[-1]} falling exponentials: metabolites, both enantiomers together and levels "
    "behind an arm have more; ask for one enantiomer's arterial level"
)


class Phases(NamedTuple):
    """Exponentials, fastest first: rates 1/min, and what each adds at time 0, both of shape (phases,)."""

    rates: Floats
    heights: Floats


def phases_of(
    drug: str = "esketamine",
    people: Person | Cohort | None = None,
    signal: str | None = None,
    chain: Chain | None = None,
    band: bool = True,
    seed: int = 1,
    time_unit: str = "h",
) -> Exposure:
    """Half-life and share of the area of each phase after a push into a vein, person by person.

    Args:
        drug: ``ketamine``, ``esketamine`` or ``arketamine``.
        people: as in ``simulate``.
        signal: a level; the drug's arterial one (venous where the model has no other) when None.
        chain: mechanisms by name, for another plasma model.
        band: whether a person gets others of the kind.
        seed: of those.
        time_unit: of the half-lives.

    Raises:
        WrongUse: an argument that cannot be read.
        CannotSay: the plasma model does not cover a push into a vein.
    """
    from ketworks.dose.sentence import parse
    from ketworks.exposure.pump import timed_and_held
    from ketworks.registry import Chain
    from ketworks.simulation import simulate

    check_time_unit(time_unit)
    push, who, chosen = parse(f"{drug} {PUSH:g} mg iv bolus"), people or Person(), chain or Chain()
    name, _ = timed_and_held(drug, signal, levels_made(chosen, push, who))
    times = np.concatenate([[0.0], np.geomspace(FIRST, LAST, POINTS)])
    found = simulate(push, who, chosen, [name], [f"{time!r} min" for time in times.tolist()], band, seed)
    rows: list[Row] = []
    for row, one in enumerate(found.ids):
        person = TYPICAL if found.has_typical and one == 0 else str(one)
        exact = phases(found.times, found.tables[name][row])
        metrics = _metrics(exact)
        rows += [
            Row(person, name, metric(key, value, found.signal(name).unit, time_unit)) for key, value in metrics.items()
        ]
    facts = {name: SignalFacts(_site(name), found.grades[name].grade, found.signal(name).molar_mass)}
    title = f"{drug} pushed into a vein: phases of plasma {found.chain.variant('plasma')}\n{who}"
    return Exposure(title, tuple(rows), facts, TYPICAL if found.has_typical else "", tuple(found.notes))


def _metrics(exact: Phases | str) -> dict[str, Found]:
    if isinstance(exact, str):
        return {"phase_1_half_life": exact, "phase_1_share": exact}
    areas = exact.heights / exact.rates
    found: dict[str, Found] = {}
    for k, (rate, area) in enumerate(zip(exact.rates, areas, strict=True), start=1):
        found[f"phase_{k}_half_life"] = float(np.log(2.0) / rate)
        found[f"phase_{k}_share"] = float(100.0 * area / areas.sum())
    return found


def phases(times: Floats, levels: Floats) -> Phases | str:
    """The exponentials whose sum a curve without noise is, or why there are none.

    C(t) = sum_i c_i exp(-k_i t),   c_i > 0, the fewest terms that meet every level within 1e-6 of it

    Symbols: C, c_i - level's unit; k_i - 1/min; t - min from the push
    Source:  definition of the phases of linear kinetics; least squares over ln k, with c solved for each set of k
    Leaves out: curves of more than four phases, or that rise, whose phases are not told apart this way.
    """
    counts = levels > DEEP * levels[0]
    if levels[0] <= 0.0 or not (np.diff(levels[counts]) < 0.0).all() or counts.sum() < 2 * PHASES[-1]:
        return NOT_A_SUM
    t, c = times[counts], levels[counts]
    fastest, slowest = np.log(c[0] / c[1]) / (t[1] - t[0]), np.log(c[-2] / c[-1]) / (t[-1] - t[-2])
    for count in PHASES:
        found = _fitted(t, c, np.geomspace(max(fastest, slowest), slowest, count))
        if found is not None:
            return found
    return NOT_A_SUM


def _fitted(t: Floats, c: Floats, start: Floats) -> Phases | None:
    """The sum with as many terms as ``start`` has rates, if it meets the curve exactly."""
    from scipy.optimize import least_squares  # type: ignore[import-untyped]

    def heights(log_rates: Floats) -> tuple[Floats, Floats]:
        basis = np.exp(-np.exp(log_rates) * t[:, None]) / c[:, None]
        return basis, np.asarray(np.linalg.lstsq(basis, np.ones_like(t), rcond=None)[0], dtype=np.float64)

    def residual(log_rates: Floats) -> Floats:
        basis, found = heights(log_rates)
        return np.asarray(basis @ found - 1.0)

    solved = least_squares(residual, np.log(start), method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=4000)
    _, found = heights(solved.x)
    if np.abs(solved.fun).max() > EXACT or (found <= 0.0).any():
        return None
    order = np.argsort(-solved.x)
    return Phases(np.exp(solved.x[order]), found[order])


def _site(name: str) -> str:
    return name.rsplit(".", 1)[-1]
