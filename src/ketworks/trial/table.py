"""The trial as text: flow, the table of a paper, analyses, power, sample size, reported against predicted."""

from __future__ import annotations

import math

from ketworks.trial.course import is_course
from ketworks.trial.flow import flow, flow_text
from ketworks.trial.grid import grid
from ketworks.trial.measures import PAIN, measure
from ketworks.trial.plan import Trial
from ketworks.trial.posterior import posterior_text, posteriors
from ketworks.trial.replicates import LEVEL
from ketworks.trial.reported import NOT_JUDGED, Compared
from ketworks.trial.responders import counts
from ketworks.trial.study import TrialResult
from ketworks.trial.summary import ArmSummary, carry_over

_DIGITS = {"SD": 2, "ratio": 2, "days": 0, "people": 0}
_RESPONDER_KINDS = ("logistic", "fisher", "bayes")


def text(result: TrialResult) -> str:
    """Everything for people to read."""
    trial = result.trial
    people = f"{trial.who.n} people of {trial.who.population}, seed {trial.seed}, pool {len(result.pool.ids)}"
    control = f"control: {trial.setting if trial.measure != PAIN else 'placebo of the pain stage'}"
    if trial.withdrawal is not None:
        control = f"background: {trial.withdrawal.background}"
    head = [trial.title, f"{trial.design}, {trial.blinding}, {control}; {people}"]
    if result.null:
        head.append("NULL: every arm got what the control gets")
    parts = ["\n".join(head), flow_text(flow(trial, result.data)), _arms(result)]
    if result.estimates:
        parts.append(_estimates(result))
    parts += [posterior_text(one) for one in posteriors(trial, result.data)]
    if trial.design == "crossover":
        parts.append(_carried(result))
    if not is_course(trial):
        parts.append(_guesses(result))
    if result.replicates is not None and result.replicates.power:
        parts.append(_power(result))
    if result.sizes:
        parts.append(_sizes(result))
    if result.compared:
        parts.append(_reported(result.compared))
    if trial.note:
        parts.append(f"note: {trial.note}")
    return "\n\n".join(parts)


