"""The page of claims: every sentence has its row, its numbers are simulated and none is typed in, changes are seen."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import Ketworks

from ketworks.claims import shown, statistics
from ketworks.claims.page import Page
from ketworks.claims.run import CANNOT_SAY, NO, PARTLY, YES, Seen, agreement, show
from ketworks.dose.sentence import parse
from ketworks.errors import WrongUse
from ketworks.evidence import read_rows
from ketworks.evidence.claims import load
from ketworks.registry import Chain, every_chain, every_stage

SENTENCES = {
    *("standard-dose", "half-life", "gone-in-ten-hours", "norketamine-third", "pressure-rise", "gamma-up"),
    *("three-hertz", "default-mode", "within-a-day", "ten-days", "four-weeks", "six-better", "twice-weekly"),
    *("seventy-percent", "seventeen-people", "three-infusions", "second-infusion", "crps-complete"),
    *("bipolar-weaker", "anti-suicidal", "no-mania", "bladder"),
}
ROWS = [row for rows in shown.load().values() for row in rows]
RUN = [row for row in ROWS if row.statistic != shown.NONE]
PLASMA = [row for row in ROWS if row.claim in ("half-life", "gone-in-ten-hours", "norketamine-third", "within-a-day")]
PAGE = Path(__file__).parents[2] / "docs" / "claims.md"
ROW = shown.Shown("c", "x", "", "", "typical", "", "s", "value", "", "", 1.0, 2.0, "emerges", "one to two")


def test_every_sentence_has_a_row_and_every_row_a_sentence() -> None:
    claims = {one.id: one for one in load()}
    assert set(claims) >= SENTENCES
    assert set(claims) == set(shown.load())
    assert [key for key, one in claims.items() if not read_rows.cited(one.note)] == []


def test_rows_ask_for_what_exists() -> None:
    made = {signal.name for stage in every_stage() for signal in stage.outputs}
    assert [row for row in RUN if not row.signals or set(row.signals) - made] == []
    assert {row.statistic for row in RUN} <= set(statistics.STATISTICS)
    for row in RUN:
        Chain(**row.mechanisms)
        for words in filter(None, (row.regimen, row.against)):
            parse(words)


def test_no_result_stands_in_the_file() -> None:
    assert shown.COLUMNS[:4] == ("claim", "shows", "regimen", "against")
    assert not {"value", "result", "number", "agrees", "grade"} & set(shown.COLUMNS)


def values_of(rows: Sequence[shown.Shown], values: dict[str, float] | None = None) -> list[float]:
    return [one.value or 0.0 for one in show(rows, values=values)]


def test_shown_numbers_come_from_the_model() -> None:
    before = values_of(PLASMA)
    rows = {row.id: row.canonical for row in every_chain()[0].maker("plasma.ketamine.venous").parameters().values()}
    chain = every_chain()[0]
    stated = {key: row.canonical for stage in chain.stages for key, row in stage.parameters().items()}
    other = {
        "simons2022.clearance": 0.7 * rows["simons2022.clearance"],
        "potency.ki_s_norketamine": 0.5 * stated["potency.ki_s_norketamine"],
        "synaptic_chain.delay": 3.0 * stated["synaptic_chain.delay"],
        "synaptic_chain.loss_time": 0.5 * stated["synaptic_chain.loss_time"],
    }
    after = values_of(PLASMA, other)
    assert [row.shows for row, a, b in zip(PLASMA, before, after, strict=True) if abs(a - b) < 1e-4 * abs(a)] == []


def test_the_verdict_does_not_follow_the_model() -> None:
    claim = load()[0]
    for low, value, answer in ((1.0, 1.5, YES), (1.0, 0.5, NO), (None, 3.0, NO), (None, None, CANNOT_SAY)):
        seen = [Seen(replace(ROW, low=low), value, "h", "E", "why" if value is None else "")]
        assert agreement(seen) == answer
        page = Page((claim,), {claim.id: seen})
        assert page.as_dict()["claims"][0]["verdict"] == claim.verdict
        assert f"the model agrees: {answer}" in page.text()
    assert agreement([Seen(ROW, 1.5, "h", "E"), Seen(ROW, 5.0, "h", "E")]) == PARTLY
    assert Seen(replace(ROW, low=None, high=None), 1.0, "h", "E").agrees == CANNOT_SAY


def told(page: str) -> dict[str, tuple[str, str]]:
    """By what is shown, the number and whether it agrees, as the page in the documentation prints them."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    return {row[0]: (row[1], row[3]) for row in rows if row[0] != "the model shows"}


