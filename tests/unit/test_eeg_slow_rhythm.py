"""The posteromedial rhythm as a measure of a recording, half-times of changes, and what was published beside both."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from command_line import Ketworks

import ketworks as kw
from ketworks.eeg import BLOCKS, Measured, Recording, record
from ketworks.eeg.measures import MEASURES
from ketworks.eeg.published import Published, published
from ketworks.eeg.slow_rhythm import SCORE, slow_rhythm
from ketworks.eeg.words import half_gone, text

SENTENCE = "0.5 mg/kg iv over 40 min"
TIMES = "0,20,40,45,50,60,70,80,120 min"


@cache
def recorded(variant: str = "retrosplenial-pacemaker", seconds: float = 8.0) -> Recording:
    chain = kw.Chain(rhythm=variant)
    return record(
        kw.simulate(SENTENCE, outputs=[*BLOCKS, SCORE], times=TIMES, chain=chain, band=False), seconds=seconds
    )


def test_the_measure_is_the_stage_of_the_chain_at_the_same_times() -> None:
    simulated = kw.simulate(SENTENCE, outputs=["rhythm.posteromedial", SCORE], times=TIMES, band=False)
    found = slow_rhythm(recorded())
    np.testing.assert_array_equal(found.present[1:], simulated.tables["rhythm.posteromedial"][0] == 1.0)
    assert found.score is not None
    np.testing.assert_allclose(found.score[1:], simulated.tables[SCORE][0])
    assert not found.present[0]
    assert ((found.frequency > 0.0) == found.present).all()


def test_without_hcn1_there_is_none_and_the_score_is_the_same() -> None:
    without, usual = slow_rhythm(recorded("retrosplenial-without-hcn1")), slow_rhythm(recorded())
    assert not any(without.present)
    np.testing.assert_array_equal(without.score, usual.score)


def test_the_table_prints_yes_and_no_beside_the_score() -> None:
    plain = text(recorded().measured(["rhythm3hz"]))
    assert "posteromedial rhythm" in plain
    assert "dissociation (mean CADSS)" in plain
    assert "assumed" in plain
    told = recorded().measured(["rhythm3hz"]).as_dict()["posteromedial_rhythm"]
    assert told["present"][0] is False
    assert len(told["present"]) == 10
    assert recorded().measured(["bands"]).as_dict()["posteromedial_rhythm"] is None


def test_half_of_a_change_is_gone_where_it_crosses_half() -> None:
    at, none = np.array([0.0, 40.0, 50.0, 60.0]), np.zeros(5)
    row = Measured("x", "x", "dB", np.array([1.0, 1.0, 3.0, 2.5, 1.5]), none)
    assert row.half_gone(at, 40.0) == pytest.approx(15.0)  # 2, 1.5, 0.5: half at 55 min
    assert row.half_gone(at, 45.0) is None  # no time there
    assert row.half_gone(np.array([0.0, 40.0, 50.0, 90.0]), 40.0) is None  # too far apart to tell
    assert row._replace(values=row.values[:4], error=none[:4]).half_gone(at[:3], 40.0) is None  # still there
    assert row._replace(error=none + 9.0).half_gone(at, 40.0) is None  # no clear change


def test_the_rhythm_of_changes_follows_the_infusion() -> None:
    gone = half_gone(recorded().measured(["bands", "mismatch"]))
    assert gone
    assert all(2.0 < minutes < 80.0 for minutes in gone.values())


def test_the_noise_floor_is_two_errors() -> None:
    row = Measured("x", "x", "dB", np.array([0.0, 0.5]), np.array([0.0, 0.2]))
    assert row.noise_floor == pytest.approx([0.4])
    assert row.directions == ["up"]


def test_what_was_published_is_of_a_measure_and_says_where() -> None:
    names = {row.name for row in recorded().measured(["bands", "slope", "lz", "assr", "mismatch"]).rows}
    assert set(published()) <= names | {"posteromedial_rhythm"}
    assert all(row.source and row.locator for row in published().values())
    one = Published("x", "none or up", "a", "b", "")
    assert (one.agrees("flat"), one.agrees("up"), one.agrees("down"), one.agrees("unclear")) == (
        True,
        True,
        False,
        None,
    )


@pytest.mark.slow
def test_every_measure_is_reachable_from_the_command(ketworks: Ketworks) -> None:
    said = ketworks(
        *("eeg", SENTENCE, "--at", "0,40 min", "--seconds", "8", "--measures", ",".join(MEASURES)),
        *("--json", "--quiet", "--plot", "tones.png"),
    )
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["posteromedial_rhythm"]["mean_cadss"][0] == 0.0
    assert told["measures"]["mismatch"]["no_drug"] == 1.0
    assert told["measures"]["mismatch"]["noise_floor"][0] < 0.05
    assert told["measures"]["mismatch"]["published"]["direction"] == "down"
    assert len(told["alternation"]) == 3
