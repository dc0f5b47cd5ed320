"""The SQLite file of the history. No Qt; only one thread uses it.

It uses the rollback journal (`DELETE`), not WAL: SQLite 3.7.0 to 3.51.2 can corrupt a WAL database if two connections
write and checkpoint at the same time (https://www.sqlite.org/wal.html#walresetbug), Raspberry Pi OS Bookworm has 3.40,
and a few saves per second need no WAL (docs/adr/0012). `synchronous=EXTRA` also syncs the folder after the journal is
deleted, so that a confirmed save survives a power cut. `secure_delete` overwrites deleted data.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_app.analysis.record import columns_of, from_row, to_row
from edge_app.records.history_lock import HistoryLock
from edge_app.records.history_records import HistoryEntry, HistoryPage, HistoryQuery
from edge_app.records.retention import CLOCK_TABLE, delete_too_old, oldest_kept_s
from edge_app.records.worklist import Review
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message

_LOG = logging.getLogger(__name__)

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE analyses (
        record_id INTEGER PRIMARY KEY AUTOINCREMENT,
        saved_at REAL NOT NULL,
        sha256 TEXT NOT NULL,
        path TEXT NOT NULL,
        file_name TEXT NOT NULL,
        status TEXT NOT NULL,
        reason_code TEXT NOT NULL,
        reason TEXT NOT NULL,
        probability REAL,
        label TEXT NOT NULL,
        band TEXT NOT NULL,
        threshold REAL,
        ood_score REAL,
        quality TEXT NOT NULL,
        model TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        variant TEXT NOT NULL,
        runtime TEXT NOT NULL,
        total_ms REAL NOT NULL,
        verdict TEXT,
        comment TEXT NOT NULL
    ) STRICT;
    CREATE INDEX analyses_by_hash ON analyses (sha256);
    CREATE INDEX analyses_by_time ON analyses (saved_at);
    """,
    # The columns of `Record`; NULL for a missing value. Ids continue after the last one ever used.
    """
    CREATE TABLE analyses_2 (
        record_id INTEGER PRIMARY KEY AUTOINCREMENT,
        saved_at REAL NOT NULL,
        verdict TEXT,
        comment TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT,
        status TEXT NOT NULL,
        reason TEXT,
        reason_code TEXT,
        probability REAL,
        label TEXT,
        band TEXT,
        threshold REAL,
        ood_score REAL,
        quality TEXT NOT NULL,
        model TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        variant TEXT NOT NULL,
        runtime TEXT NOT NULL,
        heatmap TEXT,
        decode_ms REAL NOT NULL,
        preprocess_ms REAL NOT NULL,
        invoke_ms REAL NOT NULL,
        total_ms REAL NOT NULL
    ) STRICT;
    INSERT INTO analyses_2 SELECT
        record_id, saved_at, verdict, comment, iif(path = '', file_name, path), nullif(sha256, ''), status,
        nullif(reason, ''), nullif(reason_code, ''), probability, nullif(label, ''), nullif(band, ''), threshold,
        ood_score, quality, model, model_sha256, variant, runtime, NULL, 0, 0, 0, total_ms
        FROM analyses;
    DELETE FROM sqlite_sequence WHERE name = 'analyses_2';
    UPDATE sqlite_sequence SET name = 'analyses_2' WHERE name = 'analyses';
    DROP TABLE analyses;
    ALTER TABLE analyses_2 RENAME TO analyses;
    CREATE INDEX analyses_by_hash ON analyses (sha256);
    CREATE INDEX analyses_by_time ON analyses (saved_at);
    """,
    CLOCK_TABLE,
)
"""Step n migrates a file from version n to n + 1. Never change a released step."""

SCHEMA_VERSION = len(MIGRATIONS)

