"""The warnings of the window about its machine."""

from __future__ import annotations

import pytest

from edge_app import app
from tests.support.window import Driver


@pytest.mark.reliability("E8")
def test_an_overlay_is_said_above_the_film(drive, films, monkeypatch):
    monkeypatch.setattr(app, "storage_kind", lambda folder: "volatile")

    def script(w: Driver) -> None:
        w.wait_film()
        assert "This disk forgets everything" in w.shown_texts()
        assert w.view.height() > 150, "the film keeps its place"

    assert drive(script, "--kiosk", films("a.png"), size="800x480") == 0


@pytest.mark.reliability("F5", part="no load, no figure for the slower answer")
def test_a_weak_supply_is_said_and_taken_back(drive, films, tmp_path, monkeypatch):
    program = tmp_path / "vcgencmd"
    program.write_text("#!/bin/sh\necho throttled=0x50005\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def script(w: Driver) -> None:
        w.wait(lambda: "power supply is too weak" in w.shown_texts(), "the notice")
        w.window.frame.notices.set_power(())
        w.settle()
        assert "power supply" not in w.shown_texts()

    assert drive(script, "--kiosk", films("a.png"), size="800x480") == 0


def test_a_machine_without_faults_gets_no_bar(drive, films, monkeypatch):
    monkeypatch.setattr(app, "storage_kind", lambda folder: "lasting")

    def script(w: Driver) -> None:
        w.wait_film()
        assert not w.window.frame.notices.isVisible()

    assert drive(script, films("a.png")) == 0
