"""Arguments of `python -m trainer`. TensorFlow is imported by the command that needs it."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_app.bundle.bundle import SHIPPED_BUNDLE
from edge_app.system.errors import PneumoscopeError
from trainer.config import AugmentPreset, choices
from trainer.errors import ConfigError, TrainerError
from trainer.task import DEFAULT_TASK, load_task

_RUNS = Path("runs")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        argv: Arguments without the program's name; `None` for the process's own.

    Returns:
        0 when done, 1 for an error that was explained, 2 for usage, 130 when interrupted.
    """
    options = _parser().parse_args(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        run: int = options.run(options)
        return run
    except (PneumoscopeError, TrainerError) as error:
        print(f"trainer: {error}", file=sys.stderr)
        if error.detail:
            print(f"  ({error.detail})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ntrainer: stopped. Run the same command again to go on from the last finished epoch.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trainer", description="From a folder of labelled films to a model bundle.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train, evaluate, convert, and write a bundle")
    _add_data(train)
    _add_overrides(train)
    train.add_argument("--weights", metavar="imagenet|none|PATH", help="initial weights of the backbone")
    train.add_argument(
        "--bundle", type=Path, metavar="DIR", help="put the finished bundle there (default: leave it in the run)"
    )
    train.add_argument("--name", help="name of the run's folder (default: from the configuration)")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="evaluate a bundle on the official test split and another hospital")
    _add_data(evaluate)
    evaluate.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    evaluate.add_argument("--out", type=Path, default=_RUNS / "evaluation", metavar="DIR")
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser("compare", help="run tables of trials and compare them on validation films")
    _add_data(compare)
    compare.add_argument(
        "--trials", type=Path, action="append", default=[], metavar="TOML", help="a table (default: the shipped one)"
    )
    compare.add_argument("--weights-dir", type=Path, metavar="DIR", help="folder with BACKBONE.weights.h5 files")
    compare.add_argument("--weights", metavar="imagenet|PATH", help="initial weights of all pre-trained trials")
    compare.add_argument("--out", type=Path, default=_RUNS / "compare", metavar="DIR")
    compare.add_argument("--report", type=Path, metavar="MD", help="the report (default: summary.md in --out)")
    compare.add_argument("--only-report", action="store_true", help="write the report of the trials that have run")
    compare.set_defaults(run=_compare)

    preview = commands.add_parser("preview", help="write a contact sheet of an augmentation preset")
    _add_data(preview)
    preview.add_argument("--preset", choices=choices(AugmentPreset), default="strong")
    preview.add_argument("--films", type=int, default=4)
    preview.add_argument("--draws", type=int, default=6)
    preview.add_argument("--seed", type=int, default=1)
    preview.add_argument("--out", type=Path, default=Path("augmentation.png"), metavar="PNG")
    preview.set_defaults(run=_preview)

    card = commands.add_parser("model-card", help="write MODEL_CARD.md of a bundle from its manifest and metrics")
    card.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    card.set_defaults(run=_model_card)

    samples = commands.add_parser("samples", help="draw the synthetic sample films of the app")
    _add_data(samples)
    samples.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR", help="judges the draws")
    samples.add_argument("--seed", type=int, default=1)
    samples.add_argument("--out", type=Path, default=Path("assets/samples"), metavar="DIR")
    samples.set_defaults(run=_samples)

    heat_maps = commands.add_parser("heat-maps", help="measure what the heat maps of a bundle are worth")
    _add_data(heat_maps)
    heat_maps.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    heat_maps.add_argument("--seed", type=int, default=0)
    heat_maps.add_argument("--out", type=Path, default=_RUNS / "heat_maps", metavar="DIR")
    heat_maps.set_defaults(run=_heat_maps)

    points = commands.add_parser("operating-points", help="hold rules for thresholds against each other")
    _add_data(points)
    points.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    points.add_argument("--out", type=Path, default=Path("docs/operating-points.md"), metavar="MD")
    points.set_defaults(run=_operating_points)

    recalibrate = commands.add_parser("recalibrate", help="fit a bundle's thresholds anew on a site's labelled films")
    recalibrate.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    recalibrate.add_argument(
        "--films", type=Path, required=True, metavar="DIR|CSV", help="a folder for each label, or path,label[,patient]"
    )
    recalibrate.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new bundle")
    recalibrate.add_argument(
        "--half-width", type=float, default=0.05, metavar="SHARE", help="of the intervals to promise (default: 0.05)"
    )
    _add_task(recalibrate)
    _add_overrides(recalibrate)
    recalibrate.set_defaults(run=_recalibrate)

    precisions = commands.add_parser("precisions", help="quantize a bundle's net in several ways and compare them")
    _add_data(precisions)
    precisions.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    precisions.add_argument("--films", type=int, default=0, help="validation films to score (default: all)")
    precisions.add_argument("--calibration-films", type=int, default=200)
    precisions.add_argument("--out", type=Path, default=_RUNS / "precisions.md", metavar="MD")
    precisions.set_defaults(run=_precisions)

    verify = commands.add_parser(
        "verify", help="hashes and known answers of a bundle, and its evidence against Grad-CAM"
    )
    verify.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    verify.set_defaults(run=_verify)
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data set's folder")
    _add_task(parser)
    parser.add_argument(
        "--runs", type=Path, default=_RUNS, metavar="DIR", help="where runs and prepared films are kept"
    )


