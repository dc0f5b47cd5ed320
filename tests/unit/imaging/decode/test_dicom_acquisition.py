"""What the header says of the patient's age, the view and the spacing; and that it says nothing of the name."""

from __future__ import annotations

import logging
import pickle

import pytest

from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.imaging.decode.dicom.age import age_years
from edge_app.imaging.radiograph import PixelSpacing, Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.support import dicom as d
from tests.support.films import chest_like

PIXELS = chest_like(80, 64)


def read(elements: dict[int, d.Value]) -> Radiograph:
    return decode_film(FilmFile(d.DicomBuilder(PIXELS, elements=elements).bytes(), "film"))


def test_view_age_side_and_body_part() -> None:
    film = read(
        {
            0x00101010: d.text("AS", "003Y"),
            0x00180015: d.text("CS", "CHEST"),
            0x00185101: d.text("CS", "AP"),
            0x00200062: d.text("CS", "U"),
        }
    )
    found = film.acquisition
    assert (found.modality, found.view_position, found.laterality, found.age_years, found.body_part) == (
        "DX", "AP", "U", 3.0, "CHEST",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("045Y", 45.0),
        ("018M", 1.5),
        ("010W", 70 / 365.25),
        ("365D", 365 / 365.25),
        ("45Y", 45.0),
        ("1Y 6M", 1.5),
        ("", None),
        (None, None),
    ],
)
def test_age_strings(text: str | None, years: float | None) -> None:
    assert age_years(text) == (None if years is None else pytest.approx(years))


def test_age_from_the_birth_date_where_it_is_not_stated() -> None:
    film = read({0x00080020: d.text("DA", "20200601"), 0x00100030: d.text("DA", "20170601")})
    assert film.acquisition.age_years == pytest.approx(3.0, abs=0.01)
    assert read({0x00100030: d.text("DA", "20170601")}).acquisition.age_years is None
    assert read({0x00080020: d.text("DA", "2020"), 0x00100030: d.text("DA", "x")}).acquisition.age_years is None


def test_a_lateral_film_is_known_by_its_orientation() -> None:
    assert read({0x00200020: d.text("CS", "A\\F")}).acquisition.view_position == "LATERAL"
    assert read({0x00200020: d.text("CS", "L\\F")}).acquisition.view_position is None


@pytest.mark.parametrize(
    ("elements", "spacing"),
    [
        ({0x00181164: "0.14\\0.15"}, PixelSpacing(0.14, 0.15, "detector")),
        ({0x00181164: "0.14\\0.14", 0x00280030: "0.14\\0.14"}, PixelSpacing(0.14, 0.14, "detector")),
        ({0x00181164: "0.14\\0.14", 0x00280030: "0.12\\0.12"}, PixelSpacing(0.12, 0.12, "calibrated")),
        ({0x00280030: "0.12\\0.12"}, PixelSpacing(0.12, 0.12, "detector")),
        ({0x00280030: "0.12\\0.12", 0x00280A02: "FIDUCIAL"}, PixelSpacing(0.12, 0.12, "calibrated")),
        ({0x00280030: "0\\0"}, None),
        ({0x00280030: "wide"}, None),
    ],
)
def test_spacing_and_where_it_holds(elements: dict[int, str], spacing: PixelSpacing | None) -> None:
    assert read({tag: d.text("DS", value) for tag, value in elements.items()}).spacing == spacing


@pytest.mark.reliability("D13", part="film and log")
def test_nothing_that_names_the_patient_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = ("CANARY^NAME", "CANARY-ID", "CANARY-HOSPITAL", "CANARY-PRIVATE", "19770707")
    elements = {
        0x00080080: d.text("LO", canaries[2]),
        0x00090010: d.text("LO", canaries[3]),
        0x00100010: d.text("PN", canaries[0]),
        0x00100020: d.text("LO", canaries[1]),
        0x00100030: d.text("DA", canaries[4]),
    }
    film = read(elements)
    kept = pickle.dumps({slot: getattr(film, slot) for slot in film.__slots__}) + repr(film.acquisition).encode()
    with pytest.raises(FilmUnreadableError) as caught:
        read({**elements, 0x00280010: d.us(81)})
    kept += f"{caught.value}{caught.value.detail}{caught.value!r}".encode() + caplog.text.encode()
    for canary in canaries:
        assert canary.encode() not in kept


def test_what_lowers_trust_is_noted() -> None:
    film = read({0x00080068: d.text("CS", "FOR PROCESSING"), 0x00280301: d.text("CS", "YES")})
    assert [notice.code for notice in film.notices] == ["dicom.for_processing", "dicom.burned_in"]
