"""Interventions against mechanisms: the evidence table, single predictions by other ways, verdicts, scores, files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.circuit.stage import INPUTS
from ketworks.errors import WrongUse
from ketworks.evidence import read_rows
from ketworks.plasticity.rivals.calibrate import fast_share
from ketworks.registry import make, variants
from ketworks.rivals import interventions
from ketworks.rivals.benefit import LIGANDS, MECHANISMS, MOST, NOBODY_HAS, Benefits, steps_of
from ketworks.rivals.ligands import _glutamate, after, memantine, memantine_blocks
from ketworks.rivals.mechanism_picture import figure
from ketworks.rivals.mechanism_table import (
    AGREES,
    CANNOT_SAY,
    CONTRADICTS,
    MechanismComparison,
    compare_mechanisms,
)

DOSE = "0.5 mg/kg iv over 40 min"
ROWS = {row.id: row for row in interventions.load()}


@pytest.fixture(scope="module")
def found() -> MechanismComparison:
    return compare_mechanisms(DOSE, ("direct-block", "habenula"))


def verdict(found: MechanismComparison, row: str, mechanism: str) -> str:
    return found.cells[row][mechanism].verdict


def test_every_row_cites_rows_that_were_read_as_it_says() -> None:
    for row in ROWS.values():
        keys = read_rows.cited(row.evidence)
        assert keys, row.id
        how = {read_rows.row(key)["how_read"] for key in keys}
        if row.how_read == interventions.RECALLED:
            assert how == {interventions.RECALLED}, row.id
        else:
            assert interventions.RECALLED not in how, row.id


def test_every_change_names_a_gate_or_ligand_that_exists() -> None:
    gates = {key.removeprefix("gate.") for name in MECHANISMS for key in make("plasticity", name).parameters()}
    for row in ROWS.values():
        if row.kind == "gate":
            assert row.name in gates | NOBODY_HAS, row.id
        if row.kind == "ligand":
            assert row.name in {*LIGANDS, "none"}, row.id
    assert tuple(variants()["plasticity"]) == MECHANISMS


def test_words_of_a_ratio() -> None:
    size, presence = ROWS["rapamycin_man"], ROWS["memantine"]
    said = [size.says(x) for x in (0.0, 0.19, 0.21, 0.79, 0.81, 1.19, 1.21)]
    assert said == ["blocked", "blocked", "reduced", "reduced", "unchanged", "unchanged", "increased"]
    assert [presence.says(x) for x in (0.19, 0.21)] == ["absent", "present"]


def test_what_says_nothing_is_not_counted() -> None:
    assert not ROWS["nbqx_test"].counts_for("habenula")
    assert not ROWS["naltrexone_yoon"].counts_for("habenula")
    assert not ROWS["midazolam"].counts_for("habenula")
    for row in ("onset", "week", "six"):  # the chain that all share was fitted to these courses
        assert not any(ROWS[row].counts_for(mechanism) for mechanism in ("disinhibition", "habenula"))
    assert not ROWS["double"].counts_for("disinhibition")  # its half-level rests on this dose
    assert ROWS["double"].counts_for("habenula")


def test_a_gate_row_is_what_simulate_says_with_that_gate(found: MechanismComparison) -> None:
    def benefit(gates: dict[str, float] | None) -> float:
        names, chain = ["plasticity.ampa_gain", "plasticity.synapses"], kw.Chain(plasticity="direct-block")
        run = kw.simulate(DOSE, None, chain, names, "1 d", band=False, gates=gates)
        fast, slow = (float(run.tables[name][0, 0]) for name in names)
        return fast_share() * fast + (1.0 - fast_share()) * slow

    row = ROWS["anti_bdnf"]
    assert found.cells[row.id]["direct-block"].ratio == pytest.approx(benefit({"trkb": 0.0}) / benefit(None), abs=1e-9)
    half = interventions.Intervention(**{**vars(row), "change": "gate:trkb=lamotrigine_share"})
    ratio = Benefits(DOSE, [half]).ratio("direct-block", half)
    assert ratio == pytest.approx(benefit({"trkb": 0.5}) / benefit(None), rel=1e-6)


def test_verdicts_that_follow_from_the_equations(found: MechanismComparison) -> None:
    assert verdict(found, "anti_bdnf", "direct-block") == AGREES
    assert verdict(found, "anti_bdnf", "habenula") == CONTRADICTS  # it has no such step
    assert verdict(found, "habenula_only", "habenula") == AGREES
    assert verdict(found, "habenula_only", "direct-block") == CONTRADICTS
    assert verdict(found, "no_pyramidal", "direct-block") == CONTRADICTS
    assert verdict(found, "hnk_mouse", "direct-block") == CONTRADICTS
    assert verdict(found, "benzodiazepine_worse", "habenula") == CANNOT_SAY
    assert found.cells["no_pyramidal"]["direct-block"].ratio == 0.0
    assert found.cells["mk801"]["direct-block"].ratio == pytest.approx(1.0, abs=1e-3)


def test_a_mechanism_cannot_say_after_a_dose_that_leaves_it_nothing_to_act_on() -> None:
    row = ROWS["anti_bdnf"]
    for words in ("0.5 mg/kg esketamine iv over 40 min", "esketamine 84 mg nasal"):
        assert Benefits(words, [row]).ratio("hnk-ampa", row) is None
    assert Benefits("esketamine 84 mg nasal", [row]).ratio("direct-block", row) == 0.0


def test_a_row_that_names_two_doses_is_the_same_whatever_dose_is_asked() -> None:
    row = ROWS["double"]
    asked = [Benefits(words, [row]).ratio("direct-block", row) for words in (DOSE, "esketamine 84 mg nasal")]
    assert asked[0] == asked[1]
    for row in ROWS.values():  # a dose of its own needs a named one beside it
        assert bool(row.regimen) == bool(row.against), row.id


def test_scores_count_what_can_be_judged(found: MechanismComparison) -> None:
    for name in found.mechanisms:
        cells = [found.cells[row.id][name] for row in found.rows if row.who == "human"]
        counted = [cell for cell in cells if cell.counts]
        assert found.score(name, "human").judged == len(counted)
        assert found.score(name, "human").agrees == sum(cell.verdict == AGREES for cell in counted)
        assert all(not cell.counts for cell in cells if cell.verdict == CANNOT_SAY)
    assert 0 < found.score("habenula", "human").judged < len([row for row in found.rows if row.who == "human"])


def test_text_json_table_and_picture_hold_every_row(found: MechanismComparison) -> None:
    text = repr(found)
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    lines = list(csv.DictReader(io.StringIO(found.as_csv())))
    assert len(told["interventions"]) == len(ROWS)
    assert len(lines) == 2 * len(ROWS)
    for row in found.rows:
        assert row.intervention in text
    assert max(float(line["ratio"] or 0.0) for line in lines) <= MOST
    drawn = [words.get_text() for axes in figure(found).axes for words in axes.get_yticklabels()]
    assert sorted(drawn) == sorted(row.intervention for row in found.rows)


def test_people_stand_apart_from_animals(found: MechanismComparison) -> None:
    people, animals = repr(found).split("\n\n")[1:3]
    assert people.startswith("people")
    assert animals.startswith("animals and cells")
    assert ROWS["rapamycin_man"].intervention in people
    assert ROWS["rapamycin_rat"].intervention in animals


def test_the_default_keeps_the_opioid_gate_out_of_its_hypothesis() -> None:
    assert "opioid" not in steps_of("disinhibition")
    assert "opioid" in steps_of("opioid-gated")
    assert steps_of("habenula") == ("habenula", "ampa_at_test")


def test_memantine_leaves_the_habenula_and_spares_pyramidal_cells() -> None:
    blocks = memantine_blocks()
    assert 0.0 < blocks[0] < blocks[2] < 0.5
    given = memantine(make("plasticity", "habenula"), DOSE)
    ratio = float(given.p["habenula.half_level"]) * float(given.p["habenula.hold_time"])
    rows = make("plasticity", "habenula").parameters()
    usual = rows["habenula.half_level"].canonical * rows["habenula.hold_time"].canonical
    assert ratio == pytest.approx(usual)  # the same entry, another stay
    assert float(given.p["habenula.hold_time"]) < 1.0


def test_glutamate_by_working_points_is_what_the_circuit_stage_makes() -> None:
    stage = make("plasticity", "disinhibition-circuit")
    times, made = after(stage, DOSE, INPUTS)
    by_points = _glutamate(times, {name: made[name] for name in INPUTS})
    np.testing.assert_allclose(by_points, made["circuit.glutamate"], atol=2e-5)
    assert float(jnp.max(by_points)) > 1.01


def test_a_broken_table_is_refused(tmp_path: Path) -> None:
    good = (interventions.FOLDER / "interventions.tsv").read_text(encoding="utf-8")
    for name, text in {
        "word.tsv": good.replace("\tincreased\t", "\tlarger\t", 1),
        "kind.tsv": good.replace("gate:ampa\t", "door:ampa\t", 1),
        "head.tsv": good.replace("how_read", "read", 1),
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(WrongUse):
            interventions.load(path)


def test_the_command_refuses_what_it_cannot_do(ketworks: Ketworks, tmp_path: Path) -> None:
    for words, arguments in {
        "--mechanisms": (DOSE, "--out", str(tmp_path / "t.csv")),
        ".csv": ("--mechanisms", "--out", str(tmp_path / "t.txt")),
        "one sentence": ("--mechanisms", DOSE, DOSE),
        "one of them": ("--mechanisms", "--circuits", DOSE),
    }.items():
        said = ketworks("compare", *arguments)
        assert said.code == 2
        assert words in said.err
