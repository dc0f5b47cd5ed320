"""`predict --cluster`: the same films and the same records, scored by the workers of a Dask scheduler."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from edge_app.analysis.analysis import ModelId
from edge_app.analysis.record import Record
from edge_app.cluster.client import Cluster, Take, connected
from edge_app.cluster.parts import Parts, locked
from edge_app.cluster.scorer import Job
from edge_app.commands.progress import Progress
from edge_app.commands.request import EXIT_INTERRUPTED, count_films, open_checked_bundle, worker_config
from edge_app.intake.find import find_films
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message


def run(options: argparse.Namespace) -> int:
    """Runs `predict --cluster`.

    Args:
        options: As parsed by `edge_app.cli`; `output` is a folder.

    Returns:
        0 if every film of the output was analysed, 3 if some were not, 2 if there is no film, 130 after Ctrl+C.
    """
    paths = [path.absolute() for path in options.paths]
    if next(find_films(paths), None) is None:
        message = Message("cli.no_film", paths=", ".join(map(str, paths)))
        print(f"pneumoscope: {message}", file=sys.stderr)
        return 2
    if options.format == "parquet":
        _require_pyarrow()
    bundle = open_checked_bundle(options)
    config = worker_config(options, threads=options.threads or 1)
    # Without --model each worker takes the bundle of its own installation, wherever that is.
    config = msgspec.structs.replace(config, bundle=str(options.model.absolute()) if options.model else "")
    job = Job(uuid.uuid4().hex, config, bundle.manifest_sha256)
    identity = bundle.manifest.identity
    model = ModelId(
        name=f"{identity.name} {identity.version}",
        variant=options.variant,
        sha256=bundle.manifest.variant(options.variant).file.sha256,
        runtime="",
    )
    show = sys.stderr.isatty() if options.progress is None else options.progress
    progress = Progress(show, lambda ended: count_films(paths, ended))
    with locked(options.output):
        parts = Parts(options.output, options.format, _settings(job))
        before = len(parts)
        try:
            with connected(options.cluster) as client:
                cluster = Cluster(client, job, model)
                try:
                    with progress:
                        cluster.score_all(_left(paths, parts, progress), _taker(parts, progress))
                finally:
                    parts.flush()
                    cluster.close()
        except KeyboardInterrupt:
            print(
                f"\npneumoscope: stopped; {len(parts)} films are in {options.output}. The same command goes on.",
                file=sys.stderr,
            )
            return EXIT_INTERRUPTED
    if before:
        print(f"pneumoscope: {before} films were in {options.output} before; {progress.done} more.", file=sys.stderr)
    return 3 if parts.statuses["refused"] + parts.statuses["failed"] else 0


def _left(paths: list[Path], parts: Parts, progress: Progress) -> Iterator[Path]:
    """The films that are not in the output; one that is named twice comes once."""
    for path in find_films(paths):
        if parts.claim(os.fsencode(path)):
            yield path
        else:
            progress.skip()


def _taker(parts: Parts, progress: Progress) -> Take:
    def take(film: bytes, record: Record) -> None:
        parts.add(film, record)
        progress.step(record.status)

    return take


def _settings(job: Job) -> dict[str, Any]:
    """What decides over the results, and so must not change within one output."""
    config = msgspec.to_builtins(job.config)
    kept = ("variant", "runtime", "operating_point", "outside_population", "limits")
    return {
        "version": job.version,
        "manifest_sha256": job.manifest_sha256,
        **{name: config[name] for name in kept},
    }


def _require_pyarrow() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise PneumoscopeError("cli.no_pyarrow")
