"""Resizing is a triangle filter, and exact."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging import parallel
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.imaging.radiograph import GreyPixels, Radiograph
from edge_app.imaging.resize import resize
from edge_app.inference.blas import blas_environment

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
    assert difference < 0.02  # of 255 levels: what weights of 16 bits leave


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


def test_no_sum_is_rounded() -> None:
    """One output worked out in fractions, from the weights that are stated: multiples of 2^-18, which sum to one."""
    pixels = noise((2140, 1760), np.uint16)
    value = Fraction(float(resize(pixels, 224, 224)[100, 100]))
    assert (value * 2**36).denominator == 1  # a rounded sum would hardly end there
    assert value != Fraction(float(np.float32(float(value))))  # and in float32 it would be another


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
