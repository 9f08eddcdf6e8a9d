"""Simulations of many: each with own covariates; who fails is named; samples; children; what is too large."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import ketworks as kw
from ketworks import batches as module

SENTENCE = "0.5 mg/kg iv over 40 min"
VENOUS = "plasma.ketamine.venous"
NAMES = [VENOUS, "body.systolic", "mind.cadss"]
TIMES = "0,20,40,80 min"


@cache
def cohort(n: int, seed: int = 5) -> kw.Simulation:
    return kw.simulate(SENTENCE, kw.Cohort(n, seed=seed), outputs=NAMES, times=TIMES)


def breaks_for(monkeypatch: pytest.MonkeyPatch, broken: set[int], of: str = VENOUS) -> None:
    """Makes the equations of some people give what is not finite."""
    from ketworks.engine.chain import Chain as EngineChain
    from ketworks.engine.chain import Run

    run, people = EngineChain.run, module.draws_of

    def draws(request: object, ids: np.ndarray, doses: int) -> dict[str, object]:
        draws.ids = ids  # type: ignore[attr-defined]
        return people(request, ids, doses)  # type: ignore[arg-type,return-value]

    def broken_run(self: EngineChain, *given: object) -> Run:
        made = run(self, *given)  # type: ignore[arg-type]
        bad = np.isin(draws.ids, list(broken))  # type: ignore[attr-defined]
        table = np.array(made.signals[of])
        table[bad, 1:] = np.nan
        errors = {name: value * (np.nan if bad.any() else 1.0) for name, value in made.errors.items()}
        return made._replace(signals={**made.signals, of: table}, errors=errors)

    monkeypatch.setattr(module, "draws_of", draws)
    monkeypatch.setattr(EngineChain, "run", broken_run)


def test_who_cannot_be_solved_is_named_and_the_rest_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cohort(150)
    breaks_for(monkeypatch, {17, 130})
    made = kw.simulate(SENTENCE, kw.Cohort(150, seed=5), outputs=NAMES, times=TIMES)
    assert made.failed == {key: f"{VENOUS} of person {key} is not finite from 0.1 min on" for key in (17, 130)}
    kept = [key for key in range(1, 151) if key not in (17, 130)]
    assert made.ids.tolist() == kept
    for name in NAMES:
        assert made.tables[name].tobytes() == whole.tables[name][[key - 1 for key in kept]].tobytes(), name
    assert len(made.covariates["weight"]) == 148
    assert [note for note in made.notes if "person 17" in note and note.startswith("left out: ")]
    assert list(made.as_dict()["failed"]) == ["17", "130"]
    assert all(np.isfinite(error) for error in made.errors.values())
    assert len(made.dataset["person"]) == 148


def test_many_who_fail_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_for(monkeypatch, set(range(1, 10)))
    made = kw.simulate(SENTENCE, kw.Cohort(12, seed=5), outputs=NAMES, times=TIMES)
    assert made.ids.tolist() == [10, 11, 12]
    assert "left out likewise: 4 more people" in made.notes


def test_if_all_fail_nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_for(monkeypatch, {1, 2, 3})
    with pytest.raises(kw.SolverFailed, match=rf"{VENOUS} of person 1 is not finite"):
        kw.simulate(SENTENCE, kw.Cohort(3, seed=5), outputs=NAMES, times=TIMES)


def test_if_the_typical_person_fails_the_others_do_not_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_for(monkeypatch, {0, 5})
    with pytest.raises(kw.SolverFailed, match="of person 0 is not finite"):
        kw.simulate(SENTENCE, outputs=NAMES, times=TIMES)


def test_one_of_the_band_who_fails_leaves_the_typical_person(monkeypatch: pytest.MonkeyPatch) -> None:
    breaks_for(monkeypatch, {5})
    made = kw.simulate(SENTENCE, outputs=NAMES, times=TIMES)
    assert made.has_typical
    assert made.ids[0] == 0
    assert made.people_table(VENOUS).shape == (126, 4)
    assert list(made.failed) == [5]


def test_one_whose_error_stays_too_large_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver reports one error for all: who is behind it is found by halves."""
    from ketworks.engine.chain import Chain as EngineChain

    run, people, seen = EngineChain.run, module.draws_of, {}

    def draws(request: object, ids: np.ndarray, doses: int) -> dict[str, object]:
        seen["ids"] = ids
        return people(request, ids, doses)  # type: ignore[arg-type,return-value]

    def worse(self: EngineChain, *given: object) -> object:
        made = run(self, *given)  # type: ignore[arg-type]
        return made._replace(errors={"body.systolic": np.float64(0.5 if 9 in seen["ids"] else 1e-6)})

    monkeypatch.setattr(module, "draws_of", draws)
    monkeypatch.setattr(EngineChain, "run", worse)
    monkeypatch.setattr(module, "FINEST", 1)
    made = kw.simulate(SENTENCE, kw.Cohort(20, seed=5), outputs=NAMES, times=TIMES)
    assert made.failed == {9: "body.systolic of person 9: estimated error 0.5 of its largest value"}
    assert made.ids.tolist() == [key for key in range(1, 21) if key != 9]
    assert made.errors == {"body.systolic": 1e-6}
    assert made.tables[VENOUS][:, 1:].min() > 0.0


