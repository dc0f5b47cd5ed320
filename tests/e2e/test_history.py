from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QLineEdit, QMessageBox

from edge_app.services.settings import HISTORY_KEPT
from edge_app.ui.dialogs import history_dialog
from tests.e2e.test_report import press
from tests.support.window import Driver


def test_analyses_are_kept_found_and_reopened(drive, films):
    paths = [films("alpha.png", grey=0.8), films("beta.png", grey=0.1)]

    def first(w: Driver) -> None:
        w.wait_idle()
        w.wait(lambda: all(item.history_id is not None for item in w.session.items))
        w.window.result._review._buttons["disagree"].click()

    def second(w: Driver) -> None:
        w.trigger("history")
        dialog = w.dialog()
        w.wait(lambda: dialog.model.rowCount() == 2)
        assert {r.file_name for r in dialog.model.rows} == {"alpha.png", "beta.png"}
        assert {r.review.verdict for r in dialog.model.rows} == {None, "disagree"}
        dialog.findChild(QLineEdit).setText("beta")
        w.wait(lambda: dialog.model.rowCount() == 1)
        dialog.table.selectRow(0)
        press(dialog, "Open film")
        w.wait_film("beta.png")

    drive(first, *paths)
    drive(second)


def test_records_are_deleted_after_a_question(drive, films, monkeypatch):
    asked = []
    monkeypatch.setattr(history_dialog, "ask", lambda *arguments: asked.append(arguments[2]) or True)

    def script(w: Driver) -> None:
        w.wait_film()
        w.wait(lambda: w.session.current.history_id is not None)
        w.trigger("history")
        dialog = w.dialog()
        w.wait(lambda: dialog.model.rowCount() == 1)
        dialog.table.selectRow(0)
        press(dialog, "Delete")
        w.wait(lambda: dialog.model.rowCount() == 0)
        assert "The films themselves are not touched" in asked[0]
        dialog.close()

    drive(script, films("a.png"))


def test_history_that_is_switched_off_keeps_nothing(drive, films):
    film = films("a.png")

    def off(w: Driver) -> None:
        w.window.services.settings[HISTORY_KEPT] = False
        w.window.open_paths([film])
        w.wait_film()

    def look(w: Driver) -> None:
        w.window.services.settings[HISTORY_KEPT] = True
        w.wait(lambda: w.window.services.history.state.phase == "open")
        w.trigger("history")
        dialog = w.dialog()
        w.wait(lambda: "0 of 0" in w.shown_texts(dialog))
        dialog.close()

    drive(off)
    drive(look)


def test_question_is_answered_by_its_button_only(qapp, monkeypatch):
    for wanted in ("Delete", "Cancel"):

        def press(box: QMessageBox, text: str = wanted) -> int:
            button = next(b for b in box.buttons() if b.text().replace("&", "") == text)
            QTimer.singleShot(0, button.click)
            return QDialog.exec(box)

        monkeypatch.setattr(QMessageBox, "exec", press)
        assert history_dialog.ask(None, "Title", "Really?", "Delete") is (wanted == "Delete")
