"""`python -m tests.acceptance NAME...`: prints the figures that the acceptance asks for."""

from __future__ import annotations

import importlib
import sys

RUNS = ("films", "dcmtk", "decompression_bombs", "false_headers", "gate", "faults", "window")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in RUNS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(RUNS)}", file=sys.stderr)
        return 2
    status = 0
    for name in names or RUNS:
        print(f"== {name}")
        status |= importlib.import_module(f"tests.acceptance.{name}").run()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
