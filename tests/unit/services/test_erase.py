from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from edge_app.services.erase import erase_files
from edge_app.services.places import Places
from edge_app.services.recent import remember
from edge_app.services.service_container import Services
from edge_app.services.settings import HISTORY_RETENTION_DAYS, Settings


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places.find(tmp_path / "home")
    assert places.make()
    return places


def planted(places: Places) -> list[Path]:
    """Files with a patient's name in every place that keeps films."""
    files = [
        places.captures / "film-1.png",
        places.pasted / "pasted-1.png",
        places.crashes / "crash-1.txt",
        places.data / "history-damaged-20260101T000000-0.sqlite",
        places.data / ".pneumoscope-0123.partial",
    ]
    for file in files:
        file.write_bytes(b"CANARY")
    return files


@pytest.mark.reliability("D13", part="what is kept")
def test_delete_everything_leaves_no_name(places: Places) -> None:
    settings = Settings(places.settings_file)
    remember(settings, Path("/films/CANARY.png"))
    settings.save()
    planted(places)
    assert erase_files(places, settings) == ()
    left = [path.name for path in places.data.parent.rglob("*") if path.is_file() and b"CANARY" in path.read_bytes()]
    assert left == []


def test_the_retention_reaches_photographs_and_pasted_pictures(places: Places, qtbot: QtBot) -> None:
    old, fresh = places.captures / "film-old.png", places.captures / "film-fresh.png"
    for path, age_days in ((old, 40), (fresh, 1)):
        path.write_bytes(b"x")
        taken = path.stat().st_mtime - age_days * 86400
        os.utime(path, (taken, taken))
    settings = Settings(places.settings_file)
    settings[HISTORY_RETENTION_DAYS] = 30
    settings.save()
    services = Services.build(places)
    with qtbot.waitSignal(services.history.purged):
        pass
    services.close()
    assert not old.exists()
    assert fresh.exists()
