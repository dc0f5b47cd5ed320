"""`predict`: one line for each film, in the order given; a film that fails never stops the rest."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.errors import PneumoscopeError
from edge_app.imaging.decode import DecodeLimits
from edge_app.imaging.find import find_films
from edge_app.inference.analysis import Analysis
from edge_app.inference.contained import ContainedPipeline
from edge_app.inference.gates.population import OUTSIDE_CODE
from edge_app.inference.protocol import WorkerConfig
from edge_app.inference.runtime import find_runtime
from edge_app.report.csv_export import CsvWriter

_TABLE = "{status:<9} {probability:>6}  {band:<9} {label:<10} {path}{reason}{flags}"


class Explainer(Protocol):
    """Writes the heat map of an analysed film, and says where."""

    def __call__(self, path: Path, analysis: Analysis, index: int) -> Path | None:
        """Returns the file that was written; None where there was nothing to paint."""


def run(options: argparse.Namespace) -> int:
    """Runs `predict`.

    Args:
        options: As parsed by `edge_app.cli`.

    Returns:
        0 if every film was analysed, 3 if some were not, 2 if no film was found.
    """
    paths = list(find_films(options.paths))
    if not paths:
        named = ", ".join(str(path) for path in options.paths)
        print(f"pneumoscope: no film was found in {named}. Folders are searched for films.", file=sys.stderr)
        return 2
    bundle = open_bundle(options.model or SHIPPED_BUNDLE, public_key=options.public_key)
    bundle.manifest.variant(options.variant).operating_point(options.operating_point)
    find_runtime(options.runtime)
    config = WorkerConfig(
        variant=options.variant,
        runtime=options.runtime,
        threads=options.threads,
        operating_point=options.operating_point,
        outside_population=options.outside_population,
        public_key=options.public_key or "",
        limits=DecodeLimits(
            max_pixels=options.max_megapixels * 1_000_000, max_file_bytes=options.max_megabytes * 1024 * 1024
        ),
        job_timeout_s=options.max_seconds,
    )
    explain = _explainer(options, bundle)
    show_progress = sys.stderr.isatty() if options.progress is None else options.progress
    not_analysed = 0
    # Films are decoded and scored in a child process: a hostile one takes that down, not the list.
    with ContainedPipeline(bundle, config) as pipeline, _open_output(options.output) as stream:
        write = _writer(options.format, stream)
        for index, path in enumerate(_with_progress(paths, show_progress)):
            analysis = pipeline.analyse(path)
            not_analysed += analysis.status != "analysed"
            heatmap = explain(path, analysis, index) if explain and analysis.status == "analysed" else None
            write(analysis.record(str(heatmap) if heatmap else None))
    return 3 if not_analysed else 0


def _explainer(options: argparse.Namespace, bundle: Bundle) -> Explainer | None:
    if options.heatmaps is None:
        if options.explainer == "keras":
            raise PneumoscopeError("--explainer keras changes only heat maps.", hint="Add --heatmaps DIR.")
        return None
    from edge_app.commands.heatmaps import HeatmapWriter

    return HeatmapWriter(options.heatmaps, bundle, options.explainer)


def _writer(form: str, stream: TextIO) -> Any:
    if form == "jsonl":

        def write_json(record: dict[str, Any]) -> None:
            stream.write(json.dumps(record) + "\n")
            stream.flush()

        return write_json
    if form == "csv":
        return CsvWriter(stream)

    def write_table(record: dict[str, Any]) -> None:
        probability = record["probability"]
        line = _TABLE.format(
            status=record["status"],
            probability="-" if probability is None else f"{probability:.3f}",
            band=record["band"] or "-",
            label=record["label"] or "-",
            path=record["path"],
            reason=f": {record['reason']}" if record["reason"] else "",
            flags=_flags(record["quality"]) if record["status"] == "analysed" else "",
        )
        stream.write(_printable(line) + "\n")
        stream.flush()

    return write_table


def _flags(codes: list[str]) -> str:
    """What stands behind a score that must not be trusted as it is; nobody reads a column of codes."""
    loud = "  ! DO NOT USE THIS SCORE: outside the model's population" if OUTSIDE_CODE in codes else ""
    others = [code for code in codes if code != OUTSIDE_CODE]
    return loud + (f"  [{', '.join(others)}]" if others else "")


def _printable(line: str) -> str:
    """Replaces control characters, which a hostile file name could use to drive the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


@contextmanager
def _open_output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if path is None:
        yield sys.stdout
        return
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise PneumoscopeError(
            f"The results could not be written to {path}: {error.strerror}.",
            hint=f"What was written so far is in {partial.name}.",
            detail=repr(error),
        ) from error


def _with_progress(paths: list[Path], show: bool) -> Iterator[Path]:
    """Yields the paths; on stderr, how many are done and how long the rest will take."""
    start = time.monotonic()
    for index, path in enumerate(paths):
        yield path
        done = index + 1
        if show:
            left_s = (time.monotonic() - start) / done * (len(paths) - done)
            print(f"\r{done} of {len(paths)}, {left_s:.0f} s left ", end="", file=sys.stderr, flush=True)
    if show:
        print(file=sys.stderr)
