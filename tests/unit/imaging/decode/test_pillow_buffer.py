"""Pixels over Pillow's own memory are those that Pillow would copy, and outlive the picture."""

from __future__ import annotations

import gc
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.imaging.decode import read_film
from edge_app.imaging.decode.pillow_buffer import pixels_of

MODES = {"L": np.uint8, "I;16": np.uint16}


def noise(shape: tuple[int, int], mode: str, seed: int = 0) -> np.ndarray:
    dtype = MODES[mode]
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (200, 333), (1000, 1), (1, 1001), (4500, 4501)])
def test_pixels_are_those_of_a_copy(shape: tuple[int, int], mode: str) -> None:
    expected = noise(shape, mode)
    image = Image.fromarray(expected)
    assert image.mode == mode
    pixels = pixels_of(image)
    np.testing.assert_array_equal(pixels, expected)
    assert pixels.dtype == expected.dtype
    assert not pixels.flags.writeable


def test_it_is_no_copy() -> None:
    image = Image.fromarray(noise((100, 100), "L"))
    image = image.copy()  # memory of Pillow's own
    pixels = pixels_of(image)
    image.putpixel((7, 3), 255 - int(pixels[3, 7]))
    assert pixels[3, 7] == image.getpixel((7, 3))


@pytest.mark.parametrize("mode", MODES)
def test_pixels_outlive_the_picture(mode: str) -> None:
    expected = noise((700, 701), mode)
    stream = io.BytesIO()
    Image.fromarray(expected).save(stream, format="PNG")
    with Image.open(stream) as image:
        pixels = pixels_of(image)
    del image
    gc.collect()
    others = [Image.fromarray(noise((700, 701), mode, seed)).copy() for seed in range(1, 8)]
    np.testing.assert_array_equal(pixels, expected)
    part = pixels[10:20]
    del pixels, others
    gc.collect()
    np.testing.assert_array_equal(part, expected[10:20])


@pytest.mark.parametrize("mode", ["RGB", "I", "F", "1", "P"])
def test_other_modes_are_copied(mode: str) -> None:
    image = Image.fromarray(noise((20, 30), "L")).convert(mode)
    np.testing.assert_array_equal(pixels_of(image), np.asarray(image))


def test_a_film_that_is_kept_is_not_touched_by_the_next_one(tmp_path: Path) -> None:
    films = []
    for seed in range(4):
        path = tmp_path / f"{seed}.png"
        Image.fromarray(noise((900, 901), "I;16", seed)).save(path)
        films.append(read_film(path))
    for seed, film in enumerate(films):
        np.testing.assert_array_equal(film.pixels, noise((900, 901), "I;16", seed))
