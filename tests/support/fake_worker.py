"""A child process that speaks the protocol without a model. What it does with a film is written in the film.

    die      the process kills itself in the middle of the job
    hang     it never answers; a file beside the film says that the job was reached
    eat      it asks for four gigabytes of memory
    babble   it writes what is no frame
    refuse   a refusal without pixels
    anything else: an analysis whose probability and pixels follow from the file's hash

Bundle names starting with "no" cannot be loaded; "dies" kills the process before it is ready.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np

from edge_app.bundle.manifest import dump_manifest
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.protocol import (
    Analyse,
    Answer,
    Explain,
    Explained,
    FilmRead,
    ReadFilm,
    Ready,
    Request,
    WorkerConfig,
    pack_film,
)
from edge_app.process.worker import analysed as answer_of
from edge_app.process.worker import run
from edge_app.system.errors import BundleError
from edge_app.system.messages import Message
from tests.support import analyses
from tests.support.manifests import manifest, operating_point

REACHED = ".reached"
COMMAND = (sys.executable, "-P", "-m", "tests.support.fake_worker")


def film_of(data: bytes) -> Radiograph:
    sha256 = hashlib.sha256(data).hexdigest()
    rows, columns = 20 + data[0] % 8, 30
    pixels = np.full((rows, columns), int(sha256[:4], 16), dtype=np.uint16)
    return Radiograph(pixels, sha256, "TEST")


def probability_of(data: bytes) -> float:
    return int(hashlib.sha256(data).hexdigest()[4:8], 16) / 65536


class FakeEngine:
    def __init__(self, config: WorkerConfig) -> None:
        if config.bundle.startswith("no"):
            raise BundleError("There is no model bundle.", hint="Make one.")
        if config.bundle == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        self._config = config

    def ready(self) -> tuple[Ready, bytes]:
        data = dump_manifest(manifest())
        ready = Ready(
            model=analyses.MODEL,
            operating_point=operating_point(self._config.operating_point or "balanced"),
            evidence_scale=2.0,
            bundle="/nowhere",
            manifest_sha256=hashlib.sha256(data).hexdigest(),
            selftest_films=1,
            selftest_difference=0.0,
            startup_ms=1.0,
        )
        return ready, data

    def answer(self, request: Request) -> tuple[Answer, memoryview | bytes]:
        assert isinstance(request, Analyse | ReadFilm | Explain)
        data = Path(os.fsdecode(request.path)).read_bytes()
        if data.startswith(b"die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if data.startswith(b"hang"):
            Path(os.fsdecode(request.path) + REACHED).touch()
            threading.Event().wait()
        if data.startswith(b"eat"):
            bytearray(4 << 30)
        if data.startswith(b"babble"):
            os.write(int(os.environ["FAKE_WORKER_ANSWERS"]), b"this is no frame, however long it may be")
        if data.startswith(b"log"):
            logging.getLogger("edge_app.fake").warning("a line of the child")
        film = film_of(data)
        if isinstance(request, Explain):
            if film.sha256 != request.sha256:
                return Explained(reason=Message("film.changed")), b""
            return Explained(evidence=np.linspace(0, 4, 49, dtype=np.float32).reshape(7, 7)), b""
        if isinstance(request, ReadFilm):
            header, pixels = pack_film(film)
            return FilmRead(film=header), pixels
        if data.startswith(b"refuse"):
            return answer_of(analyses.refused(), None, request)
        analysis = analyses.analysed("", film.sha256, probability_of(data))
        return answer_of(analysis, film, request)


if __name__ == "__main__":
    # `run` makes the answers' descriptor with dup: the lowest number that is free, which this is now.
    free = os.dup(1)
    os.close(free)
    os.environ["FAKE_WORKER_ANSWERS"] = str(free)
    run(FakeEngine)
