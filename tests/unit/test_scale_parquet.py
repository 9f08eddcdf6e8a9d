"""A cohort as Parquet files: one table for any reader, the numbers of Zarr, the same bytes whatever happens."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.errors import WrongUse
from ketworks.scale import parquet_store
from ketworks.scale.chunked_run import Chunk, ChunkedRun
from ketworks.scale.parquet_store import ParquetStore
from ketworks.scale.simulate_to import simulate_to, write_cohort
from ketworks.simulation import Prepared, prepare

parquet = pytest.importorskip("pyarrow.parquet")

SENTENCE, SIGNAL, TIMES = "0.5 mg/kg iv over 40 min", "plasma.ketamine.venous", "40,80 min"
PEOPLE, CHUNK = 300, 128


def asked() -> Prepared:
    return prepare(SENTENCE, kw.Cohort(PEOPLE, 1, population="general-adults"), outputs=[SIGNAL], times=TIMES)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate_to(tmp_path_factory.mktemp("usual") / "c.parquet", asked(), CHUNK)


def test_a_row_is_a_person_at_a_time_and_the_numbers_are_those_of_the_whole_cohort(usual: Path) -> None:
    whole = asked().run()
    table = pd.read_parquet(usual)
    assert list(table.columns) == ["person", "time", SIGNAL, "weight", "age", "height", "male", "solved"]
    assert table["person"].tolist() == np.repeat(whole.ids, 2).tolist()
    assert table["time"].tolist() == [40.0, 80.0] * PEOPLE
    assert table[SIGNAL].to_numpy().tobytes() == whole.tables[SIGNAL].tobytes()
    assert table["weight"].to_numpy()[::2].tobytes() == whole.covariates["weight"].tobytes()
    assert table["solved"].all()
    assert sorted(content(usual)) == [f"part-0000{number}.parquet" for number in range(3)]


def test_units_and_the_run_stand_in_every_file(usual: Path) -> None:
    for number, path in enumerate(sorted(usual.iterdir())):
        schema = parquet.read_schema(path)
        assert schema.field(SIGNAL).metadata[b"units"] == b"ng/mL"
        assert schema.field("time").metadata[b"units"] == b"min"
        assert schema.field("weight").metadata[b"units"] == b"kg"
        words: dict[str, Any] = {key.decode(): value.decode() for key, value in schema.metadata.items()}
        assert json.loads(words["configuration"]) == ChunkedRun.of(asked(), CHUNK).configuration
        assert words["title"] == "0.5 mg/kg iv over 40 min - 300 people of general-adults (seed 1)"
        assert "treats a real person" in words["disclaimer"]
        assert json.loads(words["chunk"]) == number


def test_two_workers_write_the_same_bytes(usual: Path, tmp_path: Path) -> None:
    made = write_cohort(tmp_path / "c.parquet", asked(), CHUNK, workers=2)
    assert content(made.path) == content(usual)
    assert (made.people, made.failed, made.chunks, made.kept) == (PEOPLE, 0, 3, 0)
    assert made.memory > 3 * 50e6  # of this process and both workers


@pytest.mark.parametrize("damage", ["cut", "bit", "gone", "none"])
def test_what_is_left_of_a_stopped_run_is_checked_and_the_rest_made(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    write, path, simulated = ParquetStore.write, tmp_path / "c.parquet", []

    def stopping(self: ParquetStore, chunk: Chunk) -> str:
        simulated.append(chunk.number)
        if chunk.number == 2 and len(simulated) == 3:
            (path.with_name("c.parquet.part") / "part-00002.writing").write_bytes(b"half")
            raise KeyboardInterrupt
        return write(self, chunk)

    monkeypatch.setattr(ParquetStore, "write", stopping)
    with pytest.raises(KeyboardInterrupt):
        simulate_to(path, asked(), CHUNK)
    first = path.with_name("c.parquet.part") / "part-00000.parquet"
    whole = first.read_bytes()
    if damage == "cut":
        first.write_bytes(whole[:-9])
    elif damage == "bit":
        first.write_bytes(whole[:99] + bytes([whole[99] ^ 1]) + whole[100:])
    elif damage == "gone":
        first.unlink()
    assert write_cohort(path, asked(), CHUNK, resume=True).kept == (2 if damage == "none" else 1)
    assert simulated == [0, 1, 2, *([2] if damage == "none" else [0, 2])]
    assert content(path) == content(usual)


def test_who_fails_has_empty_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ChunkedRun.simulated

    def one_fails(self: ChunkedRun, number: int) -> Chunk:
        made = run(self, number)
        if number:
            return made
        made.tables[SIGNAL][4] = np.nan
        return made._replace(solved=np.arange(CHUNK) != 4, failed={5: "person 5: no"})

    monkeypatch.setattr(ChunkedRun, "simulated", one_fails)
    made = write_cohort(tmp_path / "c.parquet", asked(), CHUNK)
    assert made.failed == 1
    table = parquet.read_table(made.path)
    assert table[SIGNAL].null_count == 2
    assert np.flatnonzero(~table["solved"].to_numpy()).tolist() == [8, 9]
    words = parquet.read_schema(made.path / "part-00000.parquet").metadata
    assert json.loads(words[b"failed"]) == {"5": "person 5: no"}


def test_without_arrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load = importlib.import_module

    def missing(name: str) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return load(name)

    monkeypatch.setattr(parquet_store, "import_module", missing)
    with pytest.raises(WrongUse, match=r"(?s)without Arrow.*ketworks\[scale\]"):
        simulate_to(tmp_path / "c.parquet", asked(), CHUNK)
    assert not list(tmp_path.iterdir())


def test_the_command_sums_up_in_json(ketworks: Ketworks) -> None:
    words = ["--people", "300", "--population", "general-adults", "--signals", SIGNAL, "--times", TIMES]
    said = ketworks("cohort", SENTENCE, *words, "--out", "c.parquet", "--json", "--quiet")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert (found["path"], found["people"], found["failed"], found["signals"]) == ("c.parquet", 300, 0, [SIGNAL])
    assert found["people_per_s"] > 0.0
    assert found["memory"] > 50e6
