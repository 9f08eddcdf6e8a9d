"""Grades, explanations, citations and guesses travel along what the signals rest on."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.errors import WrongUse
from ketworks.evidence import cite, guessed, sources
from ketworks.evidence.grade import grades_of, weakest
from ketworks.evidence.links import behind, carried_by, links
from ketworks.evidence.why import why

SOURCES = """
[doe2020]
authors = "Doe J, Roe AB, et al."
year = 2020
title = "100 % of {braces} & under_scores"
doi = "10.1000/a_b(2020)1-2"
kind = "trial"
how_read = "abstract"

[label2019]
year = 2019
kind = "label"
how_read = "full_text"
"""


def row(key: str, grade: str = "B", method: str = "table", source: str = "doe2020", note: str = "") -> Parameter:
    texts = dict.fromkeys(("interval", "spread_kind", "population", "n", "species", "form"), "")
    return Parameter(
        id=key,
        symbol="k",
        meaning=f"meaning of {key}",
        value=2.5,
        unit="1/h",
        low=2.0,
        high=3.0,
        spread=None,
        source=source,
        locator="Table 1",
        method=method,
        grade=grade,
        note=note,
        canonical=2.5 / 60,
        canonical_unit="1/min",
        **texts,
    )


def decay(level: float) -> float:
    """Levels fall.

    dC/dt = -k * C
    """
    return -level


def stage(name: str, rows: list[Parameter], rests_on: dict[str, tuple[str, ...]], needs: tuple[Need, ...] = ()):
    signals = tuple(Signal(key, "ng/mL", key, "#000000", f"what {key} is") for key in rests_on)
    equations = {signals[0].name: (decay,)}
    return SimpleNamespace(
        name=name,
        variant="fake",
        meaning=f"the {name} stage",
        needs=needs,
        outputs=signals,
        support=lambda: rests_on,
        stated=lambda: equations,
        parameters=lambda: {r.id: r for r in rows},
    )


@pytest.fixture
def chain():
    plasma = stage(
        "plasma",
        [row("pk.cl", "B"), row("pk.arm", "C", source="label2019"), row("pk.unused", "E", "assumed", "assumption")],
        {"plasma.art": ("pk.cl", "pk.cl"), "plasma.ven": ("plasma.art", "pk.arm")},
    )
    body = stage(
        "body",
        [row("body.gain", "E", "assumed", "assumption", "picked"), row("body.rate", "D")],
        {"body.hr": ("plasma.art", "body.rate"), "body.bp": ("body.hr", "body.gain"), "body.free": ("plasma.ven",)},
        (Need("plasma.art", "ng/mL"), Need("plasma.ven", "ng/mL")),
    )
    return [plasma, body]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "all.toml").write_text(SOURCES)
    return str(tmp_path)


def test_weakest_is_the_last_letter_and_nothing_is_the_worst() -> None:
    assert weakest("ABDC") == "D"
    assert weakest([]) == "E"
    with pytest.raises(WrongUse, match="unknown grade 'F'"):
        weakest(["A", "F"])


def test_grades_travel_with_the_chain_that_limits_them(chain) -> None:
    grades = grades_of(chain)
    assert grades["plasma.art"] == ("B", ("pk.cl",))
    assert grades["plasma.ven"] == ("C", ("pk.arm",))
    assert grades["body.hr"] == ("D", ("body.rate",))
    assert grades["body.bp"] == ("E", ("body.gain",))
    assert grades["body.free"] == ("C", ("plasma.ven", "pk.arm"))
    assert grades_of(chain[::-1]) == {name: grades[name] for name in grades_of(chain[::-1])}


def test_a_better_parameter_lifts_the_grade_only_as_far_as_the_next_link(chain) -> None:
    chain[1] = stage("body", [row("body.gain", "A")], {"body.bp": ("plasma.ven", "body.gain")})
    assert grades_of(chain)["body.bp"].grade == "C"


def test_a_signal_that_rests_on_nothing_has_the_worst_grade(chain) -> None:
    chain.append(stage("mind", [], {"mind.high": ()}))
    assert grades_of(chain)["mind.high"] == ("E", ())


def test_links_refuse_what_they_cannot_follow(chain) -> None:
    with pytest.raises(WrongUse, match=r"pk\.cll"):
        links([stage("plasma", [row("pk.cl")], {"plasma.art": ("pk.cll",)})])
    with pytest.raises(WrongUse, match="two stages"):
        links([*chain, chain[0]])
    with pytest.raises(WrongUse, match=r"x\.a -> x\.b -> x\.a"):
        links([stage("x", [], {"x.a": ("x.b",), "x.b": ("x.a",)})])


def test_behind_and_carried_by_are_each_others_inverse(chain) -> None:
    graph = links(chain)
    assert behind(["body.bp"], graph) == ("body.bp", "body.hr", "plasma.art")
    assert carried_by(graph)["pk.cl"] == ("plasma.art", "plasma.ven", "body.hr", "body.bp", "body.free")
    assert "pk.unused" not in carried_by(graph)


def test_why_leads_from_the_curve_to_the_papers(chain, folder: str) -> None:
    told = why("body.bp", chain, folder)
    assert [need.signal for need in told.needs] == ["body.hr"]
    text = told.text()
    for part in ("grade E", "body.gain", "2.5 1/h", "(2 to 3)", "assumed here", "picked", "Doe J 2020", "Table 1"):
        assert part in text
    assert "dC/dt = -k * C" in why("plasma.art", chain, folder).text()
    assert "plasma.art" in text
    assert "pk.arm" not in text
    assert told.text(depth=0).count("grade") < text.count("grade")
    assert json.loads(json.dumps(told.as_dict()))["needs"][0]["needs"][0]["signal"] == "plasma.art"


def test_why_counts_all_values_of_the_weakest_grade(chain, folder: str) -> None:
    weak = [row("mind.a", "E"), row("mind.b", "E")]
    chain.append(stage("mind", weak, {"mind.high": ("body.bp", "mind.a", "mind.b")}))
    told = why("mind.high", chain, folder)
    assert told.weak == ("mind.a", "mind.b", "body.gain")
    assert "set by mind.a and 2 more values of this grade" in told.text()


def test_why_explains_a_shared_signal_once(chain, folder: str) -> None:
    chain.append(stage("mind", [], {"mind.high": ("plasma.art", "body.hr")}))
    told = why("mind.high", chain, folder)
    assert told.text().count("meaning of") == 0
    assert told.text().count("pk.cl:") == 1
    assert "explained above" in told.text()


def test_why_names_the_nearest_signals(chain, folder: str) -> None:
    with pytest.raises(WrongUse, match=r"nearest: .*body\.bp"):
        why("body.bpp", chain, folder)


def test_bibtex_holds_only_what_is_known_and_is_safe_for_latex(chain, folder: str) -> None:
    text = cite.bibtex(["plasma.ven"], chain, folder)
    assert text.count("@misc{") == 2
    assert "author = {Doe, J and Roe, A B and others}" in text
    assert r"title = {{100 \% of \{braces\} \& under\_scores}}" in text
    assert "doi = {10.1000/a_b(2020)1-2}" in text
    label = text.split("@misc{label2019")[1]
    assert "author" not in label
    assert "title = " not in label
    assert "note = {" in label
    assert "title not read" in label


def test_only_sources_behind_the_asked_signals_are_cited(chain, folder: str) -> None:
    assert [s.id for s in cite.sources_behind(["plasma.art"], chain, folder)] == ["doe2020"]
    assert [s.id for s in cite.sources_behind([], chain, folder)] == ["doe2020", "label2019"]


def test_citing_a_source_that_is_in_no_file_fails(folder: str) -> None:
    odd = [stage("plasma", [row("pk.cl", source="doe2021")], {"plasma.art": ("pk.cl",)})]
    with pytest.raises(WrongUse, match="doe2020"):
        cite.bibtex(["plasma.art"], odd, folder)


def test_methods_say_what_has_no_paper(chain, folder: str) -> None:
    text = cite.methods(["body.bp"], chain, folder)
    assert "plasma (fake), " in text or ", plasma (fake)" in text
    assert "1. Doe J, Roe AB, et al. (2020)" in text
    assert "assumed here; no source: 1 value." in text
    assert "Without a paper" not in cite.methods(["plasma.art"], chain, folder)


@pytest.mark.parametrize(
    ("authors", "field"),
    [
        ("The Study Group of 12 Sites & Co", r"{The Study Group of 12 Sites \& Co}"),
        ("Simons et al.", "{Simons} and others"),
        ("Doe J et al.", "Doe, J and others"),
        ("van der Doe J-P, Roe A", "van der Doe, J P and Roe, A"),
    ],
)
def test_author_lists_are_read_or_kept_as_one_literal_name(authors: str, field: str) -> None:
    assert f"author = {{{field}}}" in cite._entry(sources.Source("x", authors=authors, year=2001))


def test_a_source_without_authors_is_named_by_its_id() -> None:
    assert cite.reference(sources.Source("label2019", year=2019)) == "label2019 (2019) (title not read)"


def test_guessed_lists_assumptions_with_all_that_rests_on_them(chain) -> None:
    found = guessed.guessed(chain)
    assert [guess.parameter.id for guess in found] == ["body.gain", "pk.unused"]
    assert found[0].signals == ("body.bp",)
    text = guessed.text(found)
    assert "body.gain = 2.5 1/h" in text
    assert "carries 0: no signal" in text
    assert guessed.as_dicts(found)[0]["signals"] == ["body.bp"]


def test_a_printed_assumption_of_grade_e_is_a_guess_too() -> None:
    only = [stage("plasma", [row("pk.fm", "E", "secondary")], {"plasma.art": ("pk.fm",)})]
    assert "the authors assumed it too" in guessed.text(guessed.guessed(only))
