from __future__ import annotations

import subprocess
import sys

import pytest

from edge_app import cli


def seen_options(monkeypatch, *arguments: str):
    found = []
    monkeypatch.setattr(cli, "_open_window", lambda options, *_: found.append(options) or 0)
    assert cli.main(list(arguments)) == 0
    return found[0]


def test_no_command_opens_the_window(monkeypatch):
    assert seen_options(monkeypatch).paths == []
    options = seen_options(monkeypatch, "a.png", "b.png", "--theme", "light", "--size", "800x480", "--kiosk")
    assert [path.name for path in options.paths] == ["a.png", "b.png"]
    assert (options.theme, options.size, options.kiosk) == ("light", (800, 480), True)


@pytest.mark.parametrize("size", ["800", "800x", "axb", "100x100"])
def test_impossible_size_is_a_usage_error(size, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--size", size])
    assert ended.value.code == 2


def test_help_names_the_window(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert "--window-help" in capsys.readouterr().out


def test_missing_qt_is_said_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "edge_app.app", None)
    assert cli.main([]) == cli.EXIT_NOTHING_RAN
    assert "needs PySide6" in capsys.readouterr().err


def test_commands_without_a_window_import_no_qt():
    code = (
        "import sys; from edge_app import cli; cli.main(['selftest', '--model', '/nowhere']); "
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
