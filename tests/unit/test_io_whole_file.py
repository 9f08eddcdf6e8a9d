"""A file appears whole under its name or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import ketworks as kw
from ketworks.errors import WrongUse
from ketworks.io.whole_file import check_writable, write_whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount program")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_bytes_are_written_under_the_name_alone(tmp_path: Path) -> None:
    assert write_whole(tmp_path / "a.txt", b"whole") == tmp_path / "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    assert names(tmp_path) == ["a.txt"]


def test_the_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "a.txt", b"")
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a.txt")]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("bad"), KeyboardInterrupt()])
def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "a.nc").write_bytes(b"old")

    def writer(path: Path) -> None:
        path.write_bytes(b"half")
        assert len(names(tmp_path)) == 2
        raise error

    expected = WrongUse if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write_whole(tmp_path / "a.nc", writer)
    assert names(tmp_path) == ["a.nc"]
    assert (tmp_path / "a.nc").read_bytes() == b"old"


def test_the_name_appears_only_when_the_content_is_whole(tmp_path: Path) -> None:
    def writer(path: Path) -> None:
        assert path.parent == tmp_path  # the same disk, so that the renaming is one step
        assert path.suffix == ".nc"
        assert not (tmp_path / "a.nc").exists()
        path.write_bytes(b"whole")

    write_whole(tmp_path / "a.nc", writer)


def test_a_writer_that_fails_says_why(tmp_path: Path) -> None:
    def writer(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(WrongUse, match=r"a\.nc': No space left on device"):
        write_whole(tmp_path / "a.nc", writer)


def test_a_missing_folder_a_folder_and_another_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no folder"):
        check_writable(tmp_path / "none" / "a.nc")
    (tmp_path / "b.nc").mkdir()
    with pytest.raises(WrongUse, match="it is a folder"):
        check_writable(tmp_path / "b.nc", (".nc",))
    with pytest.raises(WrongUse, match=r"ends in \.html or \.htm") as error:
        check_writable(tmp_path / "a.pdf", (".html", ".htm"))
    assert error.value.nearest == str(tmp_path / "a.html")
    assert check_writable(tmp_path / "A.HTML", (".html",)) == tmp_path / "A.HTML"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WrongUse, match="no permission"):
        check_writable(tmp_path / "a.nc")


def test_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(WrongUse, match="No space left on device"):
        write_whole(small_disk / "a.txt", bytes(200_000))
    assert names(small_disk) == []


def test_a_simulation_that_does_not_fit_the_disk_leaves_nothing(small_disk: Path) -> None:
    made = kw.simulate("0.5 mg/kg iv over 40 min", kw.Cohort(128), outputs=["dose.given"], times="0 to 1 d by 5 min")
    with pytest.raises(WrongUse, match="No space left on device"):
        made.save(small_disk / "s.nc")
    assert names(small_disk) == []
