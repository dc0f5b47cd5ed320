"""The child process that computes Grad-CAM from the Keras model: `python -m edge_app.process.explain_worker`.

A process of its own, because TensorFlow takes seconds and hundreds of megabytes, and because tflite-runtime breaks in
a process that has imported it.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from edge_app.analysis.analysis import ModelId
from edge_app.bundle.bundle import SHIPPED_BUNDLE, open_bundle
from edge_app.bundle.site_key import key_in_force
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.engine.runtime import quiet_stderr
from edge_app.imaging.preprocess import preprocess
from edge_app.process.channel import Received
from edge_app.process.overlay import overlay_png
from edge_app.process.protocol import Answer, Explain, Explained, WorkerConfig, unpack_film
from edge_app.process.worker import loaded_model, run
from edge_app.system.errors import PneumoscopeError


class KerasEngine:
    """Computes Grad-CAM grids."""

    def __init__(self, config: WorkerConfig) -> None:
        """Verifies the bundle, then loads its Keras model.

        Raises:
            PneumoscopeError: It cannot work here.
        """
        start = time.perf_counter()
        folder = Path(config.bundle) if config.bundle else SHIPPED_BUNDLE
        bundle = open_bundle(folder, public_key=key_in_force(config.public_key))
        with quiet_stderr():  # TensorFlow tells the terminal of the processor's features
            self._gradcam = KerasGradCam.load(bundle.keras_bytes())
        self._spec = bundle.manifest.preprocessing
        identity = bundle.manifest.identity
        model = ModelId(
            name=f"{identity.name} {identity.version}",
            variant="keras",
            sha256=bundle.manifest.keras.sha256,
            runtime=f"tensorflow {_version()}",
        )
        self.loaded = loaded_model(bundle, config, model, start)

    def answer(self, received: Received) -> tuple[Answer, bytes]:
        """Does one job."""
        request = received.request
        if not isinstance(request, Explain):
            raise TypeError(f"This worker takes Explain. Received: {type(request).__name__}.")
        try:
            film = unpack_film(request.film, received.payload)
            evidence = self._gradcam(preprocess(film, self._spec).pixels)
        except PneumoscopeError as error:
            return Explained(reason=error.reason), b""
        png = b""
        if request.overlay_of is not None:
            png = overlay_png(film.pixels, replace(request.overlay_of, evidence=evidence))
        return Explained(evidence=evidence), png


def _version() -> str:
    for name in ("tensorflow", "tensorflow-cpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "unknown"


if __name__ == "__main__":
    # This process can neither read the user's settings of Keras nor write, and both libraries look for a folder when
    # they are imported: one that is not there.
    os.environ["KERAS_HOME"] = tempfile.tempdir = f"{os.devnull}/none"
    sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Keras's plots: it would write a cache of fonts
    run(KerasEngine)
