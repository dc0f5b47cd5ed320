"""A film of each kind that clinics have, made from films of the data set if it is there."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from edge_app.imaging.decode import read_film
from tests.bench.frame import Bench, SkippedError
from tests.support.dicom import JPEG_2000, DicomBuilder, encapsulated, text
from tests.support.films import chest_like

DEEP_SIDE_PX = 2500
DICOM_SIZE_PX = (2140, 1760)
"""Rows and columns of the DICOM films, as many detectors have."""
SMALL_FILMS = 6
"""Number of films of the model's size: the time of the gate differs from film to film."""


def make_films(bench: Bench, notes: list[str]) -> dict[str, list[Path]]:
    """Makes a film of each kind.

    Args:
        bench: Data set and scratch folder.
        notes: Receives a line if drawn films replace real ones.

    Returns:
        The files by kind; most kinds have one.
    """
    folder = bench.scratch / "films"
    folder.mkdir()
    films: dict[str, list[Path]] = {}
    try:
        small = bench.films("test")
        for number, path in enumerate(small[:: len(small) // SMALL_FILMS][:SMALL_FILMS]):
            films.setdefault("224 JPEG", []).append(Path(shutil.copy(path, folder / f"small_{number}.jpeg")))
        originals = bench.films("originals")
        # The median by file size: neither the easiest nor the hardest to decode.
        original = sorted(originals, key=lambda path: path.stat().st_size)[len(originals) // 2]
        films["original JPEG"] = [Path(shutil.copy(original, folder / "original.jpeg"))]
    except SkippedError as reason:
        notes.append(f"Drawn films stand in for real ones: {reason}.")
        for kind, name, size in (
            ("224 JPEG", "small.jpeg", (224, 224)),
            ("original JPEG", "original.jpeg", (1400, 1700)),
        ):
            films.setdefault(kind, [folder / name])
            Image.fromarray(chest_like(*size)).save(folder / name, quality=90)
        original = films["original JPEG"][0]
    source = Image.fromarray(read_film(original).pixels)
    deep = _deep(source, (DEEP_SIDE_PX, DEEP_SIDE_PX), 16)
    films["2500 x 2500 16-bit PNG"] = [folder / "deep.png"]
    Image.fromarray(deep).save(folder / "deep.png")
    values = _deep(source, DICOM_SIZE_PX, 12)
    elements = {
        0x00080068: text("CS", "FOR PRESENTATION"),
        0x00185101: text("CS", "AP"),
        0x00101010: text("AS", "003Y"),
    }
    films["uncompressed DICOM"] = [folder / "plain.dcm"]
    (folder / "plain.dcm").write_bytes(DicomBuilder(values, 12, elements=elements).bytes())
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, format="JPEG2000", no_jp2=True, irreversible=False)
    films["JPEG 2000 DICOM"] = [folder / "wavelet.dcm"]
    compressed = encapsulated(stream.getvalue())
    (folder / "wavelet.dcm").write_bytes(
        DicomBuilder(values, 12, syntax=JPEG_2000, elements=elements, pixel_data=compressed).bytes()
    )
    return films


def _deep(source: Image.Image, size: tuple[int, int], bits: int) -> np.ndarray:
    """A film with more bits and another size, `(rows, columns)` uint16, with detector noise in the lower bits."""
    rows, columns = size
    grey = np.asarray(source.resize((columns, rows), Image.Resampling.BICUBIC), dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 1.5, grey.shape)
    white = 2**bits - 1
    return np.clip((grey + noise) * (white / 255), 0, white).astype(np.uint16)
