from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings

from edge_app.services import settings as table
from edge_app.services.places import Places
from edge_app.services.recent import forget_all, recent_files, remember
from edge_app.services.settings import (
    HISTORY_KEPT,
    HISTORY_PATHS,
    LAST_FOLDER,
    TABLE,
    Setting,
    Settings,
    worker_config,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.ini"


def another_value(setting: Setting[Any]) -> Any:
    candidates: list[Any] = [True, False, "light", "touch", "float", "litert", "inferno", "none", "refuse"]
    candidates += [7, 1.5, 0.25, "de", ("/films/a, b.png", "/films/ü.png")]
    if isinstance(setting.default, str):
        candidates.insert(0, 'Größe, "quoted" = [x]\n%1')
    for value in candidates:
        try:
            if setting.check(value) != setting.default:
                return value
        except ValueError:
            continue
    raise AssertionError(f"{setting.key} has no other value")


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.key)
def test_every_setting_survives_a_restart(file: Path, setting: Setting[Any]) -> None:
    value = another_value(setting)
    settings = Settings(file)
    assert settings[setting] == setting.default
    settings[setting] = value
    assert settings.save()
    again = Settings(file)
    assert again[setting] == value
    assert type(again[setting]) is type(setting.check(value))


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.key)
def test_nonsense_in_the_file_counts_as_the_default(
    file: Path, setting: Setting[Any], caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    for nonsense in ("{", json.dumps({"a": 1}), json.dumps(1e300), json.dumps("x" * 70_000), "NaN", json.dumps([""])):
        raw = QSettings(str(file), QSettings.Format.IniFormat)
        raw.setValue(setting.key, nonsense)
        raw.sync()
        counts_as = setting.default if setting.when_damaged is None else setting.when_damaged
        assert Settings(file)[setting] == counts_as


def test_a_value_that_is_not_allowed_is_refused(file: Path) -> None:
    settings = Settings(file)
    with pytest.raises(ValueError, match="pink"):
        settings[table.THEME] = "pink"  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"<= 1\.0"):
        settings[table.HEATMAP_OPACITY] = 1.5
    with pytest.raises(ValueError, match="bool"):
        settings[table.HISTORY_KEPT] = 1  # type: ignore[assignment]
    assert settings[table.THEME] == "dark"


def test_a_change_is_announced_once(file: Path) -> None:
    settings = Settings(file)
    changed: list[Setting[Any]] = []
    settings.changed.connect(changed.append)
    settings[table.THEME] = "light"
    settings[table.THEME] = "light"
    settings.reset(table.THEME)
    assert changed == [table.THEME, table.THEME]


def test_resetting_all_keeps_the_consent(file: Path) -> None:
    settings = Settings(file)
    settings[table.CONSENT] = table.CONSENT_VERSION
    settings[table.TEXT_SCALE] = 1.5
    settings.reset_all()
    assert settings[table.CONSENT] == table.CONSENT_VERSION
    assert settings[table.TEXT_SCALE] == 1.0


def test_keys_are_not_used_twice() -> None:
    assert len({setting.key for setting in TABLE}) == len(TABLE)
    assert all(setting.check(setting.default) == setting.default for setting in TABLE)


def test_the_worker_is_configured_from_the_settings(file: Path) -> None:
    settings = Settings(file)
    assert worker_config(settings).threads is None
    settings[table.THREADS] = 2
    settings[table.VARIANT] = "float"
    settings[table.OPERATING_POINT] = "high-sensitivity"
    config = worker_config(settings)
    assert (config.threads, config.variant, config.operating_point) == (2, "float", "high-sensitivity")


def test_recent_files_newest_first_each_once_at_most_ten(file: Path, tmp_path: Path) -> None:
    settings = Settings(file)
    here = tmp_path / "here.png"
    for number in range(12):
        remember(settings, tmp_path / f"{number}.png")
    remember(settings, here)
    remember(settings, tmp_path / "11.png")
    recent = recent_files(Settings(file))
    assert [path.name for path in recent[:3]] == ["11.png", "here.png", "10.png"]
    assert len(recent) == 10
    forget_all(settings)
    assert recent_files(settings) == ()
    assert settings[LAST_FOLDER] == ""


@pytest.mark.parametrize(
    ("setting", "value"), [(HISTORY_KEPT, False), (HISTORY_PATHS, "name"), (HISTORY_PATHS, "none")]
)
def test_recent_files_are_not_kept_where_the_history_keeps_no_paths(
    file: Path, tmp_path: Path, setting: Setting[Any], value: Any
) -> None:
    settings = Settings(file)
    settings[setting] = value
    remember(settings, tmp_path / "CANARY.png")
    settings.save()
    assert "CANARY" not in (file.read_text() if file.exists() else "")


def test_places_lie_below_the_home_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Places.find(tmp_path).settings_file == tmp_path / "config" / "settings.ini"
    monkeypatch.setenv("PNEUMOSCOPE_HOME", str(tmp_path / "stick"))
    places = Places.find()
    assert places.history_file == tmp_path / "stick" / "data" / "history.sqlite"
    assert places.make()
    assert (places.data.stat().st_mode & 0o777) == 0o700
    monkeypatch.delenv("PNEUMOSCOPE_HOME")
    assert "pneumoscope" in Places.find().data.parts
