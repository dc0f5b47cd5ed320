"""The camera with a video file as the device: everything but the plug."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from edge_app.display.perspective import Corners
from edge_app.services.camera import Camera, Photograph, Preview
from tests.support.camera import VideoSource, plug_in

ROWS, COLUMNS = 600, 1200


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames: a bright film, brighter from frame to frame, on a dark ground."""
    import cv2

    path = tmp_path_factory.mktemp("video") / "lightbox.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 15, (COLUMNS, ROWS))
    assert writer.isOpened()
    for brightness in (150, 180, 210):
        frame = np.full((ROWS, COLUMNS, 3), 20, np.uint8)
        frame[100:500, 200:1000] = brightness
        frame[100:300, 200:600] = brightness - 60
        writer.write(frame)
    writer.release()
    return path


@pytest.fixture
def camera(qtbot: QtBot, tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Camera]:
    plug_in(monkeypatch, video)
    camera = Camera(tmp_path / "captures")
    yield camera
    camera.close()


def test_the_live_picture_is_small_and_goes_on_past_the_end_of_the_film(
    qtbot: QtBot, camera: Camera, video: Path
) -> None:
    seen: list[Preview] = []
    camera.preview.connect(seen.append)
    with qtbot.waitSignal(camera.opened):
        camera.open(str(video))
    qtbot.waitUntil(lambda: len(seen) >= 5)
    assert seen[0].pixels.shape == (ROWS // 2, COLUMNS // 2)
    assert seen[0].scale == 2
    assert seen[0].pixels.dtype == np.uint8


def test_a_film_is_captured_straightened_and_saved(qtbot: QtBot, camera: Camera, video: Path, tmp_path: Path) -> None:
    camera.open(str(video))
    with qtbot.waitSignal(camera.captured) as captured:
        camera.capture()
    assert captured.args is not None
    photograph: Photograph = captured.args[0]
    assert photograph.pixels.shape == (ROWS, COLUMNS)
    corners = Corners((200, 100), (1000, 100), (1000, 500), (200, 500))
    paths: list[Path] = []
    camera.saved.connect(paths.append)
    camera.save(photograph, corners)
    camera.save(photograph, corners)
    qtbot.waitUntil(lambda: len(paths) == 2)
    assert len(set(paths)) == 2
    with Image.open(paths[0]) as image:
        assert (image.mode, image.size) == ("L", (800, 400))
        film = np.asarray(image).astype(int)
    assert film[300, 600] - film[100, 200] == pytest.approx(60, abs=4)
    assert sorted(p.name for p in (tmp_path / "captures").iterdir()) == sorted(p.name for p in paths)


def test_corners_that_cross_are_refused_and_the_camera_goes_on(qtbot: QtBot, camera: Camera, video: Path) -> None:
    camera.open(str(video))
    with qtbot.waitSignal(camera.failed) as failed:
        camera.save(Photograph(np.zeros((100, 100), np.uint8)), Corners((0, 0), (90, 90), (90, 0), (0, 90)))
    assert failed.args is not None
    assert "corners" in str(failed.args[0])
    with qtbot.waitSignal(camera.captured):
        camera.capture()


def test_what_was_asked_to_be_saved_is_saved_when_the_camera_closes(
    qtbot: QtBot, camera: Camera, video: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(camera.opened):
        camera.open(str(video))
    camera.save(Photograph(np.full((100, 100), 9, np.uint8)), Corners.inset(100, 100))
    camera.close()
    assert len(list((tmp_path / "captures").glob("*.png"))) == 1


@pytest.mark.parametrize("device", ["no such file.avi", "87"])
def test_a_camera_that_is_not_there_is_said(
    qtbot: QtBot, camera: Camera, device: str, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignals([camera.failed, camera.closed], order="strict"):
        camera.open(device)
    assert not camera.is_open


def test_opening_another_camera_closes_the_first(qtbot: QtBot, camera: Camera, video: Path) -> None:
    with qtbot.waitSignal(camera.opened):
        camera.open(str(video))
    with qtbot.waitSignals([camera.closed, camera.opened], order="strict"):
        camera.open(str(video))


def test_frames_are_left_out_while_one_is_being_shown(qtbot: QtBot, camera: Camera, video: Path) -> None:
    """A slow window must not be sent more than it can show: the thread waits for its word."""
    camera.open(str(video))
    seen: list[Preview] = []
    camera.preview.connect(seen.append)
    with qtbot.waitSignal(camera.captured):
        camera.capture()
    thread = camera._thread
    assert thread is not None
    with qtbot.waitSignal(camera.captured):
        thread.shown.clear()
        before = len(seen)
        camera.capture()
    assert len(seen) <= before + 1


def test_a_folder_that_cannot_be_made_is_said(
    qtbot: QtBot, tmp_path: Path, video: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    camera = Camera(tmp_path / "file" / "captures")
    camera.open(str(video))
    with qtbot.waitSignal(camera.failed):
        camera.save(Photograph(np.zeros((100, 100), np.uint8)), Corners.inset(100, 100))
    camera.close()


def test_a_colour_frame_becomes_grey(video: Path) -> None:
    source = VideoSource(video)
    frame = source.read()
    source.close()
    assert frame.shape == (ROWS, COLUMNS)
    assert frame[50, 50] == pytest.approx(20, abs=3)
