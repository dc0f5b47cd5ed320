"""What was asked of `predict`, in the terms of the rest of the app; the same for one machine and for a cluster."""

from __future__ import annotations

import argparse
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from edge_app import __version__
from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.bundle.newest_seen import take_newest
from edge_app.bundle.site_key import required_key
from edge_app.engine.runtime import find_runtime
from edge_app.imaging.decode import DecodeLimits
from edge_app.intake.find import find_films, passed_over_message
from edge_app.process.protocol import WorkerConfig
from edge_app.system.console import is_terminal, say
from edge_app.system.user_folders import data_folder


def open_trusted_bundle(options: argparse.Namespace) -> Bundle:
    """Opens the bundle that was asked for, under the key that is set on this machine or was given.

    Args:
        options: With `model`, `public_key` and `allow_older_model`.

    Raises:
        PneumoscopeError: There is no such bundle, it is not signed with that key, or is older than one that ran here.
    """
    key = required_key(options.public_key)
    bundle = open_bundle(options.model or SHIPPED_BUNDLE, public_key=key)
    if key is not None:
        take_newest(data_folder(), bundle.manifest.identity, allow_older=options.allow_older_model)
    return bundle


def open_checked_bundle(options: argparse.Namespace) -> Bundle:
    """Opens the bundle that was asked for, and checks that it and this machine have what else was.

    Raises:
        PneumoscopeError: There is no such bundle, variant, operating point or runtime.
    """
    bundle = open_trusted_bundle(options)
    bundle.manifest.variant(options.variant).operating_point(options.operating_point)
    find_runtime(options.runtime)
    return bundle


def worker_config(options: argparse.Namespace, threads: int | None) -> WorkerConfig:
    """What each child process is started with.

    Args:
        options: As parsed by `edge_app.cli`.
        threads: For one invoke; None for a default by the number of cores.
    """
    return WorkerConfig(
        bundle=str(options.model.absolute()) if options.model else "",
        variant=options.variant,
        runtime=options.runtime,
        threads=threads,
        operating_point=options.operating_point,
        outside_population=options.outside_population,
        public_key=required_key(options.public_key) or "",
        allow_older_model=options.allow_older_model,
        limits=decode_limits(options),
        job_timeout_s=options.max_seconds,
    )


def decode_limits(options: argparse.Namespace) -> DecodeLimits:
    """How large a film may be."""
    return DecodeLimits(
        max_pixels=options.max_megapixels * 1_000_000, max_file_bytes=options.max_megabytes * 1024 * 1024
    )


def count_films(paths: Iterable[Path], ended: threading.Event) -> int:
    """Counts the films in files and folders; gives up when the event is set."""
    count = 0
    for _ in find_films(paths):
        if ended.is_set():
            break
        count += 1
    return count


def say_passed_over(passed_over: Counter[str]) -> None:
    """Says on standard error how much was passed over in folders, and why."""
    if (message := passed_over_message(passed_over)) is not None:
        say(f"pneumoscope: {message}")


def settings(config: WorkerConfig, manifest_sha256: str) -> dict[str, Any]:
    """What decides over the results, as JSON values: it must not change within one output.

    Args:
        config: What the analysis processes are started with.
        manifest_sha256: Hash of the bundle's manifest.
    """
    values = msgspec.to_builtins(config)
    kept = ("variant", "runtime", "operating_point", "outside_population", "limits")
    return {"version": __version__, "manifest_sha256": manifest_sha256, **{name: values[name] for name in kept}}


def show_progress(options: argparse.Namespace) -> bool:
    """Whether to print how far the run is: as the user asked, else on a terminal."""
    return is_terminal() if options.progress is None else bool(options.progress)
