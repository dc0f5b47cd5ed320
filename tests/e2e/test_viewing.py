from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from edge_app.display.geometry import Orientation
from edge_app.display.window_level import WindowLevel
from tests.support.window import Driver


def film_point(w: Driver, position: QPointF) -> QPointF:
    inverse, _ = w.view.viewportTransform().inverted()
    return inverse.map(position)


def test_wheel_zooms_at_the_pointer(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        at = QPointF(330, 240)
        before, zoom = film_point(w, at), w.view.zoom
        for _ in range(5):
            w.wheel(at, 120)
            after = film_point(w, at)
            assert (after - before).manhattanLength() * w.view.zoom < 2, "more than a screen pixel away"
        assert w.view.zoom == pytest.approx(zoom * 1.2**5)

    drive(script, films("a.png"))


def test_drag_pans_by_what_was_dragged(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.view.zoom_to(6.0)
        before = film_point(w, QPointF(300, 300))
        w.drag(QPoint(300, 300), QPoint(360, 270))
        moved = film_point(w, QPointF(360, 270)) - before
        assert moved.manhattanLength() < 0.5

    drive(script, films("a.png"))


def test_double_click_switches_between_fit_and_one_to_one(drive, films):
    from PySide6.QtTest import QTest

    def script(w: Driver) -> None:
        w.wait_film()
        assert w.view.is_fitted
        fitted = w.view.zoom
        viewport = w.view.viewport()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseDClick(viewport, left, none, QPoint(300, 300))
        assert w.view.zoom == 1.0
        assert not w.view.is_fitted
        QTest.mouseDClick(viewport, left, none, QPoint(300, 300))
        assert w.view.zoom == fitted

    drive(script, films("a.png"))


def test_pinch_zooms(drive, films):
    from PySide6.QtGui import QPointingDevice
    from PySide6.QtTest import QTest

    def script(w: Driver) -> None:
        w.wait_film()
        zoom = w.view.zoom
        device = QTest.createTouchDevice()
        assert isinstance(device, QPointingDevice)
        viewport = w.view.viewport()
        middle = viewport.rect().center()
        for step, spread in enumerate((40, 60, 90, 130, 180)):
            touch = QTest.touchEvent(viewport, device)
            one, two = middle - QPoint(spread, 0), middle + QPoint(spread, 0)
            if step == 0:
                touch.press(0, one, viewport)
                touch.press(1, two, viewport)
            else:
                touch.move(0, one, viewport)
                touch.move(1, two, viewport)
            touch.commit()
        touch = QTest.touchEvent(viewport, device)
        touch.release(0, one, viewport)
        touch.release(1, two, viewport)
        touch.commit()
        w.settle()
        assert w.view.zoom > zoom * 1.5

    drive(script, films("a.png"))


def test_right_drag_sets_window_and_level_and_is_one_step_of_undo(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        before = w.document.view.window
        w.drag(QPoint(300, 300), QPoint(400, 240), Qt.MouseButton.RightButton)
        window = w.document.view.window
        assert window.width > before.width
        assert window.centre < before.centre
        assert w.document.undo_stack.count() == 1
        w.trigger("undo")
        assert w.document.view.window == before
        w.trigger("redo")
        assert w.document.view.window == window

    drive(script, films("a.png"))


def test_window_changes_the_screen_and_not_the_result(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        result, sha256 = w.document.analysis, w.document.film.sha256
        w.trigger("heat")
        before = w.grab()
        w.trigger("preset_lung")
        assert w.grab() != before
        assert w.document.analysis is result
        assert w.document.film.sha256 == sha256

    drive(script, films("a.png"))


KEYS = {
    Qt.Key.Key_1: lambda v: v.window == WindowLevel.full(255),
    Qt.Key.Key_2: lambda v: v.window.width < 250,
    Qt.Key.Key_3: lambda v: v.window.centre < 110,
    Qt.Key.Key_4: lambda v: v.window.centre > 110,
    Qt.Key.Key_I: lambda v: v.inverted,
    Qt.Key.Key_R: lambda v: v.orientation == Orientation(1),
    Qt.Key.Key_L: lambda v: v.orientation == Orientation(3),
    Qt.Key.Key_V: lambda v: v.orientation == Orientation(0, True),
}


def test_keys_change_the_view(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        for key, check in KEYS.items():
            w.key(key)
            assert check(w.document.view), key
            w.key(Qt.Key.Key_Backspace)
            assert not w.document.is_view_changed(), key

    drive(script, films("a.png"))


def test_arrow_keys_move_the_film_and_with_shift_set_the_window(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.view.zoom_to(6.0)
        before = film_point(w, QPointF(300, 300))
        w.key(Qt.Key.Key_Right, w.view)
        assert (film_point(w, QPointF(300, 300)) - before).x() == pytest.approx(8, abs=0.2)
        for _ in range(200):
            w.key(Qt.Key.Key_Down, w.view)
        shown = w.view.viewportTransform().mapRect(w.view._film_item.boundingRect())
        assert shown.intersects(w.view.viewport().rect()), "the film cannot be lost"
        window = w.document.view.window
        w.key(Qt.Key.Key_Right, w.view, Qt.KeyboardModifier.ShiftModifier)
        w.key(Qt.Key.Key_Right, w.view, Qt.KeyboardModifier.ShiftModifier)
        assert w.document.view.window.width == pytest.approx(window.width + 24 * 255 / 600)
        assert w.document.undo_stack.count() == 1

    drive(script, films("a.png"))


def test_inverting_inverts_the_pixels_on_the_screen(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("heat")
        middle = w.view.viewport().rect().center()
        bright = w.view.viewport().grab().toImage().pixelColor(middle).red()
        w.trigger("invert")
        inverted = w.view.viewport().grab().toImage().pixelColor(middle).red()
        assert bright + inverted == pytest.approx(255, abs=3)

    drive(script, films("a.png", grey=0.75))


def test_turned_film_keeps_its_corner_where_it_belongs(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("rotate_right")
        to_view = w.view.viewportTransform()
        top_left, bottom_left = to_view.map(QPointF(0, 0)), to_view.map(QPointF(0, w.document.film.rows))
        # A quarter turn to the right brings the film's upper left corner to the upper right.
        assert top_left.x() > bottom_left.x()
        assert top_left.y() == pytest.approx(bottom_left.y())
        w.trigger("rotate_left")
        w.trigger("mirror")
        to_view = w.view.viewportTransform()
        left, right = to_view.map(QPointF(0, 0)), to_view.map(QPointF(w.document.film.columns, 0))
        assert left.x() > right.x()

    drive(script, films("a.png"))


def test_pointer_reads_the_pixel_under_it(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        probes = []
        w.view.probed.connect(probes.append)
        w.hover(w.view.viewport().rect().center())
        column, row = probes[-1]
        film = w.document.film
        assert abs(column - film.columns // 2) <= 1
        assert abs(row - film.rows // 2) <= 1
        w.hover(QPoint(1, 1))
        assert probes[-1] is None, "beside the film there is no pixel"

    drive(script, films("a.png"))


def test_ruler_measures_in_pixels_without_spacing(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("ruler")
        w.view.zoom_to(2.0)
        w.drag(QPoint(200, 300), QPoint(320, 300))
        line = w.view.ruler
        assert line.length() == pytest.approx(60, abs=0.5)
        before = w.view.viewport().grab().toImage()
        w.trigger("ruler")
        assert w.view.ruler is None, "leaving the tool takes the line away"
        assert w.view.viewport().grab().toImage() != before

    drive(script, films("a.png"))


def test_magnifier_shows_while_m_is_held(drive, films):
    from PySide6.QtTest import QTest

    def script(w: Driver) -> None:
        w.wait_film()
        w.hover(w.view.viewport().rect().center())
        bare = w.view.viewport().grab().toImage()
        QTest.keyPress(w.view, Qt.Key.Key_M)
        w.settle()
        magnified = w.view.viewport().grab().toImage()
        assert magnified != bare
        QTest.keyRelease(w.view, Qt.Key.Key_M)
        w.settle()
        assert w.view.viewport().grab().toImage() == bare

    drive(script, films("a.png"))


def test_side_by_side_views_zoom_together(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.trigger("compare")
        bare = w.window.viewer.bare_view
        assert bare.isVisible()
        w.wheel(QPointF(150, 200), 360)
        assert bare.zoom == w.view.zoom
        centre = QPointF(w.view.viewport().rect().center())
        assert (film_point(w, centre) - bare.to_film(QPointF(bare.viewport().rect().center()))).manhattanLength() < 1.5
        w.trigger("compare")
        assert not bare.isVisible()

    drive(script, films("a.png"))


def test_sixteen_bit_film_is_shown_with_its_own_numbers(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        assert w.document.film.pixels.dtype == np.uint16
        assert w.document.view.window.width < 65536, "a 16-bit film opens with its own range"
        w.trigger("preset_full")
        assert w.document.view.window == WindowLevel.full(65535)

    drive(script, films("deep.png", deep=True))
