"""Block from a concentration against the published points of the channel, each by its evidence row.

Labels: ``calibration`` points set a value, ``check`` points share a source or a lab with one, ``validation`` points set
nothing. Bands: 15 % of an IC50 within one table, threefold between labs and preparations, 0.15 of an open probability.
A miss is a strict expected failure: it fails the suite when it is no longer missed.
"""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.evidence.read_rows import row
from ketworks.receptor import stage
from ketworks.receptor.allosteric_site import gating_loss, joined_loss
from ketworks.receptor.stage import TrappingBlock
from ketworks.receptor.without_dose import block_over_time, settled_block

ROWS = {key: row.canonical for key, row in TrappingBlock.parameters().items()}
BUSY = 1.0  # steady agonist: memantine's escape does not count
OPEN = 0.058  # circuit C051, cell-attached patch


def value(number: int) -> float:
    return float(row(f"circuit C{number:03}")["value"])


def half(drug: str, subunit: str, voltage: float, magnesium: float) -> float:
    how = {"subunit": subunit, "magnesium": f"{magnesium} mmol/L"}
    return float(settled_block(drug, "1 umol/L", f"{voltage} mV", BUSY, **how).half_blocking[0])


@pytest.mark.parametrize(("subunit", "first"), [("2A", 1), ("2B", 3), ("2C", 5), ("2D", 7)])
def test_four_pairs_of_ketamine_with_and_without_magnesium(subunit: str, first: int) -> None:
    # calibration: these eight set Kd and the magnesium gate; the test holds the chain of equations to them
    assert half("ketamine", subunit, -66, 0) == pytest.approx(value(first), rel=0.15)
    assert half("ketamine", subunit, -66, 1) == pytest.approx(value(first + 1), rel=0.15)


def test_potencies_of_enantiomers_and_norketamines() -> None:
    # calibration: ratios of one assay
    drugs = ("esketamine", "arketamine", "s-norketamine", "r-norketamine")
    found = np.array([half(drug, "2B", -60, 1) for drug in drugs])
    np.testing.assert_allclose(found / found[0], [1, 4.7, 5.7, 43], rtol=0.02)
    np.testing.assert_allclose(found / found[0], np.array([value(n) for n in (30, 31, 32, 33)]) / value(30), rtol=1e-9)


def test_norketamine_against_ketamine_in_another_lab() -> None:
    # validation: Salat 2015, both racemic; 8.15-fold there, 6.1 here
    ratio = half("norketamine", "2A", -66, 0) / half("ketamine", "2A", -66, 0)
    assert ratio == pytest.approx(value(35) / value(34), rel=0.5)


MISSED_2C = pytest.mark.xfail(
    strict=True, reason="2C: the gate from ketamine's pair gives 1.20 for memantine, not 1.64"
)


@pytest.mark.parametrize(
    ("subunit", "number"), [("2A", 10), ("2B", 12), pytest.param("2C", 14, marks=MISSED_2C), ("2D", 16)]
)
def test_magnesium_gate_of_ketamine_serves_memantine(subunit: str, number: int) -> None:
    # check: same table (not seen), but these four set nothing
    assert half("memantine", subunit, -66, 1) == pytest.approx(value(number), rel=0.15)


MISSED_2B = pytest.mark.xfail(strict=True, reason="oocytes, 2B at -30 mV: 3.2 umol/L against 10.9, more than threefold")


@pytest.mark.parametrize(
    ("subunit", "free", "shifted"),
    [("2A", 21, 22), pytest.param("2B", 23, 24, marks=MISSED_2B), ("2C", 25, 26), ("2D", 27, 28)],
)
def test_memantine_in_oocytes(subunit: str, free: int, shifted: int) -> None:
    # validation: another preparation and other voltages than any value rests on
    for number, voltage, magnesium in ((free, -70, 0), (shifted, -30, 1)):
        assert 1 / 3 <= half("memantine", subunit, voltage, magnesium) / value(number) <= 3


def preference(found: list[float]) -> float:
    return float(np.sqrt(found[0] * found[1] / (found[2] * found[3])))


def test_memantine_prefers_2c_and_2d_only_in_magnesium() -> None:
    # validation: sizes within threefold, and magnesium must make the preference
    units = ("2A", "2B", "2C", "2D")
    with_magnesium = preference([half("memantine", q, -30, 1) for q in units])
    without = preference([half("memantine", q, -70, 0) for q in units])
    assert with_magnesium > 2.0 * without
    assert 1 / 3 <= with_magnesium / preference([value(n) for n in (22, 24, 26, 28)]) <= 3
    assert 1 / 3 <= without / preference([value(n) for n in (21, 23, 25, 27)]) <= 3


def kept_open(level: float) -> float:
    """Open probability relative to control after ten seconds of the kinetic scheme, 2A, no magnesium, -66 mV."""
    how = {"times": [0.0, 5.0, 10.0], "subunit": "2A", "magnesium": "0 mmol/L"}
    return 1.0 - float(block_over_time("ketamine", f"{level} umol/L", "-66 mV", OPEN, **how).share[-1, 0])


MISSED_LOW = pytest.mark.xfail(
    strict=True,
    reason="0.1 umol/L: 0.77 against 0.53; the pore alone is too weak there, or the patch was hyperpolarised",
)


