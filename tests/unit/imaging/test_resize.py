"""Resizing is a triangle filter, and exact."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import GreyPixels, Radiograph
from edge_app.imaging.resize import resize
from edge_app.system import parallel
from edge_app.system.blas import blas_environment
from tests.support.films import chest_like

SHAPES = [(1211, 1373), (3000, 400), (400, 3000), (6000, 190), (160, 171), (224, 300), (448, 448), (7, 900), (1, 1)]
DTYPES = [np.uint8, np.uint16]


def noise(shape: tuple[int, int], dtype: type[np.generic]) -> GreyPixels:
    """Pixels of every level, the hardest film to resize."""
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)  # type: ignore


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_pillows_filter(shape: tuple[int, int], dtype: type[np.generic]) -> None:
    pixels = noise(shape, dtype)
    pillow = Image.fromarray(pixels.astype(np.float32)).resize((224, 192), Image.Resampling.BILINEAR)
    difference = np.abs(resize(pixels, 192, 224) - np.asarray(pillow)).max() * 255 / np.iinfo(dtype).max
    # Of 255 levels, on noise from black to white; short weights leave more of it the longer the film is.
    assert difference < (0.1 if dtype is np.uint8 else 2.5)


@pytest.mark.parametrize(("dtype", "most"), [(np.uint8, 0.02), (np.uint16, 0.05)])
def test_on_a_chest_film_the_weights_are_long_enough(dtype: type[np.generic], most: float) -> None:
    pixels = (chest_like(2140, 1760).astype(np.float64) * (np.iinfo(dtype).max / 255)).astype(dtype)
    pillow = Image.fromarray(pixels.astype(np.float32)).resize((224, 224), Image.Resampling.BILINEAR)
    difference = (resize(pixels, 224, 224) - np.asarray(pillow)) * (255 / np.iinfo(dtype).max)
    assert np.sqrt(np.square(difference).mean()) < most  # of 255 levels


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_grey_film_keeps_its_grey_everywhere(shape: tuple[int, int], dtype: type[np.generic]) -> None:
    white = np.iinfo(dtype).max
    for grey in (0, 37, white):
        assert (resize(np.full(shape, grey, dtype=dtype), 224, 224) == grey).all()


def test_a_film_of_the_models_size_is_not_touched() -> None:
    film = Radiograph(noise((224, 224), np.uint8), "0" * 64, "test")
    assert preprocess(film, PreprocessSpec()).pixels is film.pixels
    np.testing.assert_array_equal(resize(film.pixels, 224, 224), film.pixels)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1211, 1373), (3000, 400), (190, 6000)])
def test_strips_give_what_the_whole_gives(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], dtype: type[np.generic]
) -> None:
    resized = []
    for cores in (1, 3):
        monkeypatch.setattr(parallel, "cores", lambda cores=cores: cores)
        resized.append(resize(noise(shape, dtype), 224, 224))
    np.testing.assert_array_equal(*resized)


@pytest.mark.parametrize(("dtype", "digits"), [(np.uint8, 16), (np.uint16, 8)])
def test_no_sum_is_rounded(dtype: type[np.generic], digits: int) -> None:
    """Results are whole multiples of what the shortest weights give: a rounded sum would hardly end there."""
    resized = resize(noise((2140, 1760), dtype), 224, 224)
    whole = resized.astype(np.float64) * 2**digits
    np.testing.assert_array_equal(whole, np.rint(whole))
    assert (whole % 2 == 1).any()  # to the last digit
    assert whole.max() < 2**24


@pytest.mark.parametrize("dtype", DTYPES)
def test_films_of_other_sizes_leave_nothing_behind(dtype: type[np.generic]) -> None:
    """Memory is kept from film to film."""
    first = resize(noise((1211, 1373), dtype), 224, 224)
    for shape in ((3000, 400), (190, 6000), (7, 900)):
        resize(np.full(shape, np.iinfo(dtype).max, dtype=dtype), 224, 224)
    np.testing.assert_array_equal(resize(noise((1211, 1373), dtype), 224, 224), first)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_processors_code_gives_the_same_bits(dtype: type[np.generic]) -> None:
    """OpenBLAS adds in another order for each processor."""
    script = (
        "import hashlib, numpy as np; from edge_app.imaging.resize import resize;"
        f"x = np.random.default_rng(0).integers(0, {np.iinfo(dtype).max}, (1211, 1373)).astype('{dtype.__name__}');"
        "print(hashlib.sha256(np.ascontiguousarray(resize(x, 224, 224)).tobytes()).hexdigest())"
    )
    best = blas_environment().get("OPENBLAS_CORETYPE")
    kernels = {"SkylakeX": ["SkylakeX", "Haswell", "Nehalem"], "Haswell": ["Haswell", "Nehalem"]}.get(best or "", [""])
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_CORETYPE": kernel},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for kernel in kernels
    }
    assert len(hashes) == 1
