"""A clock that jumps must not empty the history (docs/reliability.md, E11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_app.records.history_db import HistoryDatabase
from edge_app.records.history_records import HistoryQuery
from tests.support.analyses import entry

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.reliability("E11")


@pytest.fixture
def database(tmp_path: Path):
    database = HistoryDatabase(tmp_path / "history.sqlite")
    yield database
    database.close()


def left(database: HistoryDatabase) -> int:
    return database.find(HistoryQuery()).total


@pytest.mark.parametrize("ahead", [timedelta(days=60), timedelta(days=366), timedelta(days=40 * 365)])
def test_a_clock_that_is_ahead_once_deletes_nothing(database: HistoryDatabase, ahead: timedelta) -> None:
    database.save([entry() for _ in range(5)], NOW - DAY)
    assert database.purge(30, NOW) == 0
    assert database.purge(30, NOW + ahead) == 0
    assert database.purge(30, NOW + DAY) == 0, "the clock is right again"
    assert left(database) == 5


def test_a_machine_that_was_off_for_long_keeps_its_retention_after_a_week(database: HistoryDatabase) -> None:
    database.save([entry()], NOW)
    assert database.purge(30, NOW) == 0
    on_again = NOW + 100 * DAY
    assert database.purge(30, on_again) == 0
    assert database.purge(30, on_again + 3 * DAY) == 0
    assert database.purge(30, on_again + 8 * DAY) == 1


def test_an_entry_from_the_future_does_not_switch_the_retention_off(database: HistoryDatabase) -> None:
    database.save([entry()], NOW - 60 * DAY)
    database.save([entry()], NOW + 3650 * DAY)
    database.save([entry()], NOW - DAY)
    assert database.purge(30, NOW) == 1
    assert left(database) == 2


def test_what_was_saved_while_the_clock_was_behind_is_not_taken_for_old(database: HistoryDatabase) -> None:
    database.save([entry()], NOW - DAY)
    database.save([entry()], datetime(1970, 1, 2, tzinfo=UTC))
    database.save([entry()], NOW)
    assert database.purge(30, NOW) == 0
    assert database.purge(30, datetime(1970, 1, 3, tzinfo=UTC)) == 0
    assert left(database) == 3


def test_ids_rise_whatever_the_clock_does(database: HistoryDatabase) -> None:
    times = (NOW, datetime(1970, 1, 1, tzinfo=UTC), NOW + 365 * DAY, NOW - 365 * DAY, NOW)
    ids = [database.save([entry()], moment)[0] for moment in times]
    assert ids == sorted(set(ids))
