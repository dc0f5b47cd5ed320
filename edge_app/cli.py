"""Parses the command line. Only the selected command imports large packages."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from edge_app import __version__
from edge_app.system.console import flush, prepare, say
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message
from edge_app.system.signals import Signals

EXIT_NOTHING_RAN = 1
EXIT_NO_READER = 141
"""Exit status of a program that SIGPIPE ended, as in shells."""

_COMMANDS = ("predict", "selftest")


def main(argv: Sequence[str] | None = None, signals: Signals | None = None) -> int:
    """Runs a command.

    Args:
        argv: Arguments without the program's name; `None` for those of the process.
        signals: Signal handler; `None` if the caller handles signals.

    Returns:
        The exit status: 0 success, 1 nothing could run, 2 wrong usage, 3 some files were not analysed, 141 the reader
        closed the pipe, 128 + the number of a signal.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    wants_window = not arguments or arguments[0] not in (*_COMMANDS, "-h", "--help", "--version")
    parser = _window_parser() if wants_window else _parser()
    options = parser.parse_args(arguments)
    if not wants_window and options.command == "predict":
        _check_predict(parser, options)
    prepare()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if wants_window:
            status = _open_window(options, signals)
        elif options.command == "predict":
            status = _predict(options, signals)
        else:
            from edge_app.commands.selftest import run as run_selftest

            status = run_selftest(options)
        flush()
        return status
    except PneumoscopeError as error:
        say(f"pneumoscope: {error}")
        if error.detail:
            say(f"  ({error.detail})")
        return EXIT_NOTHING_RAN
    except BrokenPipeError:  # the reader, such as `head`, closed the pipe
        return EXIT_NO_READER


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pneumoscope",
        description=f"Reads chest X-rays for pneumonia. {Message('research_use')}",
        epilog="Without a command the window opens: pneumoscope [--theme dark|light|system] [--kiosk] [FILE...]. "
        "See also pneumoscope --window-help.",
    )
    parser.add_argument("--version", action="version", version=f"pneumoscope {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    predict = commands.add_parser("predict", help="score films from the command line")
    _add_model_options(predict)
    predict.add_argument(
        "--variant", choices=("quant", "float"), default="quant", help="model file of the bundle (default: quant)"
    )
    predict.add_argument("--max-megapixels", type=_positive, default=40, metavar="N", help="refuse larger films (40)")
    predict.add_argument("--max-megabytes", type=_positive, default=128, metavar="N", help="refuse larger files (128)")
    predict.add_argument(
        "--max-seconds", type=_positive, default=60, metavar="N", help="timeout of a film, seconds (60)"
    )
    predict.add_argument(
        "--outside-population",
        choices=("flag", "refuse"),
        default="flag",
        help="flag or refuse films of patients for whom the model was not validated (default: flag)",
    )
    predict.add_argument("--operating-point", metavar="NAME", help="balanced, high-sensitivity or high-specificity")
    predict.add_argument(
        "--explainer",
        choices=("evidence", "keras"),
        default="evidence",
        help="heat maps from the graph's own output, or from the Keras model (needs TensorFlow)",
    )
    predict.add_argument("--heatmaps", type=Path, metavar="DIR", help="write a PNG with the heat map for each film")
    predict.add_argument(
        "--format", choices=("table", "jsonl", "csv", "parquet"), help="default: table; with --cluster parquet"
    )
    predict.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write the results to this file; with --cluster to this folder. The same command continues an interrupted "
        "run from FILE.partial (jsonl and csv)",
    )
    predict.add_argument(
        "--jobs", type=_positive, metavar="N", help="number of processes (default: by cores and films)"
    )
    predict.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="score the films on the workers of this Dask scheduler; skips films that are already in --output",
    )
    predict.add_argument(
        "--progress", action=argparse.BooleanOptionalAction, help="show progress on stderr (default: on a terminal)"
    )
    predict.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="films, and folders with films")

    selftest = commands.add_parser("selftest", help="check the bundle and its known answers on this machine")
    _add_model_options(selftest)
    selftest.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _check_predict(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Reports contradicting options, and sets the default format."""
    if options.cluster is None:
        if options.format == "parquet":
            parser.error("--format parquet needs --cluster")
        options.format = options.format or "table"
        return
    for name in ("heatmaps", "jobs"):
        if getattr(options, name) is not None:
            parser.error(f"--{name} does not go with --cluster")
    if options.output is None:
        parser.error("--cluster needs --output FOLDER")
    options.format = options.format or "parquet"
    if options.format not in ("parquet", "csv"):
        parser.error("--cluster writes --format parquet or csv")


def _predict(options: argparse.Namespace, signals: Signals | None) -> int:
    if options.cluster is not None:
        from edge_app.commands.cluster import run as run_on_cluster

        return run_on_cluster(options, signals)
    from edge_app.process.launch import child_command, launch

    try:
        # The child process loads in parallel with this one, which halves a cold start.
        first = launch(child_command())
    except OSError:  # the supervisor tries again and reports the error
        first = None
    with first or nullcontext(), signals.at_end(first.process.kill) if first and signals else nullcontext():
        from edge_app.commands.predict import run

        return run(options, signals, first)


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pneumoscope", description=f"Opens the reading window. {Message('research_use')}", add_help=False
    )
    parser.add_argument("--window-help", action="help", help="show this help and exit")
    parser.add_argument("--model", type=Path, metavar="DIR", help="the model bundle (default: the shipped one)")
    parser.add_argument("--theme", choices=("dark", "light", "system"), help="override the setting")
    parser.add_argument("--language", metavar="CODE", help="such as en or de; override the setting")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, pixels")
    parser.add_argument("--kiosk", action="store_true", help="full screen with big buttons, for a touch screen")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="PNG",
        help="save a picture of the window with the result of the first film and exit; needs no display",
    )
    parser.add_argument(
        "--show",
        default="",
        choices=("report", "history", "settings", "shortcuts", "model", "intended_use", "about"),
        help="with --screenshot: paint this dialog instead of the window",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE", help="films and folders to open")
    return parser


def _open_window(options: argparse.Namespace, signals: Signals | None) -> int:
    if options.screenshot is not None:
        # The same image on every machine, with or without a display.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from edge_app.app import Options, run
    except ImportError as error:
        raise PneumoscopeError("cli.no_pyside", detail=repr(error)) from error
    return run(Options(**{**vars(options), "paths": tuple(options.paths)}), signals)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    size = int(width), int(height)
    if min(size) < 320:
        raise argparse.ArgumentTypeError("must be such as 1280x800, at least 320 on each side")
    return size


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, metavar="DIR", help="the model bundle (default: the shipped one)")
    parser.add_argument(
        "--public-key",
        type=_public_key,
        metavar="BASE64",
        help="accept a bundle only if it is signed with this key (default: the key set on this machine, if any)",
    )
    parser.add_argument(
        "--allow-older-model",
        action="store_true",
        help="accept a signed model that is older than one that ran on this machine",
    )
    parser.add_argument("--runtime", choices=("auto", "litert", "tflite-runtime"), default="auto")
    parser.add_argument("--threads", type=_positive, metavar="N", help="threads for one film (default: by the cores)")


def _public_key(text: str) -> str:
    from edge_app.bundle.signature import check_public_key

    try:
        return check_public_key(text, "signature.bad_option")
    except PneumoscopeError as error:
        raise argparse.ArgumentTypeError(error.message) from error


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
