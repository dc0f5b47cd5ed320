"""The Raspberry Pi's camera, with a stand-in for picamera2: the package exists on the Pi only."""

from __future__ import annotations

import importlib.machinery
import os
import stat
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_app.intake import camera_sources
from edge_app.intake.camera_sources import CameraError, PiCameraSource, open_source


class FakePicamera2:
    there = True
    calls: list[str] = []

    def __init__(self) -> None:
        if not self.there:
            raise RuntimeError("no cameras available")
        self.calls.append("open")

    def create_still_configuration(self, **wishes: Any) -> dict[str, Any]:
        return wishes

    def configure(self, wishes: dict[str, Any]) -> None:
        assert wishes["main"]["format"] == "YUV420"

    def start(self) -> None:
        self.calls.append("start")

    def camera_configuration(self) -> dict[str, Any]:
        return {"main": {"size": (100, 60)}}

    def capture_array(self, stream: str) -> np.ndarray:
        # As the hardware gives it: luminance first, then the two quarter planes, rows padded to 128 bytes.
        assert stream == "main"
        planes = np.zeros((90, 128), np.uint8)
        planes[:60, :100] = np.arange(100)
        planes[60:] = 255
        return planes

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def picamera2(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    module = types.ModuleType("picamera2")
    module.__spec__ = importlib.machinery.ModuleSpec("picamera2", None)
    module.Picamera2 = FakePicamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr(FakePicamera2, "there", True)
    monkeypatch.setattr(FakePicamera2, "calls", [])
    return FakePicamera2


def test_the_pis_camera_comes_first_and_gives_its_luminance(picamera2: type[FakePicamera2]) -> None:
    source = open_source()
    assert isinstance(source, PiCameraSource)
    frame = source.read()
    source.close()
    assert frame.shape == (60, 100)
    assert (frame == np.arange(100)).all()
    assert picamera2.calls == ["open", "start", "stop", "close"]


def test_another_camera_is_taken_where_the_pi_has_none(
    picamera2: type[FakePicamera2], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picamera2, "there", False)
    opened: list[int | str] = []
    monkeypatch.setattr(camera_sources, "OpenCvSource", opened.append)
    open_source()
    assert opened == [0]


def test_a_pi_without_a_camera_says_what_to_check(
    picamera2: type[FakePicamera2], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picamera2, "there", False)
    with pytest.raises(CameraError, match="ribbon cable"):
        PiCameraSource()


@pytest.mark.parametrize(("device", "expected"), [("0", 0), ("12", 12)])
def test_a_number_is_a_device(device: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int | str] = []
    monkeypatch.setattr(camera_sources, "OpenCvSource", opened.append)
    open_source(device)
    assert opened == [expected]


def test_a_path_that_is_no_camera_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_decoder(_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(camera_sources, "OpenCvSource", no_decoder)
    (tmp_path / "film.avi").write_bytes(b"RIFF")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "film.avi")
    paths = [
        tmp_path / "film.avi",
        tmp_path / "pipe",
        tmp_path / "link",
        tmp_path,
        Path("/dev/zero"),
        Path("/dev/null"),
    ]
    for device in (*map(str, paths), "no such file.avi", "a\0b", "http://host/film"):
        with pytest.raises(CameraError, match=r"cannot be opened.*/dev/video0"):
            open_source(device)


def test_the_device_of_a_camera_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int | str] = []
    monkeypatch.setattr(camera_sources, "OpenCvSource", opened.append)
    device = tmp_path / "video0"
    try:
        os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(81, 0))
    except PermissionError:
        pytest.skip("only root can make a device")
    open_source(str(device))
    assert opened == [str(device)]
