from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.display.window_level import PRESETS, WindowLevel, default_window, preset_window, to_screen


def test_full_window_shows_eight_bits_as_they_are():
    assert WindowLevel.full(255).lut(255).tolist() == list(range(256))


def test_full_window_of_sixteen_bits_goes_from_black_to_white():
    table = WindowLevel.full(65535).lut(65535)
    assert (table[0], table[32768], table[65535]) == (0, 128, 255)
    assert (np.diff(table.astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("centre", "width", "value", "grey"),
    [
        # PS3.3 C.11.2.1.2.1: ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
        (100, 51, 74, 0),
        (100, 51, 75, 3),
        (100, 51, 100, 130),
        (100, 51, 124, 252),
        (100, 51, 125, 255),
    ],
)
def test_linear_function_of_dicom(centre, width, value, grey):
    assert WindowLevel(centre, width).lut(255)[value] == grey


def test_inverted_table_is_the_mirror():
    window = WindowLevel(90, 70)
    assert (window.lut(255).astype(int) + window.lut(255, inverted=True) == 255).all()


def test_between_shows_its_ends_as_black_and_white():
    table = WindowLevel.between(50, 200).lut(255)
    assert (table[50], table[200]) == (0, 255)
    assert 0 < table[51] < table[199] < 255


def test_drag_to_the_right_is_wider_and_down_is_darker():
    start = WindowLevel(128, 256)
    assert start.dragged(60, 0, 255, 600) == WindowLevel(128, 256 + 25.5)
    down = start.dragged(0, 60, 255, 600)
    assert down.centre == pytest.approx(153.5)
    assert down.lut(255)[128] < start.lut(255)[128]


@given(dx=st.floats(-1e5, 1e5), dy=st.floats(-1e5, 1e5), white=st.sampled_from([255, 65535]))
def test_no_drag_leaves_the_range(dx, dy, white):
    window = WindowLevel.full(white).dragged(dx, dy, white, 600)
    assert 0 <= window.centre <= white
    assert 2 <= window.width <= 2 * (white + 1)
    assert window.lut(white).shape == (white + 1,)


def test_presets_follow_the_film():
    pixels = np.linspace(40, 180, 10_000).astype(np.uint8).reshape(100, 100)
    auto = preset_window(pixels, "auto")
    assert auto.centre == pytest.approx(110, abs=2)
    assert auto.width == pytest.approx(140, abs=3)
    lung, dense = preset_window(pixels, "lung"), preset_window(pixels, "dense")
    assert lung.centre < auto.centre < dense.centre


@pytest.mark.parametrize("preset", PRESETS)
def test_film_of_one_value_gets_the_full_window(preset):
    assert preset_window(np.full((10, 10), 7, np.uint16), preset) == WindowLevel.full(65535)


def test_default_is_full_for_eight_bits_and_the_films_own_range_for_sixteen():
    assert default_window(np.full((4, 4), 7, np.uint8)) == WindowLevel.full(255)
    deep = np.linspace(1000, 3000, 10_000).astype(np.uint16).reshape(100, 100)
    assert default_window(deep).centre == pytest.approx(2000, abs=10)


def test_to_screen_looks_every_pixel_up():
    pixels = np.array([[0, 1], [2, 3]], np.uint16)
    table = np.array([9, 8, 7, 6], np.uint8)
    shown = to_screen(pixels, table)
    assert shown.tolist() == [[9, 8], [7, 6]]
    assert shown.dtype == np.uint8
