"""Brightness curves that a picture states and that are not applied: the reader has to know that they are there."""

from __future__ import annotations

import struct

from PIL import Image

from edge_app.system.messages import Message

_SCREEN_GAMMA = 2.2
_MID_TOLERANCE = 0.075
"""Difference in the light of mid-grey from that of a screen. Gamma 1.8 to 2.8 is within it: half of the films that the
model was trained on state 1.8 (Generic Gray Profile), and were taken as they are."""
_S15_FIXED = 65536
_CURVES = (b"kTRC", b"rTRC")


def tone_notice(image: Image.Image, notices: list[Message]) -> None:
    """Notes a PNG gamma or a colour profile whose curve is not that of a screen; neither is applied.

    Args:
        image: As opened.
        notices: Receives it.
    """
    profile = image.info.get("icc_profile")
    gamma = image.info.get("gamma")
    if isinstance(profile, bytes):
        light = _light_of_mid_grey(profile)
        if light is not None and abs(light - 0.5**_SCREEN_GAMMA) > _MID_TOLERANCE:
            notices.append(Message("raster.profile"))
    elif isinstance(gamma, float) and gamma > 0 and "srgb" not in image.info:
        light = 0.5 ** (1 / gamma)
        if abs(light - 0.5**_SCREEN_GAMMA) > _MID_TOLERANCE:
            notices.append(Message("raster.gamma", gamma=gamma))


def _light_of_mid_grey(profile: bytes) -> float | None:
    """The light, 0..1, that a profile makes of the value 0.5; None where it states no curve that is read."""
    try:
        (count,) = struct.unpack_from(">I", profile, 128)
        for index in range(min(count, 100)):
            signature, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * index)
            if signature in _CURVES:
                return _curve(profile[offset : offset + size])
    except (struct.error, IndexError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return None


def _curve(data: bytes) -> float | None:
    """Evaluates a curve at 0.5 (ICC.1:2022, 10.6 curveType and 10.18 parametricCurveType)."""
    kind = data[:4]
    if kind == b"curv":
        (count,) = struct.unpack_from(">I", data, 8)
        if count == 0:
            return 0.5
        if count == 1:
            return float(0.5 ** (struct.unpack_from(">H", data, 12)[0] / 256))
        return float(struct.unpack_from(">H", data, 12 + 2 * (count // 2))[0]) / 65535
    if kind == b"para":
        (function,) = struct.unpack_from(">H", data, 8)
        gamma, *rest = (value / _S15_FIXED for value in struct.unpack_from(f">{(1, 3, 4, 5, 7)[function]}i", data, 12))
        slope, intercept = rest[:2] if len(rest) >= 2 else (1.0, 0.0)
        return float(max(0.0, slope * 0.5 + intercept) ** gamma)
    return None
