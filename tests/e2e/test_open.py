from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton

from edge_app.ui import empty_state, file_controller
from tests.support.window import Driver


def test_film_of_the_command_line_is_shown_with_its_result(drive, films):
    film = films("a.png", grey=0.8)

    def script(w: Driver) -> None:
        w.wait_film("a.png")
        assert "80 %" in w.shown_texts()
        assert "Suggests pneumonia" in w.shown_texts()
        assert w.window.windowTitle() == "a.png - Pneumoscope"

    assert drive(script, film) == 0


def test_empty_window_says_what_to_do_and_opens_the_sample(drive, films, monkeypatch):
    sample = films("sample-clear.png", grey=0.1)
    monkeypatch.setattr(empty_state, "sample_films", lambda: [sample])
    monkeypatch.setattr(file_controller, "sample_films", lambda: [sample])

    def script(w: Driver) -> None:
        assert "Drop a chest X-ray here" in w.shown_texts()
        buttons = [b for b in w.window.findChildren(QPushButton) if b.text() == "Try a sample film"]
        assert len(buttons) == 1
        buttons[0].click()
        w.wait_film("sample-clear.png")
        assert "No pneumonia found" in w.shown_texts()

    drive(script)


def test_open_dialog_and_recent_files(drive, films, monkeypatch):
    first, second = films("first.png"), films("second.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(first), str(second)], ""))

    def script(w: Driver) -> None:
        w.trigger("open")
        w.wait_film("first.png")
        assert [item.name for item in w.session.items] == ["first.png", "second.png"]
        w.wait_idle()
        menu: QMenu = w.window.recent_menu
        menu.aboutToShow.emit()
        entries = {a.text(): a for a in menu.actions() if a.text()}
        assert {"first.png", "second.png"} < set(entries)
        entries["Clear this list"].trigger()
        menu.aboutToShow.emit()
        assert [a.text() for a in menu.actions() if a.text()] == ["Clear this list"]

    drive(script)


def test_folder_is_searched_and_all_its_films_open(drive, films, monkeypatch):
    for name in ("one.png", "two.png", "three.png"):
        films(name)
    (films.folder / "notes.txt").write_text("no film")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(films.folder))

    def script(w: Driver) -> None:
        w.trigger("open_folder")
        w.wait(lambda: len(w.session) == 3)
        w.wait_idle()
        assert w.window.worklist.isVisible(), "a list of films shows itself"

    drive(script)


def test_folder_without_films_says_so(drive, tmp_path):
    (tmp_path / "empty").mkdir()

    def script(w: Driver) -> None:
        w.wait(lambda: "No film was found" in w.window.statusBar().currentMessage())

    drive(script, tmp_path / "empty")


def test_drop_opens_files(drive, films):
    film = films("dropped.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(film))])

    def script(w: Driver) -> None:
        where = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        entering = QDragEnterEvent(QPoint(400, 300), *where)
        QApplication.sendEvent(w.window, entering)
        assert entering.isAccepted()
        QApplication.sendEvent(w.window, QDropEvent(QPointF(400, 300), *where))
        w.wait_film("dropped.png")

    drive(script)


def test_text_is_not_accepted_as_a_drop(drive):
    mime = QMimeData()
    mime.setText("hello")

    def script(w: Driver) -> None:
        where = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        entering = QDragEnterEvent(QPoint(400, 300), *where)
        entering.ignore()
        QApplication.sendEvent(w.window, entering)
        assert not entering.isAccepted()

    drive(script)


def test_paste_takes_a_picture_and_keeps_it_private(drive, films, home):
    film = films("source.png", grey=0.9)

    def script(w: Driver) -> None:
        QGuiApplication.clipboard().setImage(QImage(str(film)))
        w.trigger("paste")
        w.wait(lambda: w.session.current is not None and w.session.current.state == "done")
        pasted = list((home.data / "pasted").glob("*.png"))
        assert len(pasted) == 1
        assert pasted[0].parent.stat().st_mode & 0o077 == 0, "others on the machine must not read it"
        QGuiApplication.clipboard().clear()

    drive(script)


def test_paste_without_a_film_says_so(drive):
    def script(w: Driver) -> None:
        QGuiApplication.clipboard().clear()
        w.trigger("paste")
        assert "no film to paste" in w.window.statusBar().currentMessage()

    drive(script)


def test_same_file_again_is_not_listed_twice(drive, films, tmp_path):
    film = films("a.png")
    copy = tmp_path / "b.png"
    shutil.copy(film, copy)

    def script(w: Driver) -> None:
        w.wait_film("a.png")
        w.window.open_paths([film, Path(copy)])
        w.wait_idle()
        assert len(w.session) == 2

    drive(script, film)


def test_film_that_kills_the_worker_costs_that_film_only(drive, films, expected_log):
    expected_log.append("The worker process was lost over a film")
    bad, good = films("crash-here.png"), films("good.png", grey=0.7)

    def script(w: Driver) -> None:
        w.wait(lambda: w.session.items and all(i.state == "done" for i in w.session.items))
        assert [i.outcome for i in w.session.items] == ["failed", "positive"]
        w.settle()
        assert "Not analysed" in w.shown_texts()
        assert "%" not in w.shown_texts(w.window.result), "a film without a score shows no number"

    drive(script, bad, good)
