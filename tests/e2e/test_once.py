"""A film is opened once, by the program, and decoded once, in the child process: for all that is made of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from tests.e2e.test_report import press
from tests.support.film_counter import counted
from tests.support.window import Driver

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "assets" / "samples" / "clear.png"
needs_bundle = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")


def edge_app(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "edge_app", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def once(counts: dict[str, list[int]]) -> None:
    assert len(counts["open"]) == 1
    assert len(counts["decode"]) == 1
    assert counts["open"] != counts["decode"], "the program opens, the child process decodes"


@needs_bundle
@pytest.mark.parametrize("options", [(), ("--heatmaps",)], ids=["predict", "predict --heatmaps"])
def test_on_the_command_line(tmp_path: Path, options: tuple[str, ...]) -> None:
    film = Path(shutil.copy(SAMPLE, tmp_path))
    with counted(film, tmp_path) as counts:
        edge_app("predict", "--format", "jsonl", *options, *([tmp_path / "heat"] if options else []), film)
        once(counts())
    if options:
        assert len(list((tmp_path / "heat").glob("*.png"))) == 1


@needs_bundle
def test_in_the_real_window(tmp_path: Path) -> None:
    film = Path(shutil.copy(SAMPLE, tmp_path))
    with counted(film, tmp_path) as counts:
        edge_app("--screenshot", tmp_path / "shot.png", film)
        once(counts())


def test_for_picture_thumbnail_heat_map_and_report(
    drive: Callable[..., int], films, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, report = films("a.png", grey=0.8), tmp_path / "a.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))

    def script(w: Driver) -> None:
        w.wait_film("a.png")
        w.wait_idle()
        assert w.session.current is not None
        assert w.session.current.thumbnail is not None
        assert w.document.unit_evidence() is not None
        w.trigger("report")
        dialog = w.dialog()
        press(dialog, "Save PDF...")
        w.wait(lambda: "Saved" in w.shown_texts(dialog))
        dialog.close()

    with counted(film, tmp_path) as counts:
        drive(script, film)
        found = counts()
    once(found)
    assert found["open"] == [os.getpid()]


@needs_bundle
def test_the_program_that_opens_films_loads_no_decoder(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from edge_app.cli import main\n"
        f"main(['predict', '--heatmaps', {str(tmp_path)!r}, 'assets/samples/clear.png'])\n"
        "names = ('edge_app.imaging.decode.raster', 'edge_app.imaging.decode.dicom.film', 'pydicom', 'gdcm')\n"
        "print('loaded:', *(name for name in names if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "loaded:"
