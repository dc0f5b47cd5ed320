from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from edge_app.records.history_db import HistoryDatabase
from edge_app.records.history_records import HistoryQuery, entry_of
from edge_app.records.worklist import Review
from edge_app.services.history import History
from tests.support import analyses

RECORD = entry_of(analyses.analysed())


@pytest.fixture
def history(qtbot: QtBot, tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite")
    with qtbot.waitSignal(history.state_changed, check_params_cb=lambda state: state.phase == "open"):
        history.open()
    yield history
    history.close()


def test_a_save_is_on_the_disk_when_it_is_acknowledged(qtbot: QtBot, history: History, tmp_path: Path) -> None:
    with qtbot.waitSignal(history.saved) as saved:
        token = history.save(RECORD)
    assert saved.args is not None
    assert saved.args[0] == token
    other = HistoryDatabase(tmp_path / "history.sqlite")
    assert [r.record_id for r in other.find(HistoryQuery()).records] == [saved.args[1]]
    other.close()


def test_many_saves_are_all_acknowledged_in_order(qtbot: QtBot, history: History) -> None:
    seen: list[tuple[int, int]] = []
    history.saved.connect(lambda token, record_id: seen.append((token, record_id)))
    tokens = [history.save(RECORD) for _ in range(250)]
    qtbot.waitUntil(lambda: len(seen) == 250)
    assert [token for token, _ in seen] == tokens
    assert [record_id for _, record_id in seen] == list(range(1, 251))


def test_what_is_asked_in_between_sees_the_saves_before_it(qtbot: QtBot, history: History) -> None:
    with qtbot.waitSignal(history.found) as found:
        for _ in range(3):
            history.save(RECORD)
        token = history.find()
        history.save(RECORD)
    assert found.args is not None
    assert (found.args[0], found.args[1].total) == (token, 3)


def test_reviewing_finding_and_deleting(qtbot: QtBot, history: History) -> None:
    with qtbot.waitSignal(history.saved) as saved:
        history.save(RECORD)
    assert saved.args is not None
    record_id = saved.args[1]
    with qtbot.waitSignal(history.reviewed):
        history.review(record_id, Review("agree", "clear"))
    with qtbot.waitSignal(history.found) as found:
        history.find(HistoryQuery(verdict="agree"))
    assert found.args is not None
    assert found.args[1].records[0].review == Review("agree", "clear")
    with qtbot.waitSignal(history.deleted) as deleted:
        history.delete([record_id])
    assert deleted.args is not None
    assert deleted.args[1] == 1
    with qtbot.waitSignal(history.deleted) as wiped:
        history.save(RECORD)
        history.wipe()
    assert wiped.args is not None
    assert wiped.args[1] == 1


def test_closing_saves_what_was_asked_to_be_saved(qtbot: QtBot, history: History, tmp_path: Path) -> None:
    for _ in range(5):
        history.save(RECORD)
    history.close()
    assert history.state.phase == "off"
    database = HistoryDatabase(tmp_path / "history.sqlite")
    assert database.find(HistoryQuery()).total == 5
    database.close()
    with qtbot.waitSignal(history.state_changed, check_params_cb=lambda state: state.phase == "open"):
        history.open()


def test_what_is_older_than_the_retention_goes_at_the_start(qtbot: QtBot, tmp_path: Path) -> None:
    database = HistoryDatabase(tmp_path / "history.sqlite")
    database.save([RECORD], datetime.now(UTC) - timedelta(days=40))
    database.save([RECORD], datetime.now(UTC) - timedelta(days=20))
    database.close()
    history = History(tmp_path / "history.sqlite", retention_days=30)
    history.open()
    with qtbot.waitSignal(history.found) as found:
        history.find()
    with qtbot.waitSignal(history.deleted) as deleted:
        history.set_retention(10)
    history.close()
    assert found.args is not None
    assert found.args[1].total == 1
    assert deleted.args is not None
    assert deleted.args[1] == 1


def test_what_gets_too_old_while_it_is_open_goes_too(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.services.history._PURGE_EVERY_S", 0.0)
    history = History(tmp_path / "history.sqlite", retention_days=30)
    with qtbot.waitSignal(history.state_changed, check_params_cb=lambda state: state.phase == "open"):
        history.open()
    other = HistoryDatabase(tmp_path / "history.sqlite")
    other.save([RECORD], datetime.now(UTC) - timedelta(days=31))
    other.close()
    history.save(RECORD)
    with qtbot.waitSignal(history.found) as found:
        history.find()
    history.close()
    assert found.args is not None
    assert found.args[1].total == 1


def test_a_history_that_cannot_be_opened_says_so_and_fails_each_call(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    history = History(tmp_path / "file" / "history.sqlite")
    with qtbot.waitSignal(history.state_changed, check_params_cb=lambda state: state.phase == "unavailable"):
        history.open()
    assert not history.is_on
    assert "cannot be opened" in str(history.state.message)
    with qtbot.waitSignal(history.failed) as failed:
        token = history.save(RECORD)
    history.close()
    assert failed.args is not None
    assert failed.args[0] == token


def test_a_history_that_is_off_fails_each_call(qtbot: QtBot, tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    with qtbot.waitSignal(history.failed) as failed:
        token = history.save(RECORD)
    assert failed.args is not None
    assert failed.args[0] == token
    assert not (tmp_path / "history.sqlite").exists()


def test_a_damaged_history_is_said(qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "history.sqlite"
    file.write_bytes(b"no database at all " * 60)
    history = History(file)
    with qtbot.waitSignal(history.state_changed, check_params_cb=lambda state: state.phase == "open") as opened:
        history.open()
    history.close()
    assert opened.args is not None
    assert "set aside" in str(opened.args[0].message)
