from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from edge_app.analysis.analysis import Analysis
from tests.support.window import Driver

BANDS = {
    "high.png": (0.9, "Suggests pneumonia", "90 %"),
    "mid.png": (0.47, "Uncertain", "47 %"),
    "low.png": (0.1, "No pneumonia found", "10 %"),
}


def test_result_is_said_in_number_band_and_plain_words(drive, films):
    def script(w: Driver) -> None:
        for name, (_, band, percent) in BANDS.items():
            w.wait_film(name)
            w.settle()
            words = w.shown_texts(w.window.result)
            assert band in words
            assert percent in words
            assert "94 of 100 films with pneumonia positive, and 91 of 100 normal films negative" in words
            assert ("Too close to call" in words) == (band == "Uncertain")
            assert "Model: pneumonia-fake 0.1.0\n" in words
            assert "Model file, SHA-256: abababababab\n" in words
            assert w.document.film.sha256[:12] in words
            assert "Time taken, ms: 18" in words
            w.window.actions_table["next"].trigger()

    drive(script, *(films(name, grey=grey) for name, (grey, _, _) in BANDS.items()))


def test_refused_film_is_shown_with_its_reason_and_no_number(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        words = w.shown_texts(w.window.result)
        assert "Not scored" in words
        assert "The picture does not look like the frontal chest films that the model knows." in words
        assert "Give a whole, upright, frontal chest radiograph." in words
        assert "%" not in words
        assert not w.document.shows_heat()

    drive(script, films("refuse.png", grey=0.9))


def test_unreadable_file_says_what_to_do(drive, films):
    def script(w: Driver) -> None:
        w.wait(lambda: w.session.current is not None and w.session.current.state == "done")
        w.settle()
        words = w.shown_texts()
        assert "Not read" in words
        assert "%" not in w.shown_texts(w.window.result)
        assert w.document.film is None

    drive(script, films.broken("broken.png"))


def test_flags_are_listed(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.wait(lambda: "Warnings" in w.shown_texts(w.window.result))
        assert "darker than those the model knows" in w.shown_texts(w.window.result)

    drive(script, films("flagged.png"))


def test_score_that_must_not_be_used_says_so_above_the_number(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.settle()
        words = w.shown_texts(w.window.result)
        warning, number = words.find("Do not use this score"), words.find("90 %")
        assert -1 < warning < number
        assert "94 of 100" not in words, "what was measured elsewhere is not promised here"
        model = w.window.worklist.model
        assert model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole).splitlines()[1] == "positive - do not use"
        w.trigger("next")
        w.wait_film("child.png")
        w.settle()
        assert "Do not use" not in w.shown_texts(w.window.result)

    drive(script, films("adult.png", grey=0.9), films("child.png", grey=0.9))


def test_research_line_is_always_there(drive, films):
    def script(w: Driver) -> None:
        line = "Research use only. Not a medical device."
        assert line in w.shown_texts()
        w.wait_film()
        for size in ((1280, 800), (800, 480), (640, 400)):
            w.window.resize(*size)
            w.settle()
            assert line in w.shown_texts(), size

    drive(script, films("a.png"))


def test_result_of_another_film_is_never_shown(drive, films):
    first, second = films("first.png", grey=0.9), films("second.png", grey=0.1)

    def script(w: Driver) -> None:
        w.wait_film("first.png")
        stale: Analysis = w.document.analysis
        w.trigger("next")
        w.wait_film("second.png")
        assert not w.document.show_analysis(stale)
        assert w.document.analysis.sha256 == w.document.film.sha256
        assert "10 %" in w.shown_texts(w.window.result)

    drive(script, first, second)


def test_file_that_changed_is_analysed_again_and_not_shown_beside_the_old_result(drive, films):
    first, other, third = films("first.png", grey=0.9), films("other.png", grey=0.1), films("third.png", grey=0.6)
    rest = [films(f"rest-{i}.png", grey=0.2) for i in range(4)]

    def script(w: Driver) -> None:
        w.wait_film("first.png")
        w.wait_idle()
        for _ in rest:  # until the film is no longer kept for display
            w.trigger("next")
            w.wait_film()
        shutil.copy(third, first)
        w.session.set_current(w.session.items[0].item_id)
        w.wait_film("first.png")
        assert w.document.analysis.sha256 == w.document.film.sha256
        assert w.session.current.probability == pytest.approx(0.6, abs=0.02)

    drive(script, first, *rest, other)


def test_reader_agrees_and_comments(drive, films):
    first, second = films("first.png"), films("second.png")

    def script(w: Driver) -> None:
        w.wait_film("first.png")
        review = w.window.result._review
        review._buttons["agree"].click()
        review.comment.setPlainText("apex hidden")
        w.trigger("next")
        w.wait_film("second.png")
        assert w.session.items[0].review.verdict == "agree"
        assert w.session.items[0].review.comment == "apex hidden", "a comment is kept when one goes on"
        assert review.comment.toPlainText() == ""
        w.trigger("previous")
        w.wait_film("first.png")
        assert review.comment.toPlainText() == "apex hidden"

    drive(script, first, second)


@pytest.mark.reliability("A16", part="the window")
def test_text_from_a_file_is_never_markup(drive, films):
    def script(w: Driver) -> None:
        w.wait_film()
        w.wait_film()
        for label in w.window.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText, label.text()

    drive(script, films("<b>bold<i>.png"))
