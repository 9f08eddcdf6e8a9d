"""The public face: ``simulate`` does what was asked, no more, and refuses with a line to paste."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import ketworks as kw
from ketworks import batches as module
from ketworks.errors import EXIT_CANNOT_SAY, EXIT_WRONG_USE, KetworksError
from ketworks.registry import ON_REQUEST

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
NAMES = [VENOUS, "body.systolic", "mind.cadss"]
TIMES = "0,20,40,80 min"


@cache
def person() -> kw.Simulation:
    return kw.simulate(SENTENCE, outputs=NAMES, times=TIMES)


@cache
def cohort(n: int, seed: int = 5, regimen: str = SENTENCE) -> kw.Simulation:
    return kw.simulate(regimen, kw.Cohort(n, seed=seed), outputs=NAMES, times=TIMES)


def refusal(error: pytest.ExceptionInfo[KetworksError]) -> str:
    """The words of an error that has at least what was given and what was expected."""
    assert error.value.given
    assert error.value.expected
    return str(error.value)


def test_values_are_at_exactly_the_asked_times_in_order() -> None:
    made = kw.simulate(SENTENCE, outputs=[VENOUS], times="80, 0, 40, 20, 40, 33.3 min", band=False)
    assert made.times.tolist() == [0.0, 20.0, 33.3, 40.0, 80.0]
    assert made.tables[VENOUS].shape == (1, 5)


def test_asked_times_may_lie_between_and_after_the_doses_in_other_units() -> None:
    made = kw.simulate("35 mg iv bolus", outputs=[VENOUS], times=["90 s", "2 h", "1 d"], band=False)
    assert made.times.tolist() == [1.5, 120.0, 1440.0]


def test_an_asked_value_is_the_one_of_the_solvers_own_grid() -> None:
    own = kw.simulate(SENTENCE, outputs=[VENOUS, "plasticity.synapses"], band=False)
    at_40 = int(np.searchsorted(own.times, 40.0))
    assert own.times[at_40] == 40.0  # the end of the infusion is an edge
    asked = kw.simulate(SENTENCE, outputs=[VENOUS, "plasticity.synapses"], times="0,40 min", band=False)
    assert asked.tables[VENOUS][0, 1] == pytest.approx(own.tables[VENOUS][0, at_40], rel=1e-9)
    assert asked.tables["plasticity.synapses"][0, 1] == pytest.approx(
        own.tables["plasticity.synapses"][0, at_40], rel=5e-3
    )


def test_without_times_the_run_goes_to_two_weeks_after_the_last_dose() -> None:
    made = kw.simulate("35 mg iv bolus, twice weekly for 2 weeks", outputs=[VENOUS], band=False)
    assert made.times[0] == 0.0
    assert made.times[-1] == made.regimen.end + 14 * 1440
    assert (np.diff(made.times) > 0).all()


def test_only_the_asked_signals_come_back_and_only_their_stages_run() -> None:
    words: list[str] = []
    made = kw.simulate(SENTENCE, outputs=["body.systolic"], times=TIMES, band=False, progress=words.append)
    assert made.names == ("body.systolic",)
    assert words == ["preparing plasma, comedication, body", "plasma", "comedication", "body"]


def test_a_signal_asked_twice_comes_back_once() -> None:
    assert kw.simulate(SENTENCE, outputs=[VENOUS, VENOUS], times="0 min", band=False).names == (VENOUS,)


def test_all_signals_but_those_on_request_when_none_are_named() -> None:
    made = kw.simulate(SENTENCE, times="0,40 min", band=False)
    assert made.names == tuple(name for name in made.chain.signals if made.chain.maker(name).name not in ON_REQUEST)
    assert {"pain.score", "outcome.hamd17", "outcome.suicidal_ideation"} <= set(made.chain.signals) - set(made.names)
    assert len(made.names) > 50


def test_a_person_is_the_typical_one_and_127_others() -> None:
    made = person()
    assert made.has_typical
    assert made.ids.tolist() == list(range(128))
    assert made.people_table(VENOUS).shape == (127, 4)
    alone = kw.simulate(SENTENCE, outputs=NAMES, times=TIMES, band=False)
    assert alone.ids.tolist() == [0]
    for name in NAMES:  # the typical person does not depend on whether others are drawn
        np.testing.assert_allclose(alone.tables[name][0], made.tables[name][0], rtol=1e-9, atol=1e-12)


def test_the_band_holds_the_middle_90_percent_of_the_others() -> None:
    curve = person().curve(VENOUS)
    others = person().people_table(VENOUS)
    assert curve.low is not None
    assert curve.high is not None
    inside = ((others >= curve.low) & (others <= curve.high)).mean(axis=0)[1:]
    np.testing.assert_allclose(inside, 0.9, atol=0.02)
    np.testing.assert_array_equal(curve.center, person().tables[VENOUS][0])


def test_without_band_there_is_none() -> None:
    curve = kw.simulate(SENTENCE, outputs=[VENOUS], times=TIMES, band=False).curve(VENOUS)
    assert curve.low is None
    assert curve.high is None


def test_person_i_is_the_same_bytes_in_every_cohort() -> None:
    few, many = cohort(3), cohort(200)
    assert few.ids.tolist() == [1, 2, 3]
    assert not few.has_typical
    for name in NAMES:
        assert few.tables[name].shape == (3, 4)
        assert few.tables[name].tobytes() == np.ascontiguousarray(many.tables[name][:3]).tobytes(), name


def test_person_i_is_the_same_bytes_in_the_second_batch() -> None:
    many, more = cohort(150), cohort(200)
    for name in NAMES:
        assert many.tables[name][128:].tobytes() == more.tables[name][128:150].tobytes(), name


def test_the_band_of_a_person_is_the_cohort_of_the_same_seed() -> None:
    band = kw.simulate(SENTENCE, outputs=NAMES, times=TIMES, seed=5)
    for name in NAMES:
        np.testing.assert_array_equal(band.people_table(name)[:3], cohort(3).tables[name])


def test_people_differ_from_each_other_and_between_seeds() -> None:
    for name in set(NAMES) - {"mind.cadss"}:  # whole points may coincide
        here = cohort(3).tables[name][:, 2]
        assert len(np.unique(here)) == 3, name
        assert not np.isin(cohort(3, seed=6).tables[name][:, 2], here).any(), name


def test_the_same_people_take_two_regimens() -> None:
    """Paired: plasma is linear, so that everybody's own level doubles with the dose."""
    once, twice = cohort(3), cohort(3, regimen="1 mg/kg iv over 40 min")
    np.testing.assert_allclose(twice.tables[VENOUS], 2.0 * once.tables[VENOUS], rtol=1e-9)


