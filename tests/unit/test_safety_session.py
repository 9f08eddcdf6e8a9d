"""The plan of a session: rules by phase, when people are ready, alarms, the sheet as text, table and page."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.errors import CannotSay, WrongUse
from ketworks.other_drugs import GIVEN
from ketworks.people.person import CONDITIONS, NAMES
from ketworks.safety import WARNING
from ketworks.safety.alarms import alarms
from ketworks.safety.answers import answers
from ketworks.safety.counted import counts_of, judged_ready
from ketworks.safety.known import answers_of
from ketworks.safety.leaving import leaving, met_from, percentiles, share_and_interval
from ketworks.safety.plan import SessionPlan, plan_session
from ketworks.safety.rule import PHASES, Rule, rules, rules_for
from ketworks.safety.sheet import alarm_words
from ketworks.safety.sheet_page import page
from ketworks.safety.visit import first_visit
from ketworks.safety.watched import facts_of

SENTENCE = "0.5 mg/kg iv over 40 min"
# sentence, purpose, whether anaesthetic: what a clinic, a pain clinic and a theatre do
SESSIONS = (
    (SENTENCE, "depression", False),
    ("0.5 mg/kg iv over 60 min, twice weekly for 3 weeks", "depression", False),
    ("esketamine 28 mg nasal", "depression", False),
    ("esketamine 56 mg nasal", "depression", False),
    ("esketamine 84 mg nasal, twice weekly for 4 weeks", "depression", False),
    ("0.5 mg/kg im", "depression", False),
    ("0.3 mg/kg iv bolus then 0.2 mg/kg/h iv for 1 h", "pain", False),
    ("0.5 mg/kg iv bolus then 1 mg/kg/h iv for 4 h", "pain", False),
    ("8 mg/kg/h iv for 3 h", "pain", True),
    ("2 mg/kg iv bolus", "depression", True),
)


@pytest.fixture(scope="module")
def plan() -> SessionPlan:
    return plan_session(SENTENCE, kw.Cohort(256, population="trial-adults"))


@pytest.fixture(scope="module")
def nasal() -> SessionPlan:
    return plan_session("esketamine 84 mg nasal", kw.Cohort(256))


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.when in PHASES], ids=lambda rule: rule.id)
def test_every_rule_of_a_session_fires_in_one_and_not_in_another(rule: Rule) -> None:
    held = []
    for sentence, purpose, deep in SESSIONS:
        by_phase = first_visit(kw.parse(sentence), 70.0, purpose).rules(deep)
        held.append(rule in by_phase[rule.when])
    assert any(held)
    assert not all(held)


@pytest.mark.parametrize(
    ("sentence", "purpose", "fires", "silent"),
    [
        ("0.35 mg/kg iv bolus", "pain", {"R057"}, {"R087", "R089"}),
        ("0.4 mg/kg iv bolus", "pain", {"R087"}, {"R104"}),
        ("1.1 mg/kg iv bolus", "depression", {"R104"}, {"R087"}),
        ("7 mg/kg/h iv for 1 h", "depression", set(), {"R089"}),
        ("7.1 mg/kg/h iv for 1 h", "depression", {"R089"}, {"R088"}),
        ("esketamine 28 mg nasal", "depression", {"R005", "R019"}, {"R017", "R018", "R024", "S006"}),
        ("esketamine 84 mg nasal", "depression", {"R005", "R017", "R018", "R024"}, {"S006", "R128"}),
        ("esketamine 20 mg iv over 40 min", "depression", {"S006", "R124"}, {"R005", "R019"}),
        ("0.5 mg/kg im", "depression", {"R081", "R108", "S006"}, {"R124"}),
    ],
)
def test_rules_follow_dose_route_and_rate(sentence: str, purpose: str, fires: set[str], silent: set[str]) -> None:
    visit = first_visit(kw.parse(sentence), 70.0, purpose)
    held = {rule.id for found in visit.rules(False).values() for rule in found}
    assert fires <= held
    assert not silent & held


def test_a_session_ends_where_a_gap_begins() -> None:
    visit = first_visit(
        kw.parse("0.2 mg/kg iv bolus then 0.5 mg/kg iv over 40 min, twice weekly for 2 weeks"), 80.0, "pain"
    )
    assert visit.facts["doses"] == 4.0
    assert visit.facts["dose_mg"] == pytest.approx(56.0)
    assert visit.facts["bolus_mg_per_kg"] == pytest.approx(0.2)
    assert visit.facts["rate_mg_per_kg_h"] == pytest.approx(0.75)
    assert visit.end == pytest.approx(40.0)
    assert visit.observation == pytest.approx(160.0)
    assert any("first of 4 sessions" in note for note in visit.notes)


def test_met_from_is_the_first_time_after_the_last_failure() -> None:
    times = np.array([0.0, 10.0, 20.0, 30.0])
    met = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 1], [0, 1, 1, 1]], dtype=bool)
    assert met_from(met, times, 10.0).tolist() == [10.0, 20.0, math.inf, 30.0, 10.0]


def test_percentiles_keep_infinity() -> None:
    assert percentiles(np.array([1.0, 2.0, math.inf, math.inf])) == (math.inf, 1.0, math.inf)
    assert percentiles(np.full(3, math.inf)) == (math.inf,) * 3
    assert percentiles(np.arange(1.0, 102.0)) == (51.0, 6.0, 96.0)


def readings(systolic: Any) -> dict[str, Any]:
    pressure = np.asarray(systolic, dtype=float)
    calm = np.zeros_like(pressure)
    return {"systolic": pressure, "diastolic": calm + 80.0, "cadss": calm, "ladder": calm, "unresponsive": calm}


def test_nobody_is_ready_before_the_observation_is_over() -> None:
    times = np.array([0.0, 40.0, 100.0, 160.0, 220.0])
    facts = facts_of(readings([[120, 120, 120, 120, 120], [120, 141, 130, 130, 130], [120, 141, 141, 141, 140]]))
    left = leaving(rules_for("ketamine", "ready"), times, facts, 40.0, 160.0)
    assert left.criteria_alone.tolist() == [40.0, 100.0, 220.0]
    assert left.ready.tolist() == [160.0, 160.0, 220.0]
    assert left.at_observation[0] == pytest.approx(2 / 3)
    (pressure,) = [one for one in left.criteria if one.rule.id == "D001"]
    assert pressure.open_share == pytest.approx(1 / 3)
    assert left.share_ready(100.0) == pytest.approx(2 / 3)


def test_one_person_alone_has_no_share() -> None:
    assert share_and_interval(np.array([1.0])) == (1.0, 0.0, 1.0)
    assert share_and_interval(np.array([1.0, 0.0]))[0] == 0.5


def test_a_criterion_without_a_prediction_is_named() -> None:
    facts = facts_of({key: table for key, table in readings([[120.0, 120.0]]).items() if key != "cadss"})
    left = leaving(rules_for("ketamine", "ready"), np.array([0.0, 160.0]), facts, 0.0, 120.0)
    assert [rule.id for rule in left.not_judged] == ["D004"]


def test_alarms_count_people_and_say_when() -> None:
    times = np.array([0.0, 20.0, 40.0, 60.0])
    pressure = [[120, 150, 185, 120], [120, 160, 150, 120], [120, 159, 130, 120], [120, 120, 120, 120]]
    found = {one.rule.id: one for one in alarms(rules_for("ketamine", "alarm"), times, facts_of(readings(pressure)))}
    assert (found["A001"].people, found["A001"].probability) == (1, 0.25)
    assert found["A001"].starts == (40.0, 40.0, 40.0)
    assert found["A002"].people == 2
    assert found["A002"].starts == (40.0, 20.0, 40.0)
    assert found["A003"].starts is None
    z, n, share = 1.6448536269514722, 4, 0.25
    middle = (share + z * z / 2 / n) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / 4 / n / n) / (1 + z * z / n)
    assert found["A001"].low == pytest.approx(middle - half)
    assert found["A001"].high == pytest.approx(middle + half)


def test_a_probability_is_averaged_over_people() -> None:
    facts = facts_of(
        readings(np.full((4, 2), 120.0)) | {"unresponsive": np.array([[0, 0.6], [0, 0.2], [0, 0], [0, 0]])}
    )
    (one,) = [
        alarm
        for alarm in alarms(rules_for("ketamine", "alarm"), np.array([0.0, 9.0]), facts)
        if alarm.rule.id == "A005"
    ]
    assert one.probability == pytest.approx(0.2)
    assert (one.people, one.starts) == (1, (9.0, 9.0, 9.0))
    said = "20 % (4.0 % to 60 %), the mean of people's largest probability; 1 of them reach the limit"
    assert said in alarm_words(one)


def test_who_is_beyond_a_limit_before_the_dose_is_told_apart() -> None:
    pressure = facts_of(readings(np.array([[185.0, 190.0], [150.0, 182.0], [120.0, 130.0], [120.0, 120.0]])))
    found = {one.rule.id: one for one in alarms(rules_for("ketamine", "alarm"), np.array([0.0, 9.0]), pressure)}
    assert (found["A001"].probability, found["A001"].before) == (0.5, 0.25)
    assert "before the dose 25 % are there already" in alarm_words(found["A001"])
    assert found["A002"].before == 0.0
    assert "before the dose" not in alarm_words(found["A002"]).partition(":")[2]


def test_readings_are_judged_at_their_own_times() -> None:
    pressure = facts_of(readings(np.full((4, 3), 120.0)))
    seen = facts_of({"systolic": np.array([[120.0, 181.0], [120.0, 150.0], [141.0, 180.0], [120.0, 160.0]])})
    judged = alarms(rules_for("ketamine", "alarm"), np.array([0.0, 20.0, 40.0]), pressure, seen)
    found = {one.rule.id: one for one in judged}
    assert found["A001"].probability == 0.0
    assert found["A001"].read is not None
    assert found["A001"].read[0] == 0.5
    assert found["A002"].read is not None
    assert found["A002"].read[0] == 0.5
    assert found["A003"].read is None


def test_every_alarm_but_unresponsive_shows_what_the_label_counted() -> None:
    for rule in rules_for("ketamine", "alarm"):
        assert len(counts_of(rule.id)) == (0 if rule.id == "A005" else 2)
    assert counts_of("A002")[0].startswith("29/346, 8.4 % (6.2 to 11.2)")


def test_the_sheet_has_the_checks_that_the_rules_ask_for(plan: SessionPlan, nasal: SessionPlan) -> None:
    by_time = {check.minute: check for check in plan.checks}
    assert by_time[0.0].what[0] == "before the dose"
    assert by_time[40.0].what[0] == "end of the dose"
    assert by_time[160.0].what[0] == "end of observation"
    assert [rule.id for rule in by_time[40.0].rules] == ["R086"]
    assert {0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0, 105.0, 120.0, 130.0, 135.0, 150.0} <= set(by_time)
    spray = {check.minute: [rule.id for rule in check.rules] for check in nasal.checks}
    assert spray[0.0][0] == "R012"
    assert spray[40.0][0] == "R013"
    assert spray[90.0] == ["R020"]
    assert nasal.leaving.observation == 120.0


def test_the_sheet_holds_the_numbers_of_the_simulation(plan: SessionPlan) -> None:
    check = next(one for one in plan.checks if one.minute == 45.0)
    names = ["body.cuff_systolic", "mind.cadss"]
    again = kw.simulate(SENTENCE, kw.Cohort(256, population="trial-adults"), outputs=names, times="0,45 min")
    for key, name in (("systolic", names[0]), ("cadss", names[1])):
        value = check.values[key]
        assert value.signal == name
        low, middle, high = np.percentile(again.tables[name][:, 1], (5, 50, 95))
        assert value.center == pytest.approx(middle, rel=2e-3, abs=1e-3)
        if key == "systolic":  # the band of a reading is wider than that of the people
            low, high = np.percentile(again.measured(name)[:, 1], (5, 95))
        assert (value.low, value.high) == pytest.approx((low, high), rel=2e-3, abs=1e-3)


def test_readings_alarm_more_often_than_pressures(plan: SessionPlan, nasal: SessionPlan) -> None:
    """At the times that rules ask for, a reading's error takes more people over a rise than they have."""
    for one in (plan, nasal):
        found = {alarm.rule.id: alarm for alarm in one.alarms}
        rise = found["A002"]
        assert rise.read is not None
        assert rise.read[1] <= rise.read[0] <= rise.read[2]
        assert rise.read[0] > rise.probability
        assert found["A005"].read is None
        assert "in the readings asked for" in str(one)


