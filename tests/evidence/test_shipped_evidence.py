"""The evidence that ships is whole: it loads, names only known sources and signals, and passes the linter."""

from __future__ import annotations

import pytest

from ketworks.evidence import claims, guessed, sources, studies
from ketworks.evidence.grade import GRADES, grades_of
from ketworks.evidence.lint import failed, lint, text
from ketworks.registry import every_chain, every_stage


def test_the_linter_finds_no_error() -> None:
    findings = lint(every_stage())
    assert not failed(findings), text(findings)


def test_every_signal_has_a_grade_and_a_chain_that_limits_it() -> None:
    for chain in every_chain():
        graded = grades_of(chain.stages)
        assert set(graded) == set(chain.signals)
        assert all(found.grade in GRADES and found.chain for found in graded.values())


def test_what_is_recalled_or_assumed_is_on_the_page_of_guesses() -> None:
    for chain in every_chain():
        page = guessed.text(guessed.guessed(chain.stages))
        rows = [row for stage in chain.stages for row in stage.parameters().values()]
        missing = [row.id for row in rows if row.method in guessed.GUESSED_METHODS and f"{row.id} =" not in page]
        assert missing == []


def test_popular_claims_are_answered() -> None:
    listed = claims.load()
    assert len(listed) >= 20
    assert {claim.verdict for claim in listed} == set(claims.VERDICTS)


def test_studies_hold_every_label() -> None:
    labels = {point.label for study in studies.load() for point in study.compare}
    assert labels == set(studies.LABELS)


@pytest.mark.parametrize("study", [s.id for s in studies.load()])
def test_a_recalled_paper_validates_nothing(study: str) -> None:
    papers = sources.load()
    (found,) = (s for s in studies.load() if s.id == study)
    for point in found.compare:
        read = {papers[key].how_read for key in sources.source_ids(point.source)}
        assert not (point.label == "validation" and "recalled" in read), point.locator
