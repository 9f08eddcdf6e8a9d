"""Times asked for: every form that is read, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.quantity import registry
from ketworks.time_points import LATEST, MOST, time_points


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        ("0,20,40,80 min", [0.0, 20.0, 40.0, 80.0]),
        ("0, 1, 2 h", [0.0, 60.0, 120.0]),  # the last unit serves all that lack one
        ("30 min, 1, 2 h", [30.0, 60.0, 120.0]),
        ("0,20 min, 1 h", [0.0, 20.0, 60.0]),
        ("1.5h", [90.0]),
        ("80,20,40,20 min", [20.0, 40.0, 80.0]),  # sorted, without repeats
        ("60 min, 1 h", [60.0]),
        ("1e3 s", [1000.0 / 60.0]),
        ("0 to 1 h by 20 min", [0.0, 20.0, 40.0, 60.0]),
        ("30 to 60 min by 10 min", [30.0, 40.0, 50.0, 60.0]),
        ("0 h to 1 d by 6 h", [0.0, 360.0, 720.0, 1080.0, 1440.0]),
        ("0 to 1 h by 25 min", [0.0, 25.0, 50.0]),  # a step that does not meet the end stays below it
        ("0 to 0 h by 1 min", [0.0]),
        (["1 h", "30 min", "60 min"], [30.0, 60.0]),
        (("0 min",), [0.0]),
        ((text for text in ["2 d"]), [2880.0]),
        (registry().Quantity(np.array([0.0, 2.0]), "h"), [0.0, 120.0]),
    ],
)
def test_every_form_is_read(asked: str, minutes: list[float]) -> None:
    np.testing.assert_allclose(time_points(asked), minutes, rtol=1e-14)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("0 to 0.7 min by 0.1 min", 8),
        ("0 to 0.3 min by 0.1 min", 4),
        ("0 to 1 h by 0.1 min", 601),
        ("0 to 1 h by 7 s", 515),
    ],
)
def test_a_range_keeps_its_end_despite_rounding(asked: str, count: int) -> None:
    assert len(time_points(asked)) == count


def test_days_by_days() -> None:
    np.testing.assert_array_equal(time_points("0 to 28 d by 1 d"), 1440.0 * np.arange(29))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("0,20,40", "no unit"),
        ("1 h, 20", "no unit"),
        ("", "no unit"),
        ("0,20,,40 min", "time"),  # an empty place is not one minute
        (",40 min", "time"),
        ("min", "time"),
        ("0;20 min", "time"),
        ("20 m", "of the kind of min"),
        ("20 mg", "of the kind of min"),
        ("0,20 minn", "nearest: min"),
        ("0 to 2 h", "time"),
        ("0 to 1 h by 0 min", "step above zero"),
        ("0 to 1 h by 5", "no unit"),
        ("5 to 1 h by 10 min", "later end"),
        ("-5 min", "0 to"),
        ("nan min", "time"),
        (["5"], "no unit"),
        ([5], "no unit"),
        ([], "0 times"),
        (5, "text such as"),
        (None, "text such as"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(asked: object, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        time_points(asked)  # type: ignore[arg-type]


def test_the_latest_time_is_two_years() -> None:
    assert time_points(f"{LATEST:.0f} min")[0] == LATEST
    with pytest.raises(WrongUse):
        time_points(f"{LATEST + 1.0:.0f} min")


def test_the_number_of_times_is_limited() -> None:
    assert len(time_points(f"1 to {MOST} min by 1 min")) == MOST
    with pytest.raises(WrongUse, match="times"):
        time_points(f"0 to {MOST} min by 1 min")
    with pytest.raises(WrongUse, match="at most"):
        time_points("0 to 700 d by 1 s")
