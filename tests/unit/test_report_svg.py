"""The drawing: round ticks within their limits, points inside the frame, no numbers that are not finite."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ketworks as kw
from ketworks.report.panels import panels
from ketworks.report.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Frame, panel_svg, ticks

SIZES = st.floats(-1e4, 1e4)


@given(low=SIZES, span=st.floats(1e-2, 1e6), most=st.integers(3, 12))
def test_ticks_are_round_within_limits_and_not_too_many(low: float, span: float, most: int) -> None:
    high = low + span
    made = ticks(low, high, most)
    assert len(made) <= most
    room = 1e-6 * span
    assert all(low - room <= value <= high + room for value in made)
    if len(made) > 1:
        steps = np.diff(made)
        digits = -math.floor(math.log10(steps[0] * (1.0 + 1e-6)))
        step = float(round(steps[0], digits))
        assert round(step * 10.0**digits) in (1, 2, 5)
        np.testing.assert_allclose(steps, step, rtol=1e-6)
        np.testing.assert_allclose(np.array(made) / step, np.round(np.array(made) / step), rtol=1e-12, atol=1e-9)


@given(low=SIZES, span=st.floats(1e-2, 1e6))
def test_an_axis_has_at_least_two_ticks(low: float, span: float) -> None:
    assert len(ticks(low, low + span)) >= 2


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-3, 12, [0, 5, 10])],
)
def test_ticks_people_expect(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_the_frame_maps_its_corners_to_the_corners() -> None:
    frame = Frame(0.0, 10.0, -1.0, 1.0)
    assert (float(frame.x(0.0)), float(frame.x(10.0))) == (LEFT, WIDTH - RIGHT)
    assert (float(frame.y(-1.0)), float(frame.y(1.0))) == (HEIGHT - BOTTOM, TOP)


@pytest.mark.parametrize("sentence", ["0.5 mg/kg iv over 40 min", "35 mg iv bolus, twice weekly for 2 weeks"])
def test_every_point_lies_inside_the_frame(sentence: str) -> None:
    made = kw.simulate(sentence)
    for panel in panels(made):
        drawn = panel_svg(made, panel)
        assert "nan" not in drawn
        assert "inf" not in drawn
        lists = re.findall(r'points="([^"]+)"', drawn)
        assert len(lists) >= len(panel.names)
        points = np.array([pair.split(",") for points in lists for pair in points.split()], dtype=float)
        assert points[:, 0].min() >= LEFT - 0.06
        assert points[:, 0].max() <= WIDTH - RIGHT + 0.06
        assert points[:, 1].min() >= TOP - 0.06
        assert points[:, 1].max() <= HEIGHT - BOTTOM + 0.06


def test_the_highest_point_of_the_line_is_the_peak() -> None:
    made = kw.simulate("0.5 mg/kg iv over 40 min", outputs=["plasma.ketamine.venous"], band=False)
    (panel,) = panels(made)
    (points,) = re.findall(r'<polyline points="([^"]+)"', panel_svg(made, panel))
    x, y = np.array([pair.split(",") for pair in points.split()], dtype=float).T
    (row,) = made.peaks()
    share = (x[np.argmin(y)] - LEFT) / (WIDTH - RIGHT - LEFT)
    assert share * panel.stop == pytest.approx(row.when, abs=panel.stop / 200.0)


def test_an_infusion_is_a_strip_and_a_bolus_a_mark() -> None:
    for sentence, strips in (("35 mg iv over 40 min", 1), ("35 mg iv bolus", 0)):
        made = kw.simulate(sentence, outputs=["plasma.ketamine.venous"], band=False)
        drawn = panel_svg(made, panels(made)[0])
        assert drawn.count("<rect") == strips
        assert drawn.count('stroke="#555"') == 1 - strips


def test_a_run_asked_for_one_late_time_is_drawn() -> None:
    made = kw.simulate("0.5 mg/kg iv over 40 min", outputs=["plasma.ketamine.venous"], times="24 h", band=False)
    (panel,) = panels(made)
    assert panel.start == panel.stop == 24 * 60.0
    assert "nan" not in panel_svg(made, panel)


def test_an_effect_on_another_diagnosis_is_drawn_over_days() -> None:
    name = "indication.standardised_effect"
    made = kw.simulate("0.5 mg/kg iv over 40 min", outputs=[name], times="0 to 14 d by 1 d", band=False)
    (panel,) = panels(made)
    assert panel.stop == made.times[-1]
