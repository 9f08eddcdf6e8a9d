"""``ketworks run``: data on stdout, words on stderr, files whole, exit codes as promised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.cli import run as run_module
from ketworks.cli.main import call

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
SMALL = ["--signals", f"{VENOUS},body.systolic", "--times", "0,20,40 min"]


def test_run_prints_the_table_and_writes_the_report(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks(
        "run", SENTENCE, "--weight", "80kg", "--age", "45", "--sex", "male", "--height", "1.8 m", "--no-band"
    )
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[:2] == [SENTENCE, "male, 45 y, 80 kg, 180 cm"]
    assert any(line.startswith("outcome.madrs ") for line in lines)
    assert "ketworks: wrote ketworks-report.html" in said.err
    assert "never doses or treats" in said.err
    assert [file.name for file in tmp_path.iterdir()] == ["ketworks-report.html"]


def test_a_bare_sentence_means_run(ketworks: Ketworks) -> None:
    assert ketworks(SENTENCE, "--no-report", *SMALL).out == ketworks("run", SENTENCE, "--no-report", *SMALL).out


def test_json_is_the_public_shape_alone(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks("run", SENTENCE, "--json", *SMALL, "--seed", "4")
    found = json.loads(said.out)
    assert found["seed"] == 4
    same = kw.simulate(SENTENCE, outputs=[VENOUS, "body.systolic"], times="0,20,40 min", seed=4)
    assert found == json.loads(json.dumps(same.as_dict()))
    assert list(tmp_path.iterdir()) == []  # no report that nobody asked for


def test_json_with_a_report_that_was_asked_for(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks("run", SENTENCE, "--json", *SMALL, "--report", "own.html")
    assert json.loads(said.out)["regimen"] == SENTENCE
    assert (tmp_path / "own.html").read_text().startswith("<!doctype html>")


def test_quiet_says_nothing_on_stderr(ketworks: Ketworks) -> None:
    for word in ("--quiet", "-q"):
        said = ketworks("run", SENTENCE, word, "--no-report", *SMALL)
        assert said.err == ""
        assert said.out


def test_signals_and_times_choose(ketworks: Ketworks) -> None:
    said = ketworks("run", SENTENCE, "--json", "--no-band", "--signals", f"body.systolic, {VENOUS}", "--times", "1,2 h")
    found = json.loads(said.out)["signals"]
    assert list(found) == ["body.systolic", VENOUS]
    assert found[VENOUS]["times_min"] == [60.0, 120.0]
    assert found[VENOUS]["low"] is None


def test_people_makes_a_cohort(ketworks: Ketworks) -> None:
    said = ketworks("run", SENTENCE, "--people", "30", "--seed", "9", "--weight", "60 kg", "--no-report", *SMALL)
    assert said.code == 0
    assert "30 people like female, 40 y, 60 kg, 170 cm (seed 9)" in said.out


def test_other_drugs_organs_and_setting_are_said(ketworks: Ketworks) -> None:
    words = ["--with", "clarithromycin", "--with", "ticlopidine", "--liver", "moderate", "--kidney", "severe"]
    words += ["--setting", "icu", "--plasma", "combined"]
    said = ketworks("run", SENTENCE, *words, "--no-band", "--json", *SMALL)
    assert said.code == 0
    person = json.loads(said.out)["person"]
    assert person["comedication"] == ["ticlopidine", "clarithromycin"]
    assert (person["liver"], person["kidney"], person["setting"]) == ("moderate", "severe", "icu")


ARTERIAL = "plasma.ketamine.arterial"


def test_a_population_and_samples_on_the_command_line(ketworks: Ketworks, tmp_path: Path) -> None:
    words = ["--people", "6", "--population", "trial-adults", "--sex", "female", "--measured", "--no-occasions"]
    asked = ["--signals", ARTERIAL, "--times", "0,40 min"]
    said = ketworks("run", SENTENCE, *words, *asked, "--json", "--out", "s.nc")
    found = json.loads(said.out)
    assert (found["person"]["population"], found["person"]["n"]) == ("trial-adults", 6)
    assert "weight" not in found["person"]
    sample = found["signals"][ARTERIAL]["measured"]
    assert [len(row) for row in sample] == [2] * 6
    saved = kw.load("s.nc")
    assert saved[f"{ARTERIAL}.measured"].values.tolist() == sample
    assert len(set(saved["weight"].values.tolist())) == 6
    assert set(saved["male"].values.tolist()) == {0.0}
    assert ketworks("replay", "s.nc").code == 0


def test_a_table_of_people_on_the_command_line(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,weight_kg,age\n7,60,30\n3,90,50\n")
    asked = ["--signals", ARTERIAL, "--times", "40 min", "--no-report"]
    said = ketworks("run", SENTENCE, "--people-table", "p.csv", *asked, "--out", "s.nc")
    assert said.out.splitlines()[1] == "2 people of p.csv (seed 1)"
    assert kw.load("s.nc")["person"].values.tolist() == [7, 3]
    assert kw.load("s.nc")["weight"].values.tolist() == [60.0, 90.0]
    said = ketworks("compare", SENTENCE, "1 mg/kg iv over 40 min", "--people-table", "p.csv", *asked[:-1])
    assert said.code == 0


def test_chain_and_value_change_the_run(ketworks: Ketworks) -> None:
    parts = ("run", SENTENCE, "--json", "--no-band", "--times", "24 h", "--signals", "outcome.madrs")
    plain, saline = ketworks(*parts), ketworks(*parts, "--chain", "outcome=saline")
    weaker = ketworks(*parts, "--value", "simons2022.clearance=3.5", "--value", "simons2022.flow_2=1.5")
    found = [json.loads(said.out) for said in (plain, saline, weaker)]
    assert [one["stages"]["outcome"] for one in found] == ["drug-only", "saline", "drug-only"]
    values = [one["signals"]["outcome.madrs"]["values"][0] for one in found]
    assert values[1] < values[0] < values[2]


def test_compare_takes_one_plasma_model_for_each(ketworks: Ketworks) -> None:
    asked = ["compare", SENTENCE, SENTENCE, "--signals", "plasma.ketamine.arterial", "--times", "0,40 min", "--plasma"]
    first, second = ketworks(*asked, "combined,kamp2020").out.splitlines()[:2]
    assert first.endswith("plasma by combined")
    assert second.endswith("plasma by kamp2020")
    assert all(line.endswith("kamp2020") for line in ketworks(*asked, "kamp2020").out.splitlines()[:2])
    for wrong in ("combined,", "combined,kamp2020,otto2021"):
        said = ketworks(*asked, wrong)
        assert (said.code, said.out) == (2, "")
        assert "try: --plasma combined,kamp2020" in said.err


def test_out_writes_what_replay_repeats(ketworks: Ketworks, tmp_path: Path) -> None:
    assert ketworks("run", SENTENCE, "--out", "s.nc", "--no-report", *SMALL).code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["s.nc"]
    said = ketworks("replay", "s.nc")
    assert said.code == 0
    assert said.out.splitlines()[0] == SENTENCE
    assert "replayed s.nc: the same bytes" in said.err


def test_replay_of_changed_numbers_fails(ketworks: Ketworks) -> None:
    ketworks("run", SENTENCE, "--out", "s.nc", "--no-report", *SMALL)
    dataset = kw.load("s.nc")
    dataset.assign({VENOUS: dataset[VENOUS] * 1.001}).to_netcdf("t.nc", engine="h5netcdf")
    said = ketworks("replay", "t.nc")
    assert said.code == 1
    assert "largest difference 1.0e-03" in said.err


def test_cite_reads_a_saved_file(ketworks: Ketworks) -> None:
    ketworks("run", SENTENCE, "--out", "s.nc", "--no-report", "--signals", VENOUS, "--times", "0 min")
    said = ketworks("cite", "s.nc")
    assert said.code == 0
    assert said.out.strip() == kw.load("s.nc").attrs["citations"].strip()


def test_a_toml_file_and_an_event_table_are_regimens(ketworks: Ketworks, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('dose = "35 mg"\nroute = "iv"\nover = "40 min"\n')
    (tmp_path / "plan.csv").write_text("ID,TIME_MIN,AMT,DUR,EVID,ROUTE\n1,0,35,40,1,iv\n")
    direct = ketworks("run", "35 mg iv over 40 min", "--json", *SMALL)
    for name in ("plan.toml", "plan.csv"):
        assert ketworks("run", name, "--json", *SMALL).out == direct.out


@pytest.mark.parametrize("words", [["50 mg nasal", "--age", "8", "--weight", "25 kg"]])
def test_what_has_no_evidence_exits_3(ketworks: Ketworks, tmp_path: Path, words: list[str]) -> None:
    said = ketworks("run", *words)
    assert said.code == 3
    assert said.out == ""
    assert "expected: " in said.err
    assert "try: " in said.err
    assert list(tmp_path.iterdir()) == []


WRONG = [
    (["run", "0.5"], "without a unit"),
    (["run", SENTENCE, "--signals", "body.systolix"], "nearest: body.systolic"),
    (["run", SENTENCE, "--signals", ","], "unknown signal"),
    (["run", SENTENCE, "--times", "0,20"], "a unit at the end"),
    (["run", SENTENCE, "--chain", "plasma"], "name=value"),
    (["run", SENTENCE, "--chain", "plasma=simons2023"], "nearest: simons2022"),
    (["run", SENTENCE, "--chain", "plasm=simons2022"], "nearest: plasma"),
    (["run", SENTENCE, "--chain", "body=baroreflex", "--chain", "body=baroreflex"], "given twice"),
    (["run", SENTENCE, "--value", "simons2022.clearence=1"], "nearest: simons2022.clearance"),
    (["run", SENTENCE, "--value", "simons2022.clearance=fast"], "a number"),
    (["run", SENTENCE, "--value", "simons2022.clearance=nan"], "0.148 to 14.8 L/min"),
    (["run", SENTENCE, "--weight", "80"], "unit"),
    (["run", SENTENCE, "--weight", "800 kg"], "1 to 250 kg"),
    (["run", SENTENCE, "--sex", "femal"], "nearest: female"),
    (["run", SENTENCE, "--with", "ticlopidin"], "nearest: ticlopidine"),
    (["run", SENTENCE, "--liver", "moderat"], "nearest: moderate"),
    (["run", SENTENCE, "--kidney", "sever"], "nearest: severe"),
    (["run", SENTENCE, "--setting", "ward"], "clinic, icu"),
    (["run", SENTENCE, "--age", "8"], "never guessed"),
    (["run", SENTENCE, "--people", "-1"], "1 to 10000000 people"),
    (["run", SENTENCE, "--population", "general-adults"], "--people 100"),
    (["run", SENTENCE, "--people", "3", "--population", "generaladults"], "nearest: general-adults"),
    (["run", SENTENCE, "--people-table", "none.csv"], "no file 'none.csv'"),
    (["run", SENTENCE, "--people-table", "none.csv", "--people", "3"], "the table alone"),
    (["run", SENTENCE, "--plasma", "simons2023"], "nearest: simons2022"),
    (["run", SENTENCE, "--plasma", "combined", "--chain", "plasma=combined"], "given twice"),
    (["run", SENTENCE, "--seed", "-1"], "seed -1"),
    (["run", SENTENCE, "--seed", "one"], "--seed"),
    (["run", SENTENCE, "--wieght", "80 kg"], "--weight"),
    (["run", "none.toml"], "none.toml"),
    (["run", "none.csv"], "none.csv"),
    (["run"], "regimen"),
    (["replay", "none.nc"], "no file 'none.nc'"),
    (["cite", "none.nc"], "no file 'none.nc'"),
]


@pytest.mark.parametrize(
    ("arguments", "words"), WRONG, ids=lambda part: " ".join(part) if isinstance(part, list) else ""
)
def test_wrong_use_exits_2_with_words_on_stderr_alone(
    ketworks: Ketworks, tmp_path: Path, arguments: list[str], words: str
) -> None:
    said = ketworks(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("ketworks: ")
    assert words in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("--out", "none/s.nc", "no folder 'none'"),
        ("--out", "folder.nc", "it is a folder"),
        ("--out", "s.csv", "ends in .nc"),
        ("--report", "none/s.html", "no folder 'none'"),
        ("--report", "folder.html", "it is a folder"),
        ("--report", "s.pdf", "ends in .html"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(
    ketworks: Ketworks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, words: str
) -> None:
    for folder in ("folder.nc", "folder.html"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(run_module, "_simulate", lambda *given, **more: pytest.fail("it ran"))
    said = ketworks("run", SENTENCE, option, name)
    assert said.code == 2
    assert words in said.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder.html", "folder.nc"]


def test_an_interrupted_run_exits_130_and_writes_nothing(
    ketworks: Ketworks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "_simulate", interrupted)
    said = ketworks("run", SENTENCE, "--out", "s.nc")
    assert said.code == 130
    assert "interrupted" in said.err
    assert list(tmp_path.iterdir()) == []


def test_after_a_first_start_other_sizes_are_compiled_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[int] = []
    monkeypatch.setattr("ketworks.simulation.warm_up", lambda: warmed.append(1))
    for traced in (0, 3):
        monkeypatch.setattr("ketworks.engine.compiled.traced_programs", lambda traced=traced: traced)
        assert call(["run", SENTENCE, "--no-report", "--signals", "dose.given", "--times", "0 min"]) == 0
        assert len(warmed) == (1 if traced else 0)
    assert "first start" in capsys.readouterr().err
