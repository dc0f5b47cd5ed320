"""From a trained Keras file to `.tflite` files of every precision."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.export.convert import Precision, convert
from trainer.export.equalise import equalise_channels
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.export.quant_tuning import Tuning, tuned_int8

EQUALISING_FILMS = 64


def convert_trained(
    path: Path,
    calibration: NDArray[np.uint8],
    *,
    equalise: float,
    float_share: float,
    tuning: Tuning | None = None,
) -> dict[Precision, bytes]:
    """Converts a trained model; its file is left unchanged.

    Args:
        path: The `.keras` file.
        calibration: `(films, height, width)` uint8 training films for the ranges of activations.
        equalise: Strength of the equalisation of channels, 0..1; see `equalise_channels`.
        float_share: Share of the convolutions, from the input on, that stay in float in the quantized file.
        tuning: How the quantized net is tuned to the float one; None measures ranges only.

    Returns:
        Bytes by precision.
    """
    graph = export_graph(keras.models.load_model(path, compile=False))
    equalise_channels(graph, calibration[:EQUALISING_FILMS], equalise)
    graph = fold_input(graph)
    int8 = tuned_int8(graph, tuning, float_share) if tuning else None
    return convert(graph, calibration, float_share, int8)
