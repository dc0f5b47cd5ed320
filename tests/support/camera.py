"""A camera whose pictures come from a video file: everything but the plug."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_app.intake.camera_sources import FrameSource, grey_frame, open_source
from edge_app.services import camera


class VideoSource:
    """Plays a file in a loop, where the app opens devices only."""

    interval_s = 1 / 15

    def __init__(self, path: Path) -> None:
        self._capture = cv2.VideoCapture(str(path))
        assert self._capture.isOpened()

    def read(self) -> NDArray[np.uint8]:
        there, frame = self._capture.read()
        if not there:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            _, frame = self._capture.read()
        return grey_frame(frame)

    def close(self) -> None:
        self._capture.release()


def plug_in(monkeypatch: pytest.MonkeyPatch, video: Path) -> None:
    """Has the camera service take a video file for a camera."""

    def opened(device: str) -> FrameSource:
        return VideoSource(video) if device == str(video) else open_source(device)

    monkeypatch.setattr(camera, "open_source", opened)
