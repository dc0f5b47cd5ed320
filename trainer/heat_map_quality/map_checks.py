"""Maps and answers of single films under small changes, and with parts of the film covered."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edge_app.bundle import ModelFile
from edge_app.bundle.decision import calibrate, logit
from edge_app.display.heatmap import enlarge
from edge_app.engine.classifier import Classifier
from edge_app.engine.runtime import find_runtime
from trainer.heat_map_quality.evidence_maps import Film, Map, moved, similarity
from trainer.heat_map_quality.lungs import Mask, lung_mask

_MARGIN_PX = 8
"""Margin around the lungs' outline, so that a slightly wrong outline does not cover lung."""
_BLUR_PX = 16
_COARSER = np.s_[::4, ::4]
"""Maps of 7 x 7 cells are smooth: every fourth pixel is enough to compare them."""

Change = Callable[[Film, np.random.Generator], Film]
Undo = Callable[[Map], Map]


class MapModel:
    """Runs a shipped file: logit and evidence map of a film in one invoke."""

    def __init__(self, model_bytes: bytes, model: ModelFile) -> None:
        """Builds the classifier of the app on LiteRT.

        Args:
            model_bytes: The `.tflite` file.
            model: Entry of the file in the manifest.
        """
        self._classifier = Classifier(model_bytes, model, runtime=find_runtime("litert"), threads=1)
        self._model = model

    def run(self, film: Film) -> tuple[float, Map]:
        """The raw logit, and the evidence enlarged to the film's size."""
        outputs = self._classifier(film)
        return logit(outputs.probability), enlarge(outputs.evidence, *film.shape)

    def logit(self, film: Film) -> float:
        """The raw logit."""
        return logit(self._classifier(film).probability)

    def map(self, film: Film) -> Map:
        """The evidence, enlarged to the film's size."""
        return self.run(film)[1]

    def lungs(self, film: Film) -> Mask | None:
        """Where the lung head sees lungs, at the film's size; None from a model without one."""
        said = self._classifier(film).lungs
        return None if said is None else lung_mask(said, *film.shape)

    def called(self, raw_logit: float) -> bool:
        """Whether a film is called positive at the default operating point."""
        probability = calibrate(float(1 / (1 + np.exp(-raw_logit))), self._model.temperature, self._model.bias)
        return probability >= self._model.operating_point().threshold


@dataclass(frozen=True, slots=True)
class Shift:
    """The effect of one change on a film's map and answer.

    Attributes:
        similarity: Rank correlation of the maps after undoing the change; NaN where the film has no evidence.
        logit_change: Absolute change of the logit.
        call_changed: Whether the film crosses the threshold.
    """

    similarity: float
    logit_change: float
    call_changed: bool


def _jpeg(film: Film, _: np.random.Generator) -> Film:
    buffer = io.BytesIO()
    Image.fromarray(film).save(buffer, "JPEG", quality=75)
    return np.asarray(Image.open(buffer))


def _noise(film: Film, random: np.random.Generator) -> Film:
    return _grey(film + random.normal(0, 4, film.shape))


def _grey(values: NDArray[np.float64]) -> Film:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _same(each: Map) -> Map:
    return each


CHANGES: dict[str, tuple[Change, Undo]] = {
    "moved 4 px down and right": (lambda film, _: moved(film, 4, 4), lambda each: moved(each, -4, -4)),
    "moved 4 px up and left": (lambda film, _: moved(film, -4, -4), lambda each: moved(each, 4, 4)),
    "brighter by 10 %": (lambda film, _: _grey(film * 1.1), _same),
    "darker by 10 %": (lambda film, _: _grey(film * 0.9), _same),
    "noise of 4 grey levels": (_noise, _same),
    "JPEG, quality 75": (_jpeg, _same),
    "mirrored": (lambda film, _: np.ascontiguousarray(film[:, ::-1]), lambda each: each[:, ::-1]),
}
"""Small changes, each with the inverse for the map; in pixels of the model's input."""


def under_changes(map_model: MapModel, film: Film, random: np.random.Generator) -> dict[str, Shift]:
    """Applies every change to a film."""
    whole, shown = map_model.run(film)
    found = {}
    for name, (change, undo) in CHANGES.items():
        now, changed = map_model.run(change(film, random))
        alike = similarity(shown[_COARSER], undo(changed)[_COARSER])
        found[name] = Shift(
            float("nan") if alike is None else alike,
            abs(now - whole),
            map_model.called(now) != map_model.called(whole),
        )
    return found


def share_inside(each: Map, mask: NDArray[np.bool_]) -> float:
    """Share of a map that lies in a mask, 0..1; NaN for an empty map."""
    total = float(each.sum())
    return float(each[mask].sum()) / total if total > 0 else float("nan")


CUTS = ("lungs alone, rest blurred", "lungs alone, rest grey", "lungs blurred", "lungs grey")
"""Ways to cover the lungs or the rest of a film: the part that stays, and the fill of the other."""


def cut_at_lungs(film: Film, mask: NDArray[np.bool_]) -> Sequence[Film]:
    """Covers parts of a film, in the order of `CUTS`.

    Args:
        film: `(rows, columns)` uint8.
        mask: `(rows, columns)` bool, the lungs; widened by a margin, and never the whole film.

    Returns:
        Four films. Grey is the film's own mean, which removes shapes and brightness; blur is a Gaussian of 16 pixels,
        which removes shapes.
    """
    from scipy.ndimage import binary_dilation

    wide = binary_dilation(mask, iterations=_MARGIN_PX)
    blurred = np.asarray(Image.fromarray(film).filter(ImageFilter.GaussianBlur(_BLUR_PX)))
    grey = np.full_like(film, round(float(film.mean())))
    lungs_left = [np.where(wide, film, other) for other in (blurred, grey)]
    lungs_gone = [np.where(wide, other, film) for other in (blurred, grey)]
    return [*lungs_left, *lungs_gone]
