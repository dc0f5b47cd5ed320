"""A few files of the comparison with dcmtk; `python -m tests.acceptance dcmtk` compares all."""

from __future__ import annotations

import pytest

from tests.acceptance import dcmtk
from tests.acceptance.corpus import dicom_file, dicom_test_files

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
@pytest.mark.long
def test_all_files_are_equal_or_explained() -> None:
    results = [dcmtk.compare(path) for path in dicom_test_files()]
    assert [result for result in results if result.outcome == "different"] == []
    assert sum(result.outcome == "equal" for result in results) >= 40
