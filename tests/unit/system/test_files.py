from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from edge_app.system.files import FileWriteError, replace_file


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replace_file(path) as stream:
        stream.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with contextlib.suppress(RuntimeError), replace_file(path) as stream:
        stream.write(b"new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_is_not_there_is_said_without_its_path(tmp_path: Path) -> None:
    with (
        pytest.raises(FileWriteError, match=r"a\.txt could not be written") as caught,
        replace_file(tmp_path / "missing" / "a.txt"),
    ):
        pass
    assert str(tmp_path) not in str(caught.value)


def test_the_bytes_are_synced_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(Path, "replace", lambda a, b: (order.append("rename"), replace(a, b))[1])
    with replace_file(tmp_path / "a.txt") as stream:
        stream.write(b"new")
    assert order == ["fsync", "rename", "fsync"]
