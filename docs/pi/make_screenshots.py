"""Makes the pictures of this folder at the size of a 7-inch touch screen: `python docs/pi/make_screenshots.py`.

They show the synthetic films of `assets/samples` with the shipped model. bookworm.png and trixie.png come from
`make test-pi`, which paints them on the emulated boards.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
IMAGES = HERE / "images"
FILM = ROOT / "assets" / "samples" / "consolidation.png"
_LOOK = ("--kiosk", "--size", "800x480", "--theme", "dark", "--language", "en")


def main() -> int:
    """Makes all pictures; returns how many could not be made."""
    if sys.argv[1:] == ["notices"]:
        return notices(IMAGES / "notices.png")
    IMAGES.mkdir(parents=True, exist_ok=True)
    app = [sys.executable, "-m", "edge_app", *_LOOK, "--screenshot"]
    commands = {
        "start.png": [*app, str(IMAGES / "start.png")],
        "film.png": [*app, str(IMAGES / "film.png"), str(FILM)],
        "notices.png": [sys.executable, str(HERE / "make_screenshots.py"), "notices"],
    }
    failed = 0
    for name, command in commands.items():
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        failed += done.returncode != 0
        sys.stdout.write(f"{'failed' if done.returncode else 'made  '}  {name}\n")
    return failed


def notices(picture: Path) -> int:
    """Paints the window as it is on a board with a weak supply and an overlay for a disk; returns the exit status."""
    from PySide6.QtWidgets import QApplication

    from edge_app.app import Options, Run
    from edge_app.ui.screenshot import Screenshot

    application = QApplication([])
    application.setApplicationName("pneumoscope")
    run = Run(
        application,
        Options(paths=(FILM,), kiosk=True, screenshot=picture, size=(800, 480), theme="dark", language="en"),
    )
    run.window.frame.notices.set_storage("volatile")
    run.window.frame.notices.set_power(("under_voltage",))
    shot = Screenshot(run.window, picture, limit_ms=120_000, show="")
    shot.done.connect(application.exit)
    try:
        return application.exec()
    finally:
        run.close()


if __name__ == "__main__":
    sys.exit(main())
