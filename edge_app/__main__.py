"""`python -m edge_app`. Listens to signals before it imports the rest, which takes most of a second."""

from __future__ import annotations

import sys

from edge_app.system.signals import Signals, open_standard_streams


def main() -> int:
    """Runs the program; see `edge_app.cli.main`."""
    open_standard_streams()
    signals = Signals()
    from edge_app.cli import main as run

    return run(signals=signals)


if __name__ == "__main__":
    sys.exit(main())
