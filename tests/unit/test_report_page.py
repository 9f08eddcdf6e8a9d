"""The report: one file that needs nothing else, says what it shows, and lets no text out of its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ketworks as kw
from ketworks.errors import WrongUse
from ketworks.report.html import page
from ketworks.report.panels import panels, title_of

SENTENCE = "0.5 mg/kg iv over 40 min"
VOID = {"meta", "br", "line", "path", "rect", "polyline", "polygon"}  # of these only SVG's own may close themselves
HOSTILE = "<script>alert('&\"x')</script>"


@cache
def whole() -> kw.Simulation:
    return kw.simulate(SENTENCE)


@cache
def text() -> str:
    return page(whole())


class Balanced(HTMLParser):
    """Holds every tag to be closed in order, and keeps tags, attributes and text."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.feed(document)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words.setdefault(self.open[-1], []).append(data)


def test_every_tag_is_closed_in_order() -> None:
    parsed = Balanced(text())
    assert {"h1", "table", "figure", "svg", "details"} <= {tag for tag, _ in parsed.tags}
    assert text().startswith("<!doctype html>\n")


def test_the_page_needs_nothing_else() -> None:
    parsed = Balanced(text())
    tags = {tag for tag, _ in parsed.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "use", "image"}
    for _tag, attributes in parsed.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), name
            assert name not in ("src", "href", "xlink:href", "srcset", "data", "action")
            assert "://" not in (value or "") or name == "xmlns", (name, value)
    style = " ".join(parsed.words["style"])
    assert "url(" not in style
    assert "@import" not in style


def test_one_figure_per_panel_with_a_name_for_readers() -> None:
    parsed = Balanced(text())
    drawn = panels(whole())
    labels = [attributes["aria-label"] for tag, attributes in parsed.tags if tag == "svg"]
    assert len(labels) == len(drawn) == text().count("<figure>")
    assert labels == [title_of(whole(), panel) for panel in drawn]


def test_every_headline_signal_is_in_the_table_in_a_legend_and_with_its_limit() -> None:
    for row in whole().peaks():
        assert text().count(f"<code>{row.name}</code>") >= 2, row.name
        assert f">{row.shown}<" in unescape(text())
        for link in whole().grades[row.name].chain:
            assert f"<code>{link}</code>" in text()


def test_the_page_says_who_what_with_what_and_how_to_do_it_again() -> None:
    parsed = Balanced(text())
    assert parsed.words["h1"] == [SENTENCE]
    assert "127 others of the same kind" in text()
    assert "never clears, doses or treats" in text()
    words = [unescape(part) for part in re.findall("<pre>(.*?)</pre>", text(), flags=re.DOTALL)]
    assert words[0].startswith("Stages: ")
    assert json.loads(words[1]) == whole().configuration()
    for stage in whole().chain.needed(whole().names):
        assert f"<td>{stage.variant}</td>" in text()


def test_a_direction_has_a_word_and_no_numbers_on_its_axis() -> None:
    figures = re.findall("<figure>.*?</figure>", text(), flags=re.DOTALL)
    seen = 0
    for panel, figure in zip(panels(whole()), figures, strict=True):
        directions = {whole().signal(name).kind == "sign" for name in panel.names}
        numbers_of_y = re.findall(r'text-anchor="end"[^>]*>([^<]*)<', figure)
        if directions == {True}:
            seen += 1
            assert numbers_of_y == []
            assert "direction only" in figure
            assert "supports only the direction" in figure
        else:
            assert len(numbers_of_y) >= 2, panel
            assert "supports only the direction" not in figure
    assert seen >= 1
    gamma = next(row for row in whole().peaks() if row.name == "circuit.gamma_power")
    assert gamma.shown in ("up", "down", "flat")


def test_each_figure_names_its_axes_with_units() -> None:
    figures = re.findall("<figure>.*?</figure>", text(), flags=re.DOTALL)
    for panel, figure in zip(panels(whole()), figures, strict=True):
        assert re.search(r">time since first dose \((min|h|d)\)<", figure)
        expected = {"1": "share (0 to 1)", "point": "points", "1/min": "/min"}.get(panel.unit, panel.unit)
        assert f">{expected}<" in figure or ">direction only<" in figure


def test_hostile_text_stays_text() -> None:
    class Hostile:
        """A regimen whose words are a script."""

        def __init__(self, real: object) -> None:
            self.real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        def __str__(self) -> str:
            return HOSTILE

    small = kw.simulate(SENTENCE, outputs=["body.systolic"], times="0,20,40 min", band=False)
    document = page(replace(small, regimen=Hostile(small.regimen), reasons={"plasma": HOSTILE, "body": HOSTILE}))  # type: ignore[arg-type]
    assert "<script" not in document
    parsed = Balanced(document)
    assert parsed.words["h1"] == [HOSTILE]
    assert parsed.words["title"] == [f"{HOSTILE} - ketworks"]
    assert parsed.words["td"].count(HOSTILE) == 2


@pytest.mark.parametrize(
    ("who", "band", "words"),
    [
        (kw.Person(), False, "no band was asked for"),
        (kw.Cohort(20), True, "medians of the cohort"),
        (kw.Person(), True, "127 others"),
    ],
)
def test_the_page_says_what_the_lines_are(who: kw.Person | kw.Cohort, band: bool, words: str) -> None:
    made = kw.simulate(SENTENCE, who, outputs=["body.systolic", "outcome.response"], times="0,20,40 min", band=band)
    document = page(made)
    Balanced(document)
    assert words in document


def test_one_time_and_constant_signals_can_be_drawn() -> None:
    Balanced(page(kw.simulate(SENTENCE, outputs=["body.systolic"], times="0 min", band=False)))
    Balanced(page(kw.simulate(SENTENCE, outputs=["outcome.relapse", "dose.given"], times="0,1 min")))


def test_a_repeated_regimen_shows_its_first_occasion_for_fast_and_all_for_slow_stages() -> None:
    names = ["body.systolic", "plasticity.synapses"]
    made = kw.simulate("35 mg iv bolus, twice weekly for 2 weeks", outputs=names, band=False)
    fast, slow = panels(made)
    assert (fast.first_only, slow.first_only) == (True, False)
    assert fast.stop < 1440.0
    assert slow.stop == made.times[-1]
    assert "Body, first occasion" in page(made)


def test_the_report_is_written_whole_with_the_right_ending(tmp_path: Path) -> None:
    assert whole().report(tmp_path / "s.html").read_text(encoding="utf-8") == text()
    with pytest.raises(WrongUse, match=r"ends in \.html"):
        whole().report(tmp_path / "s.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["s.html"]


def test_the_report_is_small_enough_to_send() -> None:
    assert len(text()) < 1_000_000
