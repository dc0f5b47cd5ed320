"""RG1 of pydicom-data, the one chest film among the public test files: MONOCHROME1, 15 bits, as CR units write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from tests.acceptance.corpus import dicom_file

ENCODINGS = ("RG1_UNCR.dcm", "RG1_UNCI.dcm", "RG1_J2KR.dcm", "RG1_J2KI.dcm")


def rg1(name: str) -> Path:
    path = dicom_file(name)
    if path is None:
        pytest.skip("the package pydicom-data is not installed")
    return path


def model_input(data: bytes) -> np.ndarray:
    return preprocess(decode_film(FilmFile(data, "RG1")), PreprocessSpec()).pixels.astype(np.float64)


def regions(pixels: np.ndarray) -> tuple[float, float, float]:
    """Mean grey of mediastinum, of a lung, and of the air beside the patient's neck; `pixels` is (224, 224)."""
    return pixels[90:130, 105:122].mean(), pixels[70:110, 55:80].mean(), pixels[2:16, 2:16].mean()


@pytest.mark.reliability("A8")
@pytest.mark.parametrize("name", ENCODINGS)
def test_mediastinum_is_brighter_than_lung_and_lung_than_air(name: str) -> None:
    mediastinum, lung, air = regions(model_input(rg1(name).read_bytes()))
    assert mediastinum > lung + 10 > air + 20


@pytest.mark.reliability("A8")
@pytest.mark.parametrize("shape", [None, "IDENTITY", "INVERSE"])
@pytest.mark.parametrize("twin", [False, True])
def test_six_ways_of_saying_it_give_one_film(twin: bool, shape: str | None, tmp_path: Path) -> None:
    import pydicom

    original = pydicom.dcmread(rg1("RG1_UNCR.dcm"))
    reference = model_input(rg1("RG1_UNCR.dcm").read_bytes())
    if twin:
        original.PhotometricInterpretation = "MONOCHROME2"
        if shape != "INVERSE":  # with INVERSE, the stored values stay as they are and the shape turns them round
            white = 2**original.BitsStored - 1
            original.PixelData = (white - original.pixel_array).astype("<u2").tobytes()
            # PS3.3 C.11.2.1.2.1: the mirror image of a linear window has its centre at white - c + 1.
            original.WindowCenter = white - float(original.WindowCenter) + 1
    if shape is not None:
        original.PresentationLUTShape = shape
    path = tmp_path / "film.dcm"
    original.save_as(path)
    found = model_input(path.read_bytes())
    assert np.abs(found - reference).max() <= 1
    mediastinum, lung, air = regions(found)
    assert mediastinum > lung > air
