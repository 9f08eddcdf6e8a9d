"""Laws of cohorts: a person is the same bytes in any company; more doses or times change no draw that was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import Array

import ketworks as kw
from ketworks.dose.regimen import DoseEvent
from ketworks.dose.stage import SLOTS, schedule_of
from ketworks.engine.chain import Chain
from ketworks.engine.occasions import occasions_of
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.people.cohort import Cohort
from ketworks.people.person import Person

SENTENCE = "50 mg buccal, twice weekly for 2 weeks"
LEVEL = "plasma.ketamine.arterial"
NAMES = [LEVEL, "mind.cadss"]
TIMES = "0,40,80,7240 min"
MANY = 1000


def cohort(n: int = MANY, seed: int = 11, only: tuple[int, ...] = ()) -> Cohort:
    return Cohort(n, seed, population="general-adults", only=only)


@cache
def everybody() -> kw.Simulation:
    return kw.simulate(SENTENCE, cohort(), outputs=NAMES, times=TIMES)


def bytes_of(simulation: kw.Simulation, rows: slice | list[int] = slice(None)) -> dict[str, bytes]:
    tables = {**simulation.tables, **{name: value[:, None] for name, value in simulation.covariates.items()}}
    return {name: np.ascontiguousarray(table[rows]).tobytes() for name, table in tables.items()}


@given(only=st.lists(st.integers(1, MANY), min_size=1, max_size=7, unique=True))
@settings(max_examples=8)
def test_any_seven_in_any_order_are_the_bytes_of_the_thousand(only: list[int]) -> None:
    few = kw.simulate(SENTENCE, cohort(only=tuple(only)), outputs=NAMES, times=TIMES)
    assert bytes_of(few) == bytes_of(everybody(), [key - 1 for key in only])


@pytest.mark.parametrize("n", [1, 7, 128, 129, 300])
def test_adding_people_does_not_change_the_earlier(n: int) -> None:
    assert bytes_of(kw.simulate(SENTENCE, cohort(n), outputs=NAMES, times=TIMES)) == bytes_of(everybody(), slice(0, n))


@pytest.mark.slow
def test_a_person_run_alone_agrees_to_rounding() -> None:
    """The typical person runs in a program for one; the same person in a batch differs in the last bits only."""
    who = Person("83 kg", 51)
    alone = kw.simulate(SENTENCE, who, outputs=NAMES, times=TIMES, band=False)
    among = kw.simulate(SENTENCE, who, outputs=NAMES, times=TIMES)
    for name in NAMES:
        np.testing.assert_allclose(alone.tables[name][0], among.tables[name][0], rtol=1e-9, atol=1e-12)


def test_a_dose_per_weight_goes_by_each_persons_own_weight() -> None:
    made = kw.simulate("0.5 mg/kg iv over 40 min", cohort(200), outputs=["dose.given"], times="60 min")
    np.testing.assert_allclose(made.tables["dose.given"][:, 0], 0.5 * made.covariates["weight"], rtol=1e-12)
    assert np.ptp(made.covariates["weight"]) > 50.0


def test_a_listed_person_is_who_a_drawn_one_was() -> None:
    """What a person is comes from the covariates and the id alone, wherever they were taken from."""
    from ketworks.people.people_table import PeopleTable

    drawn = cohort(only=(5, 900))
    listed = PeopleTable("people.csv", (900, 5), (drawn.one(900), drawn.one(5)))
    made = kw.simulate(SENTENCE, Cohort.of_table(listed, seed=11), outputs=NAMES, times=TIMES)
    assert bytes_of(made) == bytes_of(everybody(), [899, 4])


@pytest.mark.parametrize("prefix", ["", "norketamine_"])
def test_people_have_the_published_covariance_of_volume_and_clearance(prefix: str) -> None:
    """Otto 2021 prints variances and covariances of central volume and clearance, of drug and metabolite."""
    from ketworks.engine.random import standard_normals
    from ketworks.plasma.otto2021.model import Otto2021, deviations

    p = {key: jnp.asarray(row.canonical) for key, row in Otto2021.parameters().items()}
    eta = standard_normals(1, np.arange(1, 50_001), Otto2021.random_effects)
    found = deviations(p, prefix, eta)
    volume, clearance = (float(p[f"otto2021.variance.{prefix}{name}"]) for name in ("central_volume", "clearance"))
    together = float(p[f"otto2021.covariance.{prefix}central_volume_clearance"])
    drawn = np.cov(np.asarray(found["central_volume"]), np.asarray(found["clearance"]))
    np.testing.assert_allclose(drawn, [[volume, together], [together, clearance]], rtol=0.04)


@dataclass(frozen=True)
class Occasional(Stage):
    """A stage whose output is the number of a dose's occasion effect, so that draws can be seen."""

    name: ClassVar[str] = "a"
    variant: ClassVar[str] = "occasional"
    outputs: ClassVar[tuple[Signal, ...]] = (Signal("a.effect", "1", "effect", "#000000", "sum of effects"),)
    random_effects: ClassVar[tuple[str, ...]] = ("a.person",)
    dose_effects: ClassVar[tuple[str, ...]] = ("a.share", "a.delay")

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        return {}

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        total = around.eta["a.share"].sum(axis=1) + around.eta["a.person"]
        return {"a.effect": total[:, None] * jnp.ones_like(around.times)}


OCCASIONAL = Chain([Occasional()])


