"""Several contained pipelines at work on one list of films: every core is used, the memory does not grow with the list.

Threads wait for the children, so nothing is computed here but what `finish` does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

from edge_app.analysis.analysis import Analysis
from edge_app.bundle import Bundle
from edge_app.process.isolated_pipeline import ContainedPipeline
from edge_app.process.protocol import WorkerConfig

T = TypeVar("T")

AHEAD = 512
"""Films that may be on the way or wait for an earlier one: a few megabytes, and seconds of work behind a slow film."""


class FilmPool:
    """Scores films in `jobs` children, and gives the results in the order of the films."""

    def __init__(self, bundle: Bundle, config: WorkerConfig, jobs: int) -> None:
        """Starts the children, all at once.

        Args:
            bundle: The verified bundle.
            config: What each child runs, and its limits.
            jobs: How many children, at least 1.

        Raises:
            PneumoscopeError: A child cannot work here.
        """
        # One more than there are children, so that the next film is at hand when a child becomes free.
        self._threads = ThreadPoolExecutor(jobs + 1, thread_name_prefix="film")
        self._pipelines: list[ContainedPipeline] = []
        self._idle: SimpleQueue[ContainedPipeline] = SimpleQueue()
        starts = [self._threads.submit(ContainedPipeline, bundle, config) for _ in range(jobs)]
        try:
            for start in starts:
                pipeline = start.result()
                self._pipelines.append(pipeline)
                self._idle.put(pipeline)
        except BaseException:
            self._threads.shutdown(wait=True)
            for start in starts:
                if start.exception() is None:
                    start.result().close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for pipeline in self._pipelines:
            pipeline.stop()
        self._threads.shutdown(wait=True)
        for pipeline in self._pipelines:
            pipeline.close()

    @property
    def lost(self) -> int:
        """How many children died or hung so far; each was replaced."""
        return sum(pipeline.lost for pipeline in self._pipelines)

    def each(self, films: Iterable[Path], finish: Callable[[Path, Analysis, int], T]) -> Iterator[T]:
        """Scores films.

        A film that hangs holds back those that come more than `AHEAD` after it, until its time is up.

        Args:
            films: Taken as they are needed, never all at once.
            finish: Called with the film, its analysis and its place in the list, in a thread of the pool.

        Yields:
            What `finish` returned, in the order of the films.

        Raises:
            PneumoscopeError: A lost child could not be replaced, or `finish` raised it.
        """
        waiting: deque[Future[T]] = deque()
        for index, path in enumerate(films):
            while waiting and (len(waiting) >= AHEAD or waiting[0].done()):
                yield waiting.popleft().result()
            waiting.append(self._threads.submit(self._one, path, index, finish))
        while waiting:
            yield waiting.popleft().result()

    def _one(self, path: Path, index: int, finish: Callable[[Path, Analysis, int], T]) -> T:
        pipeline = self._idle.get()
        try:
            analysis = pipeline.analyse(path)
        finally:
            self._idle.put(pipeline)
        return finish(path, analysis, index)
