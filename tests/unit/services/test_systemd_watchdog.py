from __future__ import annotations

import socket

import pytest

from edge_app.services.systemd_watchdog import SystemdWatchdog


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """The end of the line where systemd listens."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield line


def heard(line: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words.append(line.recv(100).decode())
        except BlockingIOError:
            return words


@pytest.mark.reliability("F4", part="no window hangs")
def test_says_ready_then_alive_then_the_end(qtbot, systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    manager = SystemdWatchdog()
    manager.start()
    words: list[str] = []
    qtbot.waitUntil(lambda: words.extend(heard(systemd)) or words.count("WATCHDOG=1") >= 2)
    manager.close()
    words += heard(systemd)
    assert (words[0], words[-1]) == ("READY=1", "STOPPING=1")


def test_without_a_watchdog_only_ready_is_said(qapp, systemd, monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    manager = SystemdWatchdog()
    manager.start()
    assert not manager._timer.isActive()
    assert heard(systemd) == ["READY=1"]
    manager.close()


def test_abstract_sockets_are_understood(qapp, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("\0pneumoscope-test")
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", "@pneumoscope-test")
        manager = SystemdWatchdog()
        manager.start()
        assert heard(line) == ["READY=1"]
        manager.close()


def test_without_systemd_nothing_is_done(qapp, monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", "1000000")
    manager = SystemdWatchdog()
    manager.start()
    assert not manager._timer.isActive()
    manager.close()


def test_a_line_that_is_gone_does_not_take_the_window_down(qapp, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    manager = SystemdWatchdog()
    manager.start()
    manager.close()
    assert "could not be told READY=1" in caplog.text
