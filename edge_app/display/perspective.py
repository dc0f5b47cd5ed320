"""Straightens a photograph of a film: four corners in, a rectangle out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.system.errors import PneumoscopeError

Point = tuple[float, float]
"""`(x, y)` in pixels; the centre of the first pixel is at (0.5, 0.5)."""

MIN_SIDE_PX = 64
"""A film whose shorter side has fewer pixels in the photograph cannot be read."""
MAX_SIDE_PX = 6000
"""Longer side of a straightened film; none of a camera's pixels are lost below it."""


class CornersError(PneumoscopeError):
    """Four corners that are no film."""


@dataclass(frozen=True, slots=True)
class Corners:
    """The corners of a film in a photograph, as seen: a film on its head stays on its head.

    Attributes:
        top_left: `(x, y)`, pixels.
        top_right: `(x, y)`, pixels.
        bottom_right: `(x, y)`, pixels.
        bottom_left: `(x, y)`, pixels.
    """

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point

    @classmethod
    def ordered(cls, points: tuple[Point, Point, Point, Point]) -> Corners:
        """Puts four points in order, however they were clicked.

        Raises:
            CornersError: They do not span a convex quadrilateral.
        """
        centre_x = sum(x for x, _ in points) / 4
        centre_y = sum(y for _, y in points) / 4
        # y points down, so that a rising angle goes clockwise on the screen.
        around = sorted(points, key=lambda p: math.atan2(p[1] - centre_y, p[0] - centre_x))
        first = min(range(4), key=lambda i: around[i][0] + around[i][1])
        corners = cls(*(around[(first + i) % 4] for i in range(4)))
        corners.require_convex()
        return corners

    @classmethod
    def inset(cls, rows: int, columns: int, share: float = 0.08) -> Corners:
        """Returns the initial corners: inside the edges of a photograph by a share of its sides."""
        left, right = columns * share, columns * (1 - share)
        top, bottom = rows * share, rows * (1 - share)
        return cls((left, top), (right, top), (right, bottom), (left, bottom))

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        """Clockwise from the top left."""
        return (self.top_left, self.top_right, self.bottom_right, self.bottom_left)

    def require_convex(self) -> None:
        """Raises unless the corners go clockwise round a convex shape.

        Raises:
            CornersError: Two corners coincide, or a side crosses another.
        """
        points = self.points
        for index in range(4):
            (ax, ay), (bx, by), (cx, cy) = points[index], points[(index + 1) % 4], points[(index + 2) % 4]
            if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0:
                raise CornersError("corners.crossed")

    def size(self) -> tuple[int, int]:
        """`(rows, columns)` of the straightened film: the longer of each pair of opposite sides, so nothing is lost.

        Raises:
            CornersError: It would be too small to be read.
        """
        a, b, c, d = self.points
        columns, rows = max(math.dist(a, b), math.dist(d, c)), max(math.dist(a, d), math.dist(b, c))
        if min(columns, rows) < MIN_SIDE_PX:
            raise CornersError("corners.small", least=MIN_SIDE_PX)
        shrink = min(1.0, MAX_SIDE_PX / max(columns, rows))
        return max(1, round(rows * shrink)), max(1, round(columns * shrink))


def homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the projective map that takes four points to four others.

    Solves the eight linear equations of Hartley and Zisserman (2004), section 4.1, with the last element set to 1. This
    needs an origin that is not mapped to infinity, so the mean of the points is used: no point inside their convex
    shape is mapped to infinity, but a corner of the picture may be.

    Args:
        source: `(4, 2)` points `(x, y)`, no three on a line.
        target: `(4, 2)` points.

    Returns:
        `(3, 3)` matrix H with H (x, y, 1) proportional to the target.

    Raises:
        CornersError: Three of the points lie on a line.
    """
    middle = np.mean(source, axis=0)
    rows = []
    for (x, y), (u, v) in zip(source - middle, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    try:
        solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.asarray(target, dtype=np.float64).reshape(8))
    except np.linalg.LinAlgError as error:
        raise CornersError("corners.line") from error
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    matrix: NDArray[np.float64] = np.append(solved, 1.0).reshape(3, 3) @ to_middle
    return matrix


def straighten(photograph: NDArray[np.uint8], corners: Corners) -> NDArray[np.uint8]:
    """Cuts a film out of a photograph and undoes the perspective.

    Args:
        photograph: `(rows, columns)` uint8.
        corners: Corners of the film. They may lie outside the photograph; that part becomes black.

    Returns:
        `(rows, columns)` uint8, bilinear.

    Raises:
        CornersError: The corners cross, or span too small a film.
    """
    import cv2

    corners.require_convex()
    rows, columns = corners.size()
    target = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float64)
    # OpenCV puts the centre of the first pixel at (0, 0), half a pixel from ours.
    matrix = homography(np.array(corners.points, dtype=np.float64) - 0.5, target - 0.5)
    straight = cv2.warpPerspective(photograph, matrix, (columns, rows), flags=cv2.INTER_LINEAR)
    return np.asarray(straight, dtype=np.uint8)
