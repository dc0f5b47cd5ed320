from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSlider

from edge_app.services.settings import HEATMAP_OPACITY
from edge_app.ui.viewer.corners import heat_caption
from tests.support.window import Driver


def test_heat_map_is_switched_and_changes_only_the_picture(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        assert w.document.shows_heat()
        warm = w.view.viewport().grab().toImage()
        w.key(Qt.Key.Key_H)
        assert not w.document.shows_heat()
        assert w.view.viewport().grab().toImage() != warm
        w.key(Qt.Key.Key_H)
        assert w.view.viewport().grab().toImage() == warm

    drive(script, films("a.png", grey=0.8))


def test_brackets_change_the_opacity_and_it_is_kept(drive, films):
    film = films("a.png", grey=0.8)

    def script(w: Driver) -> None:
        w.wait_film()
        w.key(Qt.Key.Key_BracketRight)
        w.key(Qt.Key.Key_BracketRight)
        assert w.document.heat.opacity == 0.8
        w.key(Qt.Key.Key_BracketLeft)
        assert w.document.heat.opacity == 0.7
        assert w.window.services.settings[HEATMAP_OPACITY] == 0.7

    def again(w: Driver) -> None:
        w.wait_film()
        assert w.document.heat.opacity == 0.7

    drive(script, film)
    drive(again, film)


def test_held_key_shows_the_bare_film(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        QTest.keyPress(w.view, Qt.Key.Key_B)
        w.settle()
        assert not w.document.shows_heat()
        assert "while the key is held" in heat_caption(w.document)
        QTest.keyRelease(w.view, Qt.Key.Key_B)
        w.settle()
        assert w.document.shows_heat()

    drive(script, films("a.png", grey=0.8))


def test_held_key_works_from_every_control_and_ends_behind_a_dialog(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.wait_idle()
        w.trigger("show_list")
        worklist = w.window.worklist
        for control in (w.window, worklist.table, worklist.findChild(QComboBox), w.window.findChild(QSlider)):
            control.setFocus()
            QTest.keyPress(control, Qt.Key.Key_B)
            assert not w.document.shows_heat(), control
            QTest.keyRelease(control, Qt.Key.Key_B)
            assert w.document.shows_heat(), control
        QTest.keyPress(w.view, Qt.Key.Key_B)
        w.trigger("about")
        w.wait(w.document.shows_heat, "the end of the held key")
        QTest.keyPress(w.dialog(), Qt.Key.Key_B)
        assert w.document.shows_heat()
        w.dialog().close()
        w.settle()

    drive(script, films("a.png", grey=0.8), films("b.png", grey=0.8))


def test_held_key_is_a_letter_while_one_writes(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        comment = w.window.result.findChild(type(w.window.result._review.comment))
        comment.setFocus()
        QTest.keyClicks(comment, "bmh")
        assert comment.toPlainText() == "bmh"
        assert w.document.shows_heat()

    drive(script, films("a.png", grey=0.8))


def test_words_say_what_the_map_is_and_when_there_is_none(drive, films):
    warm, cold = films("warm.png", grey=0.8), films("cold.png", grey=0.1)

    def script(w: Driver) -> None:
        w.wait_film("warm.png")
        assert heat_caption(w.document) == "Where the model looked, not a lesion outline"
        w.trigger("next")
        w.wait_film("cold.png")
        assert heat_caption(w.document) == "No positive evidence"
        assert not w.document.shows_heat()

    drive(script, warm, cold)


def test_colours_can_be_chosen(drive, films):
    from PySide6.QtWidgets import QComboBox

    def script(w: Driver) -> None:
        w.wait_film()
        boxes = [b for b in w.window.viewer.findChildren(QComboBox) if b.accessibleName() == "Colours of the heat map"]
        assert [boxes[0].itemText(i) for i in range(boxes[0].count())] == ["Cividis", "Viridis", "Inferno"]
        before = w.view.viewport().grab().toImage()
        boxes[0].setCurrentIndex(2)
        w.settle()
        assert w.document.heat.colour_map == "inferno"
        assert w.view.viewport().grab().toImage() != before

    drive(script, films("a.png", grey=0.8))
