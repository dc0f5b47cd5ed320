"""Without a usable model the window shows films, scores none, and says why."""

from __future__ import annotations

from edge_app.process import launch, supervisor
from tests.support.window import Driver


def test_missing_model_is_said_and_the_window_lives(drive, films, monkeypatch, expected_log, tmp_path):
    expected_log.append("The worker process cannot work")
    # The real child process: it finds no bundle.
    real = launch.child_command()

    def script(w: Driver) -> None:
        w.wait(lambda: w.session.current is not None and w.session.current.state == "done")
        w.wait(lambda: "Not analysed" in w.shown_texts(w.window.result))
        assert "%" not in w.shown_texts(w.window.result)
        assert "The model cannot be used" in w.shown_texts(w.window.statusBar())
        w.trigger("model")
        assert "no model bundle" in w.shown_texts(w.dialog())
        w.dialog().close()

    monkeypatch.setattr(supervisor, "child_command", lambda module="": real)
    drive(script, "--model", tmp_path / "nothing", films("a.png"))
