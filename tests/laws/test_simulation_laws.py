"""Laws of the whole chain through the public face, for doses and times drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ketworks as kw

PLASMA = [
    f"plasma.{drug}.{site}" for drug in ("s_ketamine", "r_norketamine", "ketamine") for site in ("arterial", "venous")
]
TIMES = "0,10,40,90,600 min"
S_VENOUS = "plasma.s_ketamine.venous"


def levels(sentence: str, times: str = TIMES, names: list[str] = PLASMA) -> dict[str, np.ndarray]:
    made = kw.simulate(sentence, outputs=names, times=times, band=False)
    return {name: made.tables[name][0] for name in names}


@given(dose=st.floats(10.0, 60.0), factor=st.floats(0.6, 2.5))
@settings(max_examples=8)
def test_plasma_is_proportional_to_an_intravenous_dose(dose: float, factor: float) -> None:
    first, second = round(dose, 4), round(dose * factor, 4)
    one, other = levels(f"{first} mg iv over 40 min"), levels(f"{second} mg iv over 40 min")
    for name in PLASMA:
        np.testing.assert_allclose(other[name], one[name] * second / first, rtol=1e-9)


@given(dose=st.floats(10.0, 100.0), factor=st.floats(1.2, 3.0))
@settings(max_examples=5)
def test_plasma_rises_with_a_nasal_dose_but_not_faster(dose: float, factor: float) -> None:
    """The part of a nasal dose that is taken up falls with the dose."""
    first, second = round(dose, 4), round(dose * factor, 4)
    one, other = (levels(f"esketamine {x} mg nasal", "40 min", [S_VENOUS])[S_VENOUS] for x in (first, second))
    assert 1.0 < other[0] / one[0] <= second / first * (1.0 + 1e-9)


@given(weight=st.floats(45.0, 140.0))
@settings(max_examples=5)
def test_a_dose_per_weight_is_the_same_dose_in_milligrams(weight: float) -> None:
    kilograms = round(weight, 3)
    who = kw.Person(f"{kilograms} kg")
    one = kw.simulate("0.5 mg/kg iv over 40 min", who, outputs=PLASMA, times=TIMES, band=False)
    same = kw.simulate(f"{0.5 * kilograms:.6f} mg iv over 40 min", who, outputs=PLASMA, times=TIMES, band=False)
    for name in PLASMA:
        np.testing.assert_allclose(one.tables[name], same.tables[name], rtol=1e-7)


@given(asked=st.lists(st.floats(1.0, 2000.0).map(lambda t: round(t, 3)), min_size=1, max_size=6))
@settings(max_examples=8)
def test_a_value_does_not_depend_on_what_other_times_are_asked(asked: list[float]) -> None:
    names = ["plasma.ketamine.venous", "body.systolic", "plasticity.synapses"]
    times = ",".join(f"{t!r}" for t in [0.0, 60.0, *asked]) + " min"
    many, one = levels("35 mg iv over 40 min", times, names), levels("35 mg iv over 40 min", "60 min", names)
    place = int(np.searchsorted(np.unique([0.0, 60.0, *asked]), 60.0))
    assert many[names[0]][place] == pytest.approx(one[names[0]][0], rel=1e-9)
    assert many[names[1]][place] == pytest.approx(one[names[1]][0], rel=1e-3)
    assert many[names[2]][place] == pytest.approx(one[names[2]][0], rel=1e-2)


@given(seed=st.integers(0, 2**63 - 1), n=st.integers(1, 40))
@settings(max_examples=6)
def test_a_person_is_the_same_in_any_cohort_of_the_seed(seed: int, n: int) -> None:
    def table(size: int) -> np.ndarray:
        who = kw.Cohort(size, seed=seed)
        return kw.simulate("35 mg iv over 40 min", who, outputs=["mind.cadss"], times="40 min").tables["mind.cadss"]

    assert table(n).tobytes() == table(n + 7)[:n].tobytes()


@given(dose=st.floats(5.0, 60.0))
@settings(max_examples=5)
def test_more_drug_blocks_more_and_lifts_pressure_and_mood_more(dose: float) -> None:
    names = ["receptor.block", "body.systolic", "outcome.mean_effect"]
    times = "40,1440 min"
    less, more = (
        levels(f"{dose:.4f} mg iv over 40 min", times, names),
        levels(f"{1.2 * dose:.4f} mg iv over 40 min", times, names),
    )
    assert more["receptor.block"][0] > less["receptor.block"][0]
    assert more["body.systolic"][0] > less["body.systolic"][0]
    assert more["outcome.mean_effect"][1] > less["outcome.mean_effect"][1]
