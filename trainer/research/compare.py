"""Tables of trials, compared on validation films: one folder a trial, a summary, a plot. No test film is scored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_app.bundle.bundle import SHIPPED_BUNDLE
from edge_app.system.errors import PneumoscopeError
from trainer.data.catalog import scan
from trainer.errors import ConfigError, TrainerError
from trainer.evaluation import plots
from trainer.evaluation.figures import METRICS_NAME, read_metrics
from trainer.files import write_json
from trainer.progress import progress_line, say
from trainer.research.films import TrialFilms
from trainer.research.report import Outcome, report
from trainer.research.table import Table, Trial, read_table
from trainer.research.trial import RESULT, SCORES, load_scores, run_trial
from trainer.task import Task

DEFAULT_TRIALS = Path(__file__).parent / "configs" / "compare.toml"


def compare(
    data: Path,
    runs: Path,
    out: Path,
    tables: Sequence[Path] = (),
    *,
    task: Task,
    weights: str | None = None,
    weights_dir: Path | None = None,
    written: Path | None = None,
    run: bool = True,
) -> str:
    """Runs the trials that have no result yet, table after table; the report is renewed after each.

    Args:
        data: The data set's folder.
        runs: Folder with the cache of prepared films.
        out: Folder for results; a trial whose result is there is not run again, whichever table it stands in.
        tables: TOML files, see `trainer.research.table`; none for the shipped one.
        task: Task of the films; the recipes come from the tables.
        weights: Initial weights of the common backbone, in place of `imagenet`.
        weights_dir: Folder with `BACKBONE.weights.h5`; a trial whose file is missing is left out, saying so.
        written: Path of the report, with a `.png` beside it; None for `out`. The measures go to `out` as `.json`.
        run: False writes the report of the trials that have run, and names the others.

    Returns:
        The report, as Markdown.
    """
    written = written or out / "summary.md"
    read = [read_table(path, weights, weights_dir) for path in tables or [DEFAULT_TRIALS]]
    left_out: dict[str, str] = {}
    if not run:
        left_out = {trial.name: "not run yet." for table in read for trial in table.trials if not _has_run(trial, out)}
        return _write(written, read, out, left_out)
    films = TrialFilms(scan(data, task, progress_line("reading films")), runs)
    for table in read:
        for trial in table.trials:
            if _has_run(trial, out):
                continue
            say(f"trial: {trial.name}")
            try:
                _require_weights(trial)
                run_trial(trial, films, out)
            except (PneumoscopeError, TrainerError) as error:
                left_out[trial.name] = error.message
                say(f"left out: {trial.name}: {error}")
            _write(written, read, out, left_out)
    return _write(written, read, out, left_out)


def _has_run(trial: Trial, out: Path) -> bool:
    return (out / trial.key / RESULT).is_file()


def _require_weights(trial: Trial) -> None:
    weights = trial.config.model.weights
    if weights not in ("imagenet", "none") and not Path(weights).is_file():
        raise ConfigError(f"no pre-trained weights of {trial.config.model.backbone} are available.")


def _write(written: Path, tables: Sequence[Table], out: Path, left_out: dict[str, str]) -> str:
    found = []
    for table in tables:
        outcomes = [_outcome(trial, out) for trial in table.trials if _has_run(trial, out)]
        reasons = [f"{trial.name}: {left_out[trial.name]}" for trial in table.trials if trial.name in left_out]
        found.append((table, outcomes, reasons))
    shipped = read_metrics(SHIPPED_BUNDLE) if (SHIPPED_BUNDLE / METRICS_NAME).is_file() else None
    text = report(found, shipped)
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(text, encoding="utf-8")
    results = list({o.trial.key: _summary(o) for _, outcomes, _ in found for o in outcomes}.values())
    write_json(out / f"{written.stem}.json", results)
    if results:
        recipes = [row | row["measures"] for row in results if not row["without"]]
        plots.trial_comparison(recipes, written.with_suffix(".png"))
    return text


def _outcome(trial: Trial, out: Path) -> Outcome:
    folder = out / trial.key
    return Outcome(trial, json.loads((folder / RESULT).read_text(encoding="utf-8")), load_scores(folder / SCORES))


def _summary(outcome: Outcome) -> dict[str, Any]:
    """Summary of a trial, without recipe (the tables hold it) and paths."""
    kept = ("input_px", "parameters", "training_films", "seconds", "without", "split_sha256", "measures")
    return {"name": outcome.trial.name, **{key: outcome.result[key] for key in kept}}
