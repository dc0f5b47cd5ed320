"""Deletes old entries of the history, on machines whose clock may be wrong.

A Raspberry Pi without a clock battery can start with a past or future time. So the history stores the time, and after a
jump of the clock it deletes nothing for some days. The age of an entry counts from the newest time that was saved up to
it, so that an entry saved while the clock was behind does not look too old.
"""

from __future__ import annotations

import sqlite3

DAY_S = 86_400.0
_JUMP_S = 14 * DAY_S
"""A longer gap counts as a jump; shorter ones are holidays."""
_BACK_S = DAY_S
"""A larger step back counts as a jump; smaller ones are corrections."""
_PROOF_S = 7 * DAY_S

CLOCK_TABLE = "CREATE TABLE clock (last_seen REAL NOT NULL, steady_since REAL NOT NULL) STRICT;"

_TOO_OLD = """
    DELETE FROM analyses WHERE record_id IN (
        SELECT record_id FROM (
            SELECT record_id, max(saved_at) OVER (ORDER BY record_id) AS reached FROM analyses WHERE saved_at <= :now
        ) WHERE reached < :limit
    )
"""


def oldest_kept_s(cursor: sqlite3.Cursor, retention_days: int, now_s: float) -> float | None:
    """Stores the time and returns the start of the retention period. Call it in a transaction.

    Args:
        cursor: Cursor of a history with the current schema.
        retention_days: Length of the period, days, >= 1.
        now_s: Current time, seconds since the epoch.

    Returns:
        Seconds since the epoch; None while the clock is not reliable.
    """
    return now_s - retention_days * DAY_S if _is_steady(cursor, now_s) else None


def delete_too_old(cursor: sqlite3.Cursor, oldest_s: float, now_s: float) -> int:
    """Deletes entries before `oldest_s`, in a transaction of the caller. Returns their number."""
    cursor.execute(_TOO_OLD, {"now": now_s, "limit": oldest_s})
    return cursor.rowcount


def _is_steady(cursor: sqlite3.Cursor, now_s: float) -> bool:
    """Stores the time. Returns whether the clock ran long enough without a jump."""
    row = cursor.execute("SELECT last_seen, steady_since FROM clock").fetchone()
    if row is None:
        newest = cursor.execute("SELECT max(saved_at) FROM analyses WHERE saved_at <= ?", (now_s,)).fetchone()[0]
        last_seen = now_s if newest is None else newest
        steady_since = last_seen - _PROOF_S
    else:
        last_seen, steady_since = row
    if not -_BACK_S <= now_s - last_seen <= _JUMP_S:
        steady_since = now_s
    cursor.execute("DELETE FROM clock")
    cursor.execute("INSERT INTO clock VALUES (?, ?)", (now_s, steady_since))
    return bool(now_s - steady_since >= _PROOF_S)
