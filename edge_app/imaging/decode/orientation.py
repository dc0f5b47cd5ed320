"""How a picture is turned upright, as its EXIF data says; damaged EXIF data costs a notice, not the picture."""

from __future__ import annotations

import warnings

from PIL import Image

from edge_app.system.messages import Message

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def stated_turn(image: Image.Image, exif: bytes | None, notices: list[Message]) -> Image.Transpose | None:
    """Reads how a picture has to be turned.

    Args:
        image: The picture, at the page that is wanted. A PNG is decoded by this, a TIFF must not be decoded yet.
        exif: EXIF data of a JPEG, which is not in `image`; None for what `image` itself holds.
        notices: Receives that the picture is turned, or that its EXIF data is damaged.

    Returns:
        The turn; None where it is upright.
    """
    orientation = None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            if image.format == "TIFF":
                orientation = getattr(image, "tag_v2", {}).get(_ORIENTATION)
            elif exif is not None:
                found = Image.Exif()
                found.load(exif)
                orientation = found.get(_ORIENTATION)
            elif image.format != "JPEG":
                orientation = image.getexif().get(_ORIENTATION)
        except Exception:  # Pillow raises many types on damaged EXIF data
            notices.append(Message("exif.damaged"))
        else:
            if said:
                notices.append(Message("exif.damaged"))
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    if turn is not None:
        notices.append(Message("exif.rotated"))
    return turn
