"""The plain script that the app is compared with: twenty lines that a good programmer writes with the same interpreter.

It checks nothing: an inverted film, half a film or an adult's film gets a number like any other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


class PlainScript:
    """Film to probability and heat map, with Pillow or pydicom, numpy and LiteRT."""

    def __init__(self, model: Path, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=str(model), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]["index"]
        outputs = {tuple(detail["shape"]): detail["index"] for detail in self.interpreter.get_output_details()}
        self.probability, self.evidence = outputs[1, 1], outputs[1, 7, 7]

    def __call__(self, path: Path) -> tuple[float, np.ndarray]:
        if path.suffix == ".dcm":
            import pydicom
            from pydicom.pixels import apply_modality_lut, apply_voi_lut

            dataset = pydicom.dcmread(path)
            values = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset).astype(np.float32)
            values = (values - values.min()) / (values.max() - values.min()) * 255
            if dataset.PhotometricInterpretation == "MONOCHROME1":
                values = 255 - values
            image = Image.fromarray(values.astype(np.uint8))
        else:
            image = Image.open(path)
            if image.mode == "I;16":
                image = Image.fromarray((np.asarray(image) / 257).astype(np.uint8))
            image = image.convert("L")
        pixels = np.asarray(image.resize((224, 224), Image.Resampling.BILINEAR), dtype=np.float32)
        self.interpreter.set_tensor(self.input, pixels[None, :, :, None])
        self.interpreter.invoke()
        probability = float(self.interpreter.get_tensor(self.probability)[0, 0])
        evidence = self.interpreter.get_tensor(self.evidence)[0]
        return probability, evidence / max(float(evidence.max()), 1e-6)
