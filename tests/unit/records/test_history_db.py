from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_app.analysis.record import columns_of
from edge_app.records import history_db
from edge_app.records.history_db import HistoryDatabase, HistoryError
from edge_app.records.history_records import HistoryEntry, HistoryQuery, entry_of
from edge_app.records.worklist import Review
from tests.support import analyses

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def database(file: Path) -> Iterator[HistoryDatabase]:
    database = HistoryDatabase(file)
    yield database
    database.close()


def record(name: str = "film.png", probability: float = 0.9, **changes: object) -> HistoryEntry:
    return entry_of(analyses.analysed(f"/films/{name}", probability=probability, **changes))


def names(database: HistoryDatabase, **query: object) -> list[str]:
    return [found.file_name for found in database.find(HistoryQuery(**query)).records]  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_was_saved(database: HistoryDatabase) -> None:
    saved = entry_of(
        analyses.analysed("/films/film.png", ood_score=1.25), Review("disagree", "no <b>consolidation</b>"), "path"
    )
    [record_id] = database.save([saved], NOW)
    [found] = database.find(HistoryQuery()).records
    assert found.record_id == record_id
    assert found.saved_at == NOW
    assert found.record == saved.record
    assert found.record.path == "/films/film.png"
    assert found.file_name == "film.png"
    assert found.review == Review("disagree", "no <b>consolidation</b>")
    assert found.record.ood_score == 1.25


def test_newest_first_whatever_the_clock_says(database: HistoryDatabase) -> None:
    database.save([record("first.png")], NOW)
    database.save([record("second.png")], NOW - timedelta(days=20_000))
    assert names(database) == ["second.png", "first.png"]


def test_ids_are_never_used_twice(database: HistoryDatabase) -> None:
    ids = database.save([record(), record()])
    database.delete(ids)
    assert database.save([record()])[0] > max(ids)


def test_searching(database: HistoryDatabase) -> None:
    database.save([record("a_100%.png", 0.9)], NOW)
    database.save([record("b.png", 0.1), record("c.png", 0.5)], NOW + timedelta(days=1))
    [_, b, _] = database.find(HistoryQuery()).records
    database.review(b.record_id, Review("agree", "Follow up"))
    assert names(database, text="100%") == ["a_100%.png"]
    assert names(database, text="%") == ["a_100%.png"], "a wildcard of SQL is plain text"
    assert names(database, text="FOLLOW") == ["b.png"]
    assert names(database, text="1" * 12) == ["c.png", "b.png", "a_100%.png"], "the start of the hash"
    assert names(database, bands=("positive", "uncertain")) == ["c.png", "a_100%.png"]
    assert names(database, verdict="agree") == ["b.png"]
    assert names(database, since=NOW + timedelta(hours=1)) == ["c.png", "b.png"]
    assert names(database, until=NOW + timedelta(hours=1)) == ["a_100%.png"]
    page = database.find(HistoryQuery(limit=1, offset=1))
    assert ([r.file_name for r in page.records], page.total) == (["b.png"], 3)


def test_a_review_of_a_deleted_record_says_so(database: HistoryDatabase) -> None:
    [record_id] = database.save([record()])
    assert database.review(record_id, Review("agree", ""))
    assert database.delete([record_id]) == 1
    assert not database.review(record_id, Review("agree", ""))


@pytest.mark.reliability("D13", part="the history")
@pytest.mark.parametrize("how", ["delete", "wipe"])
def test_what_is_deleted_is_overwritten(database: HistoryDatabase, file: Path, how: str) -> None:
    canary = "Canary^Patient^Doe"
    ids = database.save([record(f"{canary}-{i}.png") for i in range(200)])
    database.save([record("kept.png")])
    assert canary.encode() in file.read_bytes()
    if how == "delete":
        assert database.delete(ids) == 200
        assert names(database) == ["kept.png"]
    else:
        size = file.stat().st_size
        assert database.wipe() == 201
        assert file.stat().st_size < size
    for left in file.parent.iterdir():
        assert canary.encode() not in left.read_bytes()


def test_nothing_of_where_the_film_lay_is_kept_unless_wanted(file: Path, database: HistoryDatabase) -> None:
    analysis = analyses.failed("/films/Doe^Jane.png")
    none, name = entry_of(analysis, paths="none"), entry_of(analyses.analysed("/films/Doe^Jane.png"), paths="name")
    assert (none.record.path, none.file_name, none.record.reason) == ("", "", None)
    assert none.record.reason_code == "file.broken"
    assert name.record.path == "Doe^Jane.png"
    database.save([none])
    assert b"Doe" not in file.read_bytes()


@pytest.mark.parametrize(("days", "left"), [(0, 3), (10, 2), (1, 1), (365, 3)])
def test_retention(database: HistoryDatabase, days: int, left: int) -> None:
    for age in (30, 5, 0):
        database.save([record()], NOW - timedelta(days=age))
    assert database.purge(days, NOW) == 3 - left
    assert database.find(HistoryQuery()).total == left


