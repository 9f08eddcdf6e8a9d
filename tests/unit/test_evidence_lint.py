"""Every rule of the linter, broken once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ketworks.engine.signal import Need, Signal
from ketworks.evidence import parameters
from ketworks.evidence.lint import Finding, as_dicts, failed, lint, text
from ketworks.evidence.parameters import COLUMNS

GOOD = {
    "id": "pk.cl",
    "symbol": "CL",
    "meaning": "clearance",
    "value": "90",
    "unit": "L/h",
    "low": "80",
    "high": "100",
    "interval": "95 % CI",
    "source": "doe2020",
    "locator": "Table 1",
    "method": "table",
    "grade": "B",
}
STUDY = """
id = "one"
title = "a study"
label = "check"
regimen = "0.5 mg/kg iv over 40 min"
[[compare]]
signal = "plasma.art"
site = "not read"
statistic = "peak"
value_unit = "ng/mL"
observed = 100
accept = [80, 120]
source = "roe2021"
locator = "abstract"
grade = "B"
"""
CLAIMS = (
    "id\tclaim\tverdict\tsources_for\tsources_against\thow_shown\tnote\n"
    "a\tIt works.\tpartly\troe2021\t\tplasma.art; study one\ty\n"
)
SOURCES = '[doe2020]\nhow_read = "table"\n[roe2021]\nhow_read = "abstract"\n'
OBSERVATIONS = "time_min,value,source,locator,label\n1,2,roe2021,Figure 1,validation\n"


@dataclass
class Place:
    """A small body of evidence without a fault, to break in one place."""

    root: Path

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)

    def rows(self, *rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> None:
        lines = ["\t".join(header), *("\t".join({**GOOD, **row}.get(key, "") for key in header) for row in rows)]
        self.write("plasma/parameters.tsv", "\n".join(lines) + "\n")

    def stage(self, **changed: object) -> type:
        folder = str(self.root / "plasma")
        body = {
            "name": "plasma",
            "variant": "fake",
            "meaning": "levels",
            "needs": (),
            "outputs": (Signal("plasma.art", "ng/mL", "level", "#000000", "level in the artery"),),
            "rests_on": {"plasma.art": ("pk.cl",)},
            "equations": {"plasma.art": (parameters.pick,)},
            "residual": {},
            "parameters": classmethod(lambda cls: parameters.load(folder)),
        }
        return type("Fake", (), {**body, **changed})

    def lint(self, *stages: type) -> list[Finding]:
        parameters.load.cache_clear()
        return lint(list(stages) or [self.stage()], [self.root / "plasma"], self.root / "evidence")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    (tmp_path / "evidence").mkdir()
    made.rows({})
    made.write("evidence/claims.tsv", CLAIMS)
    for name, content in {
        "sources/a.toml": SOURCES,
        "studies/one.toml": STUDY,
        "observations/one.csv": OBSERVATIONS,
    }.items():
        (tmp_path / "evidence" / name).parent.mkdir(exist_ok=True)
        made.write(f"evidence/{name}", content)
    return made


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_sound_evidence_has_no_finding(place: Place) -> None:
    assert place.lint() == []
    assert text([]) == "0 errors, 0 warnings\n"


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"locator": ""}, "locator"),
        ({"unit": "L/parsnip"}, "unit"),
        ({"unit": "furlong"}, "unit-conversion"),
        ({"value": "70"}, "interval"),
        ({"value": "101"}, "interval"),
        ({"low": "", "value": "101"}, "interval"),
        ({"low": "100", "high": "80"}, "order"),
        ({"interval": ""}, "interval-kind"),
        ({"grade": "F"}, "grade"),
        ({"grade": ""}, "grade"),
        ({"method": "guess"}, "method"),
        ({"method": "recalled"}, "overgraded"),
        ({"method": "assumed"}, "overgraded"),
        ({"method": "fitted", "grade": "A"}, "overgraded"),
        ({"source": ""}, "source"),
        ({"source": "doe2020; doe2200"}, "source"),
    ],
)
def test_each_cell_rule_finds_its_fault_and_nothing_else(place: Place, cells: dict[str, str], rule: str) -> None:
    place.rows(cells)
    found = [f for f in place.lint() if f.rule not in ("table", "unused-source")]
    assert rules(found) == [rule]
    assert found[0].where == "plasma/parameters.tsv:2 pk.cl"
    assert found[0].fix


@pytest.mark.parametrize("method", ["recalled", "assumed", "fitted"])
def test_a_guess_of_grade_e_passes(place: Place, method: str) -> None:
    place.rows({"method": method, "grade": "E"})
    assert place.lint() == []


@pytest.mark.parametrize(
    "cells", [{"value": "ninety"}, {"value": ""}, {"value": "nan"}, {"high": "inf"}, {"spread": "x"}]
)
def test_numbers_must_be_numbers(place: Place, cells: dict[str, str]) -> None:
    place.rows(cells)
    assert rules(place.lint())[0] == "number"


def test_a_wrong_header_and_a_short_row_are_named(place: Place) -> None:
    place.rows({}, header=COLUMNS[:-1])
    assert "header" in rules(place.lint())
    place.rows({})
    path = place.root / "plasma/parameters.tsv"
    path.write_text(path.read_text() + "pk.v\tV\n")
    found = place.lint()
    assert ("cells", "plasma/parameters.tsv:3") in [(f.rule, f.where) for f in found]
    assert failed(found)


def test_ids_are_unique_across_tables(place: Place) -> None:
    place.rows({}, {})
    assert "duplicate-id" in rules(place.lint())


def test_a_row_that_nothing_rests_on_is_a_warning(place: Place) -> None:
    place.rows({}, {"id": "pk.idle"})
    (found,) = place.lint()
    assert (found.rule, found.severity) == ("unread-parameter", "warning")
    assert "pk.idle" in found.what
    assert not failed([found])


def test_a_row_said_to_be_read_elsewhere_is_not_warned_of(place: Place) -> None:
    place.rows({}, {"id": "pk.idle"})
    place.write("evidence/aside.tsv", "table\tids\tread_by\nplasma/parameters.tsv\tpk.idle\ta command\n")
    assert place.lint() == []


def test_a_saying_that_no_row_bears_out_is_an_error(place: Place) -> None:
    place.rows({})
    place.write("evidence/aside.tsv", "table\tids\tread_by\nplasma/parameters.tsv\tpk.cl\ta command\n")
    (found,) = place.lint()
    assert (found.rule, found.severity) == ("aside", "error")
    assert "pk.cl" in found.what


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"rests_on": {"plasma.art": ("pk.cl", "pk.cll")}}, "unknown-link"),
        ({"rests_on": {"plasma.art": ("pk.cl", "body.hr")}}, "unknown-link"),
        ({"rests_on": {"plasma.art": ("pk.cl",), "plasma.ven": ("pk.cl",)}}, "unknown-link"),
        ({"outputs": (Signal("plasma.art", "parsnip", "level", "#000000", ""),)}, "signal-unit"),
        ({"equations": {}}, "no-equation"),
        ({"equations": {"plasma.art": (lambda x: x,)}}, "no-equation"),
    ],
)
def test_each_stage_rule_finds_its_fault(place: Place, changed: dict[str, object], rule: str) -> None:
    assert rule in rules(place.lint(place.stage(**changed)))


def test_a_declared_need_is_a_link(place: Place) -> None:
    linked = {"rests_on": {"plasma.art": ("pk.cl", "body.hr")}, "needs": (Need("body.hr", "1/min"),)}
    assert place.lint(place.stage(**linked)) == []


def test_a_signal_that_rests_on_nothing_is_refused(place: Place) -> None:
    assert "ungrounded" in rules(place.lint(place.stage(rests_on={})))


def test_an_unused_source_is_refused_unless_a_note_names_it(place: Place) -> None:
    place.write("evidence/sources/b.toml", '[poe2022]\nhow_read = "abstract"\n')
    assert [(f.rule, f.severity) for f in place.lint()] == [("unused-source", "error")]
    place.rows({"note": "as in [poe2022]"})
    assert place.lint() == []
    place.rows({})
    place.write("evidence/sources/a.toml", SOURCES.replace('"table"', '"table"\nnote = "model of [poe2022]"'))
    assert place.lint() == []


def test_source_files_are_checked(place: Place) -> None:
    place.write("evidence/sources/b.toml", '[doe2020]\nhow_read = "glanced"\n')
    assert rules(place.lint()) == ["source-twice", "how-read"]
    place.write("evidence/sources/b.toml", "[poe\n")
    assert rules(place.lint()) == ["source-file"]
    place.write("evidence/sources/b.toml", "")
    place.write("evidence/sources/a.toml", SOURCES + "[doe2020]\n")
    assert rules(place.lint()) == ["source-file"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda s: s.replace("roe2021", "roe2022"), "source"),
        (lambda s: s.replace('grade = "B"', 'grade = "Z"'), "grade"),
        (lambda s: s.replace("plasma.art", "plasma.arr"), "study"),
        (lambda s: s.replace('"ng/mL"', '"mmHg"'), "study"),
        (lambda s: s.replace("observed = 100", "observed = 70"), "band"),
        (lambda s: s.replace('locator = "abstract"', ""), "study"),
        (lambda s: s.replace('label = "check"', ""), "study"),
        (lambda s: s.replace('"peak"', '"aafe"') + 'observations = "none.csv"\n', "study"),
        (lambda s: s.replace("roe2021", "doe2020").replace('"check"', '"validation"'), "validation"),
    ],
)
def test_each_study_rule_finds_its_fault(place: Place, change: Callable[[str], str], rule: str) -> None:
    place.write("evidence/studies/one.toml", change(STUDY))
    assert rules(place.lint())[0] == rule


def test_a_point_may_name_several_sources(place: Place) -> None:
    place.write("evidence/sources/b.toml", '[poe2022]\nhow_read = "abstract"\n')
    place.write("evidence/studies/one.toml", STUDY.replace("roe2021", "roe2021; poe2022"))
    assert place.lint() == []


def test_a_validation_point_of_a_source_behind_parameters_may_say_why_it_is_apart(place: Place) -> None:
    shared = STUDY.replace("roe2021", "doe2020").replace('"check"', '"validation"')
    place.write("evidence/studies/one.toml", shared + 'apart = "another quantity"\n')
    (found,) = (f for f in place.lint() if f.rule == "validation")
    assert (found.severity, found.fix) == ("info", "stated to be apart: another quantity")
    assert text([found]).endswith("\n0 errors, 0 warnings\n")
    place.write("evidence/studies/one.toml", STUDY.replace('"check"', '"validation"') + 'apart = "another quantity"\n')
    assert [(f.rule, f.severity) for f in place.lint()] == [("validation", "warning")]


READ = "id,quantity,value,unit,how_read\nB0001,clearance,90,L/h,table\nB0002,volume,200,L,abstract\n"


def test_a_cited_row_must_be_packed_and_a_packed_row_cited(place: Place) -> None:
    place.write("evidence/read/body.csv", READ)
    place.rows({"locator": "Table 1 [B0001 to 0002]"})
    assert place.lint() == []
    place.rows({"locator": "Table 1 [B0001, B0003]"})
    found = place.lint()
    assert [(f.rule, f.severity, f.where) for f in found] == [
        ("row", "error", "plasma/parameters.tsv:2"),
        ("unused-row", "warning", "read/body.csv"),
    ]
    assert "[B0003] leads to no row" in found[0].what


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evidence/studies/one.toml", STUDY.replace('"abstract"', '"abstract [B0009]"')),
        ("evidence/observations/one.csv", OBSERVATIONS.replace("Figure 1", "Figure 1 [B0009]")),
        ("evidence/claims.tsv", CLAIMS.replace("\ty\n", "\ty [B0009]\n")),
        ("evidence/sources/a.toml", SOURCES + 'note = "as in [B0009]"\n'),
        ("plasma/README.md", "as in [B0009]\n"),
    ],
)
def test_citations_are_followed_wherever_they_stand(place: Place, name: str, content: str) -> None:
    place.write(name, content)
    assert rules(place.lint()) == ["row"]


def test_an_id_of_two_tables_is_cited_with_its_table(place: Place) -> None:
    place.write("evidence/read/circuit.csv", READ.replace("B0001", "C001").replace("B0002", "C002"))
    place.rows({"locator": "Table 1 [circuit C001, C002]"})
    assert place.lint() == []
    place.rows({"locator": "Table 1 [circuit C001], [C002]"})
    found = place.lint()
    assert rules(found) == ["row", "unused-row"]
    assert found[0].fix == "write [circuit C002] or [clinical C002]"


def test_a_validation_point_on_a_row_behind_a_parameter_is_seen(place: Place) -> None:
    place.write("evidence/read/body.csv", READ)
    place.rows({"locator": "Table 1 [B0001, B0002]"})
    both = STUDY.replace('"check"', '"validation"').replace('"abstract"', '"abstract [B0001]"')
    place.write("evidence/studies/one.toml", both)
    (found,) = place.lint()
    assert (found.rule, found.severity) == ("validation", "warning")
    assert "[B0001]" in found.what


def test_two_studies_of_one_id_are_refused(place: Place) -> None:
    place.write("evidence/studies/two.toml", STUDY)
    assert rules(place.lint()) == ["study"]


@pytest.mark.parametrize(
    "content",
    [
        OBSERVATIONS.replace("Figure 1", ""),
        OBSERVATIONS.replace("validation", ""),
        OBSERVATIONS.replace("1,2,roe2021", "1,2,"),
        "time_min,value\n1,2\n",
    ],
)
def test_an_observed_value_needs_source_locator_and_label(place: Place, content: str) -> None:
    place.write("evidence/observations/one.csv", content)
    assert rules(place.lint()) == ["observation"]


def test_observations_may_leave_their_origin_to_the_study_that_reads_them(place: Place) -> None:
    place.write("evidence/observations/one.csv", "time_min,value\n1,2\n")
    place.write("evidence/studies/one.toml", STUDY.replace('"peak"', '"aafe"') + 'observations = "one.csv"\n')
    assert place.lint() == []


def test_a_claim_needs_a_known_source_and_a_place_where_it_shows(place: Place) -> None:
    place.write("evidence/claims.tsv", CLAIMS.replace("roe2021", ""))
    assert rules(place.lint()) == ["claim"]
    place.write("evidence/claims.tsv", CLAIMS.replace("roe2021", "poe2022"))
    assert rules(place.lint()) == ["source"]
    place.write("evidence/claims.tsv", CLAIMS.replace("plasma.art", "plasma.arr"))
    assert rules(place.lint()) == ["claim"]
    place.write("evidence/claims.tsv", CLAIMS.replace("study one", "study won"))
    assert rules(place.lint()) == ["claim"]
    place.write("evidence/claims.tsv", CLAIMS.replace("plasma.art; study one", "not modelled yet"))
    assert place.lint() == []
    place.write("evidence/claims.tsv", CLAIMS.replace("partly", "maybe"))
    assert rules(place.lint()) == ["claim"]


def test_findings_print_errors_first_with_counts(place: Place) -> None:
    place.rows({"interval": "", "locator": ""})
    assert as_dicts(place.lint())[0]["fix"]
    lines = text(place.lint()).splitlines()
    assert lines[0].startswith("error [locator] plasma/parameters.tsv:2 pk.cl: no locator;")
    assert lines[-1] == "1 errors, 1 warnings"
