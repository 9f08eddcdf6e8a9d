"""Two simulations side by side."""

from __future__ import annotations

import numpy as np
import pytest

import ketworks as kw

NAMES = ["plasma.ketamine.venous", "dose.given"]
HALF, WHOLE = "0.5 mg/kg iv over 40 min", "1 mg/kg iv over 40 min"


def simulate(sentence: str, people: kw.Person | kw.Cohort | None = None, seed: int = 1) -> kw.Simulation:
    return kw.simulate(sentence, people, outputs=NAMES, seed=seed)


def test_paired_difference_of_a_doubled_dose_is_each_persons_own_level() -> None:
    half, whole = simulate(HALF), simulate(WHOLE)
    found = kw.compare(half, whole)
    row = next(row for row in found.rows if row.name == NAMES[0])
    own = half.people_table(NAMES[0]).max(axis=1)
    assert found.paired
    assert row.difference == pytest.approx(row.first.value, rel=1e-9)
    assert (row.low, row.high) == pytest.approx(tuple(np.percentile(own, (5.0, 95.0))), rel=1e-9)
    assert row.grade == "E"


def test_other_people_have_no_paired_band() -> None:
    found = kw.compare(simulate(HALF, seed=1), simulate(HALF, seed=2), NAMES[:1])
    assert not found.paired
    assert found.rows[0].low is None
    assert "no paired band" in repr(found)


def test_cohorts_are_compared_and_written_as_plain_values() -> None:
    found = kw.compare(simulate(HALF, kw.Cohort(5)), simulate(WHOLE, kw.Cohort(5)), NAMES[:1]).as_dict()
    assert found["paired"] is True
    assert found["signals"][NAMES[0]]["difference"] > 0.0


def test_a_signal_that_was_not_computed_is_named() -> None:
    with pytest.raises(kw.WrongUse, match=r"body\.systolic"):
        kw.compare(simulate(HALF), simulate(WHOLE), ["body.systolic"])


def test_the_same_people_with_a_drug_are_paired_and_heavier_people_are_not() -> None:
    plain, heavy = simulate(HALF), simulate(HALF, kw.Person(weight="90 kg"))
    with_drug = simulate(HALF, kw.Person(comedication="rifampicin"))
    assert kw.compare(plain, with_drug, NAMES[:1]).paired
    assert not kw.compare(plain, heavy, NAMES[:1]).paired


def test_titles_name_the_plasma_models() -> None:
    nasal = kw.simulate("esketamine 84 mg nasal", outputs=NAMES)
    found = kw.compare(simulate(HALF), nasal, NAMES[:1])
    assert [title.rsplit(" ", 1)[1] for title in found.titles] == ["combined", "perezruixo2021"]
