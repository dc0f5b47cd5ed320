"""The child process: `python -m edge_app.process.worker`, spoken to over its standard streams.

A decoder or a runtime that crashes takes this process with it and one film, never the window. The process holds one
pipeline, does one job after the other, and ends when its input ends.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Protocol

from edge_app.analysis.analysis import Analysis, Reason
from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.display.thumbnail import thumbnail
from edge_app.engine.selftest import load_known_answers, run_selftest
from edge_app.imaging.decode import DecodeLimits, read_film
from edge_app.imaging.radiograph import Notice, Radiograph
from edge_app.process.protocol import (
    Analyse,
    Analysed,
    Answer,
    FilmRead,
    LogLine,
    NotReady,
    ReadFilm,
    Ready,
    Request,
    Start,
    WorkerConfig,
    pack_film,
    plain,
    read_request,
    write_frame,
)
from edge_app.system.errors import BundleError, FilmError, PneumoscopeError
from edge_app.system.parallel import Later

_LOG = logging.getLogger(__name__)

PHOTOGRAPHED = Notice("film.photographed", "This is a photograph of a film; the model was not trained on photographs.")

_ALARM_GRACE_S = 10.0
"""The parent kills a job that takes too long; a parent that is gone cannot, so that the child also watches itself."""


class Engine(Protocol):
    """What does the work in a child."""

    def ready(self) -> tuple[Ready, bytes]:
        """What was loaded, and the manifest's bytes."""

    def answer(self, request: Request) -> tuple[Answer, memoryview | bytes]:
        """Does one job; returns the answer and its payload."""


class FilmEngine:
    """Reads and scores films."""

    def __init__(self, config: WorkerConfig) -> None:
        """Opens the bundle, builds the interpreter and replays the known answers.

        Raises:
            PneumoscopeError: It cannot work here.
        """
        start = time.perf_counter()
        folder = Path(config.bundle) if config.bundle else SHIPPED_BUNDLE
        bundle = open_bundle(folder, public_key=config.public_key or None)
        # Unpacked while the interpreter is built.
        known = Later(lambda: load_known_answers(bundle.known_answer_bytes()))
        try:
            self._pipeline = Pipeline(
                bundle,
                variant=config.variant,
                runtime=config.runtime,
                threads=config.threads,
                operating_point=config.operating_point,
                outside_population=config.outside_population,
                limits=config.limits,
            )
        finally:
            known.wait()
        self._limits = config.limits
        selftest = run_selftest(bundle, self._pipeline.classifier, config.variant, known.result())
        selftest.require()
        model = bundle.manifest.variant(config.variant)
        self._manifest = read_manifest(bundle)
        self._ready = Ready(
            model=self._pipeline.model_id,
            operating_point=model.operating_point(config.operating_point),
            evidence_scale=model.evidence_scale,
            bundle=str(bundle.directory),
            manifest_sha256=bundle.manifest_sha256,
            selftest_films=selftest.films,
            selftest_difference=selftest.max_probability_difference,
            startup_ms=(time.perf_counter() - start) * 1000,
        )

    def ready(self) -> tuple[Ready, bytes]:
        """What was loaded, and the manifest's bytes."""
        return self._ready, self._manifest

    def answer(self, request: Request) -> tuple[Answer, memoryview | bytes]:
        """Does one job."""
        if isinstance(request, Analyse):
            analysis, film = self._pipeline.analyse_film(Path(os.fsdecode(request.path)))
            return analysed(analysis, film, request)
        if isinstance(request, ReadFilm):
            return _read(Path(os.fsdecode(request.path)), self._limits)
        raise TypeError(f"This worker takes Analyse and ReadFilm. Received: {type(request).__name__}.")


def read_manifest(bundle: Bundle) -> bytes:
    """Reads the manifest that was verified.

    Raises:
        BundleError: It changed since.
    """
    data = (bundle.directory / MANIFEST_NAME).read_bytes()
    if hashlib.sha256(data).hexdigest() != bundle.manifest_sha256:
        raise BundleError("The model's manifest changed while it was read.", hint="Start Pneumoscope again.")
    return data


