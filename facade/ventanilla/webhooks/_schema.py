"""Knows the tables of an inbox and every statement on them. SQLite 3.24 (2018) has all that they need."""

import sqlite3

# What makes each version of the one before.
_STEPS = (
    """
CREATE TABLE ventanilla_inbox (version INTEGER NOT NULL);
CREATE TABLE ventanilla_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    profile TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT,
    document BLOB NOT NULL,
    occurrence INTEGER NOT NULL,
    received_at REAL NOT NULL,
    seen INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL,
    lease TEXT,
    leased_until REAL,
    reason TEXT,
    settled_at REAL,
    UNIQUE (provider, key, occurrence)
);
CREATE INDEX ventanilla_events_due ON ventanilla_events (due_at, id) WHERE state = 'pending';
CREATE INDEX ventanilla_events_leased ON ventanilla_events (subject) WHERE lease IS NOT NULL;
CREATE TABLE ventanilla_cursors (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO ventanilla_inbox VALUES (0)
""",
    """
CREATE INDEX ventanilla_events_due_of_one ON ventanilla_events (provider, due_at, id) WHERE state = 'pending';
CREATE INDEX ventanilla_events_done ON ventanilla_events (settled_at) WHERE state = 'done'
""",
)
VERSION = len(_STEPS)

SELECT = (
    "SELECT id, profile, key, document, state, received_at, seen, attempts, due_at, reason, lease "
    "FROM ventanilla_events"
)
# Version 1 had no digest in its keys; and Facti's events of a backfill have none, since any notification will do.
LATEST = """
SELECT id, state, received_at FROM (
    SELECT * FROM ventanilla_events WHERE provider = :provider AND key = :key
    UNION ALL SELECT * FROM ventanilla_events WHERE provider = :provider AND key = :older AND document = :raw
    UNION ALL SELECT * FROM ventanilla_events WHERE provider = :provider AND key > :key || ':' AND key < :key || ';'
    AND :provider = 'facti'
) ORDER BY occurrence DESC, state = 'done' DESC, id DESC LIMIT 1
"""
INSERT = (
    "INSERT INTO ventanilla_events (provider, profile, name, key, subject, document, occurrence, received_at, due_at) "
    "SELECT :provider, :profile, :name, :key, :subject, :raw, coalesce(max(occurrence), 0) + 1, :now, :now "
    "FROM ventanilla_events WHERE provider = :provider AND key = :key"
)
# One that is leased keeps its lease: whoever handles it finds out by `seen` when it fails.
AGAIN = (
    "UPDATE ventanilla_events SET state = 'pending', seen = seen + 1, due_at = :now, attempts = 0, settled_at = NULL "
    "WHERE id = :id"
)
REPEAT = "UPDATE ventanilla_events SET seen = seen + 1 WHERE id = :id"
_DUE = """
SELECT id FROM ventanilla_events AS one
WHERE state = 'pending' AND due_at <= :now AND (lease IS NULL OR leased_until <= :now) {of_one}
AND NOT EXISTS (
    SELECT 1 FROM ventanilla_events AS other
    WHERE other.lease IS NOT NULL AND other.subject = one.subject AND other.provider = one.provider
    AND other.leased_until > :now
)
ORDER BY due_at, id LIMIT 1
"""
# Apart, for an index serves one of them.
DUE, DUE_OF_ONE = _DUE.format(of_one=""), _DUE.format(of_one="AND provider = :provider")
LEASE = "UPDATE ventanilla_events SET lease = ?, leased_until = ?, attempts = attempts + 1 WHERE id = ?"
# Once the lease is over another event of the subject may have been handled, so what was read may be old by now.
DONE = (
    "UPDATE ventanilla_events SET state = 'done', settled_at = :now, lease = NULL, leased_until = NULL, reason = NULL "
    "WHERE id = :id AND lease = :lease AND leased_until > :now AND state = 'pending'"
)
FAILED = """
UPDATE ventanilla_events SET reason = :reason, lease = NULL, leased_until = NULL,
state = CASE WHEN seen > :seen THEN 'pending' ELSE :state END,
due_at = CASE WHEN seen > :seen THEN :now ELSE :at END,
settled_at = CASE WHEN seen > :seen OR :state = 'pending' THEN NULL ELSE :now END
WHERE id = :id AND lease = :lease AND state = 'pending'
"""
REPLAY = (
    "UPDATE ventanilla_events SET state = 'pending', attempts = 0, due_at = ?, settled_at = NULL, lease = NULL, "
    "leased_until = NULL WHERE id = ? AND (lease IS NULL OR leased_until <= ?)"
)
ADVANCE = (
    "INSERT INTO ventanilla_cursors (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"
)


FORGET = """
DELETE FROM ventanilla_events
WHERE id IN (SELECT id FROM ventanilla_events WHERE state = 'done' AND settled_at < ? LIMIT ?)
"""


def prepare(connection: sqlite3.Connection) -> int:
    """Make the tables, or those of an older version new, all at once; return the version that they have."""
    found = _version(connection)
    if found < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        found = _version(connection)  # another process may have been first
        for statement in ";".join(_STEPS[found:]).split(";"):
            connection.execute(statement)
        found = max(found, VERSION)
        connection.execute("UPDATE ventanilla_inbox SET version = ?", (found,))
        connection.execute("COMMIT")
    return found


def _version(connection: sqlite3.Connection) -> int:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ventanilla_inbox'").fetchone() is None:
        return 0
    found: object = connection.execute("SELECT max(version) FROM ventanilla_inbox").fetchone()[0]
    if not isinstance(found, int) or found < 1:
        raise sqlite3.DatabaseError("its table of versions is damaged")
    return found
