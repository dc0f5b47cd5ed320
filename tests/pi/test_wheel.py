"""What a clinic installs: the app, its model and its assets, and nothing of the trainer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from PIL import Image

from assets.pi.build import build_wheel
from edge_app import __version__
from edge_app.bundle.bundle import SHIPPED_BUNDLE
from tests.pi.conftest import REPOSITORY


def run_app(site: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the app of the wheel, from a folder where the checkout is not on the path before it."""
    environment = {**os.environ, "PYTHONPATH": str(site), "PNEUMOSCOPE_HOME": str(cwd / "home")}
    command = [sys.executable, "-P", "-m", "edge_app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def test_wheel_holds_app_model_and_assets_and_no_trainer(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {path.name for path in SHIPPED_BUNDLE.iterdir()}
    shipped = "edge_app/shipped_files"
    assert {f"{shipped}/models/pneumonia/{name}" for name in files} <= names
    assert {f"{shipped}/assets/icons/pneumoscope.svg", f"{shipped}/assets/samples/clear.png"} <= names
    assert f"{shipped}/assets/translations/pneumoscope_de.qm" in names
    assert not [name for name in names if name.startswith(("trainer", "tests"))]
    assert {name.partition("/")[0] for name in names} == {"edge_app", f"pneumoscope-{__version__}.dist-info"}


def test_same_sources_give_the_same_wheel(wheel, tmp_path):
    assert build_wheel(REPOSITORY, tmp_path).read_bytes() == wheel.read_bytes()


def test_installed_app_tells_its_version(unpacked, tmp_path):
    assert run_app(unpacked, "--version", cwd=tmp_path).stdout == f"pneumoscope {__version__}\n"


def test_installed_app_proves_the_model_it_brought(unpacked, tmp_path):
    # The checkout's own bundle must not be what answers.
    altered = unpacked / "edge_app/shipped_files/models/pneumonia/manifest.json"
    result = run_app(unpacked, "selftest", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["passed"]
    hidden = altered.rename(altered.with_suffix(".hidden"))
    try:
        result = run_app(unpacked, "selftest", cwd=tmp_path)
        assert result.returncode == 1
        assert str(altered.parent) in result.stderr
    finally:
        hidden.rename(altered)


def test_installed_window_finds_model_icons_and_fonts(unpacked, tmp_path):
    film = unpacked / "edge_app/shipped_files/assets/samples/consolidation.png"
    picture = tmp_path / "window.png"
    result = run_app(unpacked, "--size", "800x480", "--screenshot", str(picture), str(film), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    with Image.open(picture) as image:
        assert image.size == (800, 480)
    assert "ERROR" not in result.stderr
