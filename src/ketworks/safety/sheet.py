"""The plan of a session as text and as a CSV table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from ketworks.peaks import clock, table, unit_shown
from ketworks.safety import WARNING
from ketworks.safety.alarms import PROBABILITIES
from ketworks.safety.counted import counts_of, judged_ready
from ketworks.safety.screening import block

if TYPE_CHECKING:
    from ketworks.safety.alarms import Alarm
    from ketworks.safety.leaving import Leaving
    from ketworks.safety.plan import Check, SessionPlan, Value

PHASE_TITLES = {
    "before": "before the dose",
    "start": "the dose",
    "check": "checks",
    "during": "during the dose",
    "observe": "observation",
    "leave": "leaving",
    "after": "after leaving",
    "course": "the course",
}
FIRED_TITLE = "screening: what is said of these people fires (ketworks screen asks the rest)"
ALARMS = "alarms in this cohort (90 % interval of its size); a grade stands for the limit, not for the share"
CSV_COLUMNS = ("minute", "what", "signal", "label", "unit", "grade", "median", "low", "high", "rules")


def text(plan: SessionPlan) -> str:
    """The sheet: people, readiness, alarms, checks, rules with their sources, notes."""
    lines = [str(plan.simulation.regimen), str(plan.simulation.people), WARNING, ""]
    lines += [*leaving_words(plan.leaving), *(f"  {words}" for words in judged_words(plan)), ""]
    lines += [ALARMS, *(f"  {alarm_words(one)}" for one in plan.alarms)]
    lines += ["", "checks: median (5th to 95th percentile of people)", table(check_cells(plan)), ""]
    lines += [*block(FIRED_TITLE, plan.fired), ""] if plan.fired else []
    for phase, rules in plan.rules.items():
        if rules:
            lines.append(PHASE_TITLES[phase])
            for rule in rules:
                lines.append(f"  {rule.id}  {rule.words}" + (f"  ({rule.note})" if rule.note else ""))
                lines.append(f"        {rule.origin}")
    return "\n".join([*lines, *(f"note: {note}" for note in plan.notes)])


def leaving_words(left: Leaving) -> list[str]:
    """When people are ready, what the criteria alone say, and which criterion keeps them."""
    middle, low, high = left.band
    share, least, most = left.at_observation
    lines = [
        f"ready to leave: {moment(middle, left)} (90 % of people {moment(low, left)} to {moment(high, left)}) "
        f"after the first dose",
        f"  never before the observation ends at {left.observation:.0f} min; then {percent(share)} are ready "
        f"({percent(least)} to {percent(most)})",
    ]
    middle, low, high = left.alone
    lines.append(f"  by the criteria alone: {moment(middle, left)} ({moment(low, left)} to {moment(high, left)})")
    for one in left.criteria:
        lines.append(f"  {one.rule.id}  {one.rule.words}; not met by {percent(one.open_share)} when observation ends")
        lines.append(f"        {one.rule.origin}")
    return lines


def judged_words(plan: SessionPlan) -> list[str]:
    """What clinicians judged in trials, beside what the criteria say here."""
    return [
        f"trials: {one.words}; here {percent(plan.leaving.share_ready(plan.visit.end + one.minute))}"
        for one in judged_ready(plan.visit.drug)
    ]


def moment(minutes: float, left: Leaving) -> str:
    """A time, or that it lies beyond the prediction."""
    return f"{minutes:.0f} min" if np.isfinite(minutes) else f"later than {clock(left.window)}"


def percent(share: float) -> str:
    """A share that does not look more exact than it is."""
    return f"{100.0 * share:.0f} %" if share >= 0.0995 or share == 0.0 else f"{100.0 * share:.1f} %"


def alarm_words(one: Alarm) -> str:
    """One alarm: its probability, when it begins, and what the label counted."""
    starts = ""
    if one.starts is not None:
        middle, low, high = one.starts
        starts = f"; begins at {middle:.0f} min ({low:.0f} to {high:.0f})"
    counted = "".join(f"\n        counted: {words}" for words in counts_of(one.rule.id))
    return f"{one.rule.id}  {one.rule.words}: {alarm_shares(one)}{starts}\n        {one.rule.origin}{counted}"


def alarm_shares(one: Alarm) -> str:
    """The share of people at any time, and in the readings that the rules ask for."""
    chance = shares(one.probability, one.low, one.high)
    if one.rule.condition.keys[0] in PROBABILITIES:
        chance += f", the mean of people's largest probability; {one.people} of them reach the limit"
    if one.before > 0.0:
        chance += f"; before the dose {percent(one.before)} are there already"
    return chance if one.read is None else f"{chance}; in the readings asked for {shares(*one.read)}"


def shares(center: float, low: float, high: float) -> str:
    """A share with its interval."""
    return f"{percent(center)} ({percent(low)} to {percent(high)})"


def check_cells(plan: SessionPlan) -> list[list[str]]:
    """The checks as rows of words, header first."""
    shown = list(plan.checks[0].values.values())
    head = ["time", *(" ".join((one.label, unit_shown(one.unit))).strip() for one in shown), "what", "rules"]
    return [head, *(_cells(check) for check in plan.checks)]


def _cells(check: Check) -> list[str]:
    rules = ", ".join(rule.id for rule in check.rules)
    return [f"{check.minute:.0f} min", *(value_words(one) for one in check.values.values()), check.what[0], rules]


def value_words(one: Value) -> str:
    """A reading with its band."""
    center = f"{one.center:.{one.decimals}f}"
    if one.low is None or one.high is None:
        return center
    return f"{center} ({one.low:.{one.decimals}f} to {one.high:.{one.decimals}f})"


def csv_text(plan: SessionPlan) -> str:
    """One line a check and reading; no cell begins like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for check in plan.checks:
        for one in check.values.values():
            numbers = ["" if number is None else repr(number) for number in (one.center, one.low, one.high)]
            rules = " ".join(rule.id for rule in check.rules)
            words = "; ".join(check.what)
            writer.writerow([f"{check.minute:g}", words, one.signal, one.label, one.unit, one.grade, *numbers, rules])
    return out.getvalue()
