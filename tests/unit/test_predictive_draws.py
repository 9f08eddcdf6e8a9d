"""Random numbers by place: any batch, any order, any company gives the same bytes, and they are normal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ketworks.predictive.draws import normals


@pytest.mark.parametrize("width", [1, 3, 4, 5])
def test_a_run_of_replicates_is_the_same_drawn_in_parts(width: int) -> None:
    whole = normals(7, "12", "CL", 0, 100, width)
    parts = [normals(7, "12", "CL", first, 25, width) for first in (50, 0, 75, 25)]
    joined = np.concatenate([parts[1], parts[3], parts[0], parts[2]])
    assert whole.shape == (100, width)
    assert whole.tobytes() == joined.tobytes()


def test_seed_person_name_and_replicate_all_matter() -> None:
    base = normals(1, "1", "CL", 0, 4)
    others = [normals(2, "1", "CL", 0, 4), normals(1, "2", "CL", 0, 4), normals(1, "1", "V", 0, 4)]
    assert all(not np.isin(base, other).any() for other in others)
    assert len(np.unique(base)) == 4


def test_the_separator_keeps_person_and_name_apart() -> None:
    assert not np.isin(normals(1, "1", "1CL", 0, 4), normals(1, "11", "CL", 0, 4)).any()


def test_the_numbers_are_standard_normal() -> None:
    numbers = normals(3, "1", "error", 0, 20_000, 5).ravel()
    assert np.isfinite(numbers).all()
    assert stats.kstest(numbers, "norm").pvalue > 0.001
    neighbours = np.corrcoef(numbers[:-1], numbers[1:])[0, 1]
    assert abs(neighbours) < 4.0 / np.sqrt(len(numbers))
