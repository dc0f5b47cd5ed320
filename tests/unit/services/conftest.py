from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent

from tests.support.leftovers import nothing_left


@pytest.fixture(autouse=True)
def _leaves_nothing(qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PNEUMOSCOPE_HOME", str(tmp_path / "home"))
    with nothing_left():
        yield
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def films(tmp_path: Path) -> Films:
    return Films(tmp_path)


class Films:
    """Makes files for the fake worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, text: str | None = None) -> Path:
        path = self._folder / name
        fresh = path.with_name(f".fresh-{name}")
        fresh.write_text(text or f"film {name}")
        fresh.replace(path)  # never half written, though the child may be reading the old one
        return path