def number_in(cell: str) -> float:
    found = re.match(r"-?[\d.]+", cell)
    return float(found[0]) if found else float("nan")


@pytest.mark.parametrize("rows", [PLASMA, pytest.param(RUN, marks=pytest.mark.slow)], ids=["a few", "all"])
def test_the_page_in_the_documentation_is_what_the_model_shows(rows: Sequence[shown.Shown]) -> None:
    """Made again by ``ketworks claims --run --out docs/claims.md`` after a look at what changed."""
    seen = show(rows)
    claims = tuple(one for one in load() if one.id in {row.claim for row in rows})
    by_claim = {claim.id: [one for one in seen if one.row.claim == claim.id] for claim in claims}
    now, before = told(Page(claims, by_claim).markdown()), told(PAGE.read_text("utf-8"))
    assert {key: agrees for key, (_, agrees) in now.items()} == {key: before[key][1] for key in now}
    for key, (cell, _) in now.items():
        assert number_in(cell) == pytest.approx(number_in(before[key][0]), rel=0.02, abs=0.02, nan_ok=True), key


def test_the_page_holds_every_claim_with_its_verdict() -> None:
    page = PAGE.read_text("utf-8")
    for claim in load():
        assert f"`{claim.id}`: **{claim.verdict}**" in page


def test_claims_at_the_command_line(ketworks: Ketworks, tmp_path: Path) -> None:
    listed = ketworks("claims")
    assert listed.code == 0
    assert len(listed.out.splitlines()) == len(load()) + 1
    one = json.loads(ketworks("claims", "norketamine-third", "--json", "--quiet").out)["claims"][0]
    assert one["model_agrees"] == NO
    assert one["model_shows"][0]["value"] == pytest.approx(1 / 6, rel=0.1)
    assert "circuit C032" in one["rows"]
    out = tmp_path / "one.csv"
    assert ketworks("claims", "no-mania", "--out", str(out), "--quiet").code == 0
    assert "cannot say" in out.read_text()
    wrong = ketworks("claims", "half-live")
    assert wrong.code == 2
    assert "half-life" in wrong.err
    assert ketworks("claims", "half-life", "--run").code == 2
    assert ketworks("claims", "--out", str(tmp_path / "x.pdf")).code == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("claim\t", "claims\t", 1), "the columns"),
        (lambda text: text.replace("\temerges\t", "\temerged\t", 1), "emerges"),
        (lambda text: text.replace("\t2\t3\t", "\ttwo\t3\t", 1), "a number"),
        (lambda text: text + "one\ttwo\n", "cells"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: object, message: str) -> None:
    path = tmp_path / "shown.tsv"
    path.write_text(change(shown.PATH.read_text("utf-8")))  # type: ignore[operator]
    with pytest.raises(WrongUse, match=message):
        shown.load(path)


class Course:
    """What the statistics read of a simulation: three people at days 0 to 3, a response that two have at day 1."""

    times = 1440.0 * np.arange(4.0)
    has_typical = False
    table = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]])

    def people_table(self, name: str) -> np.ndarray:
        return self.table


@pytest.mark.parametrize(
    ("statistic", "at", "wanted"),
    [
        ("share", "1 d", 200.0 / 3.0),
        ("kept", "1 d to 3 d", 50.0),
        ("gained", "1 d to 2 d", 100.0),
        ("mean time kept", "1 d", 3.0),
        ("median time kept", "1 d", None),
        ("median time kept", "2 d", None),
        ("chance", "2 of 2 at 1 d", 400.0 / 9.0),
        ("chance", "0 of 5 at 1 d", 100.0),
    ],
)
def test_statistics_of_a_course_worked_by_hand(statistic: str, at: str, wanted: float | None) -> None:
    found = statistics.STATISTICS[statistic](Course(), "x", at)  # type: ignore[arg-type]
    assert found.value == (None if wanted is None else pytest.approx(wanted))
    assert bool(found.why) is (wanted is None)
