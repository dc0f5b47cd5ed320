"""The child process that computes Grad-CAM from the Keras model: `python -m edge_app.process.explain_worker`.

A process of its own, because TensorFlow takes seconds and hundreds of megabytes, and because tflite-runtime breaks in
a process that has imported it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import time
from pathlib import Path

from edge_app.analysis.analysis import ModelId, Reason
from edge_app.bundle.bundle import SHIPPED_BUNDLE, open_bundle
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.engine.runtime import quiet_stderr
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.process.protocol import Answer, Explain, Explained, Ready, Request, WorkerConfig, plain
from edge_app.process.worker import read_manifest, run
from edge_app.system.errors import FilmError, PneumoscopeError


def is_installed() -> bool:
    """Whether TensorFlow and Keras are there; neither is imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("tensorflow", "keras"))


class KerasEngine:
    """Computes Grad-CAM grids."""

    def __init__(self, config: WorkerConfig) -> None:
        """Verifies the bundle, then loads its Keras model.

        Raises:
            PneumoscopeError: It cannot work here.
        """
        start = time.perf_counter()
        folder = Path(config.bundle) if config.bundle else SHIPPED_BUNDLE
        bundle = open_bundle(folder, public_key=config.public_key or None)
        with quiet_stderr():  # TensorFlow tells the terminal of the processor's features
            self._gradcam = KerasGradCam.load(bundle.keras_path())
        self._spec = bundle.manifest.preprocessing
        self._manifest = read_manifest(bundle)
        model = bundle.manifest.variant(config.variant)
        identity = bundle.manifest.identity
        self._ready = Ready(
            model=ModelId(
                name=f"{identity.name} {identity.version}",
                variant="keras",
                sha256=bundle.manifest.keras.sha256,
                runtime=f"tensorflow {_version()}",
            ),
            operating_point=model.operating_point(config.operating_point),
            evidence_scale=model.evidence_scale,
            bundle=str(bundle.directory),
            manifest_sha256=bundle.manifest_sha256,
            selftest_films=0,
            selftest_difference=0.0,
            startup_ms=(time.perf_counter() - start) * 1000,
        )

    def ready(self) -> tuple[Ready, bytes]:
        """What was loaded, and the manifest's bytes."""
        return self._ready, self._manifest

    def answer(self, request: Request) -> tuple[Answer, bytes]:
        """Does one job."""
        if not isinstance(request, Explain):
            raise TypeError(f"This worker takes Explain. Received: {type(request).__name__}.")
        path = Path(os.fsdecode(request.path))
        try:
            film = read_film(path)
            if film.sha256 != request.sha256:
                changed = f"{plain(path.name)} changed since it was analysed."
                return Explained(reason=Reason("film.changed", changed, "Analyse it again.")), b""
            return Explained(evidence=self._gradcam(preprocess(film, self._spec).pixels)), b""
        except FilmError as error:
            return Explained(reason=Reason(error.code, plain(error.message), plain(error.hint))), b""
        except PneumoscopeError as error:
            return Explained(reason=Reason("explain.failed", plain(error.message), plain(error.hint))), b""


def _version() -> str:
    for name in ("tensorflow", "tensorflow-cpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "unknown"


if __name__ == "__main__":
    run(KerasEngine)
