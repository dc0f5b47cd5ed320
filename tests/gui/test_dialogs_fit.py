"""Every dialog fits a 7-inch screen, in every scheme, density and language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QWidget

from edge_app.services.crash import CrashReport
from edge_app.ui.dialogs.text_dialogs import ConsentDialog, CrashDialog
from tests.support.window import Driver


def dialogs(w: Driver) -> dict[str, Callable[[], object]]:
    window = w.window
    report = CrashReport(window.services.places.crashes / "x.txt", "ValueError\n\nedge_app/x.py:3 in f")
    return {
        **window.dialogs.handlers(),
        "report": window.exports.show_report,
        "consent": lambda: ConsentDialog(window).open(),
        "crash": lambda: CrashDialog((report,), window).open(),
    }


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_every_dialog_fits_and_can_be_used(drive, films, theme_name, language, expected_log):
    expected_log.append("camera could not be opened")

    def script(w: Driver) -> None:
        w.wait_film()
        for name, open_dialog in dialogs(w).items():
            open_dialog()
            dialog = w.dialog()
            check(name, dialog)
            dialog.close()
            w.settle()
            assert w.no_dialog(), name

    drive(script, "--theme", theme_name, "--language", language, films("a.png"), films("b.png"), size="800x480")


def check(name: str, dialog: QDialog) -> None:
    assert dialog.width() <= 800, name
    assert dialog.height() <= 480 - 32, f"{name}: no room for a title bar"
    needed = dialog.minimumSizeHint()
    assert needed.width() <= 760, f"{name} needs {needed.width()} pixels"
    assert needed.height() <= 440, f"{name} needs {needed.height()} pixels"
    inside = QRect(QPoint(0, 0), dialog.size())
    for widget in dialog.findChildren(QWidget):
        if not widget.isVisible() or scrolls(widget, dialog):
            continue
        place = QRect(widget.mapTo(dialog, QPoint(0, 0)), widget.size())
        assert inside.contains(place), f"{name}: {widget} hangs out of the dialog"
    for button in dialog.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.height() >= 44, f"{name}: {button.text()} is too small for a finger"
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()), f"{name}: {button.text()}"
    for label in dialog.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, f"{name}: {label.text()}"
        if label.isVisible() and label.text() and not label.wordWrap() and not scrolls(label, dialog):
            assert label.width() >= label.sizeHint().width() - 1, f"{name}: {label.text()} is cut off"
    names = [w for w in focusable(dialog) if not spoken(w)]
    assert not names, f"{name}: without a name for screen readers: {names}"


def scrolls(widget: QWidget, dialog: QDialog) -> bool:
    """Returns whether a widget is in a scroll area, where it may be larger than the dialog."""
    parent = widget.parentWidget()
    while parent is not None and parent is not dialog:
        if parent.objectName() == "qt_scrollarea_viewport":
            return True
        parent = parent.parentWidget()
    return False


def focusable(root: QWidget) -> list[QWidget]:
    """Returns the widgets that Tab reaches."""
    return [
        w
        for w in root.findChildren(QWidget)
        if w.isVisible()
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and w.focusProxy() is None
        and not w.objectName().startswith("qt_")
    ]


def spoken(widget: QWidget) -> str:
    """Returns the text that a screen reader reads for a control."""
    from PySide6.QtWidgets import QScrollArea, QTabBar, QTabWidget

    if isinstance(widget, QTabBar | QTabWidget | QScrollArea):
        return "its pages are named"
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or buddy(widget)


def buddy(widget: QWidget) -> str:
    for label in widget.window().findChildren(QLabel):
        if label.buddy() is widget:
            return label.text()
    return ""


def test_every_control_of_the_window_has_a_name_and_is_reached_by_tab(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        for size in ((1280, 800), (800, 480)):
            w.window.resize(*size)
            w.settle()
            controls = focusable(w.window)
            assert not [(c, c.parent()) for c in controls if not spoken(c)]
            reached = set()
            w.view.setFocus()
            for _ in range(3 * len(controls)):
                w.key(Qt.Key.Key_Tab, QApplication.focusWidget())
                reached.add(QApplication.focusWidget())
            missed = [c for c in controls if c not in reached and c.isEnabled() and c.isVisible()]
            assert not missed, f"{size}: Tab does not reach {missed}"

    drive(script, films("a.png", grey=0.8), films("b.png"))


def test_touch_targets_of_the_small_window(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        for button in w.window.findChildren(QAbstractButton):
            if button.isVisible() and button.text():
                assert button.height() >= 44, button.text()
        assert w.view.width() >= 480
        assert w.view.height() >= 300
        assert w.window.minimumSizeHint().width() <= 800
        assert w.window.minimumSizeHint().height() <= 480

    drive(script, films("a.png"), size="800x480")
