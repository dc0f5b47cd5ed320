"""A4: colours that are not what the file calls them. A film stored in colour is grey whatever its label."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.acceptance.film_cases import Case
from tests.support import dicom as d

PLANAR = {0x00280006: d.us(0)}
LABEL = ("film.colour_label",)
COLOURS = ("raster.colour",)


def jpeg(samples: np.ndarray, *, coded: str = "YBR", markers: str = "") -> bytes:
    """A JPEG of `(rows, columns)` or `(rows, columns, 3)` uint8.

    Args:
        samples: RGB, or grey.
        coded: `YBR` converts as usual; `RAW` codes the three samples as they are.
        markers: `JFIF`, `ADOBE0` (RGB), `ADOBE1` (YCbCr), or empty for none.
    """
    stream = io.BytesIO()
    if samples.ndim == 2:
        Image.fromarray(samples).save(stream, "JPEG", quality=95)
    elif coded == "RAW":
        Image.fromarray(samples).save(stream, "JPEG", quality=95, subsampling=0, keep_rgb=True)
    else:
        Image.fromarray(samples).save(stream, "JPEG", quality=95, subsampling=0)
    data = stream.getvalue()
    # Leave out JFIF and Adobe segments, number the components 1 to 3, and put the wanted marker there.
    position = 2
    kept = b""
    while data[position + 1] != 0xDA:
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        segment = bytearray(data[position : position + 2 + length])
        if segment[1] == 0xC0 and samples.ndim == 3:
            segment[10], segment[13], segment[16] = 1, 2, 3
        if segment[1] not in (0xE0, 0xEE):
            kept += bytes(segment)
        position += 2 + length
    rest = bytearray(data[position:])
    if samples.ndim == 3:
        rest[5], rest[7], rest[9] = 1, 2, 3
    marker = {
        "": b"",
        "JFIF": b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0",
        "ADOBE0": b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\0",
        "ADOBE1": b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\1",
    }[markers]
    return data[:2] + marker + kept + bytes(rest)


def jpeg_2000(samples: np.ndarray, *, transform: bool) -> bytes:
    """A lossless JPEG 2000 codestream, with or without the multiple component transform."""
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "JPEG2000", irreversible=False, no_jp2=True, mct=int(transform))
    return stream.getvalue()


def neutral(film: np.ndarray) -> np.ndarray:
    """YCbCr of a grey film."""
    return np.dstack([film, np.full_like(film, 128), np.full_like(film, 128)])


def tinted(film: np.ndarray) -> np.ndarray:
    """A photograph of a film on a light box, in blue and yellow: RGB."""
    grey = film.astype(float)
    return np.dstack([grey * 0.6 + 20, grey * 0.75 + 20, 90 + grey * 0.62]).astype(np.uint8)


def cases(film: np.ndarray) -> Iterator[Case]:
    film = film[:, : film.shape[1] // 2 * 2]
    # The film without stretching, as an RGB file gives it.
    base = d.DicomBuilder(np.repeat(film[:, :, None], 3, 2), photometric="RGB", elements=PLANAR).bytes()
    rgb, ybr = np.repeat(film[:, :, None], 3, 2), neutral(film)

    def case(
        name: str,
        samples: np.ndarray,
        label: str,
        syntax: str = d.EXPLICIT,
        frame: bytes | None = None,
        *,
        notices: tuple[str, ...] = (),
        tolerance: float = 0,
        code: str = "",
        planar: int = 0,
        truth: bytes | None = None,
    ) -> Case:
        elements = {0x00280006: d.us(planar)}
        pixels = None if frame is None else d.encapsulated(frame)
        data = d.DicomBuilder(samples, None, label, syntax, elements=elements, pixel_data=pixels).bytes()
        same_as = None if code else (truth or base)
        return Case("A4 colour", name, data, same_as, tolerance, code, notices)

    for label in ("RGB", "YBR_FULL"):
        wrong = {"RGB": (), "YBR_FULL": LABEL}[label]
        yield case(f"native equal samples called {label}", rgb, label, notices=wrong)
        wrong = {"RGB": LABEL, "YBR_FULL": ()}[label]
        yield case(f"native YCbCr called {label}", ybr, label, notices=wrong)
        planes = np.ascontiguousarray(np.moveaxis(ybr, 2, 0)).reshape(ybr.shape)
        yield case(f"native YCbCr in planes called {label}", planes, label, notices=wrong, planar=1)
    rgb16 = np.repeat(film.astype(np.uint16)[:, :, None] * 257, 3, 2)
    ybr16 = np.dstack([rgb16[:, :, 0], np.full_like(rgb16[:, :, 0], 32768), np.full_like(rgb16[:, :, 0], 32768)])
    yield case("native 16 bits, YCbCr called RGB", ybr16, "RGB", notices=LABEL)
    yield case("native 16 bits, RGB called YBR_FULL", rgb16, "YBR_FULL", notices=LABEL)
    for markers in ("", "JFIF", "ADOBE1"):
        for label in ("RGB", "YBR_FULL", "YBR_FULL_422"):
            yield case(
                f"JPEG of YCbCr, {markers or 'no markers'}, called {label}",
                rgb,
                label,
                d.JPEG_BASELINE,
                jpeg(rgb, markers=markers),
                notices=LABEL if label == "RGB" else (),
                tolerance=6,
            )
    for markers in ("", "JFIF", "ADOBE0"):
        for label in ("RGB", "YBR_FULL_422"):
            yield case(
                f"JPEG of RGB, {markers or 'no markers'}, called {label}",
                rgb,
                label,
                d.JPEG_BASELINE,
                jpeg(rgb, coded="RAW", markers=markers),
                notices=() if label == "RGB" else LABEL,
                tolerance=6,
            )
    for transform in (False, True):
        for label in ("RGB", "YBR_FULL", "YBR_ICT", "YBR_RCT"):
            frame = jpeg_2000(rgb, transform=transform)
            right = label == "RGB" or (transform and label != "YBR_FULL")
            name = f"JPEG 2000 of RGB, {'with' if transform else 'without'} MCT, called {label}"
            yield case(name, rgb, label, d.JPEG_2000, frame, notices=() if right else LABEL)
    for label in ("RGB", "YBR_FULL"):
        frame = jpeg_2000(ybr, transform=False)
        wrong = LABEL if label == "RGB" else ()
        yield case(f"JPEG 2000 of YCbCr, without MCT, called {label}", ybr, label, d.JPEG_2000, frame, notices=wrong)
    yield from _with_colours(film, case)


def _with_colours(film: np.ndarray, case) -> Iterator[Case]:  # type: ignore[no-untyped-def]
    photo = tinted(film)
    luma = np.asarray(Image.fromarray(photo).convert("L"))
    ybr = np.asarray(Image.fromarray(photo).convert("YCbCr"))
    truth = d.DicomBuilder(np.repeat(luma[:, :, None], 3, 2), photometric="RGB", elements=PLANAR).bytes()
    yield case("a tinted photograph, RGB called RGB", photo, "RGB", notices=COLOURS, truth=truth, tolerance=1)
    yield case("a tinted photograph, YCbCr called YBR_FULL", ybr, "YBR_FULL", notices=COLOURS, truth=truth, tolerance=3)
    yield case("a tinted photograph, YCbCr called RGB", ybr, "RGB", code="dicom.colours")
    yield case("a tinted photograph, RGB called YBR_FULL", photo, "YBR_FULL", code="dicom.colours")
    for markers, label in (("JFIF", "RGB"), ("JFIF", "YBR_FULL_422"), ("ADOBE1", "YBR_FULL_422")):
        notices = (*LABEL, *COLOURS) if label == "RGB" else COLOURS
        name = f"a tinted photograph, JPEG with {markers}, called {label}"
        frame = jpeg(photo, markers=markers)
        yield case(name, photo, label, d.JPEG_BASELINE, frame, notices=notices, truth=truth, tolerance=6)
    frame = jpeg(photo)
    name = "a tinted photograph, JPEG of YCbCr without markers, called RGB"
    yield case(name, photo, "RGB", d.JPEG_BASELINE, frame, code="dicom.colours")
    marked = np.repeat(film[:, :, None], 3, 2)
    marked[10:30, 10:60] = (255, 0, 0)
    grey = np.asarray(Image.fromarray(marked).convert("L"))
    truth = d.DicomBuilder(np.repeat(grey[:, :, None], 3, 2), photometric="RGB", elements=PLANAR).bytes()
    yield case("a red letter on a grey film, RGB", marked, "RGB", notices=COLOURS, truth=truth, tolerance=1)
    ybr = np.asarray(Image.fromarray(marked).convert("YCbCr"))
    notices = (*LABEL, *COLOURS)
    yield case("a red letter, YCbCr called RGB", ybr, "RGB", notices=notices, truth=truth, tolerance=1)