def test_a_cohort_of_one_differs_from_the_typical_person() -> None:
    assert cohort(1).tables[VENOUS][0, 2] != person().tables[VENOUS][0, 2]


def test_the_covariates_matter() -> None:
    heavy = kw.simulate("35 mg iv bolus", kw.Person("140 kg"), outputs=[VENOUS], times="30 min", band=False)
    light = kw.simulate("35 mg iv bolus", kw.Person("50 kg"), outputs=[VENOUS], times="30 min", band=False)
    assert heavy.tables[VENOUS][0, 0] < 0.7 * light.tables[VENOUS][0, 0]


def test_a_replaced_value_acts_and_is_recorded() -> None:
    base = kw.simulate(SENTENCE, outputs=[VENOUS], times="120 min", band=False)
    key = "simons2022.clearance"
    doubled = 2.0 * base.chain.needed([VENOUS])[0].parameters()[key].canonical
    fast = kw.simulate(SENTENCE, outputs=[VENOUS], times="120 min", band=False, values={key: doubled})
    assert fast.tables[VENOUS][0, 0] < 0.8 * base.tables[VENOUS][0, 0]
    assert fast.values == {key: doubled}


def test_a_swapped_mechanism_acts_and_is_recorded() -> None:
    name = "outcome.madrs"
    saline = kw.simulate(SENTENCE, chain=kw.Chain(outcome="saline"), outputs=[name], times="24 h", band=False)
    alone = kw.simulate(SENTENCE, outputs=[name], times="24 h", band=False)
    assert saline.choices == {"outcome": "saline"}
    assert saline.tables[name][0, 0] < alone.tables[name][0, 0] - 1.0


