"""Studies are judged against a simulator that is handed in; nothing is hidden and one failure stops nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ketworks.check import table
from ketworks.check.row import CheckRow
from ketworks.check.run import data_folder, exit_code, run_check
from ketworks.check.statistics import after_dose
from ketworks.errors import CannotSay, SolverFailed, WrongUse
from ketworks.evidence.studies import Compare, People, Reference, Study, load_file


def point(statistic: str = "value_at", **changed: object) -> Compare:
    base = Compare(
        signal="body.hr",
        statistic=statistic,
        accept=(70.0, 80.0),
        source="doe2020",
        locator="abstract",
        grade="B",
        observed=75.0,
        value_unit="1/min",
        label="validation",
    )
    return replace(base, **changed)


def study(*points: Compare, **changed: object) -> Study:
    return replace(Study("one", "a study", "validation", "a dose", points, People(n=2, weight="70 kg")), **changed)


class Simulator:
    """Heart rate 60 + t/2 min for person one, the same plus 10 for person two; remembers how it was called."""

    def __init__(self, unit: str = "1/min") -> None:
        self.unit = unit
        self.calls: list[tuple[object, ...]] = []

    def __call__(self, regimen, people, chain, outputs, times):
        self.calls.append((regimen, dict(people), dict(chain), list(outputs), times))
        grid = np.arange(0.0, 61.0) if times is None else np.array(times)
        return {name: (grid, 60.0 + 0.5 * grid + np.array([[0.0], [10.0]]), self.unit) for name in outputs}


def test_a_point_inside_its_band_passes_and_outside_misses() -> None:
    rows = run_check(Simulator(), [study(point(at=20.0), point(at=40.0))])
    assert [(row.predicted, row.verdict) for row in rows] == [(75.0, "pass"), (85.0, "miss")]
    assert rows[1].ratio == pytest.approx(85 / 75)
    assert exit_code(rows) == 1
    assert exit_code(rows[:1]) == 0


@pytest.mark.parametrize("label", ["calibration", "check", "validation"])
def test_a_miss_fails_whatever_its_label(label: str) -> None:
    assert exit_code(run_check(Simulator(), [study(point(at=40.0, label=label))])) == 1


def test_the_simulator_gets_what_the_study_states() -> None:
    simulate = Simulator()
    run_check(simulate, [study(point(at=20.0), point("peak", window=(10.0, 12.0)), point("peak"), chain={"body": "x"})])
    assert [call[:4] for call in simulate.calls] == [
        ("a dose", {"n": 2, "weight": "70 kg"}, {"body": "x"}, ["body.hr"])
    ] * 3
    assert [call[4] for call in simulate.calls] == [[0.0, 20.0], [0.0, 10.0, 11.0, 12.0], None]


def test_points_at_single_times_share_one_simulation() -> None:
    simulate = Simulator()
    run_check(simulate, [study(point(at=20.0), point(at=40.0), point("ratio_at", at=40.0, over_signal="body.bp"))])
    assert [call[3:] for call in simulate.calls] == [(["body.hr", "body.bp"], [0.0, 20.0, 40.0])]


def against(*points: Compare, simulate: Simulator) -> list[CheckRow]:
    reference = Reference("another dose", People(n=2, kidney="severe"))
    return run_check(simulate, [study(*points, reference=reference)])


def test_a_ratio_divides_by_the_reference_run() -> None:
    class Doubled(Simulator):
        def __call__(self, regimen, people, chain, outputs, times):
            found = super().__call__(regimen, people, chain, outputs, times)
            factor = 4.0 if regimen == "a dose" else 2.0
            return {name: (grid, factor * values, unit) for name, (grid, values, unit) in found.items()}

    simulate = Doubled()
    window = (0.0, 60.0)
    points = [point(s, window=window, accept=(1.9, 2.1)) for s in ("exposure_ratio", "peak_ratio")]
    over = [
        point(s, window=window, over_signal="body.bp", accept=(0.9, 1.1))
        for s in ("exposure_over", "exposure_over_ratio")
    ]
    rows = against(*points, *over, simulate=simulate)
    assert [(row.predicted, row.unit, row.verdict) for row in rows] == [
        (2.0, "1", "pass"),
        (2.0, "1", "pass"),
        (1.0, "1", "pass"),
        (1.0, "1", "pass"),
    ]
    assert [call[:2] for call in simulate.calls] == [
        ("a dose", {"n": 2, "weight": "70 kg"}),
        ("another dose", {"n": 2, "kidney": "severe"}),
    ]
    assert rows[-1].signal == "body.hr / body.bp"


def test_what_the_reference_run_cannot_say_is_skipped_with_its_reason() -> None:
    class Silent(Simulator):
        def __call__(self, regimen, people, chain, outputs, times):
            if people.get("kidney"):
                raise CannotSay("severe impairment", "none")
            return super().__call__(regimen, people, chain, outputs, times)

    rows = against(point("peak_ratio", window=(0.0, 60.0)), point(at=20.0), simulate=Silent())
    assert [(row.verdict, row.reason) for row in rows] == [
        ("skipped", "cannot say: severe impairment"),
        ("pass", ""),
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (point("change_at", at=20.0), 10.0),
        (point("change_at", at=20.0, baseline=50.0), 25.0),
        (point("percent_change_at", at=20.0), 50 * (10 / 60 + 10 / 70)),
        (point("peak"), 95.0),
        (point("trough"), 65.0),
        (point("peak_change", window=(0.0, 20.0)), 10.0),
        (point("percent_peak_change", window=(0.0, 13.0)), 10.0),
        (point("time_of_peak", value_unit="h"), 1.0),
        (point("mean", window=(10.0, 20.0)), 72.5),
        (point("sd", at=20.0), 50.0**0.5),
        (point("cv_at", at=10.0), 100 * 50.0**0.5 / 70),
        (point("sd_over_mean_at", at=10.0), 50.0**0.5 / 70),
        (point("mean_peak_change", window=(0.0, 30.0)), 15.0),
        (point("share_above", threshold=95.0), 0.5),
        (point("share_change_above", threshold=29.0), 1.0),
        (point("ratio_at", at=10.0, over_signal="body.bp"), 1.0),
        (point("correlation_at", at=10.0, over_signal="body.bp"), 1.0),
    ],
)
def test_every_statistic_can_be_asked_for(made: Compare, expected: float) -> None:
    (row,) = run_check(Simulator(), [study(made)])
    assert row.reason == ""
    assert row.predicted == pytest.approx(expected)


@pytest.mark.parametrize(("accept", "verdict"), [("up", "pass"), ("down", "miss"), ("none", "miss")])
def test_a_direction_is_judged_as_a_direction(accept: str, verdict: str) -> None:
    (row,) = run_check(Simulator(), [study(point("sign_at", at=20.0, accept=accept, observed=None, flat=9.0))])
    assert (row.predicted, row.verdict, row.ratio) == ("up", verdict, None)


def test_units_meet_through_the_molar_mass() -> None:
    made = point(at=20.0, value_unit="umol/L", molar_mass=237.73, accept=(0.31, 0.32), observed=0.3155)
    (row,) = run_check(Simulator("ng/mL"), [study(made)])
    assert row.predicted == pytest.approx(75 / 237.73)
    (row,) = run_check(Simulator("mmHg"), [study(made)])
    assert row.verdict == "error"
    assert "mmHg" in row.reason


def test_a_series_in_external_data_is_read_or_skipped_with_the_reason(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.csv").write_text("panel,time_h,c\nb,0.0,9\nb,0.5,160\nb,0.5,160\nc,1,1\n")
    made = point(
        "aafe",
        data="x/a.csv",
        filter={"panel": "b"},
        time_column="time_h",
        time_unit="h",
        value_column="c",
        after=0.0,
        accept=(1.0, 2.0),
        observed=None,
    )
    (row,) = run_check(Simulator(), [study(made)], tmp_path)
    assert (row.predicted, row.observed, row.verdict) == (pytest.approx(2.0), 1.0, "pass")
    assert row.statistic == "aafe of 1 values"
    monkeypatch.setattr("ketworks.check.run._CHECKOUT_DATA", tmp_path / "nowhere")
    monkeypatch.delenv("KETWORKS_DATA", raising=False)
    simulate = Simulator()
    (row,) = run_check(simulate, [study(made)])
    assert (row.verdict, row.reason) == ("skipped", "data folder absent (set KETWORKS_DATA)")
    assert simulate.calls == []
    assert exit_code([row]) == 0
    (row,) = run_check(Simulator(), [study(replace(made, data="x/b.csv"))], tmp_path)
    assert (row.verdict, row.reason) == ("skipped", "no file x/b.csv")
    with pytest.raises(WrongUse, match="outside its folder"):
        run_check(Simulator(), [study(replace(made, data="../a.csv"))], tmp_path / "x")


def test_the_environment_names_the_data_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KETWORKS_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("KETWORKS_DATA", str(tmp_path / "none"))
    assert data_folder() is None


@pytest.mark.parametrize(
    ("error", "verdict", "code"),
    [(CannotSay("oral ketamine", "iv"), "skipped", 0), (SolverFailed("did not converge", "1e-6"), "error", 1)],
)
def test_a_study_that_cannot_run_is_named_and_the_others_go_on(error: Exception, verdict: str, code: int) -> None:
    def simulate(regimen, people, chain, outputs, times):
        if regimen == "odd":
            raise error
        return Simulator()(regimen, people, chain, outputs, times)

    rows = run_check(simulate, [study(point(at=20.0), regimen="odd"), study(point(at=20.0))])
    assert [row.verdict for row in rows] == [verdict, "pass"]
    assert rows[0].reason
    assert exit_code(rows) == code


def test_what_was_not_simulated_is_an_error_and_not_a_miss() -> None:
    def short(regimen, people, chain, outputs, times):
        return {name: (np.array([0.0, 1.0]), np.ones((2, 2)), "1/min") for name in outputs}

    points = (point(at=20.0), point("sign_at", at=20.0, accept="none"), point("peak", window=(0.0, 20.0)))
    assert [row.verdict for row in run_check(short, [study(*points)])] == ["error"] * 3
    (row,) = run_check(lambda *a: {}, [study(point(at=20.0))])
    assert (row.verdict, row.reason.startswith("the simulation gave no body.hr")) == ("error", True)


def test_progress_is_told_before_each_study() -> None:
    seen: list[str] = []
    run_check(Simulator(), [study(point(at=20.0))], on_study=lambda s: seen.append(s.id))
    assert seen == ["one"]


def rows_of(*cells: tuple[str, str, float | None]) -> list[CheckRow]:
    (base,) = run_check(Simulator(), [study(point(at=20.0, signal="plasma.art"))])
    return [replace(base, label=label, verdict=verdict, ratio=ratio) for label, verdict, ratio in cells]


def test_a_pass_on_a_calibration_point_is_not_counted_as_validation() -> None:
    rows = rows_of(("calibration", "pass", 1.0), ("check", "pass", 1.0), ("validation", "miss", 3.0))
    counts = table.summary(rows)
    assert counts["validation"] == {"pass": 0, "miss": 1, "skipped": 0, "error": 0}
    assert counts["calibration"]["pass"] == 1
    assert table.agreement(rows, "plasma.") == {
        "points": 1,
        "gmfe": pytest.approx(3.0),
        "within_1.5": 0.0,
        "within_2": 0.0,
    }


def test_agreement_is_the_geometric_mean_fold_error() -> None:
    rows = rows_of(*(("validation", "pass", ratio) for ratio in (2.0, 0.5, 1.0, None)))
    found = table.agreement(rows, "plasma.")
    assert found["gmfe"] == pytest.approx(2.0 ** (2 / 3))
    assert found["within_1.5"] == pytest.approx(1 / 3)
    assert found["within_2"] == 1.0
    assert table.agreement(rows, "body.") == {"points": 0}


def test_the_table_prints_misses_loud_and_reasons_below() -> None:
    points = (point(at=20.0), point(at=40.0), point(at=20.0, signal="x", value_unit="mmHg"))
    rows = run_check(Simulator(), [study(*points)])
    text = table.text(rows)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "study signal statistic predicted observed ratio band unit label grade verdict"
    assert lines[2] == "one body.hr value_at 20 min 75 75 1.00 70 to 80 1/min validation B pass"
    assert lines[3].endswith("MISS")
    assert "one: x value_at 20 min: error:" in text
    assert "validation   1 pass, 1 miss, 0 skipped, 1 failed   (never used to set a number)" in text
    assert json.loads(json.dumps(table.as_dict(rows)))["rows"][1]["verdict"] == "miss"


def test_what_nobody_measured_is_said_below_the_table() -> None:
    words = "not measurements: another model; within 25 %"
    points = (point(at=20.0, note=words), point(at=40.0, note=words), point(at=20.0, note="measured"))
    text = table.text(run_check(Simulator(), [study(*points)]))
    assert "\none: 2 observed: not measurements: another model\n" in text
    assert "measured\n" not in text.replace("another model\n", "")


class Sampler:
    """Two sessions of two readings after one before the dose, for two people; remembers how it was called."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def __call__(self, regimen, people, chain, outputs, times, sessions=0):
        self.asked.append((times, sessions))
        later = np.concatenate([np.array(times) + k * 100.0 for k in range(sessions)])
        values = np.array([[100.0, 103.0, 101.0, 90.0, 91.0, 99.0], [80.0, 84.0, 82.0, 81.0, 80.0, 79.0]])
        return dict.fromkeys(outputs, (later, values, "1/min"))


