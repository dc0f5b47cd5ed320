"""What is too old to be kept, on machines whose clock may be wrong.

A Raspberry Pi without a battery for its clock can wake up in the past or in the future. So the history remembers the
clock, and deletes nothing before the clock has run steadily for some days after a jump. An entry's age counts from the
newest time that was saved before it: what was saved while the clock was behind is not taken for old later.
"""

from __future__ import annotations

import sqlite3

DAY_S = 86_400.0
_JUMP_S = 14 * DAY_S
"""A machine may be switched off for holidays; more is taken for a jump until the clock has proved itself."""
_BACK_S = DAY_S
"""A clock may be set back by less: time zones, corrections."""
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
    """Remembers the clock, and tells from when on things are kept. In a transaction of the caller.

    Args:
        cursor: Cursor of a history of the current schema.
        retention_days: Days that things are kept, at least 1.
        now_s: The clock, seconds since the epoch.

    Returns:
        Seconds since the epoch; None while the clock cannot be trusted.
    """
    return now_s - retention_days * DAY_S if _is_steady(cursor, now_s) else None


def delete_too_old(cursor: sqlite3.Cursor, oldest_s: float, now_s: float) -> int:
    """Deletes entries from before `oldest_s`. In a transaction of the caller. Returns how many there were."""
    cursor.execute(_TOO_OLD, {"now": now_s, "limit": oldest_s})
    return cursor.rowcount


def _is_steady(cursor: sqlite3.Cursor, now_s: float) -> bool:
    """Remembers the clock. Returns whether it ran without a jump for long enough."""
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
