"""Saved simulations: whole round trips, the same bytes on replay, clear words about files that are not ours."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import ketworks as kw
from ketworks.errors import WrongUse
from ketworks.io.dataset import FORMAT

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
NAMES = [VENOUS, "body.systolic"]
RUNS: dict[str, Callable[[], kw.Simulation]] = {
    "person": lambda: kw.simulate(SENTENCE, kw.Person("63.5 kg", 71, "male", "181 cm"), outputs=NAMES, seed=11),
    "no band": lambda: kw.simulate(SENTENCE, outputs=NAMES, band=False),
    "cohort": lambda: kw.simulate(SENTENCE, kw.Cohort(5, seed=2), outputs=NAMES),
    "swapped": lambda: kw.simulate(
        SENTENCE, chain=kw.Chain(body="baroreflex-in-time", outcome="saline"), outputs=[*NAMES, "outcome.madrs"]
    ),
    "asked times": lambda: kw.simulate(SENTENCE, outputs=NAMES, times="0,33.3,40.1 min"),
    "replaced value": lambda: kw.simulate(SENTENCE, outputs=NAMES, values={"simons2022.clearance": 1.1}),
    "nasal": lambda: kw.simulate(
        "esketamine 84 mg nasal, twice weekly for 1 week", outputs=NAMES, times="0 to 4 d by 1 h"
    ),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "s.nc"
    return kw.simulate(SENTENCE, outputs=[VENOUS], times="0,20,40 min", band=False).save(path)


def changed(saved: Path, path: Path, change: Callable[[xr.Dataset], xr.Dataset | None]) -> Path:
    """The saved file with one thing changed."""
    dataset = kw.load(saved)
    result = change(dataset)
    (dataset if result is None else result).to_netcdf(path, engine="h5netcdf")
    return path


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=pytest.mark.slow) if run == "swapped" else run for run in RUNS]
)
def test_save_load_replay_gives_the_same_bytes(run: str, tmp_path: Path) -> None:
    made = RUNS[run]()
    path = made.save(tmp_path / "s.nc")
    loaded = kw.load(path)
    assert loaded.identical(made.dataset)
    again, worst = kw.replay(path)
    assert worst == 0.0
    for name in made.names:
        assert again.tables[name].tobytes() == made.tables[name].tobytes(), name
    assert again.configuration() == made.configuration()


def test_the_file_opens_without_ketworks(saved: Path) -> None:
    with xr.open_dataset(saved) as dataset:
        assert dataset.attrs["format"] == FORMAT
        assert dataset[VENOUS].attrs["units"] == "ng/mL"
        assert dataset.time.dtype == np.float64


def test_saving_again_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "s.nc"
    path.write_text("old")
    kw.simulate(SENTENCE, outputs=[VENOUS], times="0,20 min", band=False).save(path)
    assert kw.load(path)[VENOUS].shape == (2,)
    assert [file.name for file in tmp_path.iterdir()] == ["s.nc"]


@pytest.mark.parametrize("name", ["s.csv", "s", "s.nc.txt"])
def test_another_ending_is_refused_with_the_right_one(name: str, tmp_path: Path) -> None:
    made = kw.simulate(SENTENCE, outputs=[VENOUS], times="0 min", band=False)
    with pytest.raises(WrongUse, match=r"a name that ends in \.nc"):
        made.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"time,value\n0,1\n", b"\x89HDF\r\n\x1a\n" + bytes(500)])
def test_a_file_that_is_not_netcdf_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.nc"
    path.write_bytes(content)
    with pytest.raises(WrongUse, match=r"s\.nc' is not netCDF"):
        kw.load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.nc", tmp_path):
        with pytest.raises(WrongUse, match="no file"):
            kw.load(path)


def test_a_foreign_netcdf_is_refused(tmp_path: Path) -> None:
    xr.Dataset({"x": ("t", [1.0])}).to_netcdf(tmp_path / "x.nc", engine="h5netcdf")
    with pytest.raises(WrongUse, match="not written by this version of ketworks"):
        kw.load(tmp_path / "x.nc")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_cut_file_is_named(saved: Path, tmp_path: Path, share: float) -> None:
    whole = saved.read_bytes()
    (tmp_path / "cut.nc").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(WrongUse, match=r"cut\.nc' is not netCDF"):
        kw.load(tmp_path / "cut.nc")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5netcdf's own destructor stumbles
def test_a_file_with_damaged_bytes_is_loaded_or_named(saved: Path, tmp_path: Path) -> None:
    whole, draw = saved.read_bytes(), np.random.default_rng(1)
    path, refused = tmp_path / "damaged.nc", 0
    for _ in range(60):
        damaged = bytearray(whole)
        for place in draw.integers(len(whole), size=100):
            damaged[place] ^= int(draw.integers(1, 256))
        path.write_bytes(damaged)
        try:
            kw.load(path)
        except WrongUse as error:
            assert "damaged.nc" in str(error)  # noqa: PT017 - some loads succeed, some must not
            refused += 1
    gc.collect()  # here, where what the destructors say is ignored
    assert refused > 10


def test_a_changed_value_is_noticed_on_replay(saved: Path, tmp_path: Path) -> None:
    path = changed(saved, tmp_path / "s.nc", lambda d: d.assign({VENOUS: 1.1 * d[VENOUS]}))
    assert kw.replay(path)[1] == pytest.approx(0.1 / 1.1)


def test_a_value_that_is_not_finite_is_noticed_on_replay(saved: Path, tmp_path: Path) -> None:
    path = changed(saved, tmp_path / "s.nc", lambda d: d.assign({VENOUS: d[VENOUS].where(d.time < 40.0)}))
    assert kw.replay(path)[1] == np.inf


def test_changed_times_are_noticed_on_replay(saved: Path, tmp_path: Path) -> None:
    path = changed(saved, tmp_path / "s.nc", lambda d: d.assign_coords(time=d.time + 1.0))
    assert kw.replay(path)[1] > 0.01


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.attrs.pop("configuration") and None,
        lambda d: d.attrs.update(configuration="{"),
        lambda d: d.attrs.update(configuration="[]"),
        lambda d: d.assign(foreign=d[VENOUS]),
        lambda d: d.drop_vars(VENOUS),
        lambda d: d.isel(time=slice(0, 2)),
    ],
    ids=["no configuration", "no JSON", "a list", "one signal more", "one less", "fewer times"],
)
def test_a_file_that_does_not_fit_its_configuration_is_refused(
    saved: Path, tmp_path: Path, change: Callable[[xr.Dataset], Any]
) -> None:
    with pytest.raises(WrongUse):
        kw.replay(changed(saved, tmp_path / "s.nc", change))


@pytest.mark.parametrize(
    "part",
    [
        {"people": {"kind": "cohort", "n": "x", "weight": "70 kg"}},
        {"people": {"kind": "person", "n": 1, "wieght": "70 kg"}},
        {"seed": "x"},
        {"values": [1]},
        {"regimen": "half a dose"},
        {"chain": {"plasma": "nothing"}},
        {"outputs": ["nothing"]},
    ],
    ids=str,
)
def test_a_damaged_configuration_is_refused(saved: Path, tmp_path: Path, part: dict[str, object]) -> None:
    def change(dataset: xr.Dataset) -> None:
        dataset.attrs["configuration"] = json.dumps({**json.loads(dataset.attrs["configuration"]), **part})

    with pytest.raises(WrongUse):
        kw.replay(changed(saved, tmp_path / "s.nc", change))