def test_a_clock_that_woke_up_in_the_past_deletes_nothing(database: HistoryDatabase) -> None:
    database.save([record()], datetime(1970, 1, 2, tzinfo=UTC))
    database.save([record()], NOW)
    assert database.purge(10, datetime(1970, 3, 1, tzinfo=UTC)) == 0


def test_it_is_never_in_wal_mode(file: Path) -> None:
    HistoryDatabase(file).close()
    with sqlite3.connect(file) as other:
        assert other.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
        other.execute("SELECT count(*) FROM analyses").fetchone()
    other.close()
    database = HistoryDatabase(file)
    assert database._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert database._connection.execute("PRAGMA synchronous").fetchone() == (3,), "EXTRA"
    assert database._connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    database.close()
    assert {path.name for path in file.parent.glob("history*")} == {"history.sqlite"}


@pytest.mark.parametrize("offset", [0, 40, 4096, 8192])
def test_a_damaged_file_is_set_aside_and_a_fresh_one_begun(file: Path, offset: int) -> None:
    database = HistoryDatabase(file)
    database.save([record(f"{i}.png") for i in range(100)])
    database.close()
    damaged = bytearray(file.read_bytes())
    damaged[offset : offset + 64] = b"\xa5" * 64
    file.write_bytes(damaged)
    database = HistoryDatabase(file)
    assert database.notice is not None
    assert database.find(HistoryQuery()).total == 0
    database.save([record()])
    database.close()
    [aside] = file.parent.glob("history-damaged-*.sqlite")
    assert aside.read_bytes() == damaged
    assert str(database.notice) == f"The history was damaged; it was set aside as {aside.name} and begun anew."


def test_an_empty_or_foreign_file_does_not_stop_the_history(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"")
    HistoryDatabase(file).close()
    file.write_bytes(b"this is a letter, not a database, and long enough to have a header " * 4)
    database = HistoryDatabase(file)
    assert database.notice
    database.close()


@pytest.mark.reliability("E10", part="no kills")
def test_a_history_of_a_newer_version_is_left_alone(file: Path) -> None:
    HistoryDatabase(file).close()
    with sqlite3.connect(file) as other:
        other.execute(f"PRAGMA user_version = {history_db.SCHEMA_VERSION + 1}")
    other.close()
    before = file.read_bytes()
    with pytest.raises(HistoryError, match="newer version"):
        HistoryDatabase(file)
    assert file.read_bytes() == before


