"""`predict --cluster`: the same films and the same records, scored by the workers of a Dask scheduler."""

from __future__ import annotations

import argparse
import importlib.util
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from edge_app.analysis.analysis import ModelId
from edge_app.analysis.record import Record
from edge_app.cluster.client import Cluster, Take, connected
from edge_app.cluster.parts import Parts, locked
from edge_app.cluster.scorer import Job
from edge_app.commands.progress import Progress
from edge_app.commands.request import (
    count_films,
    open_checked_bundle,
    say_passed_over,
    settings,
    show_progress,
    worker_config,
)
from edge_app.intake.find import find_films
from edge_app.system.console import say
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message
from edge_app.system.signals import Signals


def run(options: argparse.Namespace, signals: Signals | None = None) -> int:
    """Runs `predict --cluster`.

    Args:
        options: As parsed by `edge_app.cli`; `output` is a folder.
        signals: Listens for who wants the run to end; None where the caller sees to that.

    Returns:
        0 if every film of the output was analysed, 3 if some were not, 2 if there is no film, 128 and its number after
        a signal.
    """
    paths = [path.absolute() for path in options.paths]
    passed_over: Counter[str] = Counter()
    if next(find_films(paths, passed_over), None) is None:
        say(f"pneumoscope: {Message('cli.no_film', paths=', '.join(map(str, paths)))}")
        say_passed_over(passed_over)
        return 2
    if options.format == "parquet":
        _require_pyarrow()
    bundle = open_checked_bundle(options)
    config = worker_config(options, threads=options.threads or 1)
    job = Job(uuid.uuid4().hex, config, bundle.manifest_sha256)
    identity = bundle.manifest.identity
    model = ModelId(
        name=f"{identity.name} {identity.version}",
        variant=options.variant,
        sha256=bundle.manifest.variant(options.variant).file.sha256,
        runtime="",
    )
    passed_over.clear()
    progress = Progress(show_progress(options), lambda ended: count_films(paths, ended))
    with locked(options.output):
        parts = Parts(options.output, options.format, settings(config, job.manifest_sha256))
        before = len(parts)
        with connected(options.cluster) as client:
            cluster = Cluster(client, job, model)
            with signals.handled(cluster.stop) if signals else nullcontext():
                try:
                    with progress:
                        whole = cluster.score_all(_left(paths, passed_over, parts, progress), _taker(parts, progress))
                finally:
                    parts.flush()
                    cluster.close()
    if not whole:
        say(f"\npneumoscope: stopped; {len(parts)} films are in {options.output}. The same command goes on.")
        return signals.exit_status if signals else 1
    say_passed_over(passed_over)
    if before:
        say(f"pneumoscope: {before} films were in {options.output} before; {progress.done} more.")
    return 3 if parts.statuses["refused"] + parts.statuses["failed"] else 0


def _left(paths: list[Path], passed_over: Counter[str], parts: Parts, progress: Progress) -> Iterator[Path]:
    """The films that are not in the output; one that is named twice comes once."""
    for path in find_films(paths, passed_over):
        if parts.claim(os.fsencode(path)):
            yield path
        else:
            progress.skip({"before": 1})


def _taker(parts: Parts, progress: Progress) -> Take:
    def take(film: bytes, record: Record) -> None:
        parts.add(film, record)
        progress.step(record.status)

    return take


def _require_pyarrow() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise PneumoscopeError("cli.no_pyarrow")
