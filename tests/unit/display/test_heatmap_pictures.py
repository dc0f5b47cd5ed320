"""The heat map's picture, held against OpenCV, which the window does without."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_app.display.heatmap import COLOUR_MAPS, colour_table, enlarge


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colours_are_those_of_opencv(name):
    ramp = np.arange(256, dtype=np.uint8).reshape(256, 1)
    wanted = cv2.applyColorMap(ramp, getattr(cv2, f"COLORMAP_{name.upper()}"))[:, 0, ::-1]
    assert (colour_table(name) == wanted).all()


@pytest.mark.parametrize(("rows", "columns"), [(7, 7), (448, 448), (101, 37), (744, 1032)])
def test_enlarging_is_bilinear_between_the_centres(rows, columns):
    unit = np.random.default_rng(3).random((7, 7), dtype=np.float32)
    wanted = cv2.resize(unit, (columns, rows), interpolation=cv2.INTER_LINEAR)
    # OpenCV rounds its weights to 1/2048.
    assert np.abs(enlarge(unit, rows, columns) - wanted).max() < 2e-3


def test_enlarging_keeps_ends_and_stays_between_them():
    unit = np.zeros((7, 7), np.float32)
    unit[0, 0] = 1
    large = enlarge(unit, 70, 70)
    assert large[0, 0] == 1
    assert large.min() >= 0
    assert large[40:, 40:].max() == 0
