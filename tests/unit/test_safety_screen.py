"""``ketworks screen``: stop, caution, ask; units and names are checked; nothing unknown counts as no."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from command_line import Ketworks

from ketworks.errors import WrongUse
from ketworks.safety import WARNING
from ketworks.safety.answers import answers, questions, template
from ketworks.safety.rule import DRUGS, rules_for
from ketworks.safety.screening import screen

HEALTHY: dict[str, Any] = {
    **{key: "no" for key, one in questions().items() if one.kind == "yes-no"},
    **{key: "yes" for key in questions() if key.endswith(("_done", "_rated", "_taken", "_assessed"))},
    **{"age": 35, "sex": "male", "weight": "70 kg", "indication": "depression", "treatment_resistant": "yes"},
    **{"systolic": "118 mmHg", "diastolic": "76 mmHg", "qtc": "410 ms", "liver": "normal", "moca": 29},
    "lorazepam_equivalent": "0 mg",
}


def ids(given: dict[str, Any], drug: str, verdict: str) -> set[str]:
    return {one.rule.id for one in screen(HEALTHY | given, drug).of(verdict)}


@pytest.mark.parametrize("drug", DRUGS)
def test_a_healthy_person_meets_no_stop_and_no_question(drug: str) -> None:
    said = screen(HEALTHY, drug)
    assert said.verdict == "no rule fires"
    assert said.exit_code == 0
    assert "clears nobody" in str(said)


@pytest.mark.parametrize(
    ("given", "drug", "verdict", "rule", "fires"),
    [
        ({"takes_lithium": "yes"}, "psilocybin", "stop", "S001", True),
        ({"takes_lithium": "yes"}, "lsd", "stop", "S001", True),
        ({"takes_lithium": "yes"}, "ketamine", "stop", "S001", False),
        ({"takes_maoi": "yes"}, "esketamine", "caution", "R031", True),
        ({"takes_maoi": "yes"}, "lsd", "stop", "S002", True),
        ({"systolic": "140 mmHg"}, "esketamine", "caution", "R010", False),
        ({"systolic": "141 mmHg"}, "esketamine", "caution", "R010", True),
        ({"diastolic": "91 mmHg"}, "esketamine", "caution", "R010", True),
        ({"systolic": "180 mmHg"}, "ketamine", "stop", "R064", False),
        ({"systolic": "181 mmHg"}, "ketamine", "stop", "R064", True),
        ({"diastolic": "101 mmHg"}, "ketamine", "stop", "R064", True),
        ({"systolic": "145 mmHg", "age": 66}, "esketamine", "caution", "S005", False),
        ({"systolic": "145 mmHg", "age": 65}, "esketamine", "caution", "S005", True),
        ({"systolic": "151 mmHg", "age": 66}, "esketamine", "caution", "S005", True),
        ({"age": 24}, "esketamine", "caution", "R008", True),
        ({"age": 25}, "esketamine", "caution", "R008", False),
        ({"takes_theophylline": True}, "ketamine", "stop", "R047", True),
        ({"pregnant": "yes", "sex": "female"}, "ketamine", "caution", "R092", True),
        ({"liver": "severe"}, "ketamine", "caution", "R094", True),
        ({"lorazepam_equivalent": "3 mg"}, "ketamine", "caution", "R116", False),
        ({"lorazepam_equivalent": "3500 ug"}, "ketamine", "caution", "R116", True),
        ({"moca": 18}, "ketamine", "caution", "R118", False),
        ({"moca": 17}, "ketamine", "caution", "R118", True),
        ({"weight": "121 kg"}, "lsd", "caution", "R144", True),
        ({"weight": "49 kg"}, "lsd", "caution", "R144", True),
        ({"weight": "120 kg"}, "lsd", "caution", "R144", False),
        ({"high_cardiovascular_risk": "yes", "ecg_done": "no"}, "ketamine", "ask", "R100", True),
        ({"high_cardiovascular_risk": "yes", "ecg_done": "yes"}, "ketamine", "ask", "R100", False),
    ],
)
def test_cases_of_the_texts(given: dict[str, Any], drug: str, verdict: str, rule: str, fires: bool) -> None:
    assert (rule in ids(given, drug, verdict)) is fires


def test_lithium_stops_no_ketamine() -> None:
    for drug in ("ketamine", "esketamine"):
        assert screen(HEALTHY | {"takes_lithium": "yes"}, drug).verdict == "no rule fires"


@pytest.mark.parametrize("drug", DRUGS)
@pytest.mark.parametrize("key", [key for key, one in questions().items() if one.kind == "yes-no"])
def test_unknown_is_never_no(drug: str, key: str) -> None:
    """Whatever rule a yes would fire, an unknown asks for; and nothing else changes."""
    risky = {"high_cardiovascular_risk": "yes", "liver_risk": "yes", "repeated_use": "yes", "sex": "female"}
    base = HEALTHY | {word: answer for word, answer in risky.items() if word != key}
    for answer in ("yes", "no"):
        by_answer = {one.rule.id for one in screen(base | {key: answer}, drug).fired if one.verdict != "note"}
        plain = {one.rule.id for one in screen(base | {key: answer}, drug).of("note")}
        by_unknown = screen(base | {key: "unknown"}, drug)
        assert by_answer - plain <= {one.rule.id for one in by_unknown.fired}
        waits = [one for one in by_unknown.fired if key in one.unanswered]
        assert {one.verdict for one in waits} <= {"ask"}


def test_a_man_is_not_asked_about_pregnancy() -> None:
    asked = screen({"sex": "male"}, "ketamine").unanswered
    assert not {"pregnant", "breastfeeding", "eclampsia"} & set(asked)
    assert {"pregnant", "breastfeeding", "eclampsia"} <= set(screen({"sex": "female"}, "ketamine").unanswered)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"systolic": 140}, "no unit"),
        ({"systolic": "140"}, "no unit"),
        ({"systolic": "140 kg"}, "kind of mmHg"),
        ({"systolic": float("nan")}, "40 to 300 mmHg"),
        ({"systolic": "30 mmHg"}, "40 to 300 mmHg"),
        ({"systolc": "140 mmHg"}, "nearest: systolic"),
        ({"takes_lithum": "yes"}, "nearest: takes_lithium"),
        ({"takes_lithium": "maybe"}, 'or "unknown"'),
        ({"takes_lithium": 1}, 'or "unknown"'),
        ({"liver": "sever"}, "nearest: severe"),
        ({"moca": 31}, "0 to 30"),
        ({"moca": True}, "0 to 30"),
        ({"age": "-1"}, "0 to 110"),
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongUse) as error:
        answers(given)
    assert words in str(error.value)


def test_the_template_is_valid_and_all_unknown(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks("screen", "--template")
    assert (said.code, said.out) == (0, template())
    assert set(tomllib.loads(said.out)) == set(questions())
    assert set(tomllib.loads(said.out).values()) == {"unknown"}
    file = tmp_path / "person.toml"
    file.write_text(said.out)
    for drug in DRUGS:
        found = json.loads(ketworks("screen", str(file), "--drug", drug, "--json").out)
        assert found["verdict"] == "ask"
        assert found["stop"] == found["caution"] == []
        waiting = [rule.id for rule in rules_for(drug, "screen") if rule.verdict != "note"]
        assert [one["id"] for one in found["ask"]] == waiting


def test_the_command_stops_with_3_and_shows_reason_and_source(ketworks: Ketworks, tmp_path: Path) -> None:
    file = tmp_path / "person.toml"
    file.write_text('systolic = "190 mmHg"\ntakes_theophylline = true\n')
    said = ketworks("screen", str(file))
    assert said.code == 3
    assert said.out.startswith("person.toml, ketamine: STOP\n")
    assert "because systolic = 190 mmHg" in said.out
    assert "because takes_theophylline = yes" in said.out
    assert "Ketamine Swiss Fachinformation, 67199 (CH)" in said.out
    assert WARNING in said.out
    assert "unknown is not no" in said.out
    found = json.loads(ketworks("screen", str(file), "--json").out)
    assert found["warning"] == WARNING
    assert [one["id"] for one in found["stop"]] == ["R047", "R064"]
    assert all(one["origin"] for verdict in ("stop", "caution", "ask", "note") for one in found[verdict])


def test_every_rule_that_is_printed_shows_its_source(ketworks: Ketworks, tmp_path: Path) -> None:
    file = tmp_path / "person.toml"
    file.write_text('liver = "severe"\n')
    for drug in DRUGS:
        said = ketworks("screen", str(file), "--drug", drug)
        for one in screen({"liver": "severe"}, drug).fired:
            assert f"{one.rule.id}  {one.rule.words}" in said.out
            assert one.rule.origin in said.out


def test_wrong_uses_of_the_command(ketworks: Ketworks, tmp_path: Path) -> None:
    assert "--template" in ketworks("screen").err
    assert ketworks("screen", "none.toml").code == 2
    assert "nearest: esketamine" in ketworks("screen", "--drug", "s-ketamine", _written(tmp_path, "")).err
    assert "nearest: systolic" in ketworks("screen", _written(tmp_path, 'systoli = "120 mmHg"')).err
    assert ketworks("screen", _written(tmp_path, "systolic = ")).code == 2
    assert ketworks("screen", "--template", _written(tmp_path, "")).code == 2


def _written(folder: Path, text: str) -> str:
    file = folder / "person.toml"
    file.write_text(text)
    return str(file)
