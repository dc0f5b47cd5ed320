from __future__ import annotations

import numpy as np
import pytest

from edge_app.display.pyramid import Pyramid, halve


def test_half_is_the_rounded_mean_of_four():
    assert halve(np.array([[0, 1, 10, 10], [2, 4, 10, 13]], np.uint8)).tolist() == [[2, 11]]


def test_odd_edges_are_repeated():
    assert halve(np.array([[10, 20, 40]], np.uint8)).tolist() == [[15, 40]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_stays_white_at_every_depth(dtype):
    white = np.iinfo(dtype).max
    half = halve(np.full((6, 5), white, dtype))
    assert half.dtype == dtype
    assert (half == white).all()
    assert half.shape == (3, 3)


@pytest.mark.parametrize(("zoom", "level"), [(4.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.01, 3)])
def test_level_has_a_pixel_for_every_screen_pixel(zoom, level):
    assert Pyramid(np.zeros((2048, 3000), np.uint8)).level_for(zoom) == level


def test_levels_are_made_once():
    pyramid = Pyramid(np.arange(1024 * 1024, dtype=np.uint16).reshape(1024, 1024))
    assert pyramid.level(0) is pyramid.pixels
    assert pyramid.level(2).shape == (256, 256)
    assert pyramid.level(1) is pyramid.level(1)
