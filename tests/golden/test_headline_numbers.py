"""Headline numbers stay what they are until somebody means to change them (README.md in this folder)."""

from __future__ import annotations

import json

import pytest
from make import CASES, FILE, SEMANTICS, numbers

RULE = "a change of the model: run tests/golden/make.py, look at the difference, write a line in CHANGELOG.md"


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[str, float]]:
    content = json.loads(FILE.read_text())
    assert content["semantics"] == SEMANTICS == 1
    return content["numbers"]


@pytest.fixture(scope="module")
def now() -> dict[str, dict[str, float]]:
    return numbers()


def test_there_are_enough_numbers(kept: dict[str, dict[str, float]]) -> None:
    assert sum(map(len, kept.values())) >= 25


@pytest.mark.parametrize("case", CASES)
def test_numbers_are_the_kept_ones(
    kept: dict[str, dict[str, float]], now: dict[str, dict[str, float]], case: str
) -> None:
    assert set(now[case]) == set(kept[case]), RULE
    moved = {
        name: f"{kept[case][name]!r} is now {value!r}"
        for name, value in now[case].items()
        if value != pytest.approx(kept[case][name], rel=1e-6, abs=1e-12)
    }
    assert moved == {}, RULE
