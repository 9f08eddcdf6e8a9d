"""Rivals side by side: sizes as in the chain, directions judged by the studies, distances and flips by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ketworks.cli.check import simulate_study
from ketworks.cli.main import call
from ketworks.errors import WrongUse
from ketworks.registry import Chain, make
from ketworks.rivals import apart, evidence_table, sensitivity
from ketworks.rivals.apart import Experiment, best_for, guessed_rows
from ketworks.rivals.comparison import ABLATIONS, RIVALS, RivalComparison, changes_text, points_text
from ketworks.rivals.evidence_table import Mechanism, Point, circuit_studies
from ketworks.rivals.order import AXIS, order_over_dose, rat_multiple
from ketworks.rivals.response import OBSERVABLES, UNITS, Exposure, Responses, exposure, responses
from ketworks.simulation import simulate

SENTENCE = "0.5 mg/kg iv over 40 min"


@pytest.fixture(scope="module")
def half() -> Exposure:
    return exposure(SENTENCE)


@pytest.fixture(scope="module")
def default(half: Exposure) -> Responses:
    return responses(RIVALS[0], half, np.ones(1))


@pytest.mark.slow
def test_sizes_at_the_highest_level_are_those_of_the_chain(half: Exposure, default: Responses) -> None:
    at = f"{float(half.times[-1])!r} min"
    run = simulate(SENTENCE, None, Chain(circuit=RIVALS[0]), list(OBSERVABLES), ["0 min", at], band=False)
    for name, own in zip(OBSERVABLES, default.change[0, :, 0], strict=True):
        first, last = run.tables[name][0, [0, -1]]
        if name == "circuit.glutamate":
            assert 0 < last - first < own  # the chain lags it by the clearance time
            continue
        expected = 100 * (last / first - 1) if UNITS[name] == "%" else last - first
        assert own == pytest.approx(expected, abs=2e-3 * max(1.0, abs(expected)))


@pytest.mark.slow
def test_values_replace_the_tables_and_lost_columns_are_told(half: Exposure, default: Responses) -> None:
    rows = make("circuit", RIVALS[0]).parameters()
    slow, boost = rows["column.adaptation.slow"].canonical, rows["column.boost_ampa"].canonical
    sets = {"column.adaptation.slow": np.array([slow, 2 * slow, slow])}
    sets |= {"column.boost_ampa": np.array([boost, boost, 6.0])}
    found = responses(RIVALS[0], half, np.ones(1), sets, batch=2)
    assert found.change.shape == (3, len(OBSERVABLES), 1)
    assert found.whole.tolist() == [True, True, False]
    np.testing.assert_allclose(found.change[0], default.change[0], rtol=1e-9)
    assert np.abs(found.change[1] - found.change[0]).max() > 0.05


@pytest.mark.slow
def test_interneurons_fall_before_pyramidal_cells_rise_over_the_dose_axis(half: Exposure) -> None:
    order = order_over_dose(RIVALS[0], half)
    assert order.interneurons_first is True
    assert order.first_moves["circuit.sst_rate"][1] == "down"
    assert order.first_moves["circuit.pyramidal_rate"][1] == "up"
    assert order.first_moves["circuit.sst_rate"][0] < 0.5 * order.first_moves["circuit.pyramidal_rate"][0]
    assert [order.glutamate[dose] > 1 for dose in (10.0, 20.0, 30.0)] == [True] * 3
    assert order.glutamate[200.0] < -5


def test_bands_follow_the_infusion_and_fade_within_an_hour_of_its_end() -> None:
    names = ["circuit.alpha_power", "circuit.beta_power", "circuit.gamma_power", "circuit.sst_rate"]
    run = simulate(SENTENCE, None, Chain(), names, ["0 min", "10 min", "20 min", "40 min", "100 min"], band=False)
    change = {name: np.abs(run.tables[name][0] - run.tables[name][0, 0]) for name in names}
    for name, size in change.items():
        assert size[1] < size[2] < size[3], name
        assert size[4] < 0.5 * size[3], name
    for name in ("circuit.alpha_power", "circuit.beta_power"):  # a share: the changes are large
        assert change[name][4] < 0.15 * change[name][3], name


def test_tables_show_each_rival_and_dose_its_own_number(half: Exposure) -> None:
    order = order_over_dose(RIVALS[0], half)
    other = order._replace(glutamate={dose: -x for dose, x in order.glutamate.items()}, interneurons_first=None)
    says = {name: (1.0 + i, 0.1) for i, name in enumerate(RIVALS)}
    one = Experiment("circuit.gamma_power", 1.0, says, apart._distances(says, 0.1))
    orders = dict.fromkeys(RIVALS, order) | {"hcn1": other}
    sizes = {name: dict.fromkeys(OBSERVABLES, 0.5) for name in RIVALS}
    point = Point("s", "circuit.glutamate", "sign_at 5 min", "up", "B", "x", dict.fromkeys(RIVALS, "up"), {})
    shown = repr(RivalComparison(SENTENCE, sizes, [point._replace(met=dict.fromkeys(RIVALS, True))], orders, [one]))
    for dose, change in order.glutamate.items():
        (line,) = [row for row in shown.splitlines() if row.startswith(f"glutamate, {dose:g} mg/kg")]
        assert line.split()[4:] == [f"{change:+.2g}", "%"] * 3 + [f"{-change:+.2g}", "%"]
    assert "they never rise" in shown
    assert "gamma power at 1 x this level" in shown


def test_rat_doses_are_proportional_and_anaesthesia_is_anaesthesia(half: Exposure) -> None:
    assert rat_multiple(half, 30.0) == pytest.approx(3 * rat_multiple(half, 10.0))
    assert rat_multiple(half, 200.0) * half.active == pytest.approx(0.55 * 8.24)
    assert AXIS[-1] > rat_multiple(half, 200.0)


def test_directions_are_judged_by_the_studies_under_each_mechanism(monkeypatch: pytest.MonkeyPatch) -> None:
    (study,) = [one for one in circuit_studies() if one.id == "circuit_rates_and_glutamate"]
    monkeypatch.setattr(evidence_table, "circuit_studies", lambda: [study])
    asked = [Mechanism("whole", RIVALS[0]), Mechanism("direct", "direct-pyramidal")]
    points = evidence_table.evidence_table(simulate_study, asked)
    assert [p.signal for p in points] == ["circuit.sst_rate", "circuit.pyramidal_rate", "circuit.glutamate"]
    assert [p.met["whole"] for p in points] == [True, True, True]
    assert [p.said["direct"] for p in points] == ["down", "down", "down"]
    assert [p.met["direct"] for p in points] == [True, False, False]
    assert "down *" in points_text(points)
    lines = changes_text(points).splitlines()
    assert lines[1].startswith("direct")
    assert "pyramidal rate, glutamate" in lines[1]


def test_every_circuit_point_of_the_studies_is_compared() -> None:
    signals = {point.signal for study in circuit_studies() for point in study.compare}
    assert signals >= {"circuit.gamma_power", "circuit.glutamate", "circuit.sst_rate"}
    assert all(name.startswith("circuit.") for name in signals)
    assert [one.receptor for one in ABLATIONS].count("trapping-block-allosteric") == 1
    assert all(make("circuit", one.circuit).name == "circuit" for one in ABLATIONS)


def test_distance_is_difference_over_uncertainty_and_the_worst_pair_counts() -> None:
    says = {"a": (1.0, 0.3), "b": (0.0, 0.4), "c": (5.0, 0.0)}
    distance = apart._distances(says, 1.2)
    assert distance["a", "b"] == pytest.approx(1.0 / 1.3)
    assert distance["b", "c"] == pytest.approx(5.0 / np.sqrt(0.16 + 1.44))
    one, other = Experiment("x", 1.0, says, distance), Experiment("y", 2.0, says, {**distance, ("b", "c"): 0.1})
    assert one.weakest == pytest.approx(1.0 / 1.3)
    assert other.weakest == 0.1
    assert best_for(("b", "c"), [other, one]) is one


def test_an_eeg_needs_neither_firing_nor_glutamate() -> None:
    every = [Experiment(name, 1.0, {}, {}) for name in OBSERVABLES]
    bands = [f"circuit.{band}_power" for band in ("delta", "theta", "alpha", "beta", "gamma")]
    assert [one.signal for one in apart.by_eeg(every)] == [*bands, "circuit.aperiodic_slope"]


def test_only_guessed_numbers_that_carry_the_outputs_are_moved() -> None:
    names = guessed_rows(RIVALS[0], "trapping-block")
    assert {"column.voltage_sst", "subunit.sst_2d", "glutamate.firing_share", "voltage.sst"} <= set(names)
    assert not any(key.startswith(("band.", "occupancy.", "rat.", "loose.", "feedback.")) for key in names)
    assert "column.count_pyramidal" not in names
    assert len(names) == len(set(names))
    assert any(key.startswith("loose.") for key in guessed_rows("disinhibition-sst-loose-gate", "trapping-block"))


@pytest.mark.slow
def test_flips_are_counted_over_each_rows_own_interval(monkeypatch: pytest.MonkeyPatch, half: Exposure) -> None:
    rows = ["subunit.pyramidal_2d", "glutamate.clearance_time"]
    monkeypatch.setattr(sensitivity, "guessed_rows", lambda *_: rows)
    monkeypatch.setattr(apart, "guessed_rows", lambda *_: rows)
    found = sensitivity.sensitivity(["circuit.gamma_power", "circuit.sst_rate"], half, RIVALS[0], draws=30)
    assert [row.id for row in found.rows] == rows
    assert (found.rows[0].low, found.rows[0].high) == (0.0, 1.0)
    assert found.rows[0].flips["circuit.gamma_power"] > 0.5  # GluN2D on pyramidal cells turns gamma
    assert found.rows[0].flips["circuit.sst_rate"] == 0
    assert set(found.rows[1].flips.values()) == {0.0}  # the lag turns no direction at rest
    assert found.together == {"circuit.gamma_power": 0.0, "circuit.sst_rate": 0.0}
    assert "turns gamma_power" in repr(found)
    with pytest.raises(WrongUse, match=r"circuit\.gamma_power"):
        sensitivity.sensitivity(["circuit.gama_power"], half, RIVALS[0])


def test_a_row_without_interval_moves_by_a_quarter() -> None:
    rows = make("circuit", RIVALS[0]).parameters()
    assert sensitivity.interval(rows["column.voltage_sst"]) == (-62.0, -45.0)
    low, high = sensitivity.interval(rows["column.nmda.opening"])
    assert (low, high) == pytest.approx((0.641 / 1.25, 0.641 * 1.25))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", SENTENCE], "--circuits"),
        (["compare", "--circuits", SENTENCE, SENTENCE], "one sentence"),
        (["sensitivity", "circuit.gama_power"], "circuit.gamma_power"),
        (["sensitivity", "circuit.gamma_power", "--circuit", "hcn"], "hcn1"),
    ],
)
def test_wrong_use_is_answered_with_what_is_right(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(words) == 2
    assert said in capsys.readouterr().err


def test_words_that_are_no_dose_are_refused_where_circuits_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--circuits", "--ablate"):
        assert call(["compare", option, "0.5 apples"]) == 2
        assert "apples" in capsys.readouterr().err


def test_sensitivity_takes_the_old_name_of_the_circuit(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["sensitivity", "circuit.nothing", "--circuit"]
    assert call([*asked, "disinhibition"]) == 2
    assert "circuit.nothing" in capsys.readouterr().err  # the name of the circuit was taken
    assert call([*asked, "disinhibit"]) == 2
    assert "unknown circuit variant" in capsys.readouterr().err


@pytest.mark.slow
def test_the_whole_comparison_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["compare", "--circuits", SENTENCE, "--json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["sizes"]) == set(RIVALS)
    met = {name: sum(point["met"][name] for point in found["evidence"]) for name in RIVALS}
    assert max(met, key=lambda name: met[name]) == RIVALS[0]
    assert len(found["pairs"]) == len(found["pairs_by_eeg"]) == 6
    assert found["experiment"]["signal"] in OBSERVABLES


@pytest.mark.slow
def test_ablations_break_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["compare", "--ablate", SENTENCE, "--json", "-q"]) == 0
    points = [Point(**point) for point in json.loads(capsys.readouterr().out)]

    def met(name: str) -> Callable[[str, str], bool]:
        return lambda study, signal: next(p.met[name] for p in points if (p.study, p.signal) == (study, signal))

    rates, eeg = "circuit_rates_and_glutamate", "eeg_signs_half_mg_per_kg"
    assert met("whole")(rates, "circuit.pyramidal_rate")
    assert met("whole")(eeg, "circuit.gamma_power")
    for name in ("no SST drive", "PV for SST", "E only"):
        assert not met(name)(rates, "circuit.pyramidal_rate")
        assert not met(name)(eeg, "circuit.gamma_power")
    assert met("no HCN1")(eeg, "circuit.delta_power")
    page = (Path(__file__).parents[2] / "docs/circuits.md").read_text("utf-8")
    assert points_text(points) in page
    assert changes_text(points) in page
