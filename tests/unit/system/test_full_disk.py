"""Whole files on a disk that runs out of space at each write in turn (docs/reliability.md, E4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.system.files import FileWriteError, replace_file
from tests.support.small_disk import fill, small_disk

OLD, NEW = b"old" * 1000, b"new" * 10_000


@pytest.mark.reliability("E4", part="whole files")
def test_a_file_is_replaced_whole_or_not_at_all_however_little_space_there_is(tmp_path: Path) -> None:
    outcomes = set()
    with small_disk(tmp_path / "disk", 24) as disk:
        report = disk / "report.pdf"
        for free in range(12):
            with replace_file(report) as stream:
                stream.write(OLD)
            filler = fill(disk, leave_pages=free)
            try:
                with replace_file(report) as stream:
                    stream.write(NEW)
            except FileWriteError:
                outcomes.add("refused")
                assert report.read_bytes() == OLD
            else:
                outcomes.add("written")
                assert report.read_bytes() == NEW
            assert sorted(path.name for path in disk.iterdir()) == ["filler", "report.pdf"], "nothing half written"
            filler.unlink()
    assert outcomes == {"refused", "written"}