def test_the_route_chooses_the_plasma_model_and_says_why() -> None:
    nasal = kw.simulate("esketamine 84 mg nasal", outputs=[VENOUS], times="0,40 min", band=False)
    assert [stage.variant for stage in nasal.chain.stages if stage.name == "plasma"] == ["perezruixo2021"]
    assert "nasal" in nasal.reasons["plasma"]


def test_errors_of_the_solvers_come_along_and_are_small() -> None:
    made = kw.simulate(SENTENCE, band=False)
    assert set(made.errors) <= set(made.chain.signals)
    assert made.errors
    assert all(0.0 <= error <= module.TOLERANCE for error in made.errors.values())


def test_a_solver_beyond_its_tolerance_is_an_error_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOLERANCE", 1e-13)
    monkeypatch.setattr(module, "FINEST", 0)
    with pytest.raises(kw.SolverFailed, match=r"^body\.|^mind\.|^plasticity\.|^receptor\."):
        kw.simulate(SENTENCE, outputs=["body.systolic", "plasticity.synapses"], times="0,40 min", band=False)


def test_a_value_that_breaks_the_equations_names_signal_person_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketworks.simulation.check_values", lambda _, values: dict(values))  # let a broken one through
    with pytest.raises(kw.SolverFailed, match=r"plasma\.ketamine\.venous of person 0 is not finite from 0 min"):
        kw.simulate(SENTENCE, outputs=[VENOUS], band=False, values={"simons2022.central_volume": 0.0})