READINGS = {"readings": (0.0, 20.0, 40.0), "sessions": 2, "value_unit": "1/min"}


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("mean_peak_change", 6.5),  # 9 in the second session of one, 4 in the first of the other
        ("sd_peak_change", 5.0 / np.sqrt(2.0)),
        ("share_change_above", 0.5),
        ("share_above", 1.0),
    ],
)
def test_readings_are_compared_with_the_first_of_their_session(statistic: str, expected: float) -> None:
    threshold = {"share_above": 83.0, "share_change_above": 5.0}.get(statistic)
    simulate = Sampler()
    (row,) = run_check(simulate, [study(point(statistic, threshold=threshold, **READINGS))])
    assert row.predicted == pytest.approx(expected)
    assert simulate.asked == [([0.0, 20.0, 40.0], 2)]
    assert "2 readings in 2 sessions" in row.statistic


def test_the_change_of_the_mean_of_readings_is_taken_at_a_time() -> None:
    (row,) = run_check(Sampler(), [study(point("change_at", at=40.0, **READINGS))])
    assert row.predicted == pytest.approx(1.5)


def test_a_reading_before_the_dose_is_no_peak_after_it() -> None:
    times, values = after_dose(np.array([0.0, 20.0, 40.0]), np.array([[9.0, 7.0, 8.0]]), 1, change=True)
    np.testing.assert_array_equal(times, [20.0, 40.0])
    np.testing.assert_array_equal(values, [[-2.0, -1.0]])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ('readings = ["20 min", "40 min"]', "the first at 0 min"),
        ('readings = ["0 min", "40 min", "20 min"]', "in order"),
        ('readings = ["0 min"]', "two or more"),
        ('readings = ["0 min", "40"]', "a number with one of"),
        ('readings = ["0 min", "40 min"]\nstatistic = "trough"', "statistic of readings"),
    ],
)
def test_readings_that_cannot_be_taken_are_refused(changed: str, said: str, tmp_path: Path) -> None:
    plain = "" if "statistic" in changed else 'statistic = "mean_peak_change"\n'
    path = tmp_path / "one.toml"
    path.write_text(
        'id = "one"\ntitle = "t"\nlabel = "check"\nregimen = "a dose"\n[[compare]]\nsignal = "body.hr"\n'
        'accept = [0, 1]\nvalue_unit = "1/min"\nsource = "doe2020"\nlocator = "abstract"\ngrade = "B"\n'
        + plain
        + changed
    )
    with pytest.raises(WrongUse, match=said):
        load_file(path)
