"""Knows what the shop remembers, in one SQLite file."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

SCHEMA = """
CREATE TABLE IF NOT EXISTS links (person TEXT PRIMARY KEY, link TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS movements (
    id TEXT PRIMARY KEY, id_credential TEXT NOT NULL, description TEXT NOT NULL, amount TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, amount TEXT NOT NULL, payment INTEGER, status TEXT NOT NULL DEFAULT 'new'
);
CREATE TABLE IF NOT EXISTS payrolls (period TEXT PRIMARY KEY, uid TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payslips (
    period TEXT NOT NULL, employee TEXT NOT NULL, uuid TEXT, problem TEXT, PRIMARY KEY (period, employee)
);
"""


class Store:
    """Runs statements, each in a transaction and a connection of its own."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(SCHEMA)

    def run(self, statement: str, *values: object) -> int:
        """Run a statement and return the id of the row that it made."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return connection.execute(statement, values).lastrowid or 0

    def run_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run a statement for each row, all or none."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.executemany(statement, rows)

    def rows(self, query: str, *values: object) -> list[dict[str, object]]:
        """Return what a query finds."""
        with closing(sqlite3.connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def value(self, query: str, *values: object) -> str | None:
        """Return the first value that a query finds, as text; None when there is none."""
        found = next((next(iter(row.values())) for row in self.rows(query, *values)), None)
        return None if found is None else str(found)
