"""Headers that lie about the pixels behind them: each must be refused, or the film flagged; never a silent score.

python -m tests.acceptance false_headers
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.support import dicom as d
from tests.support.films import chest_like

ROWS, COLUMNS, BITS, HIGH, SIGN = 0x00280010, 0x00280011, 0x00280101, 0x00280102, 0x00280103
SAMPLES, PHOTOMETRIC, PLANAR, FRAMES, ALLOCATED = 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280100


@dataclass(frozen=True, slots=True)
class Lie:
    name: str
    data: bytes
    pixels: np.ndarray
    """The truth, 0..1, MONOCHROME2."""


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    verdict: str  # refused | flagged | true | SILENT
    detail: str


def _encodings() -> Iterator[tuple[str, dict[str, object], np.ndarray]]:
    deep = chest_like(256, 224, white=1023)
    flat = chest_like(256, 224)
    yield "native 10 of 16 bits", {"pixels": deep, "bits_stored": 10}, deep / 1023
    yield "native 8 bits", {"pixels": flat}, flat / 255
    yield "big-endian", {"pixels": deep, "bits_stored": 10, "syntax": d.BIG}, deep / 1023
    for name, syntax, file_format in (
        ("JPEG", d.JPEG_BASELINE, "JPEG"),
        ("JPEG 2000", d.JPEG_2000, "JPEG2000"),
    ):
        stream = io.BytesIO()
        Image.fromarray(flat).save(stream, file_format, **({"no_jp2": True} if file_format == "JPEG2000" else {}))
        yield name, {"pixels": flat, "syntax": syntax, "pixel_data": d.encapsulated(stream.getvalue())}, flat / 255
    yield "RLE", {"pixels": flat, "syntax": d.RLE, "pixel_data": d.encapsulated(rle(flat))}, flat / 255


def rle(pixels: np.ndarray) -> bytes:
    """PackBits of 8-bit pixels in one segment, literal runs only."""
    rows = pixels.tobytes()
    runs = b"".join(bytes([len(rows[i : i + 128]) - 1]) + rows[i : i + 128] for i in range(0, len(rows), 128))
    return np.array([1, 64, *[0] * 14], dtype="<u4").tobytes() + runs


def honest() -> Iterator[Lie]:
    for name, arguments, truth in _encodings():
        yield Lie(name, d.DicomBuilder(**arguments).bytes(), truth)  # type: ignore[arg-type]


def lies() -> Iterator[Lie]:
    for name, arguments, truth in _encodings():
        rows, columns = truth.shape
        order = ">" if arguments.get("syntax") == d.BIG else "<"
        bits = 8 * arguments["pixels"].dtype.itemsize  # type: ignore[attr-defined]
        changes: dict[str, dict[int, d.Value]] = {
            "rows - 1": {ROWS: d.us(rows - 1, order)},
            "rows + 1": {ROWS: d.us(rows + 1, order)},
            "columns - 1": {COLUMNS: d.us(columns - 1, order)},
            "columns + 1": {COLUMNS: d.us(columns + 1, order)},
            "rows as UL": {ROWS: ("UL", np.array([rows], dtype=f"{order}u4").tobytes())},
            "two values of rows": {ROWS: ("US", np.array([rows, rows], dtype=f"{order}u2").tobytes())},
            "no frames": {FRAMES: d.text("IS", "0")},
            "two frames": {FRAMES: d.text("IS", "2")},
            "minus one frame": {FRAMES: d.text("IS", "-1")},
            "half a frame": {FRAMES: d.text("DS", "0.5")},
            "bits stored 6": {BITS: d.us(6, order), HIGH: d.us(5, order)},
            "high bit = bits stored": {HIGH: d.us(int(arguments.get("bits_stored", bits)), order)},  # type: ignore[call-overload]
            "high bit = bits stored - 2": {HIGH: d.us(int(arguments.get("bits_stored", bits)) - 2, order)},  # type: ignore[call-overload]
            "signed": {SIGN: d.us(1, order)},
            "pixel representation 2": {SIGN: d.us(2, order)},
            "two samples": {SAMPLES: d.us(2, order)},
            "three samples of RGB": {
                SAMPLES: d.us(3, order),
                PHOTOMETRIC: d.text("CS", "RGB"),
                PLANAR: d.us(0, order),
            },
            "grey called RGB": {PHOTOMETRIC: d.text("CS", "RGB")},
            "grey called PALETTE COLOR": {PHOTOMETRIC: d.text("CS", "PALETTE COLOR")},
            "bits allocated 32": {ALLOCATED: d.us(32, order)},
            f"bits allocated {24 - bits}": {ALLOCATED: d.us(24 - bits, order)},
        }
        if bits == 16:
            changes["bits stored 8"] = {BITS: d.us(8, order), HIGH: d.us(7, order)}
            changes["bits stored 12"] = {BITS: d.us(12, order), HIGH: d.us(11, order)}
            changes["bits stored 16"] = {BITS: d.us(16, order), HIGH: d.us(15, order)}
        for what, elements in changes.items():
            film = d.DicomBuilder(**arguments, elements=elements)  # type: ignore[arg-type]
            yield Lie(f"{name}: {what}", film.bytes(), truth)


def judge(lie: Lie) -> Outcome:
    try:
        film = decode_film(FilmFile(lie.data, "film"))
    except FilmUnreadableError as error:
        return Outcome(lie.name, "refused", error.code)
    flags = [notice.code for notice in film.notices]
    if flags:
        return Outcome(lie.name, "flagged", ", ".join(flags))
    return Outcome(lie.name, "true" if is_true(film, lie.pixels) else "SILENT", "")


def is_true(film: Radiograph, truth: np.ndarray) -> bool:
    """Whether a film shows what its pixels meant, over the range they use."""
    if film.pixels.shape != truth.shape:
        return False
    stretched = (truth - truth.min()) / (truth.max() - truth.min())
    return float(np.abs(film.pixels / film.white - stretched).mean()) < 0.02


def run() -> int:
    outcomes = [judge(lie) for lie in lies()]
    for outcome in outcomes:
        print(f"{outcome.verdict:<8} {outcome.name:<48} {outcome.detail}")
    counts = {
        verdict: sum(o.verdict == verdict for o in outcomes) for verdict in ("refused", "flagged", "true", "SILENT")
    }
    print(
        f"{len(outcomes)} lies: {counts['refused']} refused, {counts['flagged']} flagged, "
        f"{counts['true']} shown as it is all the same, {counts['SILENT']} silently wrong"
    )
    for film in honest():
        outcome = judge(film)
        print(f"honest   {film.name:<48} {outcome.verdict} {outcome.detail}")
    return 1 if counts["SILENT"] else 0
