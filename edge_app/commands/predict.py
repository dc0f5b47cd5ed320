"""`predict`: one line for each film, in the order given; a film that fails never stops the rest."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from edge_app.analysis.analysis import Analysis, Timings
from edge_app.analysis.record import Record, record_of
from edge_app.bundle import Bundle
from edge_app.commands.progress import Progress
from edge_app.commands.records import open_output, partial_name, writer
from edge_app.commands.request import (
    EXIT_INTERRUPTED,
    count_films,
    decode_limits,
    open_checked_bundle,
    worker_config,
)
from edge_app.intake.find import find_films, passed_over_message
from edge_app.process.pool import FilmPool
from edge_app.system.errors import FilmError, PneumoscopeError
from edge_app.system.messages import Message
from edge_app.system.parallel import cores

FILMS_PER_JOB = 32
"""A process takes about as long to start as this many films; fewer are not worth another one."""


class Explainer(Protocol):
    """Writes the heat map of an analysed film, and says where."""

    def __call__(self, path: Path, analysis: Analysis, index: int) -> Path | None:
        """Returns the file that was written; None where there was nothing to paint."""


def run(options: argparse.Namespace) -> int:
    """Runs `predict`.

    Args:
        options: As parsed by `edge_app.cli`.

    Returns:
        0 if every film was analysed, 3 if some were not, 2 if no film was found, 130 after Ctrl+C.
    """
    wanted = options.jobs or cores()
    passed_over: Counter[str] = Counter()
    films = find_films(options.paths, passed_over)
    first = list(islice(films, FILMS_PER_JOB * wanted))
    if not first:
        message = Message("cli.no_film", paths=", ".join(map(str, options.paths)))
        print(f"pneumoscope: {message}", file=sys.stderr)
        _say_passed_over(passed_over)
        return 2
    jobs = jobs_for(len(first), wanted, asked=options.jobs is not None)
    bundle = open_checked_bundle(options)
    explain = _explainer(options, bundle)

    def explained(path: Path, analysis: Analysis, index: int) -> Record:
        if explain is None or analysis.status != "analysed":
            return record_of(analysis)
        try:
            heatmap = explain(path, analysis, index)
        except FilmError as error:
            return record_of(Analysis(str(path), "", "failed", analysis.model, Timings(), reason=error.reason))
        return record_of(analysis, str(heatmap) if heatmap else None)

    # Several processes get one thread each, one alone gets all cores.
    config = worker_config(options, threads=options.threads or (1 if jobs > 1 else None))
    show = sys.stderr.isatty() if options.progress is None else options.progress
    progress = Progress(show, lambda ended: count_films(options.paths, ended))
    try:
        # Films are decoded and scored in child processes: a hostile one takes that down, not the list.
        with FilmPool(bundle, config, jobs) as pool, open_output(options.output, options.format) as stream:
            write = writer(options.format, stream)
            with progress:
                for record in pool.each(chain(first, films), explained):
                    write(record)
                    progress.step(record.status)
    except KeyboardInterrupt:
        where = f" They are in {partial_name(options.output)}." if options.output else ""
        print(f"\npneumoscope: stopped after {progress.done} films.{where}", file=sys.stderr)
        return EXIT_INTERRUPTED
    _say_passed_over(passed_over)
    if pool.lost:
        lost = "1 analysis process was" if pool.lost == 1 else f"{pool.lost} analysis processes were"
        print(f"pneumoscope: {lost} lost and replaced.", file=sys.stderr)
    return 3 if progress.not_analysed else 0


def _say_passed_over(passed_over: Counter[str]) -> None:
    message = passed_over_message(passed_over)
    if message is not None:
        print(f"pneumoscope: {message}", file=sys.stderr)


def jobs_for(films: int, wanted: int, *, asked: bool) -> int:
    """How many processes score so many films.

    Args:
        films: At least 1; no more than `FILMS_PER_JOB` for each wanted process are counted.
        wanted: By the cores, or as the user asked.
        asked: Whether the user did.
    """
    return min(wanted, films if asked else -(-films // FILMS_PER_JOB))


def _explainer(options: argparse.Namespace, bundle: Bundle) -> Explainer | None:
    if options.heatmaps is None:
        if options.explainer == "keras":
            raise PneumoscopeError("cli.explainer_alone")
        return None
    from edge_app.commands.heatmaps import HeatmapWriter

    return HeatmapWriter(options.heatmaps, bundle, options.explainer, decode_limits(options))