def drawn(ids: list[int], slots: int, seed: int = 4) -> dict[str, np.ndarray]:
    found = OCCASIONAL.draw(["a.effect"], seed, ids, np.arange(slots))
    return {name: np.asarray(value) for name, value in found.items()}


@pytest.mark.slow
def test_slots_for_more_doses_change_no_draw_that_was_there() -> None:
    ids = [1, 2, 77_777]
    tables = [drawn(ids, slots) for slots in SLOTS]
    assert [table["a.share"].shape for table in tables] == [(3, slots) for slots in SLOTS]
    for table in tables[1:]:
        np.testing.assert_array_equal(table["a.share"][:, : SLOTS[0]], tables[0]["a.share"])
        np.testing.assert_array_equal(table["a.person"], tables[0]["a.person"])


@pytest.mark.slow
def test_occasion_effects_are_normal_and_their_own_for_person_dose_name_and_seed() -> None:
    table = drawn(list(range(1, 2001)), 8)
    share, delay = table["a.share"], table["a.delay"]
    assert abs(share.mean()) < 3.0 / np.sqrt(share.size)
    assert abs(share.std() - 1.0) < 3.0 / np.sqrt(2.0 * share.size)
    columns = np.corrcoef(np.concatenate([share.T, delay.T, table["a.person"][None]]))
    assert np.abs(columns - np.eye(len(columns))).max() < 0.1
    assert not np.isin(drawn([1, 2], 8, seed=5)["a.share"], share).any()
    np.testing.assert_array_equal(drawn([500], 8)["a.share"][0], share[499])


def test_the_chain_hands_each_dose_its_effect_and_typical_people_none() -> None:
    events = (DoseEvent(0.0, "ketamine", "base", "iv", 35.0, "mg", 40.0),)
    schedule = schedule_of(events, np.full(3, 70.0))
    times, person = jnp.asarray([0.0, 1.0]), {"weight": jnp.full(3, 70.0)}
    eta = OCCASIONAL.draw(["a.effect"], 4, [1, 2, 3], np.arange(SLOTS[0]))
    run = OCCASIONAL.run(["a.effect"], times, schedule, person, eta)
    expected = np.asarray(eta["a.share"]).sum(axis=1) + np.asarray(eta["a.person"])
    np.testing.assert_allclose(np.asarray(run.signals["a.effect"])[:, 0], expected, rtol=1e-12)
    zeros = OCCASIONAL.typical(["a.effect"], 3, SLOTS[0])
    run = OCCASIONAL.run(["a.effect"], times, schedule, person, zeros)
    assert np.asarray(run.signals["a.effect"]).max() == 0.0


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ([], []),
        ([(0.0, 40.0)], [0]),
        ([(0.0, 0.0), (0.0, 40.0)], [0, 0]),  # a bolus with its infusion
        ([(0.0, 60.0), (60.0, 120.0), (120.0, 180.0)], [0, 0, 0]),  # an infusion in steps
        ([(0.0, 100.0), (10.0, 10.0), (90.0, 90.0), (101.0, 101.0)], [0, 0, 0, 1]),
        ([(0.0, 40.0), (10_080.0, 10_120.0), (20_160.0, 20_160.0)], [0, 1, 2]),
    ],
)
def test_doses_without_a_pause_are_one_occasion(doses: list[tuple[float, float]], expected: list[int]) -> None:
    found = occasions_of(doses, 8)
    assert found[: len(doses)].tolist() == expected
    rest = found[len(doses) :].tolist()
    assert rest == list(range(max(expected, default=-1) + 1, max(expected, default=-1) + 1 + len(rest)))


def test_people_differ_between_occasions_unless_told_not_to() -> None:
    """A film's share through the mucosa is drawn anew at each visit; the typical person has no luck of the day."""
    times = "30 min,10110 min"
    sentence = "50 mg buccal, weekly for 2 weeks"
    with_them = kw.simulate(sentence, outputs=[LEVEL], times=times)
    without = kw.simulate(sentence, outputs=[LEVEL], times=times, occasions=False)
    np.testing.assert_array_equal(with_them.tables[LEVEL][0], without.tables[LEVEL][0])
    first, second = with_them.people_table(LEVEL).T
    same_first, same_second = without.people_table(LEVEL).T
    assert np.corrcoef(first, second)[0, 1] < np.corrcoef(same_first, same_second)[0, 1] - 0.02
    assert np.log(second / first).std() > 2.0 * np.log(same_second / same_first).std()
    assert with_them.configuration()["occasions"] is True
    assert without.configuration()["occasions"] is False


@pytest.mark.slow
@given(keep=st.lists(st.booleans(), min_size=4, max_size=4).filter(any))
@settings(max_examples=6)
def test_samples_at_other_times_or_of_fewer_people_are_the_same_samples(keep: list[bool]) -> None:
    minutes = [text for text, wanted in zip(["0", "40", "80", "7240"], keep, strict=True) if wanted]
    asked = ",".join(minutes) + " min"
    whole = everybody().measured(LEVEL)
    np.testing.assert_array_equal(everybody().measured(LEVEL, times=asked), whole[:, keep])
    few = kw.simulate(SENTENCE, cohort(only=(900, 2)), outputs=[LEVEL], times=asked).measured(LEVEL)
    np.testing.assert_array_equal(few, whole[[899, 1]][:, keep])
