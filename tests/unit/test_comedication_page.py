"""The page on other drugs says what the rows say, and its sentences are read by the real reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ketworks.comedication import drugs
from ketworks.comedication.table import effects_table
from ketworks.dose import parse
from ketworks.evidence import read_rows
from ketworks.people.person import Person
from ketworks.registry import variants

PAGE = (Path(__file__).parents[2] / "docs" / "comedication.md").read_text("utf-8")


def test_the_table_is_the_one_made_from_the_rows() -> None:
    assert effects_table() in PAGE  # python -m ketworks.comedication.table prints it


def test_the_table_shows_every_effect_row_with_its_grade() -> None:
    table = effects_table()
    lines = table.splitlines()[2:]
    assert len(lines) == len(drugs.GIVEN) + len(drugs.TAKEN)
    shown = [cell.strip() for line in lines for cell in line.split("|")[2:-1]]
    effects = [
        row
        for key, row in drugs.rows().items()
        if not key.startswith(("alternative.", "comedication.")) and key.split(".")[-1] not in drugs.KINETICS
        if not key.endswith(drugs.OPIOID_SHARE)
    ]
    assert sum(cell != "." for cell in shown) == len(effects)
    for grade in "CE":
        assert sum(cell.endswith(f" {grade}") for cell in shown) == sum(row.grade == grade for row in effects)


def test_its_sentences_read_and_its_variants_exist() -> None:
    sentences = re.findall(r'^\./run "([^"]+)"', PAGE, re.M)
    assert len(sentences) == 3
    assert [len(parse(sentence).company) for sentence in sentences] == [1, 2, 0]
    named = set(re.findall(r"comedication=([a-z-]+)", PAGE))
    assert named == set(variants()["comedication"]) - {"factors"}
    assert Person(comedication=re.findall(r"--with ([a-z_]+)", PAGE), conditions="hypertension").comedication


@pytest.mark.parametrize("cited", sorted(read_rows.cited(PAGE)))
def test_rows_it_cites_were_read_and_are_behind_the_parameters(cited: str) -> None:
    behind = {key for row in drugs.rows().values() for key in read_rows.cited(f"{row.locator} {row.note}")}
    assert cited in behind
