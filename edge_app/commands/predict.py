"""`predict`: one line for each film, in the order given; a film that fails never stops the rest."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any

from edge_app.analysis.record import Record, record_of
from edge_app.commands.heatmaps import explain_film, make_folder, write_heatmap
from edge_app.commands.output import Output, open_output, partial_name
from edge_app.commands.progress import Progress
from edge_app.commands.request import count_films, say_passed_over, settings, show_progress, worker_config
from edge_app.intake.find import find_films
from edge_app.process.film_list import in_order
from edge_app.process.launch import EXPLAINER_MODULE, Launched, child_command
from edge_app.process.protocol import Analyse, WorkerConfig
from edge_app.process.supervisor import UNATTENDED, Supervisor
from edge_app.system.console import say
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message, plain
from edge_app.system.parallel import cores
from edge_app.system.signals import Signals

FILMS_PER_JOB = 32
"""A process takes about as long to start as this many films; fewer are not worth another one."""
MOST_JOBS = 64
"""More processes than this only wait for each other: for cores, and for some 130 MB of memory each."""


def run(options: argparse.Namespace, signals: Signals | None = None, first: Launched | None = None) -> int:
    """Runs `predict`.

    Args:
        options: As parsed by `edge_app.cli`.
        signals: Listens for who wants the run to end; None where the caller sees to that.
        first: An analysis process that was started ahead; None for none.

    Returns:
        0 if every film was analysed, 3 if some were not, 2 if no film was found, 128 and its number after a signal.
    """
    if options.explainer == "keras" and options.heatmaps is None:
        raise PneumoscopeError("cli.explainer_alone")
    wanted = min(options.jobs or cores(), MOST_JOBS)
    if options.jobs and options.jobs > wanted:
        say(f"pneumoscope: {Message('cli.too_many_jobs', asked=options.jobs, used=wanted)}")
    passed_over: Counter[str] = Counter()
    films = find_films(options.paths, passed_over)
    head = list(islice(films, FILMS_PER_JOB * wanted))
    if not head:
        say(f"pneumoscope: {Message('cli.no_film', paths=', '.join(map(str, options.paths)))}")
        say_passed_over(passed_over)
        return 2
    jobs = jobs_for(len(head), wanted, asked=options.jobs is not None)
    # Several processes get one thread each, one alone gets all cores.
    config = worker_config(options, threads=options.threads or (1 if jobs > 1 else None))
    progress = Progress(show_progress(options), lambda ended: count_films(options.paths, ended))
    try:
        lost = asyncio.run(_run(options, config, jobs, chain(head, films), progress, signals, first))
    except asyncio.CancelledError:
        where = f" They are in {partial_name(options.output)}; the same command goes on." if options.output else ""
        say(f"\npneumoscope: stopped after {progress.done} films.{where}")
        return signals.exit_status if signals else 1
    say_passed_over(passed_over)
    if lost:
        say(f"pneumoscope: {lost} analysis {'process was' if lost == 1 else 'processes were'} lost and replaced.")
    return 3 if progress.not_analysed else 0


def jobs_for(films: int, wanted: int, *, asked: bool) -> int:
    """How many processes score so many films.

    Args:
        films: At least 1; no more than `FILMS_PER_JOB` for each wanted process are counted.
        wanted: By the cores, or as the user asked.
        asked: Whether the user did.
    """
    return min(wanted, films if asked else -(-films // FILMS_PER_JOB))


async def _run(
    options: argparse.Namespace,
    config: WorkerConfig,
    jobs: int,
    films: Iterator[Path],
    progress: Progress,
    signals: Signals | None,
    first: Launched | None,
) -> int:
    """Scores and writes all films. Returns how many analysis processes were lost."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    supervisors = [Supervisor(config, policy=UNATTENDED, first=None if n else first) for n in range(jobs)]
    keras = Supervisor(config.for_keras(), command=child_command(EXPLAINER_MODULE))
    with signals.handled(lambda: loop.call_soon_threadsafe(task.cancel)) if signals else nullcontext():
        try:
            model, *others = await asyncio.gather(*(supervisor.require() for supervisor in supervisors))
            if any(other.manifest_sha256 != model.manifest_sha256 for other in others):
                raise PneumoscopeError("bundle.changed")
            if options.heatmaps is not None:
                make_folder(options.heatmaps)
            with open_output(options.output, options.format, _settings(options, config, model.manifest_sha256)) as rows:
                before = rows.skip_done(films)
                progress.skip(before)
                with progress:
                    score = _scorer(options, keras)
                    await in_order(films, supervisors, score, _taker(rows, progress), start=before.total())
        finally:
            await asyncio.gather(*(supervisor.close() for supervisor in (*supervisors, keras)))
    return sum(supervisor.state.restarts for supervisor in supervisors)


def _scorer(options: argparse.Namespace, keras: Supervisor) -> Callable[[Supervisor, Path, int], Any]:
    with_keras = options.explainer == "keras"

    async def score(supervisor: Supervisor, path: Path, index: int) -> Record:
        name = plain(path.name)
        request = Analyse(
            name=name,
            with_thumbnail=False,
            with_film=with_keras,
            with_overlay=options.heatmaps is not None and not with_keras,
        )
        reply = await supervisor.ask(request, name=name, path=path)
        analysis = reply.analysis(path, supervisor.state.model)
        if supervisor.state.phase == "failed":
            await supervisor.require()  # says why
        if options.heatmaps is None or analysis.status != "analysed":
            return record_of(analysis)
        if with_keras:
            reply = await explain_film(keras, name, reply)
        return record_of(analysis, str(await write_heatmap(options.heatmaps, path, index, reply.payload)))

    return score


def _taker(rows: Output, progress: Progress) -> Callable[[Record], None]:
    def take(record: Record) -> None:
        rows.write(record)
        progress.step(record.status)

    return take


def _settings(options: argparse.Namespace, config: WorkerConfig, manifest_sha256: str) -> dict[str, Any]:
    heatmaps = str(options.heatmaps.absolute()) if options.heatmaps else None
    return {**settings(config, manifest_sha256), "heatmaps": heatmaps, "explainer": options.explainer}
