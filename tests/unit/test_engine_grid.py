"""The time grid: what must stand on it exactly, and where."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.engine.grid import FIRST_STEP, GROWTH, JUMP, LONGEST_STEP, PADDED, padded, padded_size, time_grid

END = 200.0
NEAR = [0.0, 1e-12, 1e-9, 1e-7, 1e-5, JUMP, 2.0 * JUMP, 3.0 * JUMP, 1e-3]  # min beside another edge
places = st.floats(0.0, END).map(lambda t: round(t, 9))
apart = st.lists(places, max_size=5)
together = st.tuples(
    st.floats(0.0, END - 1.0).map(lambda t: round(t, 9)), st.lists(st.sampled_from(NEAR), max_size=4)
).map(lambda drawn: [drawn[0] + near for near in drawn[1]])
early = st.lists(st.sampled_from(NEAR), max_size=4)
edge_lists = st.tuples(apart, together, early).map(lambda parts: parts[0] + parts[1] + parts[2])


@given(edges=edge_lists, asked=st.lists(places, max_size=4), refine=st.integers(0, 2))
def test_edges_and_asked_times_stand_on_a_sorted_grid(edges: list[float], asked: list[float], refine: int) -> None:
    grid = time_grid(edges, asked, END, refine)
    assert grid[0] == 0.0
    assert END - 1e-6 * FIRST_STEP < grid[-1] <= END  # an edge at a rounding error before the end stands for it
    assert (np.diff(grid) > 0.0).all()
    assert np.isin(edges + asked, grid).all()


@given(edges=edge_lists, asked=st.lists(places, max_size=4), refine=st.integers(0, 1))
def test_every_edge_stands_at_an_even_place(edges: list[float], asked: list[float], refine: int) -> None:
    grid = time_grid(edges, asked, END, refine)
    assert (np.searchsorted(grid, [0.0, *edges]) % 2 == 0).all()
    assert np.isin([0.0, *edges], grid[::2]).all()


@given(edges=st.lists(st.integers(1, 1999), min_size=1, max_size=6, unique=True), asked=places)
def test_the_instant_before_an_edge_stands_at_an_even_place(edges: list[int], asked: float) -> None:
    places = 0.1 * np.array(edges)
    grid = time_grid(places, [asked], END)
    before = places - 2.0 * JUMP
    index = np.abs(grid[:, None] - before).argmin(axis=0)
    np.testing.assert_allclose(grid[index], before, rtol=0.0, atol=1e-6 * FIRST_STEP)
    assert (index % 2 == 0).all()


@given(edges=edge_lists, asked=places)
def test_no_filler_makes_a_vanishing_step(edges: list[float], asked: float) -> None:
    told = np.array([0.0, END, asked, *edges])
    exact = np.concatenate([told, told - JUMP, told - 2.0 * JUMP])
    grid = time_grid(edges, [asked], END)
    short = np.flatnonzero(np.diff(grid) < 0.4e-6 * FIRST_STEP)  # a halved step of the alignment may be half as long
    for place in short:
        assert np.abs(exact - grid[place]).min() < 1e-6 * FIRST_STEP
        assert np.abs(exact - grid[place + 1]).min() < 1e-6 * FIRST_STEP


def test_neighbouring_floats_as_edges_keep_the_order() -> None:
    """0.1 + 0.2 and 0.3: no number lies between them, so that the aligning point repeats one of the two."""
    grid = time_grid([30.0, 0.1 + 0.2, 0.3], [], END)
    assert (np.diff(grid) >= 0.0).all()
    assert np.isin([0.1 + 0.2, 0.3, 30.0], grid[::2]).all()


@pytest.mark.parametrize("beside", [-1e-9, 1e-12, 1e-9, 5e-8])
def test_times_asked_a_hair_beside_an_edge_or_a_filler_are_kept(beside: float) -> None:
    asked = np.array([40.0, 0.1, 40.0 - 2.0 * JUMP, 80.0]) + beside
    assert np.isin(asked, time_grid([0.0, 40.0], asked, END)).all()


def test_the_instant_before_an_edge_may_fall_on_a_filler() -> None:
    """1.0002 - 0.0002 and the tenth step of 0.1 differ by rounding."""
    assert np.diff(time_grid([1.0002], [], END)).min() > 1e-6 * FIRST_STEP


def test_edges_after_the_end_are_left_out() -> None:
    grid = time_grid([0.0, 40.0, 500.0], [], 100.0)
    assert grid[-1] == 100.0
    assert 40.0 in grid


def test_an_infusion_shorter_than_the_jump_brings_no_time_before_zero() -> None:
    assert time_grid([0.0, JUMP], [], 10.0)[0] == 0.0


def test_a_run_of_no_length_is_one_time() -> None:
    np.testing.assert_array_equal(time_grid([0.0], [0.0], 0.0), [0.0])


def test_steps_grow_with_the_time_since_the_edge_and_no_further_than_allowed() -> None:
    grid = time_grid([0.0], [], 60.0 * 1440.0)
    step = np.diff(grid)
    assert step[0] == FIRST_STEP
    since = grid[:-1]
    allowed = np.minimum(np.maximum(FIRST_STEP, (GROWTH - 1.0) * since), LONGEST_STEP)
    # the last step before the end may take in what is left over
    assert (step[:-2] <= allowed[:-2] * (1.0 + 1e-9)).all()
    assert (step[:-2] >= 0.49 * allowed[:-2]).all()
    assert step[-3] == pytest.approx(LONGEST_STEP)


@pytest.mark.parametrize("end", [100.0, 14 * 1440.0])
def test_each_refinement_halves_the_steps(end: float) -> None:
    coarse, fine, finer = (time_grid([0.0, 40.0], [], end, refine) for refine in range(3))
    for less, more in ((coarse, fine), (fine, finer)):
        assert 1.8 < (len(more) - 8) / (len(less) - 8) < 2.2  # eight points belong to the edges
        middle = 0.5 * end
        ratio = np.diff(less)[np.searchsorted(less, middle) - 1] / np.diff(more)[np.searchsorted(more, middle) - 1]
        assert 1.6 < ratio < 2.4


def test_padding_repeats_the_last_time() -> None:
    grid = time_grid([0.0, 40.0], [], 100.0)
    size = padded_size(len(grid))
    full = padded(grid, size)
    assert full.shape == (size,)
    np.testing.assert_array_equal(full[: len(grid)], grid)
    assert (full[len(grid) :] == 100.0).all()


@pytest.mark.parametrize(
    ("count", "size"),
    [(1, PADDED[0]), (PADDED[0], PADDED[0]), (PADDED[0] + 1, PADDED[1]), (PADDED[2], PADDED[2])]
    + [(PADDED[2] + 1, 2 * PADDED[2]), (5 * PADDED[2], 5 * PADDED[2])],
)
def test_few_sizes_hold_every_length(count: int, size: int) -> None:
    assert padded_size(count) == size
