"""The safety rules: each has a source, each fires on some answers and not on others, and no read row is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ketworks.errors import WrongUse
from ketworks.evidence import read_rows, sources
from ketworks.safety.answers import Question, questions
from ketworks.safety.condition import Comparison, condition
from ketworks.safety.rule import SCREEN, TABLE, Rule, rules, rules_for
from ketworks.safety.screening import screen

SCREENING = [rule for rule in rules() if rule.when == "screen"]
# rows of the collected rules (R001 to R154) that nobody read; they may be rules of grade E, and need not
RECALLED = {34, 35, 36, 37, 38, 39, *range(40, 47), *range(55, 59), *range(71, 79), 83, 85, 86}
RECALLED |= {*range(103, 108), 109, 111, 112, 113, 152, 153, 154}


def number(question: Question, value: float) -> Any:
    if question.kind == "count":
        return int(value)
    return value if question.unit == "year" else f"{value:g} {question.unit}"


def meeting(test: Comparison) -> Any:
    """An answer, as a user writes it, that meets a test by little."""
    question = questions()[test.key]
    if isinstance(test.value, str):
        return test.value
    return number(question, test.value + {">": 1, ">=": 0, "<": -1, "<=": 0}[test.compare])


def missing(rule: Rule) -> dict[str, Any]:
    """Answers to all that a rule asks, by which it does not fire: the limits themselves where limits are excluded."""
    found: dict[str, Any] = {}
    for key in rule.condition.keys:
        tests = [test for group in rule.condition.any_of for test in group if test.key == key]
        question = questions()[key]
        if question.words:
            found[key] = next(word for word in question.words[::-1] if all(test.value != word for test in tests))
            continue
        limits = [float(test.value) for test in tests]
        candidates = [limit + step for limit in limits for step in (0, -1, 1)]
        found[key] = number(question, next(x for x in candidates if not any(test.holds(x) for test in tests)))
    return found


@pytest.mark.parametrize("rule", SCREENING, ids=lambda rule: rule.id)
def test_every_screening_rule_fires_and_does_not(rule: Rule) -> None:
    for drug in rule.drugs:
        for group in rule.condition.any_of:
            said = screen({test.key: meeting(test) for test in group}, drug)
            assert rule.id in [one.rule.id for one in said.of(rule.verdict) if not one.unanswered]
        assert rule.id not in [one.rule.id for one in screen(missing(rule), drug).fired]


@pytest.mark.parametrize("rule", SCREENING, ids=lambda rule: rule.id)
def test_every_screening_rule_asks_when_nothing_is_known(rule: Rule) -> None:
    waiting = [one for one in screen({}, rule.drugs[0]).fired if one.rule.id == rule.id]
    if rule.verdict == "note":
        assert waiting == []
        return
    assert [one.verdict for one in waiting] == ["ask"]
    assert set(waiting[0].unanswered) == set(rule.condition.keys)


def test_no_row_that_was_read_is_left_out() -> None:
    read = {f"R{number:03d}" for number in range(1, 155) if number not in RECALLED}
    assert read - {rule.id for rule in rules()} == set()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_shows_where_it_stands(rule: Rule) -> None:
    paper = sources.load()[rule.source]
    assert rule.locator in rule.origin
    assert f"grade {rule.grade}" in rule.origin
    assert len(rule.origin) > 40
    assert rule.jurisdiction
    for key in read_rows.cited(rule.locator):
        row = read_rows.row(key)
        assert rule.how_read == row["how_read"], key
        if key == rule.id:
            assert (rule.kind, rule.threshold) == (row["kind"], row["threshold"].removeprefix("-"))
    assert rule.how_read == "recalled" or paper.how_read != "recalled"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_no_condition_holds_a_number_that_its_text_does_not(rule: Rule) -> None:
    words = " ".join((rule.rule, rule.threshold, rule.note))
    known = {float(word) for word in re.findall(r"\d+(?:\.\d+)?", words)}
    used = {abs(test.value) for group in rule.condition.any_of for test in group if isinstance(test.value, float)}
    assert used - known == set()


def test_what_was_recalled_says_so() -> None:
    recalled = [rule for rule in rules() if rule.how_read == "recalled"]
    assert len(recalled) >= 10
    assert {rule.grade for rule in recalled} == {"E"}
    assert all(rule.id.startswith("S") or int(rule.id[1:4]) in RECALLED for rule in recalled)


def test_every_drug_has_rules_and_an_unknown_one_has_none() -> None:
    assert all(rules_for(drug, "screen") for drug in ("ketamine", "esketamine", "psilocybin", "lsd"))
    with pytest.raises(WrongUse, match="nearest: ketamine"):
        rules_for("ketamin")


def test_three_values_of_a_condition() -> None:
    both = condition("age > 65 and systolic > 150 or pregnant is yes")
    assert both.holds({"age": 70.0, "systolic": 160.0}) is True
    assert both.holds({"age": 70.0, "pregnant": "no"}) is None
    assert both.holds({"age": 60.0, "pregnant": "no"}) is False
    assert both.holds({"age": 60.0}) is None
    assert both.holds({"systolic": 120.0, "pregnant": "yes"}) is True
    assert both.open_keys({"age": 60.0}) == ("pregnant",)
    assert both.open_keys({"age": 70.0, "pregnant": "no"}) == ("systolic",)
    assert condition("always").holds({}) is True
    for wrong in ("systolic", "systolic > high", "systolic => 1"):
        with pytest.raises(WrongUse):
            condition(wrong)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\tstop\tscreen\t", "\thalt\tscreen\t"),
        ("\tsystolic > 180 or", "\tsystolic 180 or"),
        ("\tketamin_ch\t", "\tketamin_de\t"),
        ("\trecalled\tE\t", "\trecalled\tB\t"),
        ("\tketamine\tstop\t", "\tketamin\tstop\t"),
        ("R002\t", "R001\t"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = TABLE.read_text("utf-8")
    assert old in text
    broken = tmp_path / "rules.tsv"
    broken.write_text(text.replace(old, new, 1))
    with pytest.raises(WrongUse):
        rules(str(broken))


def test_verdicts_of_screening_are_those_of_the_table() -> None:
    assert {rule.verdict for rule in SCREENING} == set(SCREEN)
