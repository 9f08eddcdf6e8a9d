"""From a citation to the row that was read."""

from __future__ import annotations

import pytest

from ketworks.errors import WrongUse
from ketworks.evidence import read_rows, studies
from ketworks.evidence.sources import HOW_READ
from ketworks.evidence.why import why
from ketworks.registry import every_chain


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Table 4 [PAR-SIM-008]", ["PAR-SIM-008"]),
        ("Table 3 [PAR-OTTO-001 to 003], 15 to 230 min", ["PAR-OTTO-001", "PAR-OTTO-002", "PAR-OTTO-003"]),
        ("[B0032-B0034, B0039] and [B0039]", ["B0032", "B0033", "B0034", "B0039"]),
        ("[OBS-275 to 277]", ["OBS-275", "OBS-276", "OBS-277"]),
        ("[circuit C030], [clinical C084, C207]", ["circuit C030", "clinical C084", "clinical C207"]),
        ("[C030]", ["C030"]),
        ("[langsjo2003], accept = [10.4, 14.8], B0001 in the open", []),
    ],
)
def test_citations_are_read(words: str, keys: list[str]) -> None:
    assert list(read_rows.cited(words)) == keys


def test_one_number_may_mean_two_rows() -> None:
    circuit, clinical = read_rows.row("circuit C006"), read_rows.row("clinical C006")
    assert (circuit["table"], circuit["id"], clinical["table"]) == ("circuit", "C006", "clinical")
    assert circuit["value"] != clinical["value"]


def test_a_row_that_is_not_packed_is_named() -> None:
    with pytest.raises(WrongUse, match="B9999"):
        read_rows.row("B9999")


def test_every_packed_row_says_how_it_was_read_and_fits_a_line() -> None:
    rows = read_rows.load()
    assert len(rows) > 200
    for key, cells in rows.items():
        assert cells["how_read"].split("+")[0] in HOW_READ, key
        assert "read_at_url" not in cells
        line = read_rows.line(key, cells)
        assert line.startswith(f"[{key}, read as {cells['how_read']}]")
        assert len(line) <= 150


def test_why_shows_the_row_under_the_value() -> None:
    told = why("receptor.block_pv", every_chain()[0].stages)
    lines = told.text().splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.strip().startswith("potency.ki_r_ketamine:")]
    assert lines[at + 1].strip().startswith("[circuit C031, read as secondary] (R)-ketamine Ki, [3H]MK-801: 1.4 uM")
    everything = [value for part in (told, *told.needs) for value in part.values]
    (value,) = [value for value in everything if value.parameter.id == "potency.ki_r_ketamine"]
    assert value.rows["circuit C031"]["how_read"] == "secondary"


def test_no_recalled_row_carries_a_validation_point() -> None:
    rows = read_rows.load()
    for study in studies.load():
        for point in study.compare:
            read = {rows[key]["how_read"] for key in read_rows.cited(point.locator)}
            assert not (point.label == "validation" and "recalled" in read), (study.id, point.locator)
