from __future__ import annotations

from tests.e2e.test_report import press
from tests.support.window import Driver


def test_facts_of_the_film_are_shown(drive, films):
    def script(w: Driver) -> None:
        assert not w.window.actions_table["film_info"].isEnabled()
        w.wait_film()
        w.trigger("film_info")
        dialog = w.dialog()
        words = w.shown_texts(dialog).replace("\u200b", "")
        assert "260 × 300, 16 bit" in words
        assert "PNG" in words
        assert "not stated" in words
        assert w.document.film.sha256 in words
        press(dialog, "Close")

    drive(script, films("deep.png", deep=True))
