"""Where the lungs are on a film: a shape learnt from hand-drawn outlines, fitted to each film.

The lung fields are wanted whole, with the parts that pneumonia has made as bright as the heart, so a threshold on
brightness will not do. An active shape model (Cootes et al. 1995, CVIU 61(1)) knows how lungs lie: 24 films, 18 of
the children's and 6 of the second site's, were outlined by hand with eight landmarks a lung. The fit looks for the
shape whose border is brighter outside than inside, by the cross-entropy method (Rubinstein 1999): draw many shapes,
keep the best tenth, draw around those.

The masks serve measurements over many films. They are no outlines for a reader.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Floats = NDArray[np.float64]

SIDE_PX = 224
"""Outlines and fits live on a grid of this many pixels a side, whatever the size of the film."""
LANDMARKS = 8
"""Of each lung: apex, upper and middle chest wall, costophrenic angle, dome of the diaphragm, its medial end, hilum
and upper mediastinum; the lung on the left of the film first."""

_OUTLINES = Path(__file__).with_name("lung_outlines.json")
_SPLINE_STEPS = 4
_PARTS = 2 * LANDMARKS * _SPLINE_STEPS
_FREE_MODES = 5
"""Principal components of the outlines kept beside position, size and tilt."""
_LEAST_SPREAD = (8.0, 8.0, 0.08, 0.08, 0.04)
"""Least standard deviations of position (pixels), size (shares) and tilt (radians): other sites frame otherwise."""
_NORMALISE_PX = 22.0
_BLURS_PX = (5.0, 3.0)
"""Of the border's slope: the first half of the rounds looks from farther away."""
_DRAWS = 250
_ROUNDS = 12
_BORDER_WEIGHT, _REGION_WEIGHT, _PRIOR_WEIGHT = 3.0, 0.5, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLungs:
    """A film's lungs, outlined by hand.

    Attributes:
        film: Path below the folder that holds `chest_xray` and `second_site`.
        landmarks: `(2, 8, 2)` float64, x and y in pixels of a 224 x 224 film.
    """

    film: str
    landmarks: Floats


def drawn_lungs() -> tuple[DrawnLungs, ...]:
    """Reads the outlines that the shape is learnt from."""
    rows = json.loads(_OUTLINES.read_text(encoding="utf-8"))
    return tuple(DrawnLungs(row["film"], np.array(row["lungs"], dtype=np.float64)) for row in rows)


def outline(landmarks: Floats, rows: int = SIDE_PX, columns: int = SIDE_PX) -> Floats:
    """Draws smooth curves through landmarks.

    Args:
        landmarks: `(2, 8, 2)`, x and y in pixels of a 224 x 224 film.
        rows: Height of the film the outline is for, pixels.
        columns: Its width, pixels.

    Returns:
        `(2, points, 2)` float64, x and y in pixels of that film.
    """
    scale = np.array([columns, rows]) / SIDE_PX
    return np.asarray(_border(landmarks.reshape(1, -1, 2))[0] * scale).reshape(2, -1, 2)


def lung_mask(landmarks: Floats, rows: int = SIDE_PX, columns: int = SIDE_PX) -> NDArray[np.bool_]:
    """Fills outlines.

    Args:
        landmarks: `(2, 8, 2)`, as for `outline`.
        rows: Height of the film the mask is for, pixels.
        columns: Its width, pixels.

    Returns:
        `(rows, columns)` bool, True inside the lungs.
    """
    canvas = Image.new("L", (columns, rows))
    for lung in outline(landmarks, rows, columns):
        ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in lung], fill=1)
    return np.asarray(canvas) > 0