def _add_task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--task", default=DEFAULT_TASK, metavar="NAME|TOML", help=f"what is trained (default: {DEFAULT_TASK})"
    )


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", help="such as fine_tune.epochs=3"
    )


def _train(options: argparse.Namespace) -> int:
    overrides = list(options.overrides)
    if options.weights:
        overrides.append(f"model.weights={options.weights}")
    task = load_task(options.task, overrides)
    from trainer.workflow import Request, run

    run(task, Request(options.data, options.runs, options.bundle, options.name))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from trainer.commands.evaluate import evaluate_bundle

    print(evaluate_bundle(options.bundle, options.data, options.runs, options.out, load_task(options.task)))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from trainer.research.compare import compare

    print(
        compare(
            options.data,
            options.runs,
            options.out,
            options.trials,
            task=load_task(options.task),
            weights=options.weights,
            weights_dir=options.weights_dir,
            written=options.report,
            run=not options.only_report,
        )
    )
    return 0


def _preview(options: argparse.Namespace) -> int:
    from edge_app.imaging.preprocess import PreprocessSpec
    from trainer.commands.preview import contact_sheet
    from trainer.data.catalog import scan
    from trainer.data.prepare import PreparedFilms

    catalog = scan(options.data, load_task(options.task))
    films = catalog.of("train")
    chosen = films[:: max(1, len(films) // options.films)][: options.films]
    store = PreparedFilms(options.runs / "prepared", catalog.root, PreprocessSpec())
    store.make(chosen)
    contact_sheet(store.load(chosen), options.preset, draws=options.draws, seed=options.seed, path=options.out)
    print(f"wrote {options.out}: each film, {options.draws} draws of {options.preset}, and a stressed validation copy")
    return 0


def _model_card(options: argparse.Namespace) -> int:
    from trainer.packaging.model_card import write_model_card

    print(f"wrote {write_model_card(options.bundle)}")
    return 0


def _samples(options: argparse.Namespace) -> int:
    from trainer.commands.samples import write_samples

    task = load_task(options.task)
    for path, analysis in write_samples(options.data, options.runs, options.bundle, options.out, task, options.seed):
        probability = analysis.decision.probability if analysis.decision else float("nan")
        print(f"{path}: {analysis.status}, probability {probability:.3f}")
    return 0


def _heat_maps(options: argparse.Namespace) -> int:
    from trainer.commands.heat_maps import measure_heat_maps

    measure_heat_maps(options.bundle, options.data, options.runs, options.out, load_task(options.task), options.seed)
    return 0


def _operating_points(options: argparse.Namespace) -> int:
    from trainer.research.operating_points import compare_operating_points

    page = compare_operating_points(options.bundle, options.data, options.runs, load_task(options.task))
    options.out.write_text(page, encoding="utf-8")
    print(f"wrote {options.out}")
    return 0


def _recalibrate(options: argparse.Namespace) -> int:
    if not 0.005 <= options.half_width < 0.5:
        raise ConfigError(f"A half width of {options.half_width} is no interval.", hint="Give --half-width 0.05 or so.")
    task = load_task(options.task, options.overrides)
    from edge_app.bundle import open_bundle
    from trainer.commands.recalibrate import recalibrate
    from trainer.data.listing import list_labelled
    from trainer.progress import progress_line

    bundle = open_bundle(options.bundle)
    print(
        recalibrate(
            bundle,
            list_labelled(options.films, bundle.manifest.labels, task.films),
            options.out,
            task.recipe.operating_point,
            half_width=options.half_width,
            progress=progress_line("scoring films"),
        )
    )
    print(f"\nwrote {options.out}; it passed its self-test and is not signed")
    return 0


def _precisions(options: argparse.Namespace) -> int:
    from trainer.research.precisions import compare_precisions

    report = compare_precisions(
        options.bundle,
        options.data,
        options.runs,
        load_task(options.task),
        films=options.films,
        calibration_films=options.calibration_films,
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report, encoding="utf-8")
    print(report)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from trainer.commands.verify import verify

    print(verify(options.bundle))
    return 0
