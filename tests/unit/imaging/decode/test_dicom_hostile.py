"""Lies, bombs and broken streams: one typed refusal each."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
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


@pytest.mark.long
@pytest.mark.reliability("A3")
def test_all_bombs_are_refused_in_time_and_memory(record_property: Callable[[str, object], None]) -> None:
    outcomes = [bombs.defuse(name) for name in bombs.BOMBS]
    assert [outcome for outcome in outcomes if not outcome.passed] == []
    slowest, most = max(o.elapsed_s for o in outcomes), max(o.growth_mib for o in outcomes)
    record_property("figure", f"{len(outcomes)} of 24, slowest {slowest:.2f} s, at most +{most:.0f} MiB")


@pytest.mark.reliability("A4")
def test_deflated_bombs_take_no_memory(record_property: Callable[[str, object], None]) -> None:
    outcomes = [bombs.defuse(f"Deflated DICOM, {sizes}") for sizes in ("64 KiB to 64 MiB", "1 MiB to 1 GiB")]
    assert all(outcome.passed and outcome.growth_mib <= 10 for outcome in outcomes), outcomes
    record_property("figure", f"at most +{max(outcome.growth_mib for outcome in outcomes):.1f} MiB")


EXCESSES: dict[str, Callable[[], bytes]] = {
    **{f"sequences {depth} deep": lambda depth=depth: bombs._nested(depth) for depth in (11, 400, 5000)},
    "a million empty elements": bombs._million_elements,
}


@pytest.mark.reliability("A5", part="a name of 10 MB is passed over, not refused")
@pytest.mark.parametrize("name", EXCESSES)
def test_excesses_of_a_header_are_refused_at_once(name: str) -> None:
    data = EXCESSES[name]()
    began = time.thread_time()
    with pytest.raises(FilmUnreadableError):
        decode_film(FilmFile(data, "film"))
    assert time.thread_time() - began <= 2


@pytest.mark.reliability("A5", part="a name of 10 MB is passed over, not refused")
def test_a_name_of_ten_megabytes_is_passed_over() -> None:
    name = {0x00100010: ("UN", b"CANARY" * 1_700_000)}
    data = d.DicomBuilder(chest_like(64, 64), elements=name).bytes()
    began = time.thread_time()
    film = decode_film(FilmFile(data, "film"))
    assert time.thread_time() - began <= 2
    assert "CANARY" not in repr(film.acquisition)


GEOMETRY = (
    "rows", "columns", "frame", "samples", "RGB", "PALETTE", "planar",
)  # fmt: skip


@pytest.mark.reliability("A6", part="a senseless number of frames is flagged, not refused")
def test_lies_about_geometry_are_refused(record_property: Callable[[str, object], None]) -> None:
    told = [lie for lie in lies() if any(word in lie.name.partition(": ")[2] for word in GEOMETRY)]
    told += [
        Lie("2,147,483,647 frames", bombs._many_frames(), np.empty(0)),
        *(Lie(f"planar configuration {value}", planar(value), np.empty(0)) for value in (2, 255)),
    ]
    flagged = {lie.name.partition(": ")[2] for lie in told if judge(lie).verdict != "refused"}
    assert flagged == {"no frames", "minus one frame", "half a frame"}
    record_property("figure", f"{len(told)} lies")


def planar(value: int) -> bytes:
    colours = np.stack([chest_like(64, 64)] * 3, axis=2)
    return d.DicomBuilder(colours, photometric="RGB", elements={0x00280006: d.us(value)}).bytes()


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
