from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from edge_app.services.settings import CAMERA_DEVICE
from tests.e2e.test_report import press
from tests.support.camera import plug_in
from tests.support.films import chest_like
from tests.support.window import Driver


def video(path) -> None:
    """Writes a video file of a slightly tilted film on a bright light box."""
    film = chest_like(300, 260)
    frame = np.full((480, 640), 235, np.uint8)
    corners = np.float32([[150, 70], [470, 90], [480, 420], [140, 400]])
    flat = np.float32([[0, 0], [260, 0], [260, 300], [0, 300]])
    matrix = cv2.getPerspectiveTransform(flat, corners)
    warped = cv2.warpPerspective(film, matrix, (640, 480))
    mask = cv2.warpPerspective(np.full_like(film, 255), matrix, (640, 480))
    frame[mask > 0] = warped[mask > 0]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (640, 480))
    for _ in range(8):
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()


def test_film_is_photographed_straightened_and_flagged(drive, tmp_path, monkeypatch):
    file = tmp_path / "lightbox.avi"
    video(file)
    plug_in(monkeypatch, file)

    def script(w: Driver) -> None:
        w.window.services.settings[CAMERA_DEVICE] = str(file)
        w.trigger("camera")
        dialog = w.dialog()
        w.wait(lambda: dialog._capture.isEnabled())
        press(dialog, "Take picture")
        w.wait(lambda: dialog.picker.corners() is not None)
        picker = dialog.picker
        before = picker.corners()
        start = picker._to_widget(picker._points[0]).toPoint()
        QTest.mousePress(picker, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(picker, start + QPoint(20, 10))
        QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(20, 10))
        assert picker.corners() != before, "a corner can be dragged"
        picker.setFocus()
        QTest.keyClick(picker, Qt.Key.Key_3)
        QTest.keyClick(picker, Qt.Key.Key_Left)
        assert picker.corners().bottom_right[0] < before.bottom_right[0], "and moved with the keyboard"
        press(dialog, "Use this film")
        w.wait_film()
        assert w.session.current.origin == "camera"
        assert "film.photographed" in w.session.current.flags
        w.wait(lambda: "photograph of a film" in w.shown_texts(w.window.result))
        assert w.no_dialog()

    drive(script)


def test_missing_camera_is_said(drive, tmp_path, expected_log):
    expected_log.append("camera could not be opened")

    def script(w: Driver) -> None:
        w.window.services.settings[CAMERA_DEVICE] = str(tmp_path / "nothing.avi")
        w.trigger("camera")
        dialog = w.dialog()
        w.wait(lambda: "cannot" in dialog._hint.text() or "not" in dialog._hint.text())
        w.wait(lambda: not dialog._capture.isEnabled())
        press(dialog, "Cancel")

    drive(script)