@pytest.mark.parametrize(
    ("arguments", "words", "nearest"),
    [
        ({"outputs": ["body.systolik"]}, "unknown signal 'body.systolik'", "body.systolic"),
        ({"values": {"simons2022.clearence": 1.0}}, "unknown parameter", "simons2022.clearance"),
        ({"outputs": VENOUS}, "a list of signal names", ""),
        ({"times": "0,20"}, "a unit at the end", ""),
        ({"times": "-5 min"}, "-5 min", ""),
        ({"times": "0 to 9 d by 0 d"}, "a step above zero", ""),
        ({"times": "1095 d"}, "1.0512e+06 min", ""),
        ({"times": "0 to 400 d by 1 min"}, "at most 20000", ""),
        ({"seed": -1}, "seed -1", ""),
        ({"seed": True}, "seed True", ""),
        ({"values": {"simons2022.clearance": float("nan")}}, "simons2022.clearance = nan", ""),
        ({"values": {"simons2022.clearance": float("inf")}}, "0.148 to 14.8 L/min", ""),
        ({"values": {"simons2022.clearance": -1.0}}, "0.148 to 14.8 L/min", ""),
        ({"values": {"unbound.ketamine": 7.0}}, "0.055 to 1", ""),
        ({"regimen": 5}, "regimen is 5", ""),
        ({"people": "70 kg"}, "Person or Cohort", ""),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: dict[str, object], words: str, nearest: str) -> None:
    with pytest.raises(kw.WrongUse) as error:
        kw.simulate(**{"regimen": SENTENCE, **arguments})  # type: ignore[arg-type]
    assert words in refusal(error)
    assert nearest in error.value.nearest
    assert error.value.exit_code == EXIT_WRONG_USE


@pytest.mark.parametrize(
    ("choices", "nearest"),
    [({"plasm": "simons2022"}, "plasma"), ({"plasma": "simons2023"}, "simons2022"), ({"outcome": "salin"}, "saline")],
)
def test_an_unknown_mechanism_shows_the_nearest(choices: dict[str, str], nearest: str) -> None:
    with pytest.raises(kw.WrongUse) as error:
        kw.Chain(**choices)
    assert error.value.nearest.split(", ")[0] == nearest
    refusal(error)


@pytest.mark.parametrize(
    ("regimen", "plasma", "fitting"),
    [
        (SENTENCE, "perezruixo2021", "combined"),
        ("esketamine 84 mg nasal", "simons2022", "perezruixo2021"),
    ],
)
def test_a_plasma_model_of_another_route_is_refused(regimen: str, plasma: str, fitting: str) -> None:
    with pytest.raises(kw.WrongUse) as error:
        kw.simulate(regimen, chain=kw.Chain(plasma=plasma), outputs=[VENOUS])
    assert error.value.nearest == fitting


def test_what_no_plasma_model_covers_cannot_be_said() -> None:
    with pytest.raises(kw.CannotSay) as error:
        kw.simulate("50 mg nasal", kw.Person(age=8, weight="25 kg"))
    refusal(error)
    assert error.value.exit_code == EXIT_CANNOT_SAY


@pytest.mark.slow
@pytest.mark.parametrize("sentence", ["350 mg iv bolus", "4 mg/kg iv bolus"])
def test_the_largest_dose_that_is_taken_runs_whole(sentence: str) -> None:
    """Circuit states far from rest are carried less well; a direction needs less than a number does."""
    made = kw.simulate(sentence, times="5 min, 40 min")
    assert not made.failed
    for name, error in made.errors.items():
        allowed = module.TOLERANCE * (module.DIRECTION if made.signal(name).kind == "sign" else 1.0)
        assert error <= allowed, name


@pytest.mark.parametrize("n", [0, -1, 10_000_001, 2.0, True])
def test_a_cohort_that_cannot_be_run_is_refused(n: object) -> None:
    with pytest.raises(kw.WrongUse, match="1 to 10000000 people"):
        kw.Cohort(n)  # type: ignore[arg-type]


def test_a_replaced_value_is_named_and_makes_what_rests_on_it_grade_e() -> None:
    arterial = "plasma.s_ketamine.arterial"
    plain = kw.simulate(SENTENCE, outputs=[arterial, "dose.given"], band=False)
    other = kw.simulate(SENTENCE, outputs=[arterial, "dose.given"], band=False, values={"simons2022.clearance": 1.6})
    assert plain.grades[arterial].grade == "C"
    assert other.grades[arterial] == ("E", ("simons2022.clearance",))
    assert other.grades["dose.given"].grade == "A"
    assert "simons2022.clearance was replaced: 1.6 L/min instead of 1.48" in repr(other)
    assert other.as_dict()["values"] == {"simons2022.clearance": 1.6}
    assert plain.notes == []


def test_mood_after_nasal_esketamine_is_given_only_when_asked_for() -> None:
    nasal = kw.simulate("esketamine 84 mg nasal", band=False)
    assert not any(name.startswith("outcome.") for name in nasal.names)
    assert any("misses its own checks" in note for note in nasal.notes)
    asked = kw.simulate("esketamine 84 mg nasal", outputs=["outcome.madrs"], band=False)
    assert asked.names == ("outcome.madrs",)
    assert any("misses its own checks" in note for note in asked.notes)


def test_people_outside_the_evidence_are_noted() -> None:
    found = kw.simulate(SENTENCE, kw.Person(weight="150 kg", age=80), outputs=[VENOUS], band=False).notes
    assert len(found) == 2
    assert all("extrapolated" in note for note in found)


def test_the_error_of_a_signal_is_the_largest_behind_it() -> None:
    found = kw.simulate(SENTENCE, outputs=["outcome.madrs", VENOUS], band=False)
    assert found.error(VENOUS) == 0.0
    assert found.error("outcome.madrs") == max(
        error for name, error in found.errors.items() if name.startswith(("receptor.active", "plasticity."))
    )


def test_no_output_at_all_is_a_slip() -> None:
    with pytest.raises(kw.WrongUse, match="outputs is empty"):
        kw.simulate(SENTENCE, outputs=[])
