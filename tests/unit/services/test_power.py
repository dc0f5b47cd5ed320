from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.services.power import PowerWatch, notices


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("throttled=0x0\n", ()),
        ("throttled=0x50005\n", ("under_voltage",)),
        ("throttled=0x50000\n", ("was_under_voltage",)),
        ("throttled=0x8\n", ("hot",)),
        ("throttled=0x10002\n", ("hot", "was_under_voltage")),
        ("throttled=0xe0000\n", ()),
        ("VCHI initialization failed\n", ()),
        ("throttled=0x\n", ()),
        ("", ()),
    ],
)
def test_bits_of_the_firmware(answer, expected):
    assert notices(answer) == expected


@pytest.fixture
def vcgencmd(tmp_path: Path, monkeypatch):
    """Puts a program of that name on the path that answers with a line."""

    def put(line: str) -> None:
        program = tmp_path / "vcgencmd"
        program.write_text(f'#!/bin/sh\n[ "$1" = get_throttled ] && echo {line}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return put


@pytest.mark.reliability("F5", part="no load, no figure for the slower answer")
def test_watch_tells_what_the_program_answers(qtbot, vcgencmd):
    vcgencmd("throttled=0x50005")
    watch = PowerWatch()
    try:
        with qtbot.waitSignal(watch.changed) as said:
            watch.start()
        assert said.args == [("under_voltage",)]
        assert watch.notices == ("under_voltage",)
    finally:
        watch.close()


def test_close_ends_a_program_that_hangs(qtbot, tmp_path, vcgencmd):
    vcgencmd("x; exec sleep 1000")
    watch = PowerWatch()
    watch.start()
    watch.close()
    assert watch.notices == ()


def test_without_the_program_nothing_runs(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    watch = PowerWatch()
    watch.start()
    assert not watch._timer.isActive()
    watch.close()
