"""Modality, VOI, presentation: literal stored values in, literal P-values out."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.imaging.decode import FilmFile, ViewChoice, decode_film
from edge_app.imaging.decode.dicom.grayscale import FullRange, LookupTable, Rescale, VoiTable, Window, render
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.support import dicom as d

STORED = np.array([[0, 1, 2, 3]], dtype=np.uint16)
IDENTITY = Rescale()


def unit(film: np.ndarray) -> list[float]:
    return [round(float(value) / 65535, 3) for value in film.ravel()]


def ramp(**elements: d.Value) -> d.DicomBuilder:
    """A film of 0..4095 along its rows."""
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    return d.DicomBuilder(values, 12, elements={int(tag[1:], 16): value for tag, value in elements.items()})


def read(film: d.DicomBuilder, choice: ViewChoice | None = None) -> Radiograph:
    return decode_film(FilmFile(film.bytes(), "film"), choice=choice)


def lut(entries: np.ndarray, first: int, bits: int) -> d.Value:
    return "SQ", d.item(
        {
            0x00283002: ("US", np.array([len(entries) % 65536, first, bits], dtype="<u2").tobytes()),
            0x00283006: ("OW", entries.astype("<u2").tobytes()),
        }
    )


def test_linear_window_is_that_of_the_standard() -> None:
    # PS3.3 C.11.2.1.2.1, its own example: c=2048, w=4096 is the identity of 0..4095.
    values = np.array([[0, 2047, 2048, 4095]], dtype=np.uint16)
    film = render(values, IDENTITY, Window(2048, 4096), inverse=False)
    assert film.ravel().tolist() == [0, round(2047 / 4095 * 65535), round(2048 / 4095 * 65535), 65535]
    # C.11.2.1.2.1: c=0, w=1 is a threshold; c=0, w=100 spans -50..49.
    assert unit(render(STORED, Rescale(1, -1), Window(0, 1), inverse=False)) == [0, 1, 1, 1]
    assert unit(render(STORED, Rescale(33, -50), Window(0, 100), inverse=False)) == [0, 0.333, 0.667, 1]


def test_linear_exact_and_sigmoid_windows() -> None:
    values = np.array([[0, 1, 2, 4]], dtype=np.uint16)
    assert unit(render(values, IDENTITY, Window(2, 4, "LINEAR_EXACT"), inverse=False)) == [0, 0.25, 0.5, 1]
    expected = [round(1 / (1 + np.exp(-4 * (x - 2) / 4)), 3) for x in (0, 1, 2, 4)]
    assert unit(render(values, IDENTITY, Window(2, 4, "SIGMOID"), inverse=False)) == expected


def test_inversion_comes_last_and_padding_is_black() -> None:
    assert unit(render(STORED, IDENTITY, FullRange(0, 3), inverse=True)) == [1, 0.667, 0.333, 0]
    assert unit(render(STORED, IDENTITY, FullRange(1, 3), inverse=True, padding=(0, 0))) == [0, 1, 0.5, 0]


def test_modality_lut_clamps_outside_its_range() -> None:
    table = LookupTable(np.array([10, 20], dtype=np.uint16), first=1, bits=8)
    assert table(np.array([0.0, 1.0, 2.0, 3.0])).tolist() == [10, 10, 20, 20]
    film = render(STORED, table, VoiTable(LookupTable(np.array([0, 255], dtype=np.uint16), 15, 8)), inverse=False)
    assert unit(film) == [0, 0, 1, 1]


def test_a_negative_slope_turns_the_film_round() -> None:
    up = read(ramp())
    down = read(ramp(t00281053=d.text("DS", "-10"), t00281052=d.text("DS", "5")))
    np.testing.assert_allclose(down.pixels.astype(int), 65535 - up.pixels.astype(int), atol=1)


def test_every_window_can_be_chosen_and_the_first_is_taken() -> None:
    film = ramp(
        t00281050=d.text("DS", "2048\\1000\\300"),
        t00281051=d.text("DS", "4096\\200\\0"),
        t00283010=lut(np.arange(4095, -1, -1), 0, 12),
    )
    first = read(film)
    assert first.pixels[0, 0] == 0
    assert first.pixels[63, 63] == 65535
    assert [notice.code for notice in first.notices] == ["dicom.window"]  # the third has no width
    second = read(film, ViewChoice(window=1))
    assert (second.pixels.ravel()[[899, 900, 1099, 1100]] > 0).tolist() == [False, False, True, True]
    table = read(film, ViewChoice(window=2))
    assert table.pixels[0, 0] == 65535
    with pytest.raises(FilmUnreadableError):
        read(film, ViewChoice(window=3))


def test_modality_comes_before_voi() -> None:
    # Modality maps 0..4095 to 0..40950; a window over 40000..40950 keeps the brightest stored values only.
    film = read(ramp(t00281053=d.text("DS", "10"), t00281050=d.text("DS", "40475"), t00281051=d.text("DS", "950")))
    assert film.pixels.ravel()[3999] == 0
    assert film.pixels.ravel()[4095] == 65535
    assert 30000 < film.pixels.ravel()[4048] < 36000


@pytest.mark.parametrize("shape", [None, "IDENTITY", "INVERSE"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_presentation_inverts_exactly_once(photometric: str, shape: str | None) -> None:
    film = ramp()
    film.photometric = photometric
    if shape:
        film.elements[0x20500020] = d.text("CS", shape)
    result = read(film)
    inverted = photometric == "MONOCHROME1" or shape == "INVERSE"
    assert (result.pixels[0, 0] > result.pixels[63, 63]) == inverted
    contradicts = shape is not None and (photometric == "MONOCHROME1") != (shape == "INVERSE")
    assert ("dicom.presentation" in [n.code for n in result.notices]) == contradicts


def test_padding_does_not_stretch_the_range() -> None:
    values = np.full((64, 64), 1000, dtype=np.uint16)
    values[:, 32:] = 2000
    values[:8] = 4095
    film = read(d.DicomBuilder(values, 12, elements={0x00280120: ("US", b"\xff\x0f")}))
    assert film.pixels[0, 0] == 0
    assert film.pixels[32, 0] == 0
    assert film.pixels[32, 40] == 65535


def test_an_overlay_in_unused_bits_is_left_out_only_where_it_is_declared() -> None:
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    drawn = values | (np.eye(64, dtype=np.uint16) << 15)
    plain = read(d.DicomBuilder(values, 12))
    declared = read(d.DicomBuilder(drawn, 12, elements={0x60000100: d.us(16)}))
    np.testing.assert_array_equal(declared.pixels, plain.pixels)
    assert "dicom.overlay" in [notice.code for notice in declared.notices]
    with pytest.raises(FilmUnreadableError):
        read(d.DicomBuilder(drawn, 12))


def test_palette_and_rgb_become_brightness_with_a_flag_for_colour() -> None:
    indices = np.arange(4096, dtype=np.uint16).reshape(64, 64).astype(np.uint8)
    grey = (np.arange(256) * 257).astype("<u2").tobytes()
    elements = {}
    for at in range(3):
        elements[0x00281101 + at] = ("US", np.array([256, 0, 16], dtype="<u2").tobytes())
        elements[0x00281201 + at] = ("OW", grey)
    film = read(d.DicomBuilder(indices, photometric="PALETTE COLOR", elements=elements))
    np.testing.assert_allclose(film.pixels, indices.astype(int) * 257, atol=1)
    assert film.notices == ()
    elements[0x00281203] = ("OW", bytes(len(grey)))
    assert "raster.colour" in [
        n.code for n in read(d.DicomBuilder(indices, photometric="PALETTE COLOR", elements=elements)).notices
    ]
    rgb = np.zeros((64, 64, 3), dtype=np.uint8)
    rgb[..., 1] = 255
    green = read(d.DicomBuilder(rgb, photometric="RGB", elements={0x00280006: d.us(0)}))
    assert green.pixels[0, 0] == round(0.587 * 65535)
    assert [n.code for n in green.notices] == ["raster.colour"]


@pytest.mark.parametrize(
    "table",
    [
        lut(np.arange(4096), 0, 12)[1].replace(b"\x00\x10\x00\x00\x0c\x00", b"\x00\x08\x00\x00\x0c\x00", 1),
        d.item({0x00283002: ("US", b"\x10\0\0\0\x10\0")}),
        d.item({0x00283006: ("OW", b"\0" * 32)}),
    ],
)
def test_a_modality_table_that_contradicts_itself_costs_the_film(table: bytes) -> None:
    film = ramp()
    film.elements[0x00283000] = ("SQ", table)
    with pytest.raises(FilmUnreadableError) as caught:
        read(film)
    assert caught.value.code == "dicom.contradiction"
