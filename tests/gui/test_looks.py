"""The structure of the painted window, in both sizes and schemes; independent of fonts."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from edge_app.services.settings import TEXT_SCALE
from edge_app.ui.theme.tokens import FILM_GROUND, tokens
from tests.support.window import Driver


def pixels(image: QImage) -> np.ndarray:
    """`(rows, columns, 3)` uint8 RGB."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return (
        np.array(rgb.constBits())
        .reshape(rgb.height(), rgb.bytesPerLine())[:, : rgb.width() * 3]
        .reshape(rgb.height(), rgb.width(), 3)
    )


def colour(text: str) -> tuple[int, ...]:
    return tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))


def place(w: Driver, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(w.window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", ["1280x800", "800x480"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_window_with_a_result(drive, films, scheme, size):
    def script(w: Driver) -> None:
        w.wait_film()
        shown = pixels(w.grab())
        look = tokens(scheme)
        viewer, result = place(w, w.view), place(w, w.window.result)
        assert not viewer.intersects(result)
        assert viewer.width() >= 480
        # The background of the film is nearly black in both schemes.
        corner = shown[viewer.center().y(), viewer.left() + 1]
        assert tuple(corner) == colour(FILM_GROUND) or corner.max() < 60
        # The panel has the background and the text colour of the scheme.
        panel = shown[result.top() : result.bottom(), result.left() : result.right()].reshape(-1, 3)
        assert (panel == colour(look.panel)).all(axis=1).mean() > 0.5
        assert (panel == colour(look.text)).all(axis=1).sum() > 50
        assert (panel == colour(getattr(look, w.session.current.outcome))).all(axis=1).sum() > 20, (
            "the band is painted in its colour too"
        )
        # The film is painted: many greys in the middle.
        middle = shown[viewer.center().y() - 40 : viewer.center().y() + 40, viewer.center().x() - 40 :][:, :80]
        assert len(np.unique(middle[..., 1])) > 15
        for label in w.window.findChildren(QLabel):
            if label.isVisible() and label.text() and not label.wordWrap() and label.width():
                assert label.width() >= label.sizeHint().width() - 1, f"{label.text()!r} is cut off"

    drive(script, "--theme", scheme, films("chest.png"), size=size)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_two_runs_paint_the_same(drive, films, scheme):
    film = films("a.png", grey=0.8)
    seen: list[QImage] = []

    def script(w: Driver) -> None:
        w.wait_film()
        w.wait(lambda: "pneumonia-fake" in w.shown_texts(w.window.statusBar()))
        seen.append(w.grab())

    drive(script, "--theme", scheme, film)
    drive(script, "--theme", scheme, film)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("size", ["1280x800", "800x480"])
def test_largest_text_is_not_cut_off_in_the_longer_language(drive, films, size):
    def script(w: Driver) -> None:
        w.window.services.settings[TEXT_SCALE] = 1.5
        w.wait_film()
        w.settle()
        column = w.window.result
        w.wait(lambda: column.widget().width() <= column.viewport().width(), "the column to fit")
        for label in w.window.findChildren(QLabel):
            if label.isVisible() and label.text() and not label.wordWrap():
                assert label.width() >= label.sizeHint().width() - 1, f"{label.text()!r} is cut off"

    drive(script, "--language", "de", films("a.png", grey=0.8), size=size)
