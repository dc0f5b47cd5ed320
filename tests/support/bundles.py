"""Bundles on disk whose models are a few numbers, and a classifier that computes with them instead of a runtime."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from edge_app.bundle.bundle import MANIFEST_NAME, Bundle, open_bundle
from edge_app.bundle.manifest import BundleFile, Manifest, Tensor, dump_manifest
from edge_app.engine.classifier import Outputs
from edge_app.engine.selftest import answer_lines
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Radiograph
from tests.support.films import chest_like
from tests.support.manifests import manifest

CHANNELS = 16


def bundle_file(name: str, data: bytes) -> BundleFile:
    return BundleFile(path=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def keras_file(config: object = None, *, extra: str | None = None) -> bytes:
    """A `.keras` archive with a configuration and no weights to speak of."""
    stream = io.BytesIO()
    layer = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}, "registered_name": None}
    stated = config or {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"layers": [layer]},
    }
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5", extra):
            if name:
                archive.writestr(zipfile.ZipInfo(name), json.dumps(stated))
    return stream.getvalue()


def weights(seed: int) -> np.ndarray:
    """A "model": 7 x 7 weights for the mean greys of a 7 x 7 grid."""
    return np.random.default_rng(seed).normal(0, 1, (7, 7)).astype(np.float32)


@dataclass
class FakeClassifier:
    """Looks like `Classifier`; its arithmetic is a 7 x 7 sum, so that a test can break each part of it."""

    weights: np.ndarray
    rescale: bool = True
    scale: float = 1.0
    threads: int = 2

    @property
    def runtime(self) -> Any:
        class _Runtime:
            name = "fake"

            def version(self) -> str:
                return "1"

        return _Runtime()

    def __call__(self, pixels: np.ndarray) -> Outputs:
        if pixels.shape != (224, 224):
            raise ValueError(f"{pixels.shape}")
        unit = pixels.astype(np.float32) * self.scale
        unit = unit / 127.5 - 1 if self.rescale else unit
        grid = unit.reshape(7, 32, 7, 32).mean(axis=(1, 3))
        cells = (grid * self.weights).astype(np.float32)
        with np.errstate(over="ignore"):
            probability = float(1 / (1 + np.exp(-cells.sum(dtype=np.float64))))
        features = np.zeros(CHANNELS, dtype=np.float32)
        features[:7] = grid.mean(axis=0)
        return Outputs(probability, np.maximum(cells, 0), features)


def write(folder: Path, *, seed: int = 1) -> Bundle:
    """Writes a bundle whose known answers are those of `FakeClassifier(weights(seed))`, and opens it."""
    folder.mkdir(parents=True, exist_ok=True)
    stated = _manifest(folder, seed)
    (folder / MANIFEST_NAME).write_bytes(dump_manifest(stated))
    return open_bundle(folder)


def rewritten(bundle: Bundle, folder: Path, **changes: Any) -> Bundle:
    """Writes a copy of a bundle whose manifest says something else, and opens it."""
    shutil.copytree(bundle.directory, folder)
    manifest = msgspec.structs.replace(bundle.manifest, **changes)
    (folder / MANIFEST_NAME).write_bytes(dump_manifest(manifest))
    return open_bundle(folder)


def _manifest(folder: Path, seed: int) -> Manifest:
    draft = manifest()
    files = {"quant": weights(seed).tobytes() * 8, "float": weights(seed).tobytes() * 8 + b"float"}
    tensor = Tensor(name="pixels", shape=(1, 224, 224, 1), dtype="uint8", scale=1.0)
    variants = {}
    for name, data in files.items():
        (folder / f"{name}.tflite").write_bytes(data)
        variants[name] = msgspec.structs.replace(
            draft.variants["quant"], file=bundle_file(f"{name}.tflite", data), inputs=(tensor,)
        )
    (folder / "model.keras").write_bytes(keras_file())
    films = np.stack([chest_like(310, 350, seed=at) for at in range(4)])
    films[1] = films[1][::-1]
    films[2, :, :100] = 255
    films[3] = 255 - films[3]
    films[3, :60] = 0
    prepared = np.stack(
        [preprocess(Radiograph(film.copy(), "0" * 64, "test"), draft.preprocessing).pixels for film in films]
    )
    arrays: dict[str, np.ndarray] = {"films": films, "prepared": prepared}
    for name, offset in (("quant", 0.0), ("float", 0.05)):
        outputs = [FakeClassifier(weights(seed) + np.float32(offset))(film) for film in prepared]
        arrays[f"probability_{name}"] = np.array([o.probability for o in outputs], dtype=np.float32)
        arrays[f"evidence_{name}"] = np.stack([o.evidence for o in outputs])
        arrays[f"answers_{name}"] = np.array(
            answer_lines(arrays[f"probability_{name}"], variants[name], draft.labels)  # type: ignore[index]
        )
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    (folder / "known_answers.npz").write_bytes(stream.getvalue())
    return msgspec.structs.replace(
        draft,
        variants=variants,
        keras=bundle_file("model.keras", keras_file()),
        known_answers=bundle_file("known_answers.npz", stream.getvalue()),
    )
