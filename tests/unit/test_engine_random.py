"""Random draws: bound to seed, person and name, and standard normal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.engine.random import standard_normals

NAMES = ("plasma.clearance", "plasma.central_volume", "body.drug_sensitivity")
COUNT = 100_000


@pytest.fixture(scope="module")
def many() -> dict[str, np.ndarray]:
    return {name: np.asarray(x) for name, x in standard_normals(1, np.arange(1, COUNT + 1), NAMES).items()}


@given(ids=st.lists(st.integers(0, 2**32 - 1), min_size=16, max_size=16, unique=True), order=st.permutations(range(16)))
def test_a_person_keeps_the_number_in_any_order_and_company(ids: list[int], order: list[int]) -> None:
    straight = standard_normals(5, ids, NAMES)
    mixed = standard_normals(5, [ids[k] for k in order], NAMES[::-1])
    for name in NAMES:
        np.testing.assert_array_equal(np.asarray(straight[name])[list(order)], np.asarray(mixed[name]))


def test_a_person_keeps_the_number_in_any_batch_and_among_other_names(many: dict[str, np.ndarray]) -> None:
    for name in NAMES:
        alone = standard_normals(1, np.array([77_777]), (name,))[name]
        assert float(alone[0]) == many[name][77_776]


def test_the_numbers_are_standard_normal_within_three_standard_errors(many: dict[str, np.ndarray]) -> None:
    for name, draws in many.items():
        assert abs(draws.mean()) < 3.0 / np.sqrt(COUNT), name
        assert abs(draws.std() - 1.0) < 3.0 / np.sqrt(2.0 * COUNT), name
        for limit, share in ((1.0, 0.682689), (1.959964, 0.95), (2.575829, 0.99)):
            found = (np.abs(draws) < limit).mean()
            assert abs(found - share) < 3.0 * np.sqrt(share * (1.0 - share) / COUNT), (name, limit)


def test_names_neighbours_and_seeds_are_not_correlated(many: dict[str, np.ndarray]) -> None:
    other = np.asarray(standard_normals(2, np.arange(1, COUNT + 1), NAMES[:1])[NAMES[0]])
    table = np.corrcoef([*many.values(), other, np.roll(many[NAMES[0]], 1)])
    assert np.abs(table - np.eye(len(table))).max() < 0.01


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 2**32), (5, 5 + 2**40), (2**63 - 2, 2**63 - 1)])
def test_different_seeds_give_different_people(one: int, other: int) -> None:
    first, second = (np.asarray(standard_normals(seed, np.arange(100), NAMES[:1])[NAMES[0]]) for seed in (one, other))
    assert (first != second).all()


def test_ids_beyond_31_bits_are_people_of_their_own() -> None:
    draws = np.asarray(standard_normals(1, np.array([1, 2**31, 2**31 + 1, 2**32 - 1]), NAMES[:1])[NAMES[0]])
    assert len(set(draws.tolist())) == 4


def test_no_names_need_no_draws() -> None:
    assert standard_normals(1, np.arange(3), ()) == {}
