"""The arrays of a fitted gate, as they lie in `gate.npz`."""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate.appearance import KINDS, AppearanceClassifier
from edge_app.analysis.gate.description import DESCRIPTION_LENGTH, Floats
from edge_app.analysis.gate.neighbours import KnownSpace
from edge_app.system.errors import BundleError

_HALF = ("known", "others")
"""Stored in half precision, which moves no distance by more than 0.1 %."""


@dataclass(frozen=True, slots=True, eq=False)
class GateArrays:
    """All arrays of a fitted gate.

    Attributes:
        features: Space of the graph's features.
        layout: Space of the descriptions' layout.
        appearance: Weights of the classifiers.
        example: `(height, width)` uint8: the mean film of the population, to prove the gate on this machine.
        answers: `(4,)` float32: what `Gate.answers` said of it when the gate was fitted.
    """

    features: KnownSpace
    layout: KnownSpace
    appearance: AppearanceClassifier
    example: NDArray[np.uint8]
    answers: Floats

    def save(self) -> bytes:
        """Writes the arrays as `.npz`."""
        stream = io.BytesIO()
        parts = ("features", "layout", "appearance")
        arrays = {
            f"{part}_{field.name}": np.asarray(
                getattr(getattr(self, part), field.name), dtype=np.float16 if field.name in _HALF else np.float32
            )
            for part in parts
            for field in fields(getattr(self, part))
        }
        np.savez(stream, **arrays, example=self.example, answers=self.answers)
        return stream.getvalue()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Reads what `save` wrote.

        Raises:
            BundleError: An array is missing or has a wrong shape.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                example = file["example"]
                arrays = {name: file[name].astype(np.float32) for name in file.files if name != "example"}
            features, layout = (
                KnownSpace(**{field.name: arrays[f"{name}_{field.name}"] for field in fields(KnownSpace)})
                for name in ("features", "layout")
            )
            names = [field.name for field in fields(AppearanceClassifier)]
            appearance = AppearanceClassifier(**{name: arrays[f"appearance_{name}"] for name in names})
            _check_space(features)
            _check_space(layout)
            _check_appearance(appearance)
            if example.dtype != np.uint8 or example.ndim != 2 or arrays["answers"].shape != (4,):
                raise ValueError(f"example of shape {example.shape}, answers of shape {arrays['answers'].shape}")
            return cls(features, layout, appearance, example, arrays["answers"])
        except (KeyError, ValueError, OSError) as error:
            raise BundleError("bundle.gate", detail=repr(error)) from error


def _check_space(space: KnownSpace) -> None:
    components, length = space.axes.shape
    if not len(space.known) or any(
        array.shape[1:] != (components,) or array.ndim != 2 for array in (space.known, space.others)
    ):
        raise ValueError(f"films of shape {space.known.shape} and {space.others.shape}, axes of {space.axes.shape}")
    if space.mean.shape != (length,):
        raise ValueError(f"mean of shape {space.mean.shape}, axes of {space.axes.shape}")


def _check_appearance(weights: AppearanceClassifier) -> None:
    units = len(weights.hidden_bias)
    expected: dict[str, tuple[int, ...]] = {
        "mean": (DESCRIPTION_LENGTH,),
        "scale": (DESCRIPTION_LENGTH,),
        "hidden": (DESCRIPTION_LENGTH, units),
        "output": (units, len(KINDS)),
        "output_bias": (len(KINDS),),
        "mirrored": (DESCRIPTION_LENGTH,),
    }
    for name, shape in expected.items():
        if getattr(weights, name).shape != shape:
            raise ValueError(f"{name} of shape {getattr(weights, name).shape}")