def number(value: float | None, digits: int = 1) -> str:
    """A number, or a dash."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def p_value(p: float | None) -> str:
    """As papers print it."""
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _arms(result: TrialResult) -> str:
    trial, data = result.trial, result.data
    rows: list[tuple[str, ...]] = [("", *(arm.name for arm in trial.arms))]
    member = [data.arm[:, 0] == place for place in range(len(trial.arms))]
    if trial.design != "crossover":
        rows.append(("allocated", *(str(int(one.sum())) for one in member)))
        base = [data.baseline[one, 0] for one in member]
        rows.append(
            (
                f"baseline {measure(trial.measure).title}, mean (SD)",
                *(f"{b.mean():.1f} ({b.std(ddof=1):.1f})" for b in base),
            )
        )
    for endpoint in trial.endpoints:
        own = [row for row in result.arms if row.endpoint == endpoint.name]
        rows.append((_what(trial, own[0]), *(_cell(row) for row in own)))
    return grid(rows)


def _what(trial: Trial, row: ArmSummary) -> str:
    at = _time(trial.endpoint(row.endpoint).at)
    words = {
        "change": f"change at {at}, mean (SD), n",
        "response": f"response at {at}, % (n)",
        "remission": f"remission at {at}, % (n)",
        "relapse": f"{'relapsed after' if trial.withdrawal else 'lost the response of'} {at}, % (n)",
    }
    return f"{row.endpoint}: {words[row.kind]}"


def _cell(row: ArmSummary) -> str:
    if row.mean is None:
        return f"- (n {row.n})"
    if row.kind == "change":
        return f"{row.mean:.1f} ({number(row.sd)}), n {row.n}"
    half = "" if row.median is None else f", half by {row.median:.0f} d"
    return f"{100.0 * row.mean:.0f} % ({round(row.mean * row.n)}/{row.n}){half}"


def _time(minutes: float) -> str:
    if minutes % 1440.0 == 0.0 and minutes > 1440.0:
        return f"{minutes / 1440.0:g} d"
    return f"{minutes / 60.0:g} h" if minutes % 60.0 == 0.0 else f"{minutes:g} min"


def _estimates(result: TrialResult) -> str:
    rows: list[tuple[str, ...]] = [("analysis", "estimate", "95 % CI", "p", "n", "")]
    notes = []
    for one, planned in zip(result.estimates, result.trial.analyses, strict=True):
        digits = 2 if "points" not in one.quantity else 1
        span = "-" if one.low is None else f"{number(one.low, digits)} to {number(one.high, digits)}"
        rows.append((one.analysis, number(one.value, digits), span, p_value(one.p), str(one.n), one.quantity))
        words = [one.note] if one.note else []
        if planned.kind in _RESPONDER_KINDS:
            hit_1, n_1, hit_2, n_2 = counts(result.trial, result.data, planned)
            words.append(needed_to_treat(hit_1, n_1, hit_2, n_2))
        notes += [f"  {one.analysis}: {'; '.join(words)}"] if words else []
    return "\n".join([grid(rows), *notes])


def needed_to_treat(hit_1: int, n_1: int, hit_2: int, n_2: int) -> str:
    """Number needed to treat for one more responder, or for one fewer."""
    if not n_1 or not n_2 or hit_1 * n_2 == hit_2 * n_1:
        return "NNT -"
    difference = hit_1 / n_1 - hit_2 / n_2
    return f"{'NNT' if difference > 0 else 'NNH'} {math.ceil(abs(1.0 / difference) - 1e-9)}"


def _guesses(result: TrialResult) -> str:
    shares = [f"{arm.name} {100.0 * result.scores.guess[k].mean():.0f} %" for k, arm in enumerate(result.trial.arms)]
    return "guess drug (assumed, grade E): " + ", ".join(shares)


def _carried(result: TrialResult) -> str:
    """What the first period leaves for the second, by arm; it biases the comparison towards nothing."""
    told = [
        f"{one['arm']} leaves {one['at_start']:.1f} points where the next period starts, {one['at_end']:.1f} at its end"
        for one in carry_over(result.trial, result.pool)
    ]
    return f"carry-over, mean of the pool, in the data and not adjusted for: {'; '.join(told)}"


def _power(result: TrialResult) -> str:
    found = result.replicates
    assert found is not None
    word = "type-I error" if result.null else "power"
    lines = []
    for one in found.power:
        span = f"{100.0 * one.low:.1f} to {100.0 * one.high:.1f}"
        thin = f"; {found.trials - one.estimated} could not be estimated" if one.estimated < found.trials else ""
        mean = "" if one.mean is None else f"; mean estimate {one.mean:.2f}"
        share = f"{100.0 * one.share:.1f} % ({span})"
        lines.append(f"{word} over {found.trials} trials, level {LEVEL:g}: {share}, {one.analysis}{mean}{thin}")
    return "\n".join(lines)


def _sizes(result: TrialResult) -> str:
    lines = []
    for one in result.sizes:
        n = "more than a million" if one.n is None else str(one.n)
        why = f"difference {one.difference:.1f}, SD {one.sd:.1f}"
        lines.append(f"people an arm for {100 * one.power:.0f} % power (t test, {why}): {n}, {one.analysis}")
    return "\n".join(lines)


def _reported(compared: list[Compared]) -> str:
    rows: list[tuple[str, ...]] = [("reported", "observed", "predicted", "90 % of such trials", "label", "verdict")]
    rows += [compared_cells(one) for one in compared]
    judged = [one.verdict for one in compared if one.verdict != NOT_JUDGED]
    seen = f"{judged.count('inside')} of {len(judged)} judged numbers lie inside" if judged else "nothing is judged"
    return f"{grid(rows)}\n{seen}; what was recalled or read at second hand is never judged"


def compared_cells(one: Compared) -> tuple[str, ...]:
    """A reported number as cells: what, observed, predicted, interval, label, verdict."""
    own = one.reported
    against = f" against {own.against}" if own.against else ""
    digits = _DIGITS.get(one.unit, 1)
    return (
        f"{own.arm}{against}, {own.endpoint}, {own.statistic.replace('_', ' ')} ({one.unit})",
        number(own.value, digits),
        number(one.predicted, digits),
        _span(one, digits),
        f"{own.label}, {own.how_read}",
        one.verdict,
    )


def _span(one: Compared, digits: int) -> str:
    """The interval of prediction; a median that many such trials do not reach has no upper end."""
    if one.low is None:
        return "not reached" if one.unit == "days" else "-"
    return (
        f"{number(one.low, digits)} to {number(one.high, digits)}"
        if one.high is not None
        else (f"{number(one.low, digits)} to not reached")
    )