def test_a_migration_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = HistoryDatabase(file)
    database.save([record()])
    database.close()
    broken = (*history_db.MIGRATIONS, "ALTER TABLE analyses ADD COLUMN extra TEXT; INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr(history_db, "MIGRATIONS", broken)
    monkeypatch.setattr(history_db, "SCHEMA_VERSION", len(broken))
    with sqlite3.connect(file) as connection, pytest.raises(sqlite3.OperationalError):
        history_db._migrate(connection)
    connection.close()
    monkeypatch.undo()
    database = HistoryDatabase(file)
    assert database.find(HistoryQuery()).total == 1
    assert database._connection.execute("PRAGMA user_version").fetchone() == (history_db.SCHEMA_VERSION,)
    database.close()


def test_a_migration_brings_an_old_file_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = HistoryDatabase(file)
    database.save([record()])
    database.close()
    steps = (*history_db.MIGRATIONS, "ALTER TABLE analyses ADD COLUMN extra TEXT;")
    monkeypatch.setattr(history_db, "MIGRATIONS", steps)
    monkeypatch.setattr(history_db, "SCHEMA_VERSION", len(steps))
    database = HistoryDatabase(file)
    assert database._connection.execute("PRAGMA user_version").fetchone() == (len(steps),)
    assert database._connection.execute("SELECT extra FROM analyses").fetchall() == [(None,)]
    database.close()


def test_a_full_disk_saves_nothing_and_says_so(database: HistoryDatabase) -> None:
    database.save([record("before.png")])
    pages = database._connection.execute("PRAGMA page_count").fetchone()[0]
    database._connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLITE_FULL, as on a full disk
    with pytest.raises(HistoryError, match="nothing was saved"):
        database.save([record(f"{i}.png") for i in range(500)])
    assert names(database) == ["before.png"]
    database._connection.execute("PRAGMA max_page_count = 1000000")
    database.save([record("after.png")])
    assert names(database) == ["after.png", "before.png"]


def test_a_locked_file_is_not_taken_for_a_damaged_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    HistoryDatabase(file).close()
    monkeypatch.setattr(history_db, "_BUSY_TIMEOUT_S", 0.01)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(HistoryError):
        HistoryDatabase(file)
    other.execute("ROLLBACK")
    other.close()
    assert {path.name for path in file.parent.glob("history*")} == {"history.sqlite"}


_SAVER = """
import sys
from pathlib import Path
from edge_app.records.history_db import HistoryDatabase
from edge_app.records.history_records import entry_of
from tests.support import analyses
database = HistoryDatabase(Path(sys.argv[1]))
print("open", flush=True)
while True:
    ids = database.save([entry_of(analyses.failed()) for _ in range(3)])
    print(*ids, flush=True)
"""


def kill_while_saving(file: Path, kills: int) -> int:
    """Kills a process that saves without a pause, after a growing number of acknowledged saves. Returns those saved."""
    acknowledged: set[int] = set()
    slowest_s = 0.0
    for kill in range(kills):
        saver = subprocess.Popen([sys.executable, "-c", _SAVER, str(file)], stdout=subprocess.PIPE)
        assert saver.stdout is not None
        assert saver.stdout.readline() == b"open\n"
        for _ in range(1 + kill % 7):
            acknowledged.update(map(int, saver.stdout.readline().split()))
        saver.send_signal(signal.SIGKILL)
        # A last line may have been written whole before the kill: then it counts too.
        for line in saver.stdout.read().splitlines(keepends=True):
            if line.endswith(b"\n"):
                acknowledged.update(map(int, line.split()))
        saver.stdout.close()
        saver.wait()
        began = time.monotonic()
        database = HistoryDatabase(file)
        slowest_s = max(slowest_s, time.monotonic() - began)
        assert database.notice is None
        assert database._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = {r.record_id for r in database.find(HistoryQuery(limit=1_000_000)).records}
        database.close()
        assert acknowledged <= found
        assert len(found) % 3 == 0, "a save is whole or not there"
    assert slowest_s <= 2
    return len(acknowledged)


@pytest.mark.reliability("E1", part="10 kills")
def test_10_kills_lose_no_acknowledged_save(file: Path) -> None:
    assert kill_while_saving(file, 10) >= 30


@pytest.mark.reliability("E1")
@pytest.mark.long
def test_200_kills_lose_no_acknowledged_save(file: Path, record_property: Callable[[str, object], None]) -> None:
    saved = kill_while_saving(file, 200)
    assert saved >= 600
    record_property("figure", f"200 kills, {saved} saves acknowledged and found")


_MIGRATOR = """
import sys
from pathlib import Path
from edge_app.records import history_db
print("go", flush=True)
history_db.HistoryDatabase(Path(sys.argv[1])).close()
"""


def kill_while_migrating(file: Path, kills: int) -> tuple[int, int]:
    """Kills a process at moments that are spread over its migration of the history of version 1.

    Returns:
        How often the old and how often the new version was found afterwards.
    """
    versions = []
    for kill in range(kills):
        file.unlink(missing_ok=True)
        shutil.copy(VERSION_1, file)
        migrator = subprocess.Popen([sys.executable, "-c", _MIGRATOR, str(file)], stdout=subprocess.PIPE)
        assert migrator.stdout is not None
        assert migrator.stdout.readline() == b"go\n"
        # Not a wait for something: the delay is what is tried, over the few milliseconds that a migration takes.
        threading.Event().wait(kill % 50 * 0.0004)
        migrator.kill()
        migrator.stdout.close()
        migrator.wait()
        with sqlite3.connect(file) as other:
            versions.append(other.execute("PRAGMA user_version").fetchone()[0])
        other.close()
        database = HistoryDatabase(file)
        assert database.notice is None
        assert [entry.record_id for entry in database.find(HistoryQuery()).records] == [3, 2, 1]
        database.close()
    assert set(versions) <= set(range(1, history_db.SCHEMA_VERSION + 1)), "each step is whole"
    return versions.count(1), versions.count(history_db.SCHEMA_VERSION)


@pytest.mark.reliability("E10", part="4 kills")
def test_4_kills_leave_a_migration_undone_or_done(file: Path) -> None:
    file.parent.mkdir()
    kill_while_migrating(file, 4)


@pytest.mark.long
@pytest.mark.reliability("E10")
def test_100_kills_leave_a_migration_undone_or_done(file: Path, record_property: Callable[[str, object], None]) -> None:
    file.parent.mkdir()
    old, new = kill_while_migrating(file, 100)
    assert old > 0, "no kill came before the end"
    record_property("figure", f"100 kills: {old} before the step, {new} after it")


_ACKNOWLEDGER = """
import sys
from pathlib import Path
from edge_app.analysis.record import columns_of
from edge_app.records import history_db
from edge_app.records.history_records import entry_of
from tests.support import analyses
database = history_db.HistoryDatabase(Path(sys.argv[1]))
database._connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")
for _ in range(3):
    database.save([entry_of(analyses.failed())])
    print("ACK", flush=True)
"""


def calls_before_each_ack(file: Path, synchronous: str) -> list[list[str]]:
    """Runs three saves under strace. Returns, for each, the syncs and unlinks before its acknowledgement."""
    log = file.parent / "strace.log"
    file.parent.mkdir(exist_ok=True)
    trace = ["strace", "-f", "-e", "trace=write,fsync,fdatasync,unlink,unlinkat", "-o", str(log)]
    program = [sys.executable, "-c", _ACKNOWLEDGER, str(file), synchronous]
    done = subprocess.run([*trace, *program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"strace may not trace here: {done.stderr[-200:]}")
    saves: list[list[str]] = [[]]
    for line in log.read_text().splitlines():
        call = line.split(maxsplit=1)[1].partition("(")[0]
        if call == "write" and '"ACK' in line:
            saves.append([])
        elif "sync" in call or (call.startswith("unlink") and "-journal" in line):
            saves[-1].append("sync" if "sync" in call else "unlink")
    return saves[1:3]  # the first also makes the file


@pytest.mark.reliability("E2")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_what_is_acknowledged_was_synced_before(tmp_path: Path) -> None:
    """A kill cannot show a missing sync, as the system still has the pages; a power cut would."""
    saves = calls_before_each_ack(tmp_path / "extra" / "history.sqlite", "EXTRA")
    control = calls_before_each_ack(tmp_path / "off" / "history.sqlite", "OFF")
    # Journal, its folder, and the database, each synced; then the commit is the journal's removal, synced too.
    assert [calls[-3:] for calls in saves] == [["sync", "unlink", "sync"]] * 2
    assert all(calls.count("sync") >= 4 for calls in saves)
    assert control == [["unlink"]] * 2, "without syncs the same check sees none"


VERSION_1 = Path(__file__).with_name("history_v1.sqlite")
"""Written by the code before the row of a result became one type: three entries left of five, ids 1 to 3."""


def test_a_history_of_version_1_is_kept_whole(file: Path) -> None:
    file.parent.mkdir()
    shutil.copy(VERSION_1, file)
    database = HistoryDatabase(file)
    assert database.notice is None
    refused, failed, analysed = database.find(HistoryQuery()).records
    assert [entry.record_id for entry in (refused, failed, analysed)] == [3, 2, 1]
    assert {entry.saved_at for entry in (refused, failed, analysed)} == {NOW}
    assert analysed.review == Review("disagree", "no <b>consolidation</b>")
    assert (analysed.file_name, analysed.record.path) == ("film.png", "/films/film.png")
    kept = analysed.record
    assert (kept.status, kept.reason, kept.probability, kept.band) == ("analysed", None, 0.875, "positive")
    assert (kept.label, kept.threshold, kept.ood_score) == ("PNEUMONIA", 0.5, 1.25)
    assert kept.quality == ("quality.dark", "exif.rotated")
    assert (kept.model, kept.variant, kept.runtime) == ("test-model 1.0.0", "quant", "fake 1.0")
    assert kept.elapsed_ms.total == 6.5
    assert (failed.record.path, failed.record.sha256, failed.record.reason_code) == ("broken.dcm", None, "file.broken")
    assert failed.record.reason == "broken.dcm is damaged or incomplete. Copy it again."
    assert (refused.record.path, refused.record.ood_score, refused.record.band) == ("", 9.5, None)
    new = record("new.png")
    assert database.save([new]) == [6], "ids of deleted entries are not used again"
    assert database.find(HistoryQuery(limit=1)).records[0].record == new.record
    database.close()


def test_the_columns_of_the_file_are_those_of_the_record(database: HistoryDatabase) -> None:
    """A field of `Record` without a migration, or a migration without a field, would lose it."""
    in_file = {row[1]: row[2] for row in database._connection.execute("PRAGMA table_info(analyses)")}
    own = {"record_id": "INTEGER", "saved_at": "REAL", "verdict": "TEXT", "comment": "TEXT"}
    kinds = {"text": "TEXT", "number": "REAL", "texts": "TEXT"}
    assert in_file == {**own, **{column.name: kinds[column.kind] for column in columns_of()}}


@pytest.mark.parametrize(
    "damage", ["quality = '[\"x'", "band = 'maybe'", "saved_at = 1e300", "status = 'analysed', quality = '3'"]
)
def test_a_row_that_cannot_be_read_hides_no_other(file: Path, database: HistoryDatabase, damage: str) -> None:
    database.save([record("a.png"), record("b.png"), record("c.png")])
    with sqlite3.connect(file) as other:
        other.execute(f"UPDATE analyses SET {damage} WHERE record_id = 2")
    other.close()
    assert names(database) == ["c.png", "a.png"]


def test_history_needs_no_qt() -> None:
    program = (
        "import sys, edge_app.records.history_db; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
