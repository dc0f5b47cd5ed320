"""A film that is only scored may be read at a half or a quarter of its size: how far that moves the result."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE, open_bundle
from edge_app.errors import FilmUnreadableError
from edge_app.imaging.decode import FilmFile, decode_film, read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.inference.pipeline import Pipeline
from tests.support.films import chest_like

BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
ORIGINALS = Path(os.environ.get("DATA", "../shared/data/chest_xray")).parent / "originals"


def written(folder: Path, rows: int, columns: int, **options: object) -> Path:
    path = folder / "film.jpg"
    Image.fromarray(chest_like(rows, columns)).save(path, quality=92, **options)
    return path


@pytest.mark.parametrize(
    ("size", "wanted"),
    [((1800, 1500), (900, 750)), ((3600, 3000), (900, 750)), ((800, 700), (800, 700)), ((447, 2000), (447, 2000))],
)
def test_no_less_is_left_than_is_needed(tmp_path: Path, size: tuple[int, int], wanted: tuple[int, int]) -> None:
    file = FilmFile.of(written(tmp_path, *size).read_bytes(), "film.jpg")
    reduced, whole = decode_film(file, least_px=(448, 448)), decode_film(file)
    assert (reduced.rows, reduced.columns) == wanted
    assert (whole.rows, whole.columns) == size
    assert (reduced.sha256, reduced.notices) == (whole.sha256, whole.notices)
    prepared = [preprocess(film, PreprocessSpec()).pixels.astype(int) for film in (reduced, whole)]
    assert np.abs(prepared[0] - prepared[1]).mean() < 1


def test_a_cut_film_is_still_refused(tmp_path: Path) -> None:
    data = written(tmp_path, 1800, 1500).read_bytes()
    with pytest.raises(FilmUnreadableError, match="damaged or incomplete"):
        decode_film(FilmFile.of(data[: len(data) * 2 // 3], "film.jpg"), least_px=(448, 448))


def test_sixteen_bits_are_resized_at_sixteen_bits() -> None:
    pixels = chest_like(900, 700, white=65535)
    deep = Image.fromarray(pixels.astype(np.float32)).resize((224, 224), Image.Resampling.BILINEAR)
    wanted = np.rint(np.asarray(deep) * (255 / 65535))
    found = preprocess(Radiograph(pixels, "0" * 64, "test"), PreprocessSpec()).pixels
    assert np.abs(found - wanted).max() <= 1
    assert (found != wanted).mean() < 0.002  # where rounding falls on the other side


@pytest.mark.dataset
@pytest.mark.skipif(not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)")
@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="no films at their own size beside DATA")
def test_real_films_get_nearly_the_same_result() -> None:
    pipeline = Pipeline(open_bundle(BUNDLE), threads=1)
    moved = []
    for path in sorted(ORIGINALS.rglob("*.jpeg")):
        whole, film = pipeline.analyse_film(path)
        reduced, less = pipeline.analyse_film(path, whole=False)
        assert film is not None
        assert less is not None
        assert (reduced.status, reduced.sha256) == (whole.status, whole.sha256)
        if whole.decision and reduced.decision and less.pixels.size < film.pixels.size:
            moved.append(abs(whole.decision.probability - reduced.decision.probability))
            assert read_film(path).pixels.size == film.pixels.size
    assert len(moved) >= 20
    assert np.median(moved) < 0.005
    assert max(moved) < 0.05
