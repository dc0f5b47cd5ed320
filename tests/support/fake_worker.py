"""A child process that speaks the protocol without a model. What it does with a film is written in the film, or is the
film's name.

Files of text, for tests that want nothing decoded:
    die      the process kills itself in the middle of the job
    hang     it never answers; a file beside the film says that the job was reached
    eat      it asks for four gigabytes of memory
    babble   it writes what is no frame
    refuse   a refusal without pixels
    log      a line in the log
    film     an analysis whose probability and pixels follow from the file's hash

Other files are decoded as the real process does, and answered by arithmetic: the probability is the mean grey of the
film's middle, the evidence lies where the film is brightest. Their names steer: `refuse` is refused, `crash` ends the
process, `slow` takes a while, `flag` and `adult` get a notice.

Bundle names starting with "no" cannot be loaded; "dies" kills the process before it is ready, "sleeps" never gets
ready.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge_app.analysis.analysis import Analysis, ModelId, Status, Timings
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle.decision import decide
from edge_app.bundle.manifest import Identity, dump_manifest
from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.channel import Received
from edge_app.process.protocol import (
    Analyse,
    Answer,
    Explain,
    Explained,
    FilmRead,
    LoadedModel,
    ReadFilm,
    WorkerConfig,
    pack_film,
    unpack_film,
)
from edge_app.process.worker import analysed as answer_of
from edge_app.process.worker import run
from edge_app.system.errors import BundleError, FilmError
from edge_app.system.messages import Message
from edge_app.system.sandbox import Confinement
from tests.support.manifests import manifest

REACHED = ".reached"
COMMAND = (sys.executable, "-P", "-m", "tests.support.fake_worker")
MODEL = ModelId("pneumonia-fake 0.1.0", "quant", "ab" * 32, "arithmetic 1.0")
IDENTITY = Identity(name="pneumonia-fake", version="0.1.0", uid="1.2.3", creator="the tests", created="2026-11-22")
WORDS = (b"die", b"hang", b"eat", b"babble", b"refuse", b"log", b"film", b"the film", b"another")


def film_of(data: bytes) -> Radiograph:
    """The film that a file of text stands for."""
    sha256 = hashlib.sha256(data).hexdigest()
    rows, columns = 20 + data[0] % 8, 30
    pixels = np.full((rows, columns), int(sha256[:4], 16), dtype=np.uint16)
    return Radiograph(pixels, sha256, "TEST")


def probability_of(data: bytes) -> float:
    """The answer for a file of text."""
    return int(hashlib.sha256(data).hexdigest()[4:8], 16) / 65536


class FakeEngine:
    def __init__(self, config: WorkerConfig) -> None:
        if config.bundle.startswith("no"):
            raise BundleError("bundle.missing", folder=config.bundle)
        if config.bundle == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if config.bundle == "sleeps":
            threading.Event().wait()
        self._manifest = manifest(identity=IDENTITY, balanced=0.46, uncertain=(0.38, 0.56), evidence_scale=1.0)
        self._model = self._manifest.variant("quant")
        self._point = self._model.operating_point(config.operating_point)
        self.loaded = LoadedModel(
            manifest=self._manifest,
            manifest_sha256=hashlib.sha256(dump_manifest(self._manifest)).hexdigest(),
            bundle="",
            model=MODEL,
            operating_point=self._point,
            evidence_scale=self._model.evidence_scale,
            selftest_films=4,
            selftest_difference=0.0,
            startup_ms=1.0,
        )

    def answer(self, received: Received) -> tuple[Answer, memoryview | bytes]:
        request = received.request
        if isinstance(request, Explain):
            if request.film.file_format == "DIES":
                os.kill(os.getpid(), signal.SIGKILL)
            evidence = np.linspace(0, 4, 49, dtype=np.float32).reshape(7, 7)
            assert unpack_film(request.film, received.payload).sha256 == request.film.sha256
            return Explained(evidence=evidence), b""
        assert isinstance(request, Analyse | ReadFilm)
        where = _path_of(received.descriptor)
        file = received.film_file(request.name)
        _act(file.data, where)
        try:
            film = film_of(file.data) if file.data.startswith(WORDS) else decode_film(file)
        except FilmError as error:
            if isinstance(request, ReadFilm):
                return FilmRead(reason=error.reason), b""
            return answer_of(self._without_score(file.sha256, "failed", error.reason), None, request)
        if isinstance(request, ReadFilm):
            header, pixels = pack_film(film)
            return FilmRead(film=header), pixels
        if file.data.startswith(b"refuse"):
            refusal = self._without_score("2" * 64, "refused", Message("gate.not_chest"))
            return answer_of(refusal, None, request)
        return answer_of(self._score(request.name, file, film), film, request)

    def _score(self, name: str, file: FilmFile, film: Radiograph) -> Analysis:
        if file.data.startswith(WORDS):
            return self._analysed(
                film, probability_of(file.data), np.linspace(0, 2, 49, dtype=np.float32).reshape(7, 7)
            )
        if "crash" in name:
            os._exit(11)
        if "slow" in name:
            time.sleep(0.3)
        if "refuse" in name:
            return self._without_score(film.sha256, "refused", Message("gate.not_chest"))
        pixels = preprocess(film, PreprocessSpec()).pixels
        probability = float(pixels[56:168, 56:168].mean()) / 255
        cells = pixels.reshape(7, 32, 7, 32).mean(axis=(1, 3)).astype(np.float32) / 255
        evidence = np.clip(cells - 0.55, 0, None) * 4 if probability > 0.3 else np.zeros((7, 7), np.float32)
        quality = film.notices
        if "flag" in name:
            quality = (*quality, Message("quality.dark"))
        if "adult" in name:
            years = Message("population.years", years=45.0)
            quality = (*quality, Message(OUTSIDE_CODE, reasons=(years,), least=1.0, greatest=5.0))
        return replace(self._analysed(film, probability, evidence.astype(np.float32)), quality=quality)

    def _analysed(self, film: Radiograph, probability: float, evidence: np.ndarray) -> Analysis:
        return Analysis(
            "",
            film.sha256,
            "analysed",
            MODEL,
            Timings(4.0, 2.0, 12.0, 18.0),
            decision=decide(probability, self._model, self._manifest.labels, self._point),
            evidence=evidence,
            evidence_scale=self._model.evidence_scale,
        )

    def _without_score(self, sha256: str, status: Status, reason: Message) -> Analysis:
        return Analysis("", sha256, status, MODEL, Timings(total_ms=2), reason=reason)


def _path_of(descriptor: int | None) -> str:
    return "" if descriptor is None else os.fspath(Path(f"/proc/self/fd/{descriptor}").readlink())


def _act(data: bytes, where: str) -> None:
    if data.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"hang"):
        Path(where + REACHED).touch()
        threading.Event().wait()
    if data.startswith(b"eat"):
        bytearray(4 << 30)
    if data.startswith(b"babble"):
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- numbers, no paths
            with contextlib.suppress(OSError):
                # The line to the parent is the only socket of this process.
                if _path_of(int(name)).startswith("socket:"):
                    os.write(int(name), b"this is no frame, however long it may be")
    if data.startswith(b"log"):
        logging.getLogger("edge_app.fake").warning("a line of the child")


if __name__ == "__main__":
    run(FakeEngine, lambda _: Confinement())  # it marks beside a film that it got there