_COLUMNS = ("saved_at", "verdict", "comment", *(column.name for column in columns_of()))
_SELECT = f"SELECT record_id, {', '.join(_COLUMNS)} FROM analyses"
_INSERT = f"INSERT INTO analyses ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_BUSY_TIMEOUT_S = 10.0
_NOT_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""Primary result codes about the disk or other processes, not about a damaged file."""


class HistoryError(PneumoscopeError):
    """The history cannot be read or written; unconfirmed saves are lost."""


class HistoryDatabase:
    """An open history file."""

    def __init__(self, file: Path) -> None:
        """Opens, creates and checks the file.

        A damaged file is renamed and replaced by a new one; `notice` then tells the user. `oldest_kept_s` is the limit
        of the last `purge`, seconds since the epoch; None if nothing may be deleted.

        Args:
            file: The SQLite file.

        Raises:
            HistoryError: The folder is not writable, or a newer version of the app created the file.
        """
        self.file = file
        self.notice: Message | None = None
        self.oldest_kept_s: float | None = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = HistoryLock(file)
        except OSError as error:
            raise HistoryError("history.unavailable", detail=repr(error)) from error
        try:
            with self._lock.opening():
                self._connection = self._open_or_set_aside()
        except (sqlite3.Error, OSError) as error:
            self._lock.close()
            raise HistoryError("history.unavailable", detail=repr(error)) from error
        except HistoryError:
            self._lock.close()
            raise

    def _open_or_set_aside(self) -> sqlite3.Connection:
        try:
            return _connect(self.file)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        # SQLite's check takes an input error for damage, so the whole file must be readable and fail a second time.
        _read_through(self.file)
        try:
            return _connect(self.file)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            if not self._lock.is_sole_user():
                raise HistoryError("history.damaged_in_use", detail=repr(error)) from error
            self.notice = Message("history.damaged", file=_set_aside(self.file).name)
            _LOG.warning("The history was damaged and set aside: %s", error)
            return _connect(self.file)

    def save(self, entries: Sequence[HistoryEntry], now: datetime | None = None) -> list[int]:
        """Saves all entries to the disk, or none.

        Args:
            entries: New entries.
            now: Time of the save; None for the current time.

        Returns:
            The ids, in the same order.

        Raises:
            HistoryError: Nothing was saved.
        """
        saved_at = (now or datetime.now(UTC)).timestamp()
        ids = []
        with self._transaction("history.not_saved") as cursor:
            for entry in entries:
                cursor.execute(_INSERT, _row(entry, saved_at))
                ids.append(int(cursor.lastrowid or 0))
        return ids

    def review(self, record_id: int, review: Review) -> bool:
        """Saves the reader's verdict and comment. Returns whether the entry exists."""
        with self._transaction("history.not_saved") as cursor:
            cursor.execute(
                "UPDATE analyses SET verdict = ?, comment = ? WHERE record_id = ?",
                (review.verdict, review.comment, record_id),
            )
            return cursor.rowcount == 1

    def find(self, query: HistoryQuery) -> HistoryPage:
        """Returns matching entries, newest first.

        Raises:
            HistoryError: The file could not be read.
        """
        where, values = _conditions(query)
        try:
            total = self._connection.execute(f"SELECT count(*) FROM analyses WHERE {where}", values).fetchone()[0]
            rows = self._connection.execute(
                f"{_SELECT} WHERE {where} ORDER BY record_id DESC LIMIT ? OFFSET ?",
                [*values, query.limit, query.offset],
            ).fetchall()
        except sqlite3.Error as error:
            raise HistoryError("history.unreadable", detail=repr(error)) from error
        return HistoryPage(tuple(_readable(rows)), total)

    def delete(self, record_ids: Sequence[int]) -> int:
        """Deletes and overwrites entries. Returns their number."""
        with self._transaction("history.not_deleted") as cursor:
            cursor.executemany("DELETE FROM analyses WHERE record_id = ?", [(i,) for i in record_ids])
            return cursor.rowcount

    def wipe(self) -> int:
        """Deletes and overwrites all entries and all histories that were set aside, and shrinks the file.

        Returns:
            The number of deleted entries.

        Raises:
            HistoryError: A file could not be deleted, or the history could not be shrunk.
        """
        with self._transaction("history.not_deleted") as cursor:
            cursor.execute("DELETE FROM analyses")
            count = cursor.rowcount
        try:
            for left in self.file.parent.glob(f"{self.file.stem}-damaged-*"):
                left.unlink()
        except OSError as error:
            raise HistoryError("history.set_aside_left", detail=repr(error)) from error
        try:
            self._connection.execute("VACUUM")
        except sqlite3.Error as error:
            raise HistoryError("history.not_shrunk", detail=repr(error)) from error
        return count

    def purge(self, retention_days: int, now: datetime | None = None) -> int:
        """Deletes entries that are too old. Returns their number.

        After a jump of the clock nothing is deleted for a week: see `records.retention`.

        Args:
            retention_days: Maximum age, days; 0 keeps all.
            now: Current time; None for the clock.
        """
        if retention_days <= 0:
            return 0
        now_s = (now or datetime.now(UTC)).timestamp()
        with self._transaction("history.not_deleted") as cursor:
            self.oldest_kept_s = oldest_kept_s(cursor, retention_days, now_s)
            return 0 if self.oldest_kept_s is None else delete_too_old(cursor, self.oldest_kept_s, now_s)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()
        self._lock.close()

    @contextlib.contextmanager
    def _transaction(self, failure: str) -> Iterator[sqlite3.Cursor]:
        """Commits the block to the disk, or rolls it back; SQLite errors become `HistoryError(failure)`."""
        try:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
            finally:
                cursor.close()
        except sqlite3.Error as error:
            raise HistoryError(failure, detail=repr(error)) from error


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")  # one damaged row must not hide others
    try:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise sqlite3.OperationalError(f"the journal is {mode}")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"database disk image is malformed: {verdict}")
        _migrate(connection)
        connection.execute(f"{_SELECT} LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Migrates the file to this version, one transaction per step.

    Raises:
        HistoryError: A newer version of the app created the file.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version < 0:
        raise sqlite3.DatabaseError(f"the schema version is {version}")
    if version > SCHEMA_VERSION:
        raise HistoryError("history.newer", detail=f"schema {version}, known {SCHEMA_VERSION}")
    for number in range(version, SCHEMA_VERSION):
        # executescript() commits first, so the script must begin the transaction.
        connection.executescript(f"BEGIN EXCLUSIVE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Returns whether the file is damaged, rather than locked, read-only or on a full disk."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF not in _NOT_DAMAGE


def _read_through(file: Path) -> None:
    with file.open("rb") as stream:
        while stream.read(1 << 20):
            pass


def _set_aside(file: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    number = 0
    while (target := file.with_name(f"{file.stem}-damaged-{stamp}-{number}{file.suffix}")).exists():
        number += 1
    file.replace(target)
    # Move the journal too: otherwise SQLite would apply it to the new file.
    journal = file.with_name(file.name + "-journal")
    if journal.exists():
        journal.replace(target.with_name(target.name + "-journal"))
    return target


def _conditions(query: HistoryQuery) -> tuple[str, list[Any]]:
    where: list[str] = ["1"]
    values: list[Any] = []
    if text := query.text.strip():
        like = "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in text) + "%"
        where.append("(path LIKE ? ESCAPE '\\' OR comment LIKE ? ESCAPE '\\' OR sha256 LIKE ? ESCAPE '\\')")
        values += [like, like, like[1:]]
    if query.bands:
        where.append(f"band IN ({', '.join('?' * len(query.bands))})")
        values += query.bands
    if query.verdict is not None:
        where.append("verdict = ?")
        values.append(query.verdict)
    if query.since is not None:
        where.append("saved_at >= ?")
        values.append(query.since.timestamp())
    if query.until is not None:
        where.append("saved_at < ?")
        values.append(query.until.timestamp())
    return " AND ".join(where), values


def _row(entry: HistoryEntry, saved_at: float) -> tuple[Any, ...]:
    values = to_row(entry.record).values()
    texts = (json.dumps(value) if isinstance(value, tuple) else value for value in values)
    return saved_at, entry.review.verdict, entry.review.comment, *texts


def _readable(rows: list[tuple[Any, ...]]) -> Iterator[HistoryEntry]:
    """Yields the entries of readable rows; one damaged row must not hide others."""
    for row in rows:
        try:
            yield _entry(row)
        except (ValueError, TypeError, OverflowError, OSError) as error:
            _LOG.warning("Row %s of the history cannot be read: %s", row[0], type(error).__name__)


def _entry(row: tuple[Any, ...]) -> HistoryEntry:
    record_id, saved_at, verdict, comment, *values = row
    columns = columns_of()
    record = from_row(
        {
            column.name: json.loads(value) if column.kind == "texts" else value
            for column, value in zip(columns, values, strict=True)
        }
    )
    return HistoryEntry(record, Review(verdict, comment), record_id, datetime.fromtimestamp(saved_at, UTC))
