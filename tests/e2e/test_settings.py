from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QTabWidget

from edge_app.services import settings as table
from edge_app.ui.theme import theme
from tests.e2e.test_report import press
from tests.support.window import Driver


def box(dialog, name: str) -> QComboBox:
    found = [b for b in dialog.findChildren(QComboBox) if b.accessibleName() == name]
    assert len(found) == 1
    return found[0]


def test_look_changes_at_once_and_is_kept(drive, qapp):
    def script(w: Driver) -> None:
        w.trigger("settings")
        dialog = w.dialog()
        appearance = dialog.findChild(QTabWidget).widget(0)
        colours = next(b for b in appearance.findChildren(QComboBox) if b.accessibleName() == "Colours")
        colours.setCurrentIndex(colours.findData("light"))
        assert theme().scheme == "light"
        assert qapp.palette().color(QPalette.ColorRole.Window).lightness() > 200
        box(dialog, "Size of what is clicked").setCurrentIndex(1)
        assert theme().metrics.control >= 44
        box(dialog, "Size of the text").setCurrentIndex(4)
        assert qapp.font().pixelSize() >= 19
        press(dialog, "Close")

    def again(w: Driver) -> None:
        assert theme().scheme == "light"
        assert theme().text_scale == 1.5
        w.trigger("settings")
        press(w.dialog(), "Reset all settings")
        assert theme().scheme == "dark"

    drive(script)
    drive(again)


def test_operating_point_changes_the_answers_of_the_open_films(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        assert w.session.current.outcome == "negative"
        w.trigger("settings")
        dialog = w.dialog()
        point = box(dialog, "Operating point")
        assert [point.itemText(i) for i in range(point.count())] == [
            "The model's default",
            "balanced",
            "high sensitivity",
            "high specificity",
        ]
        point.setCurrentIndex(2)
        press(dialog, "Close")
        w.wait(lambda: w.session.current.state == "done" and w.session.current.outcome == "positive")
        w.wait(lambda: "high sensitivity" in w.shown_texts(w.window.result))
        assert "99 of 100" in w.shown_texts(w.window.result)

    drive(script, films("a.png", grey=0.3))


def test_language_comes_with_the_next_start(drive, home):
    def script(w: Driver) -> None:
        w.trigger("settings")
        dialog = w.dialog()
        language = box(dialog, "Language (from the next start on)")
        language.setCurrentIndex(language.findData("de"))
        press(dialog, "Close")

    def german(w: Driver) -> None:
        assert "Thoraxaufnahme hier ablegen" in w.shown_texts()
        w.window.services.settings.reset(table.LANGUAGE)

    def english(w: Driver) -> None:
        assert "Drop a chest X-ray here" in w.shown_texts()

    drive(script)
    drive(german)
    drive(english, "--language", "en")
