"""Arguments of `python -m trainer`. TensorFlow is imported by the command that needs it."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_app.bundle import open_bundle
from edge_app.bundle.bundle import SHIPPED_BUNDLE
from edge_app.system.errors import PneumoscopeError
from trainer.config import AugmentPreset, choices
from trainer.errors import ConfigError, TrainerError
from trainer.task import DEFAULT_TASK, load_task

_RUNS = Path("runs")
Options = argparse.Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        argv: Arguments without the program's name; `None` for those of the process.

    Returns:
        0 when done, 1 for an error that was explained, 2 for wrong usage, 130 when interrupted.
    """
    options = _parser().parse_args(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        options.run(options)
    except (PneumoscopeError, TrainerError) as error:
        print(f"trainer: {error}", file=sys.stderr)
        if error.detail:
            print(f"  ({error.detail})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ntrainer: stopped. The same command continues from the last finished epoch.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trainer", description="From a folder of labelled films to a model bundle.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[Options], None], about: str, *, data: bool = True, bundle: bool = True
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        command.set_defaults(run=run)
        if data:
            command.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the data set")
            command.add_argument(
                "--runs", type=Path, default=_RUNS, metavar="DIR", help="folder of runs and prepared films"
            )
        if bundle:
            command.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR", help="the bundle")
        if data or name == "recalibrate":
            task = f"what is trained (default: {DEFAULT_TASK})"
            command.add_argument("--task", default=DEFAULT_TASK, metavar="NAME|TOML", help=task)
        return command

    def add_out(command: argparse.ArgumentParser, default: Path, metavar: str = "DIR") -> None:
        command.add_argument("--out", type=Path, default=default, metavar=metavar, help=f"default: {default}")

    train = add("train", _train, "train, evaluate, convert, and write a bundle", bundle=False)
    train.add_argument("--weights", metavar="imagenet|none|PATH", help="initial weights of the backbone")
    train.add_argument("--bundle", type=Path, metavar="DIR", help="folder of the bundle (default: in the run)")
    train.add_argument(
        "--lung-masks", type=Path, metavar="NPZ", help="lungs drawn by people, to teach the net with (default: none)"
    )
    train.add_argument("--name", help="name of the run's folder (default: made from the recipe and the films)")
    _add_overrides(train)

    evaluate = add("evaluate", _evaluate, "evaluate a bundle on the test split and on another hospital's films")
    add_out(evaluate, _RUNS / "evaluation")

    verify = "check hashes and known answers of a bundle, and its evidence against Grad-CAM"
    add("verify", _verify, verify, data=False)

    recalibrate = add("recalibrate", _recalibrate, "fit a bundle's thresholds to a site's labelled films", data=False)
    recalibrate.add_argument(
        "--films", type=Path, required=True, metavar="DIR|CSV", help="a folder for each label, or path,label[,patient]"
    )
    recalibrate.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the new bundle")
    recalibrate.add_argument(
        "--half-width", type=float, default=0.05, metavar="SHARE", help="half width of the intervals (default: 0.05)"
    )
    _add_overrides(recalibrate)

    refit = add("refit-gate", _refit_gate, "fit the gate of a bundle again, without training")
    refit.add_argument("--split", type=Path, metavar="CSV", help="split of the run (default: RUNS/RUN/split.csv)")

    sources = add("gate-sources", _gate_sources, "measure the gate on hospitals that taught it nothing")
    sources.add_argument("--split", type=Path, metavar="CSV", help="split of the run (default: RUNS/RUN/split.csv)")
    sources.add_argument("--adults", type=Path, required=True, metavar="DIR", help="folder with siim/ and rsna/")
    sources.add_argument("--test", action="store_true", help="look at the official test split, too")
    add_out(sources, Path("docs/gate.md"), metavar="MD")

    add("model-card", _model_card, "write MODEL_CARD.md of a bundle from its manifest and metrics", data=False)

    samples = add("samples", _samples, "draw the synthetic sample films of the app")
    samples.add_argument("--seed", type=int, default=1)
    add_out(samples, Path("assets/samples"))

    heat_maps = add("heat-maps", _heat_maps, "measure the quality of a bundle's heat maps")
    heat_maps.add_argument("--seed", type=int, default=0)
    add_out(heat_maps, _RUNS / "heat_maps")

    preview = add("preview", _preview, "write a contact sheet of an augmentation preset", bundle=False)
    preview.add_argument("--preset", choices=choices(AugmentPreset), default="strong")
    preview.add_argument("--films", type=int, default=4)
    preview.add_argument("--draws", type=int, default=6)
    preview.add_argument("--seed", type=int, default=1)
    add_out(preview, Path("augmentation.png"), "PNG")

    compare = add("compare", _compare, "run tables of trials and compare them on validation films", bundle=False)
    compare.add_argument(
        "--trials", type=Path, action="append", default=[], metavar="TOML", help="a table (default: the shipped one)"
    )
    compare.add_argument("--weights-dir", type=Path, metavar="DIR", help="folder with BACKBONE.weights.h5 files")
    compare.add_argument("--weights", metavar="imagenet|PATH", help="initial weights of all pre-trained trials")
    compare.add_argument("--report", type=Path, metavar="MD", help="the report (default: summary.md in --out)")
    compare.add_argument("--only-report", action="store_true", help="write the report of the trials that have run")
    add_out(compare, _RUNS / "compare")

    points = add("operating-points", _operating_points, "compare threshold-selection rules on validation films")
    add_out(points, Path("docs/operating-points.md"), "MD")

    precisions = add("precisions", _precisions, "quantize a bundle's net in several ways and compare them")
    precisions.add_argument("--films", type=int, default=0, help="number of validation films (default: all)")
    precisions.add_argument("--calibration-films", type=int, default=200)
    add_out(precisions, _RUNS / "precisions.md", "MD")

    new_key = add("new-key", _new_key, "make the key pair that bundles are signed with", data=False, bundle=False)
    new_key.add_argument("file", type=Path, metavar="FILE", help="gets the private key; FILE.pub the public one")
    sign = add("sign", _sign, "sign a bundle, for sites that set a public key (docs/signing.md)", data=False)
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key")
    return parser


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="a value of the recipe, such as fine_tune.epochs=3",
    )


def _train(options: Options) -> None:
    weights = [f"model.weights={options.weights}"] if options.weights else []
    task = load_task(options.task, [*options.overrides, *weights])
    from trainer.workflow import Request, run

    run(task, Request(options.data, options.runs, options.bundle, options.name, options.lung_masks))


def _evaluate(options: Options) -> None:
    from trainer.commands.evaluate import evaluate_bundle

    print(evaluate_bundle(options.bundle, options.data, options.runs, options.out, load_task(options.task)))


def _verify(options: Options) -> None:
    from trainer.commands.verify import verify

    print(verify(options.bundle))


def _recalibrate(options: Options) -> None:
    if not 0.005 <= options.half_width < 0.5:
        raise ConfigError(f"A half width of {options.half_width} is no interval.", hint="Give --half-width 0.05 or so.")
    task = load_task(options.task, options.overrides)
    from trainer.commands.recalibrate import recalibrate
    from trainer.data.listing import list_labelled
    from trainer.progress import progress_line

    bundle = open_bundle(options.bundle)
    report = recalibrate(
        bundle,
        list_labelled(options.films, bundle.manifest.labels, task.films),
        options.out,
        task.recipe.operating_point,
        half_width=options.half_width,
        progress=progress_line("scoring films"),
    )
    print(f"{report}\n\nwrote {options.out}; it passed its self-test and is not signed")


def _refit_gate(options: Options) -> None:
    from trainer.commands.refit_gate import refit_gate

    print(refit_gate(options.bundle, options.data, _split_of(options), load_task(options.task)))


def _gate_sources(options: Options) -> None:
    from trainer.commands.gate_sources import Sources, write_gate_sources

    films = Sources(options.data, _split_of(options), options.adults, options.runs, test=options.test)
    print(write_gate_sources(options.out, options.bundle, films, load_task(options.task)))


def _split_of(options: Options) -> Path:
    split: Path = options.split or options.runs / open_bundle(options.bundle).manifest.training.run / "split.csv"
    return split


def _model_card(options: Options) -> None:
    from trainer.packaging.model_card import write_model_card

    print(f"wrote {write_model_card(options.bundle)}")


def _samples(options: Options) -> None:
    from trainer.commands.samples import write_samples

    task = load_task(options.task)
    for path, analysis in write_samples(options.data, options.runs, options.bundle, options.out, task, options.seed):
        probability = analysis.decision.probability if analysis.decision else float("nan")
        print(f"{path}: {analysis.status}, probability {probability:.3f}")


def _heat_maps(options: Options) -> None:
    from trainer.commands.heat_maps import measure_heat_maps

    task = load_task(options.task)
    measure_heat_maps(options.bundle, options.data, options.runs, options.out, task, options.seed)


def _preview(options: Options) -> None:
    from trainer.commands.preview import write_preview

    task = load_task(options.task)
    write_preview(
        options.data, options.runs, task, options.preset, options.films, options.draws, options.seed, options.out
    )
    print(f"wrote {options.out}: each film, {options.draws} draws of {options.preset}, and a stressed validation copy")


def _compare(options: Options) -> None:
    from trainer.research.compare import compare

    report = compare(
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
    print(report)


def _operating_points(options: Options) -> None:
    from trainer.research.operating_points import compare_operating_points

    page = compare_operating_points(options.bundle, options.data, options.runs, load_task(options.task))
    options.out.write_text(page, encoding="utf-8")
    print(f"wrote {options.out}")


def _precisions(options: Options) -> None:
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


def _new_key(options: Options) -> None:
    from trainer.commands.sign import write_key

    print(f"wrote {options.file}, which stays secret, and {write_key(options.file)}")


def _sign(options: Options) -> None:
    from trainer.commands.sign import sign_bundle

    print(f"wrote {sign_bundle(options.key, options.bundle)}")
