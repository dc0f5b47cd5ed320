"""A child process for the tests of the window: reads films as the real one does, and answers by simple arithmetic.

It needs no model, so that the tests run before one is trained, and its answers are known: the probability is the
mean grey of the film's middle, the evidence lies where the film is brightest. Names of files steer it:
`refuse` is refused, `crash` ends the process, `slow` takes a while.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge_app.analysis.analysis import Analysis, ModelId, Timings
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle.decision import decide
from edge_app.bundle.manifest import Identity, dump_manifest
from edge_app.imaging.decode import decode_film, read_film_file
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.process.protocol import Analyse, FilmRead, ReadFilm, Ready, pack_film
from edge_app.process.worker import analysed, run
from edge_app.system.errors import FilmError
from edge_app.system.messages import Message
from tests.support.manifests import manifest

MODEL = ModelId("pneumonia-fake 0.1.0", "quant", "ab" * 32, "arithmetic 1.0")
IDENTITY = Identity(name="pneumonia-fake", version="0.1.0", uid="1.2.3", creator="the tests", created="2026-11-22")
COMMAND = (sys.executable, "-P", "-m", "tests.gui.fake_worker")


class FakeEngine:
    def __init__(self, config) -> None:
        self._manifest = manifest(identity=IDENTITY, balanced=0.46, uncertain=(0.38, 0.56), evidence_scale=1.0)
        self._model = self._manifest.variant("quant")
        self._point = self._model.operating_point(config.operating_point)

    def ready(self):
        return (
            Ready(
                model=MODEL,
                operating_point=self._point,
                evidence_scale=self._model.evidence_scale,
                bundle="",
                manifest_sha256="cd" * 32,
                selftest_films=4,
                selftest_difference=0.0,
                startup_ms=1.0,
            ),
            dump_manifest(self._manifest),
        )

    def answer(self, request):
        path = Path(os.fsdecode(request.path))
        if isinstance(request, ReadFilm):
            try:
                header, pixels = pack_film(decode_film(read_film_file(path)))
            except FilmError as error:
                return FilmRead(reason=error.reason), b""
            return FilmRead(film=header), pixels
        if not isinstance(request, Analyse):
            raise TypeError(type(request).__name__)
        if "crash" in path.name:
            os._exit(11)
        if "slow" in path.name:
            time.sleep(0.3)
        film, sha256 = None, ""
        try:
            file = read_film_file(path)
            sha256 = file.sha256
            film = decode_film(file)
            analysis = self._score(path, film)
        except FilmError as error:
            reason = error.reason
            analysis = Analysis(str(path), sha256, "failed", MODEL, Timings(total_ms=2), reason=reason)
        return analysed(analysis, film, request)

    def _score(self, path: Path, film) -> Analysis:
        if "refuse" in path.name:
            reason = Message("gate.not_chest")
            return Analysis(str(path), film.sha256, "refused", MODEL, Timings(total_ms=3), reason=reason)
        pixels = preprocess(film, PreprocessSpec()).pixels
        probability = float(pixels[56:168, 56:168].mean()) / 255
        cells = pixels.reshape(7, 32, 7, 32).mean(axis=(1, 3)).astype(np.float32) / 255
        evidence = np.clip(cells - 0.55, 0, None) * 4 if probability > 0.3 else np.zeros((7, 7), np.float32)
        quality = film.notices
        if "flag" in path.name:
            quality = (*quality, Message("quality.dark"))
        if "adult" in path.name:
            quality = (
                *quality,
                Message(OUTSIDE_CODE, reasons=(Message("population.years", years=45.0),), least=1.0, greatest=5.0),
            )
        decision = decide(probability, self._model, self._manifest.labels, self._point)
        analysis = Analysis(
            str(path),
            film.sha256,
            "analysed",
            MODEL,
            Timings(4.0, 2.0, 12.0, 18.0),
            decision=decision,
            evidence=evidence.astype(np.float32),
            evidence_scale=self._model.evidence_scale,
        )
        return replace(analysis, quality=quality)


if __name__ == "__main__":
    run(FakeEngine)
