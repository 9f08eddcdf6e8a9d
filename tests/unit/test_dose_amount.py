"""Milligrams become umol per enantiomer."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.dose import enantiomer_amounts, parse

UMOL_PER_MG = 1000 / 237.73


def amounts(sentence, weight=70.0):
    return enantiomer_amounts(parse(sentence).events()[0], weight)


def test_a_racemate_is_one_to_one_and_scales_with_weight():
    assert amounts("0.5 mg/kg iv bolus", 80.0) == pytest.approx((20 * UMOL_PER_MG, 20 * UMOL_PER_MG), rel=1e-12)


def test_a_fixed_dose_does_not_see_the_weight():
    assert amounts("35 mg iv bolus", 50.0) == amounts("35 mg iv bolus", 120.0)


def test_an_enantiomer_goes_to_its_own_side():
    assert amounts("esketamine 84 mg nasal") == pytest.approx((84 * UMOL_PER_MG, 0.0), rel=1e-12)
    assert amounts("arketamine 84 mg nasal") == pytest.approx((0.0, 84 * UMOL_PER_MG), rel=1e-12)


def test_milligrams_are_base_unless_the_salt_is_named():
    base = amounts("esketamine 50 mg oral")[0]
    assert amounts("esketamine base 50 mg oral")[0] == base
    assert amounts("esketamine HCl 57.67 mg oral")[0] == pytest.approx(base, rel=1e-4)


def test_a_rate_counts_as_its_total():
    assert amounts("0.1 mg/kg/h iv for 4 d") == pytest.approx(amounts("9.6 mg/kg iv over 4 d"), rel=1e-12)


def test_many_people_at_once():
    weights = np.array([50.0, 70.0, 110.0])
    s, r = enantiomer_amounts(parse("0.5 mg/kg iv bolus").events()[0], weights)
    assert s == pytest.approx(0.25 * weights * UMOL_PER_MG, rel=1e-12)
    assert s == pytest.approx(r, rel=0)
