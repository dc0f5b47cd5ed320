"""Where frames come from: a USB camera through OpenCV, or the Raspberry Pi's camera. No Qt."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import stat
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.system.errors import PneumoscopeError

AUTO = "auto"

_VIDEO4LINUX = 81
"""Major number of camera devices on Linux."""


class CameraError(PneumoscopeError):
    """No picture can be taken."""


class FrameSource(Protocol):
    """A source of frames."""

    interval_s: float
    """Time to wait between frames; 0 where `read` itself waits for the camera."""

    def read(self) -> NDArray[np.uint8]:
        """Returns the next frame, `(rows, columns)` uint8. Raises CameraError when there is none."""

    def close(self) -> None:
        """Gives the camera back."""


class OpenCvSource:
    """A camera by its number, or by its device."""

    interval_s = 0.0

    def __init__(self, device: int | str) -> None:
        """Opens it.

        Args:
            device: Number of the camera, or path of its device, such as `/dev/video0`.

        Raises:
            CameraError: It cannot be opened.
        """
        import cv2

        # OpenCV reports every missing device on standard error.
        cv2.setLogLevel(0)
        # A path is given to the kernel's driver only: OpenCV's decoders of films and pictures have known holes.
        self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2) if isinstance(device, str) else cv2.VideoCapture(device)
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraError("camera.unavailable")
        # Request more than any camera has: drivers then use their largest size.
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, 4096)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, 4096)

    def read(self) -> NDArray[np.uint8]:
        """Returns the next frame, `(rows, columns)` uint8."""
        there, frame = self._capture.read()
        if not there:
            raise CameraError("camera.ended")
        return grey_frame(np.asarray(frame, dtype=np.uint8))

    def close(self) -> None:
        """Gives the camera back."""
        self._capture.release()


def grey_frame(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turns a frame of OpenCV into grey.

    Args:
        frame: `(rows, columns)`, or `(rows, columns, 3)` in the order blue, green, red; uint8.

    Returns:
        `(rows, columns)` uint8.
    """
    import cv2

    grey = frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, dtype=np.uint8)


class PiCameraSource:
    """The camera of a Raspberry Pi, through picamera2, which comes with Raspberry Pi OS."""

    interval_s = 0.0

    def __init__(self) -> None:
        """Opens it.

        Raises:
            CameraError: There is none.
        """
        try:
            camera_class: Any = importlib.import_module("picamera2").Picamera2
            self._camera = camera_class()
            configuration = self._camera.create_still_configuration(main={"format": "YUV420"}, buffer_count=2)
            self._camera.configure(configuration)
            self._camera.start()
        except Exception as error:  # picamera2 raises many types where there is no camera
            raise CameraError("camera.no_pi_camera", detail=repr(error)) from error
        self._rows = int(self._camera.camera_configuration()["main"]["size"][1])
        self._columns = int(self._camera.camera_configuration()["main"]["size"][0])

    @staticmethod
    def is_installed() -> bool:
        """Whether picamera2 is there; nothing is imported."""
        return importlib.util.find_spec("picamera2") is not None

    def read(self) -> NDArray[np.uint8]:
        """Returns the next frame, `(rows, columns)` uint8: the luminance plane, which YUV420 begins with."""
        planes = self._camera.capture_array("main")
        return np.ascontiguousarray(planes[: self._rows, : self._columns], dtype=np.uint8)

    def close(self) -> None:
        """Gives the camera back."""
        self._camera.stop()
        self._camera.close()


def open_source(device: str = AUTO) -> FrameSource:
    """Opens a camera.

    Args:
        device: `auto` (the Pi's camera where there is one, else the first other), a number, or the path of a device.

    Returns:
        The open source.

    Raises:
        CameraError: It cannot be opened.
    """
    if device == AUTO:
        if PiCameraSource.is_installed():
            with contextlib.suppress(CameraError):
                return PiCameraSource()
        return OpenCvSource(0)
    if device.isascii() and device.isdigit():
        return OpenCvSource(int(device))
    if not _is_camera(device):
        raise CameraError("camera.bad_device")
    return OpenCvSource(device)


def _is_camera(path: str) -> bool:
    try:
        about = os.stat(path)  # noqa: PTH116 -- what a link leads to, without opening it
    except (OSError, ValueError):
        return False
    return stat.S_ISCHR(about.st_mode) and os.major(about.st_rdev) == _VIDEO4LINUX
