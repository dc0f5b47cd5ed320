"""A few files of the comparison with dcmtk; `python -m tests.acceptance dcmtk` compares all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance import dcmtk
from tests.acceptance.corpus import dicom_file, dicom_test_files
from tests.support import dicom as d
from tests.support.films import chest_like

CHOSEN = (
    "RG1_UNCR.dcm",
    "RG3_UNCR.dcm",
    "mlut_18.dcm",
    "vlut_04.dcm",
    "MR_small.dcm",
    "CT_small.dcm",
    "JPEG-LL.dcm",
    "SC_rgb_small_odd_big_endian.dcm",
    "OBXXXX1A.dcm",
)

pytestmark = pytest.mark.skipif(not dcmtk.is_installed(), reason="dcmj2pnm is not installed (Debian package dcmtk)")


@pytest.mark.reliability("A9")
@pytest.mark.parametrize("name", CHOSEN)
def test_grey_levels_are_those_of_dcmtk(name: str) -> None:
    path = dicom_file(name)
    if path is None:
        pytest.skip("the package pydicom-data is not installed")
    result = dcmtk.compare(path)
    assert result.outcome == "equal", result


@pytest.mark.reliability("A9")
def text(tag: int, vr: str, value: str) -> dict[int, d.Value]:
    return {tag: d.text(vr, value)}


def window(centre: str, width: str, function: str = "") -> dict[int, d.Value]:
    found = text(0x00281050, "DS", centre) | text(0x00281051, "DS", width)
    return found | text(0x00281056, "CS", function) if function else found


def rescale(slope: str) -> dict[int, d.Value]:
    return text(0x00281052, "DS", "100") | text(0x00281053, "DS", slope)


TRANSFORMS = {
    "no window": {},
    "slope -1": rescale("-1"),
    "slope -10": rescale("-10"),
    "slope -1 and a window": rescale("-1") | window("-1900", "3000"),
    "width 0": window("2000", "0"),
    "width 1": window("2000", "1"),
    "width -5": window("2000", "-5"),
    "three windows": window("2000\\1000\\500", "3000\\400\\20"),
    "SIGMOID": window("2000", "1500", "SIGMOID"),
    "LINEAR_EXACT": window("2000", "1500", "LINEAR_EXACT"),
}


@pytest.mark.reliability("A9")
@pytest.mark.parametrize("name", TRANSFORMS)
def test_windows_and_slopes_are_those_of_dcmtk_or_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    identity = text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.1.1\0") | text(0x00080018, "UI", "1.2.3.4\0")
    film = d.DicomBuilder(chest_like(128, 112, white=4095), 12, elements={**identity, **TRANSFORMS[name]})
    path.write_bytes(film.bytes())
    assert dcmtk.compare(path).outcome in ("equal", "only-dcmtk")


@pytest.mark.long
def test_all_files_are_equal_or_explained() -> None:
    results = [dcmtk.compare(path) for path in dicom_test_files()]
    assert [result for result in results if result.outcome == "different"] == []
    assert sum(result.outcome == "equal" for result in results) >= 40
