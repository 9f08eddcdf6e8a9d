"""Laws of safety: knowing more never takes a rule back; stricter limits never let people go earlier or alarm more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ketworks.safety.alarms import alarms
from ketworks.safety.answers import Question, questions
from ketworks.safety.leaving import leaving
from ketworks.safety.rule import DRUGS, rules_for
from ketworks.safety.screening import screen
from ketworks.safety.watched import facts_of

TIMES = np.arange(0.0, 300.0, 20.0)
OBSERVATION = 160.0


def answer(question: Question) -> st.SearchStrategy[Any]:
    if question.words:
        return st.sampled_from(question.words)
    low, high = int(question.low), int(question.high)
    if question.kind == "count":
        return st.integers(low, high)
    return st.integers(low, high).map(lambda value: f"{value} {question.unit}")


everything = st.fixed_dictionaries({key: answer(one) for key, one in questions().items()})
pressures = arrays(float, (6, len(TIMES)), elements=st.floats(90.0, 220.0))


@given(everything, st.sets(st.sampled_from(sorted(questions()))), st.sampled_from(DRUGS))
def test_an_answer_never_takes_a_rule_back(known: dict[str, Any], hidden: set[str], drug: str) -> None:
    whole = screen(known, drug)
    part = screen({key: value for key, value in known.items() if key not in hidden}, drug)
    assert not [one for one in whole.fired if one.unanswered]
    sure = {one.rule.id for one in part.fired if not one.unanswered}
    final = {one.rule.id for one in whole.fired}
    possible = {one.rule.id for one in part.fired} | {rule.id for rule in rules_for(drug) if rule.verdict == "note"}
    assert sure <= final <= possible
    for one in part.fired:
        assert set(one.unanswered) <= hidden
    if part.verdict == "stop":
        assert whole.verdict == "stop"


def pressure_facts(systolic: Any) -> dict[str, Any]:
    return facts_of({"systolic": systolic, "diastolic": systolic - 40.0})


@given(pressures, st.floats(1.0, 19.0))
def test_nobody_leaves_early_and_a_stricter_limit_lets_nobody_go_earlier(systolic: Any, limit: float) -> None:
    (rule,) = [one for one in rules_for("ketamine", "ready") if one.id == "D001"]
    strict = replace(rule, fires_when=f"systolic_rise <= {limit!r} and systolic_rise >= -{limit!r}")
    facts = pressure_facts(systolic)
    loose, tight = (leaving([one], TIMES, facts, 40.0, OBSERVATION) for one in (rule, strict))
    assert (loose.ready >= OBSERVATION).all()
    assert (tight.ready >= loose.ready).all()
    both = leaving(rules_for("ketamine", "ready"), TIMES, facts, 40.0, OBSERVATION)
    assert (both.ready >= loose.ready).all()
    for row, when in zip(facts["systolic_rise"], loose.ready, strict=True):
        assert (np.abs(row[when <= TIMES]) <= 20.0).all()


@given(pressures, st.floats(0.0, 30.0))
def test_higher_pressure_never_alarms_less(systolic: Any, more: float) -> None:
    rules = rules_for("ketamine", "alarm")
    higher = systolic + more * (TIMES > 0.0)
    for low, high in zip(
        alarms(rules, TIMES, pressure_facts(systolic)), alarms(rules, TIMES, pressure_facts(higher)), strict=True
    ):
        assert low.people <= high.people
        assert low.low <= low.probability <= low.high
        assert (low.starts is None) == (low.people == 0)
