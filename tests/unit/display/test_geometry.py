from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.display.geometry import (
    MAX_ZOOM,
    MIN_ZOOM,
    UPRIGHT,
    Length,
    Orientation,
    clamp_zoom,
    distance,
    fit_zoom,
    pixel_at,
    wheel_factor,
)
from edge_app.imaging.radiograph import PixelSpacing

orientations = st.builds(Orientation, st.integers(0, 3), st.booleans())


def apply(orientation: Orientation, x: float, y: float) -> tuple[float, float]:
    m11, m12, m21, m22 = orientation.matrix()
    return m11 * x + m21 * y, m12 * x + m22 * y


@pytest.mark.parametrize(
    ("orientation", "right", "down"),
    [
        (Orientation(0), (1, 0), (0, 1)),
        (Orientation(1), (0, 1), (-1, 0)),
        (Orientation(2), (-1, 0), (0, -1)),
        (Orientation(3), (0, -1), (1, 0)),
        (Orientation(0, True), (-1, 0), (0, 1)),
    ],
)
def test_where_right_and_down_go(orientation, right, down):
    assert apply(orientation, 1, 0) == right
    assert apply(orientation, 0, 1) == down


@given(orientations)
def test_four_turns_and_two_flips_are_nothing(orientation):
    assert orientation.turned(1).turned(1).turned(1).turned(1) == orientation
    assert orientation.flipped().flipped() == orientation
    assert orientation.turned(1).turned(-1) == orientation


@given(orientations)
def test_flip_exchanges_left_and_right_of_the_screen_however_it_is_turned(orientation):
    x, y = apply(orientation, 3, 5)
    assert apply(orientation.flipped(), 3, 5) == (-x, y)


@given(orientations)
def test_turn_goes_clockwise_on_the_screen(orientation):
    x, y = apply(orientation, 3, 5)
    assert apply(orientation.turned(1), 3, 5) == (-y, x)


def test_fit_takes_the_side_that_is_short():
    assert fit_zoom(200, 100, 400, 400, UPRIGHT) == 2
    assert fit_zoom(200, 100, 400, 400, Orientation(1)) == 2
    assert fit_zoom(100, 400, 400, 400, UPRIGHT) == 1
    assert fit_zoom(100, 400, 400, 100, Orientation(3)) == 1
    assert fit_zoom(0, 0, 100, 100, UPRIGHT) == MAX_ZOOM


def test_zoom_is_limited():
    assert clamp_zoom(1e9) == MAX_ZOOM
    assert clamp_zoom(1e-9) == MIN_ZOOM
    assert clamp_zoom(0.7) == 0.7


def test_wheel_there_and_back_is_nothing():
    assert wheel_factor(120) == pytest.approx(1.2)
    assert wheel_factor(120) * wheel_factor(-120) == pytest.approx(1)
    assert wheel_factor(60) ** 2 == pytest.approx(wheel_factor(120))


def test_distance_in_pixels_without_spacing():
    assert distance((1, 1), (4, 5), None) == Length(5, "px")


def test_distance_in_millimetres_takes_both_spacings():
    spacing = PixelSpacing(row_mm=0.2, column_mm=0.1, origin="calibrated")
    assert distance((0, 0), (30, 0), spacing) == Length(pytest.approx(3.0), "mm")
    assert distance((0, 0), (0, 30), spacing) == Length(pytest.approx(6.0), "mm")
    assert distance((0, 0), (40, 15), spacing).value == pytest.approx(5.0)


def test_distance_at_the_detector_says_so():
    assert distance((0, 0), (1, 0), PixelSpacing(0.1, 0.1, "detector")).at_detector


def test_pixel_under_a_point():
    assert pixel_at(0.0, 0.0, 10, 20) == (0, 0)
    assert pixel_at(9.99, 19.99, 10, 20) == (9, 19)
    assert pixel_at(10.0, 5.0, 10, 20) is None
    assert pixel_at(-0.01, 5.0, 10, 20) is None
