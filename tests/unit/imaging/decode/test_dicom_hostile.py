"""Lies, bombs and broken streams: one typed refusal each."""

from __future__ import annotations

import pytest

from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.system.errors import FilmUnreadableError
from tests.acceptance import decompression_bombs as bombs
from tests.acceptance.false_headers import Lie, honest, judge, lies
from tests.support import dicom as d
from tests.support.films import chest_like


@pytest.mark.reliability("A7")
@pytest.mark.parametrize("lie", lies(), ids=lambda lie: lie.name)
def test_no_lie_becomes_a_silent_film(lie: Lie) -> None:
    outcome = judge(lie)
    # The one lie that changes nothing: JPEG 2000 brings its own depth.
    expected = ("true",) if lie.name == "JPEG 2000: bits allocated 16" else ("refused", "flagged")
    assert outcome.verdict in expected, outcome


@pytest.mark.parametrize("film", honest(), ids=lambda film: film.name)
def test_the_same_films_told_honestly_are_read_without_a_flag(film: Lie) -> None:
    assert judge(film).verdict == "true"


@pytest.mark.reliability("A3", part="three of them")
@pytest.mark.parametrize(
    "name", ["PNG 60,000 x 60,000", "Deflated DICOM, 64 KiB to 64 MiB", "DICOM with sequences 5,000 deep"]
)
def test_bombs_are_refused_in_time_and_memory(name: str) -> None:
    outcome = bombs.defuse(name)
    assert outcome.passed, outcome


def test_every_cut_of_a_file_is_refused() -> None:
    data = d.DicomBuilder(chest_like(64, 64), syntax=d.EXPLICIT).bytes()
    for end in [*range(1, 400), *range(400, len(data), 97)]:
        with pytest.raises(FilmUnreadableError):
            decode_film(FilmFile(data[:end], "film"))


def test_a_second_rows_cannot_replace_the_first() -> None:
    film = d.DicomBuilder(chest_like(64, 64))
    data = film.bytes()
    at = data.index(b"\xe0\x7f\x10\x00OB")
    twice = data[:at] + d.element(0x00280010, d.us(32)) + data[at:]
    with pytest.raises(FilmUnreadableError) as caught:
        decode_film(FilmFile(twice, "film"))
    assert caught.value.code == "dicom.contradiction"
