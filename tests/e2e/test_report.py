from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QPushButton, QRadioButton

from tests.support.window import Driver


def press(root, text: str) -> None:
    buttons = [b for b in root.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    assert len(buttons) == 1, [b.text() for b in root.findChildren(QPushButton)]
    buttons[0].click()


def test_report_of_one_film_and_of_all(drive, films, tmp_path, monkeypatch):
    one, all_films = tmp_path / "one.pdf", tmp_path / "all.pdf"
    paths = [films("a.png", grey=0.8), films("b.png", grey=0.1), films.broken("bad.png")]
    targets = [one, all_films]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(targets.pop(0)), ""))

    def script(w: Driver) -> None:
        w.wait_film("a.png")
        w.wait_idle()
        w.trigger("report")
        dialog = w.dialog()
        choices = list(dialog.findChildren(QRadioButton))
        assert choices[0].text() == "This film: a.png (positive)"
        press(dialog, "Save PDF...")
        w.wait(one.exists)
        w.wait(lambda: "Saved" in w.shown_texts(dialog))
        choices[-1].click()
        press(dialog, "Save PDF...")
        w.wait(lambda: f"Saved: {all_films}" in w.shown_texts(dialog))
        press(dialog, "Close")
        w.settle()
        assert w.no_dialog()

    drive(script, *paths)
    assert one.read_bytes().startswith(b"%PDF")
    assert all_films.stat().st_size > one.stat().st_size


def test_view_is_saved_as_picture_with_the_research_line(drive, films, tmp_path, monkeypatch):
    target = tmp_path / "view.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))

    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("save_view")
        picture = QImage(str(target))
        assert picture.width() == w.window.viewer._halves.width()
        assert picture.height() > w.window.viewer._halves.height(), "words were added below"

    drive(script, films("a.png", grey=0.8))


def test_folder_that_cannot_be_written_is_said(drive, films, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "such" / "x.csv"), ""))

    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("save_csv")
        assert "could not be written" in w.window.statusBar().currentMessage()

    drive(script, films("a.png"))