def analysed(analysis: Analysis, film: Radiograph | None, request: Analyse) -> tuple[Answer, memoryview | bytes]:
    """Makes the answer to `Analyse`.

    Args:
        analysis: The result.
        film: The film, where it could be read.
        request: What was asked.

    Returns:
        The answer, and the film's pixels if they were asked for.
    """
    quality = (*analysis.quality, PHOTOGRAPHED) if request.origin == "camera" else analysis.quality
    reason = analysis.reason and Reason(
        analysis.reason.code, plain(analysis.reason.message), plain(analysis.reason.hint)
    )
    analysis = replace(analysis, path="", quality=quality, reason=reason)
    if film is None:
        return Analysed(analysis=analysis), b""
    small = thumbnail(film.pixels) if request.with_thumbnail else None
    if not request.with_film:
        return Analysed(analysis=analysis, thumbnail=small), b""
    header, pixels = pack_film(film)
    return Analysed(analysis=analysis, thumbnail=small, film=header), pixels


def serve(requests: BinaryIO, answers: BinaryIO, load: Callable[[WorkerConfig], Engine]) -> None:
    """Answers requests until the stream ends.

    Args:
        requests: From the parent; the first is `Start`.
        answers: To the parent.
        load: Makes the engine that `Start` asks for.
    """
    first = read_request(requests)
    if not isinstance(first, Start):
        return
    try:
        engine = load(first.config)
    except PneumoscopeError as error:
        reason = Reason("worker.unavailable", plain(error.message), plain(error.hint))
        write_frame(answers, NotReady(reason=reason, detail=plain(error.detail)))
        return
    ready, manifest = engine.ready()
    _limit_memory(first.config.memory_headroom_mb)
    write_frame(answers, ready, manifest)
    while (request := read_request(requests)) is not None:
        _set_alarm(first.config.job_timeout_s + _ALARM_GRACE_S)
        answer, payload = engine.answer(request)
        write_frame(answers, answer, payload)
        _set_alarm(0)


def run(load: Callable[[WorkerConfig], Engine]) -> None:
    """Serves on this process's standard streams, and keeps them clean."""
    # Libraries print where they like. What they print to standard output goes to standard error instead.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the parent to act on
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first where there are few cores
    logging.basicConfig(level=logging.WARNING, handlers=[_PipeHandler(answers)])
    try:
        serve(sys.stdin.buffer, answers, load)
    except BrokenPipeError:
        # The parent is gone; so is the reason to go on. Nothing must be flushed to it on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())


class _PipeHandler(logging.Handler):
    """Sends the child's log to the parent, which knows where logs go."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Sends a line; the traceback without the exception's own text, which can name a file."""
        text = record.getMessage()
        if record.exc_info:
            frames = traceback.extract_tb(record.exc_info[2])
            text += " at " + " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
        write_frame(self._stream, LogLine(level=record.levelno, name=record.name, text=plain(text)))


def _read(path: Path, limits: DecodeLimits) -> tuple[Answer, memoryview | bytes]:
    try:
        film = read_film(path, limits)
    except FilmError as error:
        return FilmRead(reason=Reason(error.code, plain(error.message), plain(error.hint))), b""
    except Exception as error:  # as in the pipeline: one film never ends the rest
        _LOG.exception("A film could not be read: %s", type(error).__name__)
        reason = Reason("internal", f"{plain(path.name)} could not be read: an internal error.", "Please report it.")
        return FilmRead(reason=reason), b""
    header, pixels = pack_film(film)
    return FilmRead(film=header), pixels


def _limit_memory(headroom_mb: int) -> None:
    """Limits the address space to what there is now and some more, so that a bomb ends in this process alone."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):  # not Linux: the decoder's own limits must do
        return
    limit = pages * resource.getpagesize() + headroom_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _set_alarm(seconds: float) -> None:
    """Has the system end this process after a time; 0 for never. Works inside native code too."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    run(FilmEngine)