def test_a_result_too_large_for_memory_is_refused_before_the_run() -> None:
    with pytest.raises(kw.WrongUse, match="billion numbers") as error:
        kw.simulate(SENTENCE, kw.Cohort(100_000), times="0 to 24 h by 1 min")
    assert "--signals" in error.value.paste


def test_words_of_progress_count_the_people_of_a_long_run() -> None:
    words: list[str] = []
    kw.simulate(SENTENCE, kw.Cohort(300), outputs=["dose.given"], times="0 min", progress=words.append)
    assert words[::2] == [f"{done} of 300 people done: preparing dose" for done in (0, 128, 256)]


def test_a_population_needs_no_more_than_its_name() -> None:
    made = kw.simulate(SENTENCE, kw.Cohort(20, population="trial-adults"), outputs=[VENOUS], times="40 min")
    assert len(np.unique(made.covariates["weight"])) == 20
    assert made.configuration()["people"] == {"kind": "cohort", "n": 20, "population": "trial-adults"}


def test_children_get_their_own_model_and_no_later_stage() -> None:
    made = kw.simulate("1 mg/kg iv bolus", kw.Person(age=6, weight="20 kg"), times="0,10 min", band=False)
    assert {name.split(".")[0] for name in made.names} == {"dose", "plasma"}
    assert "child" in made.reasons["plasma"]


def test_samples_scatter_about_the_level_as_published() -> None:
    arterial = "plasma.ketamine.arterial"
    made = kw.simulate(SENTENCE, kw.Cohort(2000, seed=3), outputs=[arterial, VENOUS], times="0,40 min")
    samples, levels = made.measured(arterial), made.tables[arterial]
    row = made.chain.maker(arterial).parameters()["simons2022.residual.ketamine"]
    assert (samples[:, 1] / levels[:, 1] - 1.0).std() == pytest.approx(row.canonical, rel=0.06)
    assert (samples[:, 0] == 0.0).all()  # proportional: where there is no drug there is no error
    assert not np.array_equal(made.measured(arterial, seed=8), samples)
    with pytest.raises(kw.CannotSay, match="states no residual error") as error:
        made.measured(VENOUS)
    assert arterial in error.value.expected
    with pytest.raises(kw.WrongUse, match=r"39 min was not simulated") as missing:
        made.measured(arterial, times="39 min")
    assert missing.value.nearest == "40 min"


def test_samples_are_asked_for_before_the_work_where_none_can_be_given() -> None:
    with pytest.raises(kw.CannotSay, match="no residual error"):
        kw.simulate(SENTENCE, outputs=["mind.cadss"], times=TIMES, measured=True)