def chest_mask(lungs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Both lungs and what lies between them: the convex hull of their mask, of the same shape."""
    from scipy.spatial import ConvexHull

    canvas = Image.new("L", (lungs.shape[1], lungs.shape[0]))
    places = np.argwhere(lungs)[:, ::-1]
    corners = places[ConvexHull(places).vertices]
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in corners], fill=1)
    return np.asarray(canvas) > 0


def overlap(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks: twice what they share by what they hold, 0..1."""
    return float(2 * (first & second).sum() / max(int(first.sum() + second.sum()), 1))


class LungShape:
    """How lungs lie on films, learnt from outlines."""

    def __init__(self, outlines: tuple[DrawnLungs, ...]) -> None:
        """Learns the mean outline and how outlines differ from it.

        Args:
            outlines: At least two.
        """
        flat = np.stack([drawn.landmarks.reshape(-1, 2) for drawn in outlines])
        self.mean: Floats = flat.mean(axis=0)
        pose = _pose_modes(self.mean)
        deviations = (flat - self.mean).reshape(len(flat), -1)
        amounts = np.linalg.lstsq(pose.T, deviations.T, rcond=None)[0].T
        _, spreads, free = np.linalg.svd(deviations - amounts @ pose, full_matrices=False)
        kept = min(_FREE_MODES, len(flat) - 1)
        spread = np.concatenate(
            [np.maximum(1.5 * amounts.std(axis=0), _LEAST_SPREAD), spreads[:kept] / len(flat) ** 0.5]
        )
        self._modes: Floats = np.concatenate([pose, free[:kept]]) * spread[:, None]

    def fit(self, film: NDArray[np.uint8], seed: int = 0) -> Floats:
        """Finds the lungs of a film.

        Args:
            film: `(rows, columns)` uint8, a frontal chest film, head up.
            seed: Of the draws; the same film and seed give the same landmarks.

        Returns:
            `(2, 8, 2)` float64, x and y in pixels of a 224 x 224 film.
        """
        random = np.random.default_rng(seed)
        brightness, slopes = _look(film)
        centre, spread = np.zeros(len(self._modes)), np.ones(len(self._modes))
        for round_number in range(_ROUNDS):
            amounts = centre + spread * random.standard_normal((_DRAWS, len(centre)))
            shapes = self.mean + (amounts @ self._modes).reshape(_DRAWS, -1, 2)
            fitness = _fitness(_border(shapes), brightness, slopes[2 * round_number // _ROUNDS])
            fitness -= _PRIOR_WEIGHT * (amounts**2).mean(axis=1)
            best = amounts[np.argsort(-fitness)[: _DRAWS // 10]]
            centre, spread = best.mean(axis=0), np.maximum(best.std(axis=0), 0.03)
        return np.asarray(self.mean + (centre @ self._modes).reshape(-1, 2)).reshape(2, LANDMARKS, 2)

    def mask(self, film: NDArray[np.uint8], seed: int = 0) -> NDArray[np.bool_]:
        """The lungs of a film as a mask of its own size; see `fit` and `lung_mask`."""
        return lung_mask(self.fit(film, seed), *film.shape)


def _pose_modes(mean: Floats) -> Floats:
    """Moving, widening, lengthening and tilting the mean outline, to first order: `(5, coordinates)`."""
    away = mean - mean.mean(axis=0)
    modes = np.zeros((5, *mean.shape))
    modes[0, :, 0] = modes[1, :, 1] = 1
    modes[2, :, 0], modes[3, :, 1] = away[:, 0], away[:, 1]
    modes[4, :, 0], modes[4, :, 1] = -away[:, 1], away[:, 0]
    return modes.reshape(5, -1)


def _spline_weights() -> Floats:
    """Closed Catmull-Rom curves through the landmarks of both lungs: `(points of the border, landmarks)`."""
    one = np.zeros((LANDMARKS * _SPLINE_STEPS, LANDMARKS))
    for landmark in range(LANDMARKS):
        for step in range(_SPLINE_STEPS):
            t = step / _SPLINE_STEPS
            parts = (
                -0.5 * t**3 + t**2 - 0.5 * t,
                1.5 * t**3 - 2.5 * t**2 + 1,
                -1.5 * t**3 + 2 * t**2 + 0.5 * t,
                0.5 * t**3 - 0.5 * t**2,
            )
            for offset, part in enumerate(parts, start=-1):
                one[landmark * _SPLINE_STEPS + step, (landmark + offset) % LANDMARKS] += part
    return np.kron(np.eye(2), one)


_SPLINE = _spline_weights()
_RING = np.arange(_PARTS).reshape(2, -1)
_NEXT, _PREVIOUS = np.roll(_RING, -1, axis=1).ravel(), np.roll(_RING, 1, axis=1).ravel()


def _border(shapes: Floats) -> Floats:
    """Borders of shapes: `(shapes, landmarks, 2)` to `(shapes, points, 2)`."""
    return np.einsum("pl,sld->spd", _SPLINE, shapes)


def _look(film: NDArray[np.uint8]) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """The film with its local mean and contrast evened out, and its slopes along x and y under two blurs."""
    from scipy.ndimage import gaussian_filter

    resized = Image.fromarray(film).resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR)
    grey = gaussian_filter(np.asarray(resized, dtype=np.float64), 1)
    mean = gaussian_filter(grey, _NORMALISE_PX)
    contrast = np.sqrt(np.maximum(gaussian_filter(grey**2, _NORMALISE_PX) - mean**2, 0))
    even = (grey - mean) / (contrast + 6)  # 6 grey levels: where there is nothing, noise is not to be made large
    slopes = []
    for blur in _BLURS_PX:
        along_y, along_x = np.gradient(gaussian_filter(even, blur))
        slopes.append((along_x * blur, along_y * blur))
    return gaussian_filter(even, 2), slopes


def _fitness(borders: Floats, brightness: Floats, slope: tuple[Floats, Floats]) -> Floats:
    """How well borders `(shapes, points, 2)` lie on a film: rising outwards, dark within, bright just outside."""
    along = borders[:, _NEXT] - borders[:, _PREVIOUS]
    # Landmarks of the first lung run against the clock, of the second with it.
    turn = np.repeat([-1.0, 1.0], _PARTS // 2)
    outward_x, outward_y = along[..., 1] * turn, -along[..., 0] * turn
    on_film = ((borders >= 0) & (borders <= SIDE_PX - 1)).all(axis=-1)
    rise = _at(slope[0], borders) * outward_x + _at(slope[1], borders) * outward_y
    length = np.hypot(outward_x, outward_y).sum(axis=1)
    centres = borders.reshape(len(borders), 2, -1, 2).mean(axis=2).repeat(_PARTS // 2, axis=1)
    spokes = borders - centres
    inside = np.mean([_at(brightness, centres + share * spokes).mean(axis=1) for share in (0.35, 0.65, 0.88)], axis=0)
    outside = _at(brightness, centres + 1.15 * spokes).mean(axis=1)
    return np.asarray(_BORDER_WEIGHT * (rise * on_film).sum(axis=1) / length + _REGION_WEIGHT * (outside - inside))


def _at(field: Floats, points: Floats) -> Floats:
    places = np.clip(np.rint(points), 0, SIDE_PX - 1).astype(np.intp)
    values: Floats = field[places[..., 1], places[..., 0]]
    return values
