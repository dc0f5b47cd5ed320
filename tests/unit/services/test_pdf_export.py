from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from edge_app.process.jobs import WorkerConfig
from edge_app.report.film_report import FilmReport
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.services.pdf_export import PdfExport
from tests.support import analyses
from tests.support.fake_worker import COMMAND, film_of
from tests.support.leftovers import nothing_left
from tests.support.small_disk import fill, small_disk

WAIT_MS = 20_000


@pytest.fixture
def export(qtbot: QtBot, qapp: QCoreApplication) -> Iterator[PdfExport]:
    with nothing_left():
        queue = AnalysisQueue(WorkerConfig(), command=COMMAND)
        queue.start()
        export = PdfExport(queue)
        yield export
        export.close()
        queue.close()
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def report(path: Path, sha256: str) -> FilmReport:
    return FilmReport(path.name, analyses.analysed(str(path), sha256), datetime.now(UTC))


def job(path: Path, text: str = "film", *, changed: bool = False) -> tuple[Path, object]:
    path.write_text(text)
    sha256 = "0" * 64 if changed else film_of(path.read_bytes()).sha256
    return path, lambda: report(path, sha256)


def test_films_that_are_not_at_hand_are_read_and_drawn(qtbot: QtBot, export: PdfExport, tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    export.progress.connect(lambda done, total: progress.append((done, total)))
    jobs = [job(tmp_path / f"{i}.png", f"film {i}") for i in range(3)]
    with qtbot.waitSignal(export.finished, timeout=WAIT_MS) as finished:
        export.start(tmp_path / "r.pdf", jobs)  # type: ignore[arg-type]
    assert finished.args == [tmp_path / "r.pdf"]
    assert progress == [(1, 3), (2, 3), (3, 3)]
    data = (tmp_path / "r.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") == 3
    assert not export.is_busy


def test_a_film_that_changed_is_reported_without_its_picture(
    qtbot: QtBot, export: PdfExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[FilmReport] = []
    monkeypatch.setattr("edge_app.report.pdf.PdfReport.add", lambda _self, report: drawn.append(report))
    jobs = [job(tmp_path / "a.png", changed=True), job(tmp_path / "b.png", "die"), job(tmp_path / "c.png")]
    with qtbot.waitSignal(export.finished, timeout=WAIT_MS):
        export.start(tmp_path / "r.pdf", jobs)  # type: ignore[arg-type]
    assert [report.film is not None for report in drawn] == [False, False, True]
    assert "changed" in str(drawn[0].film_note)
    assert "b.png" in str(drawn[1].film_note)


def test_giving_up_leaves_no_file(qtbot: QtBot, export: PdfExport, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    jobs = [job(tmp_path / f"{i}.png", f"film {i}") for i in range(3)]
    export.start(folder / "r.pdf", jobs)  # type: ignore[arg-type]
    with qtbot.waitSignal(export.progress, timeout=WAIT_MS):
        pass
    export.cancel()
    assert list(folder.iterdir()) == []
    with qtbot.waitSignal(export.finished, timeout=WAIT_MS):
        export.start(folder / "r.pdf", jobs)  # type: ignore[arg-type]


def test_a_folder_that_is_not_there_is_said(
    qtbot: QtBot, export: PdfExport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(export.failed, timeout=WAIT_MS) as failed:
        export.start(tmp_path / "missing" / "r.pdf", [job(tmp_path / "a.png")])  # type: ignore[list-item]
    assert failed.args is not None
    assert "r.pdf could not be written" in str(failed.args[0])
    assert not export.is_busy


def test_an_error_while_drawing_is_said(
    qtbot: QtBot,
    export: PdfExport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_self: object, _report: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("edge_app.report.pdf.PdfReport.add", fail)
    with qtbot.waitSignal(export.failed, timeout=WAIT_MS):
        export.start(tmp_path / "r.pdf", [job(tmp_path / "a.png")])  # type: ignore[list-item]
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.reliability("E4")
def test_a_pdf_that_finds_no_space_is_said_and_leaves_nothing(qtbot: QtBot, export: PdfExport, tmp_path: Path) -> None:
    outcomes = set()
    with small_disk(tmp_path / "disk", 200) as disk:
        for free in (0, 1, 3, 100):
            filler = fill(disk, leave_pages=free)
            said: list[str] = []
            export.failed.connect(lambda message, said=said: said.append(message.code))
            export.finished.connect(lambda _path, said=said: said.append("finished"))
            export.start(disk / "r.pdf", [job(tmp_path / f"{at}.png", f"film {at}") for at in range(3)])
            qtbot.waitUntil(lambda said=said: bool(said), timeout=20_000)
            outcomes.add(said[0])
            export.failed.disconnect()
            export.finished.disconnect()
            whole = disk / "r.pdf"
            assert whole.exists() == (said[0] == "finished")
            assert not whole.exists() or whole.read_bytes().rstrip().endswith(b"%%EOF")
            whole.unlink(missing_ok=True)
            assert [path.name for path in disk.iterdir()] == ["filler"]
            filler.unlink()
    assert outcomes == {"file.unwritable", "finished"}