@pytest.mark.parametrize(("level", "number"), [pytest.param(0.1, 52, marks=MISSED_LOW), (1.0, 53)])
def test_open_probability_in_cell_attached_patches(level: float, number: int) -> None:
    # check: k_on comes from open times of the same abstract, the depth from other papers; voltage was not read
    assert kept_open(level) == pytest.approx(value(number), abs=0.15)


@pytest.mark.parametrize(("level", "number"), [(0.1, 52), (1.0, 53)])
def test_open_probability_with_the_second_site(level: float, number: int) -> None:
    # check: variant trapping-block-allosteric, whose largest loss is assumed; all current of such a patch is tonic
    active = level * 0.5 * (1.0 + ROWS["potency.ki_s_ketamine"] / ROWS["potency.ki_r_ketamine"])
    gating = gating_loss(active, ROWS["allosteric.ec50"], ROWS["allosteric.most"], 1.0)  # type: ignore[arg-type]
    kept = 1.0 - joined_loss(1.0 - kept_open(level), gating)  # type: ignore[arg-type]
    assert float(kept) == pytest.approx(value(number), abs=0.15)


@pytest.mark.parametrize("voltage", [-90, -100, -115])
def test_a_hyperpolarised_patch_meets_both_open_probabilities(voltage: int) -> None:
    # no choice is made from this: it says which voltage the scheme would need
    for level, number in ((0.1, 52), (1.0, 53)):
        how = {"subunit": "2A", "magnesium": "0 mmol/L"}
        share = settled_block("ketamine", f"{level} umol/L", f"{voltage} mV", OPEN, **how).share[0]
        assert 1.0 - float(share) == pytest.approx(value(number), abs=0.15)


@pytest.mark.xfail(
    strict=True, reason="outside-out patches lose potency threefold and more; the scheme has no state for it"
)
@pytest.mark.parametrize(("level", "number"), [(1.0, 56), (10.0, 57)])
def test_open_probability_in_outside_out_patches(level: float, number: int) -> None:
    assert kept_open(level) == pytest.approx(value(number), abs=0.15)


def test_entry_rate_gives_the_open_time_it_was_taken_from() -> None:
    # calibration
    control = value(50) * 1e-3  # s
    shorter = 1.0 / (1.0 + ROWS["kinetics.k_on"] * 1.0 * control)
    assert shorter == pytest.approx(value(54), abs=0.01)


def test_hydroxynorketamine_is_negligible_in_magnesium() -> None:
    # calibration of 2A without magnesium (46 umol/L); that it is negligible in magnesium then follows
    assert half("hydroxynorketamine", "2A", -66, 0) == pytest.approx(value(46), rel=1e-9)
    for voltage in ("-66 mV", "-60 mV"):
        found = settled_block("HNK", "10 umol/L", voltage).share
        assert np.all(found[[0, 1, 3]] < 0.05)
        assert found[2] < 0.07  # 2C, scaled and not measured


def test_ketamine_stays_in_silent_cells_and_memantine_starts_to_leave_as_measured() -> None:
    # calibration of the escape rate: one sixth leaves with a time constant of 0.79 s, so f/tau at first
    how = {"times": [0.0, 0.01, 5.0], "start": 0.5, "subunit": "2A"}
    kept = block_over_time("ketamine", "0 umol/L", "-60 mV", 0.0, **how)
    np.testing.assert_array_equal(kept.share[:, 0], 0.5)  # trapped nearly always: circuit C060
    left = block_over_time("memantine", "0 umol/L", "-60 mV", 0.0, **how)
    gone = 1.0 - left.share[1, 0] / 0.5
    measured = value(62) * (1.0 - np.exp(-0.01 / value(61)))
    assert gone == pytest.approx(measured, rel=0.01)
    assert 1.0 - left.share[2, 0] / 0.5 > value(62)  # too much in long silence: said in escape_rate


def test_liquor_over_plasma_lies_within_what_is_assumed() -> None:
    # check: a quoted 0.4 of total plasma (PHY-009), where 0.55 unbound and equal unbound levels give 0.55
    rows = TrappingBlock.parameters()
    unbound, ratio = rows["unbound.ketamine"], rows["unbound.brain_ratio"]
    quoted = float(row("PHY-009")["value"])
    assert float(ratio.low or 0) < quoted / unbound.canonical < float(ratio.high or 0)
    assert float(unbound.low or 0) < float(row("PAR-ASH-024")["value"]) < float(unbound.high or 0)


def test_unbound_share_moves_block_less_than_labs_differ() -> None:
    """0.40 (liquor) to 0.71 (highest unbound share) against a threefold spread of the potency between labs."""
    kd, free = (np.asarray(x)[0] for x in stage.pore(ROWS, np.array([[-54.0]]), ROWS["magnesium.brain"]))  # type: ignore[arg-type]

    def block(level: float) -> float:
        return float((level / (level + kd / free))[3])

    usual = 0.4  # umol/L of S-ketamine equivalents at 0.5 mg/kg and an unbound share of 0.55
    by_share = block(usual * 0.71 / 0.55) / block(usual * 0.40 / 0.55)
    by_lab = block(usual * 3.0**0.5) / block(usual / 3.0**0.5)
    assert 1.3 < by_share < by_lab