def test_alarms_of_readings_are_those_at_the_times_asked_for(plan: SessionPlan) -> None:
    cohort, name = kw.Cohort(256, population="trial-adults"), "body.cuff_systolic"
    seen = kw.simulate(SENTENCE, cohort, outputs=[name], times="0,40,120,130,160 min").measured(name)
    rises = (seen - seen[:, :1]).max(axis=1)
    (rise,) = [alarm for alarm in plan.alarms if alarm.rule.id == "A002"]
    assert rise.read is not None
    assert np.mean(rises >= 41.0) <= rise.read[0] <= np.mean(rises >= 39.0)
    assert rise.read[0] < np.mean(rises >= 30.0)


def test_ready_to_leave_is_never_early_and_ordered(plan: SessionPlan, nasal: SessionPlan) -> None:
    for one in (plan, nasal):
        middle, low, high = one.leaving.band
        assert one.visit.observation <= low <= middle <= high
        assert (one.leaving.ready >= one.leaving.criteria_alone).all()
        assert one.checks[-1].minute >= min(high, one.leaving.window)


def test_where_clinicians_judged_otherwise_the_sheet_says_so(nasal: SessionPlan) -> None:
    """Under the spray the prediction keeps people longer than clinicians did; when it no longer does, the note goes."""
    said = [note for note in nasal.notes if note.startswith("leaving: ")]
    for one in judged_ready("esketamine"):
        short = nasal.leaving.share_ready(one.minute) < one.share
        assert any(note.startswith(f"leaving: {one.minute:.0f} min") for note in said) is short
        assert one.words in str(nasal)
    assert judged_ready("ketamine") == []


