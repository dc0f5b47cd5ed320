"""`python -m tests.acceptance NAME... [--count N]`: prints the figures that the acceptance asks for."""

from __future__ import annotations

import argparse
import importlib
import sys

RUNS = ("films", "dcmtk", "decompression_bombs", "false_headers", "gate", "not_films", "faults", "window")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(RUNS)} (default: all)")
    parser.add_argument("--count", type=int, metavar="N", help="pictures to draw for not_films")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in RUNS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(RUNS)}")
    status = 0
    for name in options.names or RUNS:
        print(f"== {name}")
        run = importlib.import_module(f"tests.acceptance.{name}").run
        status |= run(options.count) if name == "not_films" and options.count else run()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
