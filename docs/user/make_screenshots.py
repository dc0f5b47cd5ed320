"""Makes the pictures of this folder: `python docs/user/make_screenshots.py [--films FOLDER] [--model DIR]`.

They show the synthetic films of `assets/samples` with the shipped model: no patient is in the repository.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LARGE, SMALL = "1280x800", "800x480"


def main() -> int:
    """Makes all pictures; returns how many could not be made."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=Path, default=ROOT / "assets" / "samples", help="folder with the films")
    parser.add_argument("--model", type=Path, help="model bundle (default: the shipped one)")
    parser.add_argument("--output", type=Path, default=HERE / "images")
    options = parser.parse_args()
    films = sorted(path for path in options.films.glob("*.png"))
    if not films:
        sys.stderr.write(f"There are no films (*.png) in {options.films}.\n")
        return 1
    # The one with the finding first: its name says so, as the shipped samples' do.
    ill = next((film for film in films if "consolidation" in film.name or "pneumonia" in film.name), films[-1])
    well = next((film for film in films if film != ill), films[0])
    shots: list[tuple[str, list[str | Path]]] = [
        ("window-dark.png", ["--size", LARGE, "--theme", "dark", ill]),
        ("window-light.png", ["--size", LARGE, "--theme", "light", ill, well]),
        ("normal.png", ["--size", LARGE, "--theme", "dark", well]),
        ("touch-dark.png", ["--size", SMALL, "--theme", "dark", ill]),
        ("touch-light.png", ["--size", SMALL, "--theme", "light", ill]),
        ("german.png", ["--size", LARGE, "--theme", "dark", "--language", "de", ill]),
        ("empty.png", ["--size", LARGE, "--theme", "dark"]),
        *(
            (f"{name}.png", ["--size", SMALL, "--theme", "dark", "--show", name, ill, well])
            for name in ("report", "history", "settings", "shortcuts", "model")
        ),
    ]
    options.output.mkdir(parents=True, exist_ok=True)
    model = ["--model", str(options.model)] if options.model else []
    failed = 0
    for name, arguments in shots:
        command = [sys.executable, "-m", "edge_app", "--screenshot", str(options.output / name), "--language", "en"]
        done = subprocess.run([*command, *model, *map(str, arguments)], cwd=ROOT, check=False)
        failed += done.returncode != 0
        sys.stdout.write(f"{'failed' if done.returncode else 'made  '}  {name}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
