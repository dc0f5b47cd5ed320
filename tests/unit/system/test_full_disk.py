"""Whole files on a disk that runs out of space at each write in turn (docs/reliability.md, E4)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.records.worklist import Review
from edge_app.report.csv_export import write_list
from edge_app.system.files import FileWriteError, replace_file
from tests.support.analyses import analysed
from tests.support.small_disk import fill, small_disk

OLD, NEW = b"old" * 1000, b"new" * 10_000


@pytest.mark.reliability("E4")
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


@pytest.mark.reliability("E4")
def test_a_list_is_exported_whole_or_refused(tmp_path: Path) -> None:
    films = [(analysed(f"/films/{number}.png"), Review(None, "comment " * 9)) for number in range(60)]
    outcomes = set()
    with small_disk(tmp_path / "disk", 24) as disk:
        table = disk / "list.csv"
        for free in range(8):
            filler = fill(disk, leave_pages=free)
            try:
                write_list(table, films)
            except FileWriteError:
                outcomes.add("refused")
                assert [path.name for path in disk.iterdir()] == ["filler"]
            else:
                outcomes.add("written")
                assert len(table.read_text("utf-8-sig").splitlines()) == 61
                table.unlink()
            filler.unlink()
    assert outcomes == {"refused", "written"}


@pytest.mark.reliability("E4")
def test_settings_that_find_no_space_say_so_and_keep_the_old_ones(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    from edge_app.services.settings import CAMERA_DEVICE, THEME, Settings

    outcomes = set()
    with small_disk(tmp_path / "disk", 24) as disk:
        file = disk / "settings.ini"
        kept = Settings(file)
        kept[THEME] = "light"
        assert kept.save()
        for free in range(5):
            filler = fill(disk, leave_pages=free)
            changed = Settings(file)
            changed[CAMERA_DEVICE] = f"/dev/{free}" + "x" * 4000
            outcomes.add(saved := changed.save())
            assert "light" in file.read_text()
            assert (f"/dev/{free}x" in file.read_text()) == saved
            filler.unlink()
            if saved:
                changed.reset(CAMERA_DEVICE)
                assert changed.save()
    assert outcomes == {True, False}


ROOT = Path(__file__).resolve().parents[3]
needs_bundle = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")


def predict(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge_app", "predict", "--format", "jsonl", "--jobs", "1", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@needs_bundle
@pytest.mark.reliability("E4")
def test_the_output_of_a_run_ends_in_whole_rows_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for number in range(12):
        shutil.copy(ROOT / "assets" / "samples" / "clear.png", films / f"{number:02}.png")
    with small_disk(tmp_path / "disk", 12) as disk:
        filler = fill(disk, leave_pages=2)
        output = disk / "rows.jsonl"
        broken = predict("--output", output, films)
        assert broken.returncode != 0
        assert "No space left" in broken.stderr
        assert "Traceback" not in broken.stderr
        assert not output.exists()
        filler.unlink()
        done = predict("--output", output, films)
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in output.read_text().splitlines()]
        assert [Path(row["path"]).name for row in rows] == [f"{number:02}.png" for number in range(12)]


@needs_bundle
@pytest.mark.reliability("E4")
def test_a_heat_map_appears_whole_or_is_said_to_be_missing(tmp_path: Path) -> None:
    sample = ROOT / "assets" / "samples" / "consolidation.png"
    with small_disk(tmp_path / "disk", 4000) as disk:
        filler = fill(disk, leave_pages=1)
        broken = predict("--heatmaps", disk / "maps", sample)
        assert "No space left" in broken.stderr
        assert "Traceback" not in broken.stderr
        assert [path.name for path in disk.rglob("*") if path.is_file()] == ["filler"]
        filler.unlink()
        assert predict("--heatmaps", disk / "maps", sample).returncode == 0
        assert len(list((disk / "maps").glob("*.png"))) == 1
