"""The child process: `python -m edge_app.process.worker`, spoken to over a socket.

A decoder or a runtime that crashes takes this process with it and one film, never the window. The process holds one
pipeline, does one job after the other, and ends when its input ends.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import msgspec

from edge_app.analysis.analysis import Analysis, ModelId
from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.bundle.site_key import SITE_KEY_FILE, key_in_force
from edge_app.display.thumbnail import thumbnail
from edge_app.engine.selftest import SelfTestResult, load_known_answers, run_selftest
from edge_app.imaging.decode import DecodeLimits, decode_film, raster  # noqa: F401 -- loaded before the first film comes
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.channel import Channel, Received
from edge_app.process.overlay import overlay_png
from edge_app.process.protocol import (
    Analyse,
    Analysed,
    Answer,
    FilmRead,
    LoadedModel,
    LogLine,
    NotReady,
    ReadFilm,
    Start,
    WorkerConfig,
    pack_film,
)
from edge_app.system.errors import FilmError, PneumoscopeError
from edge_app.system.kernel import prctl
from edge_app.system.messages import Message, plain
from edge_app.system.parallel import Later
from edge_app.system.sandbox import Confinement, confine

_LOG = logging.getLogger(__name__)

PHOTOGRAPHED = Message("film.photographed")

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_ALARM_GRACE_S = 10.0
"""The parent kills a job that takes too long; a parent that is gone cannot, so that the child also watches itself."""


class Engine(Protocol):
    """What does the work in a child.

    Attributes:
        loaded: What it runs.
    """

    loaded: LoadedModel

    def answer(self, received: Received) -> tuple[Answer, memoryview | bytes]:
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
        bundle = open_bundle(folder, public_key=key_in_force(config.public_key))
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
        self.loaded = loaded_model(bundle, config, self._pipeline.model_id, start, selftest)

    def answer(self, received: Received) -> tuple[Answer, memoryview | bytes]:
        """Does one job."""
        request = received.request
        if isinstance(request, Analyse):
            name = request.name
            analysis, film = self._pipeline.analyse_file(lambda: received.film_file(name), name)
            return analysed(analysis, film, request)
        if isinstance(request, ReadFilm):
            return _read(received, request.name, self._limits)
        raise TypeError(f"This worker takes Analyse and ReadFilm. Received: {type(request).__name__}.")


def loaded_model(
    bundle: Bundle, config: WorkerConfig, model: ModelId, start_s: float, selftest: SelfTestResult | None = None
) -> LoadedModel:
    """Makes the answer to `Start`.

    Args:
        bundle: The verified bundle.
        config: What was asked for.
        model: What was loaded.
        start_s: When the start began, by `time.perf_counter`.
        selftest: The replayed known answers; None where there are none.
    """
    file = bundle.manifest.variant(config.variant)
    return LoadedModel(
        manifest=bundle.manifest,
        manifest_sha256=bundle.manifest_sha256,
        bundle=str(bundle.directory),
        model=model,
        operating_point=file.operating_point(config.operating_point),
        evidence_scale=file.evidence_scale,
        selftest_films=selftest.films if selftest else 0,
        selftest_difference=selftest.max_probability_difference if selftest else 0.0,
        startup_ms=(time.perf_counter() - start_s) * 1000,
    )


def analysed(analysis: Analysis, film: Radiograph | None, request: Analyse) -> tuple[Answer, memoryview | bytes]:
    """Makes the answer to `Analyse`.

    Args:
        analysis: The result.
        film: The film, where it could be read.
        request: What was asked.

    Returns:
        The answer, and the film's pixels or its overlay if they were asked for.
    """
    quality = (*analysis.quality, PHOTOGRAPHED) if request.origin == "camera" else analysis.quality
    analysis = replace(analysis, path="", quality=quality)
    if film is None:
        return Analysed(analysis=analysis), b""
    small = thumbnail(film.pixels) if request.with_thumbnail else None
    if request.with_overlay:
        png = overlay_png(film.pixels, analysis) if analysis.evidence is not None else b""
        return Analysed(analysis=analysis, thumbnail=small), png
    if not request.with_film:
        return Analysed(analysis=analysis, thumbnail=small), b""
    header, pixels = pack_film(film)
    return Analysed(analysis=analysis, thumbnail=small, film=header), pixels


def lock_up(config: WorkerConfig) -> Confinement:
    """Takes from this process what neither the model nor a film needs, before either is touched."""
    return confine((Path(config.bundle) if config.bundle else SHIPPED_BUNDLE, SITE_KEY_FILE))


def serve(
    channel: Channel, load: Callable[[WorkerConfig], Engine], confined: Callable[[WorkerConfig], Confinement]
) -> None:
    """Answers requests until the parent closes its end.

    Args:
        channel: To the parent; the first request is `Start`.
        load: Makes the engine that `Start` asks for.
        confined: Called before it, to lock this process up.
    """
    first = channel.receive()
    if first is None or not isinstance(first.request, Start):
        return
    config = first.request.config
    confinement = confined(config)
    # A first limit, for the model; what was loaded by then counts for the one that holds over films.
    _limit_memory(config.memory_headroom_mb, for_good=False)
    try:
        engine = load(config)
    except PneumoscopeError as error:
        channel.send(NotReady(reason=error.reason, detail=plain(error.detail)))
        return
    _limit_memory(config.memory_headroom_mb, for_good=True)
    channel.send(msgspec.structs.replace(engine.loaded, confinement=confinement))
    while (received := channel.receive()) is not None:
        _set_alarm(config.job_timeout_s + _ALARM_GRACE_S)
        answer, payload = engine.answer(received)
        channel.send(answer, payload)
        _set_alarm(0)


def run(load: Callable[[WorkerConfig], Engine], confined: Callable[[WorkerConfig], Confinement] = lock_up) -> None:
    """Serves the process that started this one, and keeps the standard streams clean; for the two, see `serve`."""
    _end_with_parent()
    channel = Channel.of_this_process()
    # Libraries print where they like. What they print to standard output goes to standard error instead.
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        with suppress(OSError):  # the unit of the kiosk refuses it
            os.nice(5)  # the window comes first where there are few cores
    logging.basicConfig(level=logging.WARNING, handlers=[_ChannelHandler(channel)])
    with suppress(ConnectionError):  # the parent is gone; so is the reason to go on
        serve(channel, load, confined)


class _ChannelHandler(logging.Handler):
    """Sends the child's log to the parent, which knows where logs go."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Sends a line; the traceback without the exception's own text, which can name a file."""
        text = record.getMessage()
        if record.exc_info:
            frames = traceback.extract_tb(record.exc_info[2])
            text += " at " + " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
        self._channel.send(LogLine(level=record.levelno, name=record.name, text=plain(text)))


def _read(received: Received, name: str, limits: DecodeLimits) -> tuple[Answer, memoryview | bytes]:
    try:
        film = decode_film(received.film_file(name), limits)
    except FilmError as error:
        return FilmRead(reason=error.reason), b""
    except Exception as error:  # as in the pipeline: one film never ends the rest
        _LOG.exception("A film could not be read: %s", type(error).__name__)
        return FilmRead(reason=Message("internal", name=name)), b""
    header, pixels = pack_film(film)
    return FilmRead(film=header), pixels


def _limit_memory(headroom_mb: int, *, for_good: bool) -> None:
    """Limits the address space to what there is now and some more, so that a bomb ends in this process alone."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):  # not Linux: the decoder's own limits must do
        return
    limit = pages * resource.getpagesize() + headroom_mb * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:  # the user's own limit, which nobody but root can raise
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit if for_good else most))


def _end_with_parent() -> None:
    """Has the system end this process with the thread that started it, also in the middle of a job. Linux only."""
    if sys.platform == "linux":
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _set_alarm(seconds: float) -> None:
    """Has the system end this process after a time; 0 for never. Works inside native code too."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    run(FilmEngine)
