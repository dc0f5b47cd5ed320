from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from edge_app.display.perspective import Corners, CornersError, Point, homography, straighten

coordinate = st.floats(0, 1000)
quad = st.tuples(*[st.tuples(coordinate, coordinate)] * 4)


def test_the_map_of_a_square_to_a_known_trapezium() -> None:
    source = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float)
    target = np.array([(0, 0), (1, 0), (2, 2), (-1, 2)], dtype=float)
    matrix = homography(source, target)
    # By hand, and up to a factor: corners fixed on the top side, the bottom three times as wide at twice the height.
    assert matrix / matrix[2, 2] == pytest.approx(np.array([[1, -1 / 3, 0], [0, 2 / 3, 0], [0, -2 / 3, 1]]), abs=1e-12)


@given(quad)
@example(((3.0, 3.0), (18.0, 18.0), (28.0, 0.0), (49.0, 0.0)))  # two sides meet in the picture's corner
def test_the_map_takes_each_corner_to_its_place(points: tuple[Point, Point, Point, Point]) -> None:
    try:
        corners = Corners.ordered(points)
    except CornersError:
        assume(False)
        return
    assume(min(math.dist(a, b) for a, b in itertools.combinations(points, 2)) > 20)
    assume(min(_sines(corners)) > 0.1)
    source = np.array(corners.points)
    target = np.array([(0, 0), (300, 0), (300, 200), (0, 200)], dtype=float)
    matrix = homography(source, target)
    mapped = np.column_stack([source, np.ones(4)]) @ matrix.T
    assert mapped[:, :2] / mapped[:, 2:] == pytest.approx(target, abs=1e-3)


def _sines(corners: Corners) -> list[float]:
    points = corners.points
    found = []
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy) = points[i - 1], points[i], points[(i + 1) % 4]
        cross = (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
        found.append(cross / (math.dist((ax, ay), (bx, by)) * math.dist((bx, by), (cx, cy))))
    return found


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_corners_may_be_given_in_any_order(order: tuple[int, ...]) -> None:
    points: tuple[Point, ...] = ((10, 12), (90, 8), (95, 80), (5, 85))
    corners = Corners.ordered(tuple(points[i] for i in order))  # type: ignore[arg-type]
    assert corners.points == points


def test_corners_that_cross_or_coincide_are_refused() -> None:
    for points in (
        ((0, 0), (9, 9), (9, 0), (0, 9)),
        ((0, 0), (0, 0), (9, 9), (0, 9)),
        ((0, 0), (5, 0), (9, 0), (0, 9)),
    ):
        with pytest.raises(CornersError, match="corners"):
            Corners(*points).require_convex()  # type: ignore[arg-type]


def test_the_size_is_that_of_the_longer_sides_and_bounded() -> None:
    assert Corners((0, 0), (100, 0), (120, 200), (0, 200)).size() == (201, 120)
    assert Corners((0, 0), (12_000, 0), (12_000, 6000), (0, 6000)).size() == (3000, 6000)
    with pytest.raises(CornersError, match="64 pixels"):
        Corners((0, 0), (200, 0), (200, 40), (0, 40)).size()


def test_a_straight_crop_is_the_pixels_themselves() -> None:
    photograph = np.random.default_rng(1).integers(0, 256, (150, 200), dtype=np.uint8)
    corners = Corners((20, 30), (120, 30), (120, 130), (20, 130))
    assert (straighten(photograph, corners) == photograph[30:130, 20:120]).all()


def test_a_tilted_film_comes_out_straight() -> None:
    """Projects a known picture into a tilted quadrilateral, straightens it, and compares."""
    rows, columns = 240, 200
    y, x = np.mgrid[0:rows, 0:columns]
    film = (127 + 60 * np.sin(x / 17) + 60 * np.cos(y / 23)).astype(np.uint8)
    corners = Corners((60, 40), (250, 70), (270, 300), (30, 280))
    square = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=float)
    back = homography(np.array(corners.points), square)
    py, px = np.mgrid[0:340, 0:320] + 0.5
    denominator = back[2, 0] * px + back[2, 1] * py + back[2, 2]
    u = (back[0, 0] * px + back[0, 1] * py + back[0, 2]) / denominator
    v = (back[1, 0] * px + back[1, 1] * py + back[1, 2]) / denominator
    inside = (u >= 0) & (u < columns) & (v >= 0) & (v < rows)
    photograph = np.zeros((340, 320), np.uint8)
    photograph[inside] = film[v[inside].astype(int), u[inside].astype(int)]
    straight = straighten(photograph, corners)
    scale_x, scale_y = straight.shape[1] / columns, straight.shape[0] / rows
    sy, sx = np.mgrid[10:230, 10:190]
    got = straight[(sy * scale_y).astype(int), (sx * scale_x).astype(int)].astype(float)
    assert np.abs(got - film[10:230, 10:190]).mean() < 4
    assert np.abs(got - film[10:230, 10:190]).max() < 30


def test_handles_start_inside_the_picture() -> None:
    corners = Corners.inset(100, 200, 0.1)
    assert corners.points == ((20, 10), (180, 10), (180, 90), (20, 90))
    corners.require_convex()
