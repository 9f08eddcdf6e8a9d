"""The commands around a run: lists, explanations, citations, checks, the machine; help for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import Ketworks

from ketworks.check import run as check_run
from ketworks.cli.main import app
from ketworks.cli.options import complete_mechanism, complete_signal
from ketworks.evidence import studies
from ketworks.registry import every_chain, usual_chains

SENTENCE = "0.5 mg/kg iv over 40 min"


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its path, groups included."""
    found = typer.main.get_command(app) if group is None else group
    yield path, found
    for name, command in getattr(found, "commands", {}).items():
        yield from commands(command, (*path, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_has_help(ketworks: Ketworks, path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    said = ketworks(*path, "--help")
    assert said.code == 0
    assert said.err == ""
    assert len(command.help or "") > 20
    for parameter in command.params:
        assert parameter.help, parameter.name
        for word in parameter.opts:
            assert word in said.out


def test_the_commands_are_the_promised_ones() -> None:
    named = {" ".join(path) for path in COMMANDS}
    promised = ["run", "signals", "events", "why", "cite", "check", "replay", "doctor", "compare"]
    assert {*promised, "evidence list", "evidence lint", "evidence guessed", "evidence claims"} <= named


def test_no_arguments_show_the_help(ketworks: Ketworks) -> None:
    said = ketworks()
    assert said.code == 2
    assert "run" in said.err
    assert said.out == ""


@pytest.mark.parametrize(("word", "nearest"), [("rn", "run"), ("singals", "signals"), ("chek", "check")])
def test_an_unknown_command_shows_the_nearest(ketworks: Ketworks, word: str, nearest: str) -> None:
    said = ketworks(word)
    assert said.code == 2
    assert re.search(rf"nearest: .*\b{nearest}\b", said.err)
    assert "expected: run, " in said.err


def test_an_unknown_word_of_evidence_is_named(ketworks: Ketworks) -> None:
    said = ketworks("evidence", "lits")
    assert said.code == 2
    assert "lits" in said.err


def test_signals_are_listed_with_unit_and_grade(ketworks: Ketworks) -> None:
    said, found = ketworks("signals"), json.loads(ketworks("signals", "--json").out)
    names = {name for chain in usual_chains() for name in chain.signals}
    assert names == {name for chain in every_chain() for name in chain.signals}
    assert {line.split()[0] for line in said.out.splitlines()} == names == set(found)
    assert found["plasma.ketamine.venous"]["unit"] == "ng/mL"
    assert set(found["plasma.ketamine.venous"]["grades"]) == {"combined", "perezruixo2021"}
    (line,) = [line for line in said.out.splitlines() if line.startswith("plasma.ketamine.venous ")]
    assert "ng/mL" in line
    assert re.search(r"combined [A-E], perezruixo2021 [A-E]", line)


def test_events_read_a_regimen_back(ketworks: Ketworks) -> None:
    said = ketworks("events", "35 mg iv bolus, twice weekly for 1 week", "--weight", "80 kg")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 4
    assert "racemic ketamine, milligrams of base; 2 doses" in lines[1]
    assert "35 mg iv at once" in lines[2]
    assert "at 80 kg" in lines[2]
    only = ketworks("events", "35 mg iv bolus, twice weekly for 1 week", "--explain")
    assert only.out.splitlines() == lines[:2]


def test_events_as_json_give_amounts_in_micromoles(ketworks: Ketworks) -> None:
    (event,) = json.loads(ketworks("events", SENTENCE, "--weight", "100 kg", "--json").out)["events"]
    assert event["s_umol"] == event["r_umol"]
    assert event["s_umol"] + event["r_umol"] == pytest.approx(50e3 / 237.73, rel=1e-4)
    assert event["duration"] == 40.0


def test_events_read_files(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("ID,TIME_MIN,AMT,DUR,EVID,ROUTE\n1,0,35,40,1,iv\n")
    (tmp_path / "plan.toml").write_text('dose = "35 mg"\nroute = "iv"\nover = "40 min"\n')
    for name in ("plan.csv", "plan.toml"):
        said = ketworks("events", name, "--explain")
        assert (said.code, said.out.splitlines()[0]) == (0, "35 mg iv over 40 min"), said.err


def test_a_plain_time_column_takes_its_unit_from_the_command_line(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("ID,TIME,AMT,RATE,EVID\n1,0,35,52.5,1\n1,24,35,52.5,1\n")
    assert ketworks("events", "plan.csv").code == 2
    said = ketworks("events", "plan.csv", "--time-unit", "h", "--route", "iv", "--drug", "esketamine", "--explain")
    assert said.out.splitlines()[0] == "esketamine 35 mg iv over 40 min at 0, 1 d", said.err


def test_an_event_table_with_several_regimens_is_refused(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("ID,TIME_MIN,AMT,ROUTE\n1,0,35,iv\n2,0,70,iv\n")
    said = ketworks("run", "plan.csv")
    assert said.code == 2
    assert "2 people with 2 regimens" in said.err


def test_why_explains_a_signal(ketworks: Ketworks) -> None:
    said = ketworks("why", "body.systolic")
    assert said.out.startswith("body.systolic [mmHg]  grade ")
    assert len(ketworks("why", "body.systolic", "--depth", "0").out) < len(said.out)
    found = json.loads(ketworks("why", "body.systolic", "--json").out)
    assert found["signal"] == "body.systolic" or found.get("name") == "body.systolic"
    assert ketworks("why", "plasma.ketamine.venous", "--plasma", "perezruixo2021").out.startswith("plasma.ketamine")


@pytest.mark.parametrize("command", ["why", "cite"])
def test_why_and_cite_show_the_nearest_signal(ketworks: Ketworks, command: str) -> None:
    said = ketworks(command, "body.systolix")
    assert (said.code, said.out) == (2, "")
    assert "nearest: body.systolic" in said.err
    assert "nearest: simons2022" in ketworks(command, "body.systolic", "--plasma", "simons2").err


def test_cite_writes_bibtex_or_words(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks("cite", "body.systolic")
    assert said.out.startswith("@misc{")
    assert ketworks("cite", "body.systolic", "--plain").out.startswith("Stages: ")
    written = ketworks("cite", "body.systolic", "--out", "paper.bib")
    assert written.out == ""
    assert (tmp_path / "paper.bib").read_text().strip() == said.out.strip()
    assert ketworks("cite", "body.systolic", "--out", "none/paper.bib").code == 2


def test_evidence_list_shows_values_with_source_and_locator(ketworks: Ketworks) -> None:
    said = ketworks("evidence", "list", "simons2022.clearance")
    (line,) = said.out.splitlines()
    assert re.match(r"simons2022\.clearance = [\d.]+ L/\S+.*  [A-E]  simons2022: ", line)
    (row,) = json.loads(ketworks("evidence", "list", "simons2022.clearance", "--json").out)
    assert row["locator"]
    every = ketworks("evidence", "list").out.splitlines()
    assert len(every) == len({line.split(" = ")[0] for line in every}) > 200
    wrong = ketworks("evidence", "list", "simons2022.clearence")
    assert wrong.code == 2
    assert "simons2022.clearance" in wrong.err


def test_evidence_lint_finds_no_error(ketworks: Ketworks) -> None:
    assert ketworks("evidence", "lint").code == 0
    findings = json.loads(ketworks("evidence", "lint", "--json").out)
    assert not [found for found in findings if found["severity"] == "error"]


def test_evidence_lint_exits_1_on_an_error(ketworks: Ketworks, monkeypatch: pytest.MonkeyPatch) -> None:
    from ketworks.evidence import lint
    from ketworks.evidence.finding import Finding

    fields = dict.fromkeys(Finding.__dataclass_fields__, "x") | {"severity": "error"}
    monkeypatch.setattr(lint, "lint", lambda stages: [Finding(**fields)])
    assert ketworks("evidence", "lint").code == 1


def test_evidence_guessed_and_claims(ketworks: Ketworks) -> None:
    assert "bridge.arm_rate" in ketworks("evidence", "guessed").out
    assert json.loads(ketworks("evidence", "guessed", "--json").out)
    assert len(ketworks("evidence", "claims").out.splitlines()) > 20
    assert len(json.loads(ketworks("evidence", "claims", "--json").out)) >= 20


@pytest.fixture
def one_study(monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[float, float]], None]:
    """Replaces the studies by one whose band is chosen."""
    study = next(one for one in studies.load() if one.id == "simons2022_infusion")

    def choose(band: tuple[float, float]) -> None:
        from dataclasses import replace

        point = replace(study.compare[0], accept=band)
        monkeypatch.setattr(studies, "load", lambda: [replace(study, compare=(point,))])

    return choose


def test_check_exits_0_inside_the_band_and_1_outside(
    ketworks: Ketworks, one_study: Callable[[tuple[float, float]], None], tmp_path: Path
) -> None:
    one_study((0.0, 1e6))
    said = ketworks("check", "simons2022", "--html", "check.html", "--quiet")
    assert (said.code, said.err) == (0, "")
    assert re.search(r"simons2022_infusion .* pass\n", said.out)
    assert "simons2022_infusion" in (tmp_path / "check.html").read_text()
    one_study((-2.0, -1.0))
    said = ketworks("check", "simons2022", "--json")
    assert said.code == 1
    found = json.loads(said.out)
    assert [row["verdict"] for row in found["rows"]] == ["miss"]
    assert found["rows"][0]["label"] in found["summary"]


def test_check_of_a_study_that_fails_to_run_exits_1(
    ketworks: Ketworks, one_study: Callable[[tuple[float, float]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_study((0.0, 1e6))
    monkeypatch.setattr(check_run, "_predict", lambda *given: None)
    said = ketworks("check")
    assert said.code == 1
    assert "ERROR" in said.out


def test_check_refuses_before_it_runs(ketworks: Ketworks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_run, "run_check", lambda *given, **named: pytest.fail("it ran"))
    said = ketworks("check", "bp_meta_half_mgkg")
    assert said.code == 2
    assert "nearest: bp_meta_half_mg_kg" in said.err
    assert "no folder" in ketworks("check", "--html", "none/check.html").err


@pytest.mark.slow
def test_doctor_describes_the_installation(ketworks: Ketworks) -> None:
    said = ketworks("doctor", "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert list(found) == ["versions", "devices", "cache", "timings_s"]
    assert found["versions"]["jax"]
    assert found["cache"]["folder"].endswith("compiled")
    assert all(seconds > 0 for seconds in found["timings_s"].values())


def test_completion_offers_names() -> None:
    assert complete_signal("body.sys") == ["body.systolic"]
    assert complete_signal("body.systolic,mind.cadss_") == ["body.systolic,mind.cadss_mean"]
    assert complete_mechanism("outcome=s") == ["outcome=saline"]