def test_every_rule_on_the_sheet_shows_its_source(plan: SessionPlan) -> None:
    text, html = str(plan), page(plan)
    for rule in [one for found in plan.rules.values() for one in found] + [one.rule for one in plan.alarms]:
        assert rule.origin in text
        assert rule.id in html
    assert WARNING in text
    assert "never clears, doses or treats a real person" in html
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", html)
    assert html.count("<svg") >= 3


def test_the_command_gives_json_and_files(ketworks: Ketworks, tmp_path: Path) -> None:
    sheet, table = tmp_path / "sheet.html", tmp_path / "sheet.csv"
    said = ketworks("session", "plan", SENTENCE, "--people", "128", "--json", "--out", str(sheet))
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["warning"] == WARNING
    assert found["leaving"]["observation_ends_min"] == 160.0
    assert {one["rule"] for one in found["alarms"]} == {"A001", "A002", "A003", "A004", "A005"}
    assert found["people"]["n"] == 128
    assert "wrote" in said.err
    assert sheet.read_text("utf-8").startswith("<!doctype html>")
    said = ketworks("session", "plan", SENTENCE, "--people", "128", "--every", "20 min", "--out", str(table), "--quiet")
    assert (said.code, said.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    systolic = [row for row in rows if row["signal"] == "body.cuff_systolic"]
    assert [float(row["minute"]) for row in systolic][:3] == [0.0, 20.0, 40.0]
    assert float(systolic[2]["median"]) > float(systolic[0]["median"])


def test_a_value_moves_the_pressure_before_the_dose(ketworks: Ketworks) -> None:
    words = ("session", "plan", SENTENCE, "--people", "128", "--json", "--quiet")
    high = json.loads(ketworks(*words, "--value", "rest.systolic=165").out)
    assert high["checks"][0]["values"]["systolic"]["center"] > 155.0
    chance = {one["rule"]: one["probability"] for one in high["alarms"]}
    assert chance["A001"] > 0.2
    assert high["values"] == {"rest.systolic": 165.0}


def test_what_is_said_of_the_person_fires_rules_and_silence_does_not(ketworks: Ketworks) -> None:
    said = ketworks("session", "plan", SENTENCE, "--with", "opioid", "--with", "lithium", "--age", "70", "--quiet")
    assert "because takes_opioid = yes" in said.out
    found = plan_session(SENTENCE, kw.Cohort(64, person=kw.Person(age=70, comedication=("opioid", "lithium"))))
    assert [one.rule.id for one in found.fired] == ["R049", "R139"]
    assert all(one.rule.origin in page(found) for one in found.fired)
    assert plan_session(SENTENCE, kw.Cohort(64)).fired == ()
    with_drug = plan_session(f"{SENTENCE}, midazolam 2 mg iv 10 min before", kw.Cohort(64))
    assert [one.rule.id for one in with_drug.fired] == ["R049", "R120"]
    assert any(note.startswith("breathing with midazolam is not predicted") for note in with_drug.notes)
    liver = kw.Person(liver="severe", conditions="hypertension", sex="male", weight="90 kg", kidney="mild")
    assert answers_of(liver) == {
        **{"hypertension": "yes", "sex": "male", "weight": "90 kg", "liver": "severe"},
        "kidney_impairment": "yes",
    }
    assert {name for name in GIVEN if not answers_of(kw.Person(), [name])} == {
        *("clonidine", "ondansetron", "propranolol", "labetalol", "lamotrigine")
    }
    assert set(answers(answers_of(kw.Person(comedication=NAMES, conditions=CONDITIONS))).given) >= {"takes_maoi"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("arketamine 0.5 mg/kg iv over 40 min",), 3, "no label or guideline"),
        ((SENTENCE, "--age", "10", "--weight", "30 kg"), 3, "effects are not predicted: "),
        ((SENTENCE, "--purpose", "sleep"), 2, "depression or pain"),
        ((SENTENCE, "--every", "2 min"), 2, "5 to 60 min"),
        ((SENTENCE, "--every", "15"), 2, "unit"),
        ((SENTENCE, "--out", "sheet.pdf"), 2, ".html"),
        ((SENTENCE, "--value", "rest.sistolic=150"), 2, "rest.systolic"),
    ],
)
def test_wrong_uses(ketworks: Ketworks, words: tuple[str, ...], code: int, said: str) -> None:
    found = ketworks("session", "plan", *words)
    assert found.code == code
    assert said in found.err
    assert found.out == ""


def test_wrong_uses_in_python() -> None:
    with pytest.raises(CannotSay):
        plan_session("arketamine 0.5 mg/kg iv over 40 min")
    with pytest.raises(WrongUse):
        plan_session(SENTENCE, every=1.0)
