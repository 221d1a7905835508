"""The SQLite file: schema, connection and transactions. Imports nothing of the package."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
    region TEXT NOT NULL, parent TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_owner ON resources (kind, account, region, seq);
CREATE INDEX IF NOT EXISTS by_parent ON resources (parent, kind, seq);
CREATE TABLE IF NOT EXISTS tags (
    id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (id, key));
CREATE INDEX IF NOT EXISTS by_tag ON tags (key, value, id);
CREATE TABLE IF NOT EXISTS timers (
    id TEXT NOT NULL, event TEXT NOT NULL, due REAL NOT NULL, PRIMARY KEY (id, event));
CREATE INDEX IF NOT EXISTS by_due ON timers (due);
CREATE TABLE IF NOT EXISTS addresses (
    pool TEXT NOT NULL, number INTEGER NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (pool, number));
CREATE INDEX IF NOT EXISTS by_address_owner ON addresses (owner);
CREATE TABLE IF NOT EXISTS tokens (
    scope TEXT NOT NULL, token TEXT NOT NULL, request TEXT NOT NULL, reply TEXT NOT NULL,
    expires REAL NOT NULL,
    PRIMARY KEY (scope, token));
CREATE TABLE IF NOT EXISTS requests (
    n INTEGER PRIMARY KEY, action TEXT NOT NULL, body TEXT NOT NULL, account TEXT, moment REAL, event TEXT);
CREATE TABLE IF NOT EXISTS spent (scope TEXT PRIMARY KEY, minute INTEGER NOT NULL, calls INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS violations (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (key TEXT NOT NULL, nonce TEXT NOT NULL, PRIMARY KEY (key, nonce));
CREATE TABLE IF NOT EXISTS usage (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
    began REAL NOT NULL, ended REAL, meter TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_metered ON usage (id, ended);
CREATE INDEX IF NOT EXISTS by_billed ON usage (account, began);
CREATE TABLE IF NOT EXISTS payments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
    moment REAL NOT NULL, amount REAL NOT NULL, began REAL NOT NULL, until REAL NOT NULL, body TEXT NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS by_payment ON payments (id);
CREATE TABLE IF NOT EXISTS happened (
    place INTEGER PRIMARY KEY, account TEXT NOT NULL, moment REAL NOT NULL, event TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, body TEXT NOT NULL, attempts INTEGER NOT NULL, due REAL, outcome TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_delivery ON deliveries (due);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
_TABLES = (
    "resources",
    "tags",
    "timers",
    "addresses",
    "tokens",
    "requests",
    "violations",
    "nonces",
    "spent",
    "usage",
    "payments",
    "happened",
    "deliveries",
    "facts",
)


class Database:
    """One connection, one transaction per request."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, timeout=1, isolation_level=None, cached_statements=256)
        # A rollback journal keeps the whole world in the one file that a user copies; without waiting for the
        # disk a commit still survives a killed process, which is all that is promised.
        self.connection.execute("PRAGMA journal_mode = TRUNCATE")
        # Two processes on one file would answer from two clocks.
        self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.executescript(_SCHEMA)
        self._complete()
        # Grows with whatever may have changed what exists or is planned, for those who watch.
        self.changes = 0

    def _complete(self) -> None:
        # A file of before there were events: its calls stay, and are no events.
        known = {row[1] for row in self.run("PRAGMA table_info(requests)")}
        for name, kind in (("account", "TEXT"), ("moment", "REAL"), ("event", "TEXT")):
            if name not in known:
                self.run(f"ALTER TABLE requests ADD COLUMN {name} {kind}")

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement."""
        return self.connection.execute(statement, values)

    def one(self, statement: str, *values: object) -> Any:
        """Return the first row, or None."""
        return self.connection.execute(statement, values).fetchone()

    @contextmanager
    def transaction(self, name: str) -> Iterator[None]:
        """Keep everything done inside, or nothing if it raises; may be nested."""
        self.connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self.connection.execute(f"RELEASE {name}")

    def fact(self, name: str) -> Any:
        """Return a stored single value, or None."""
        row = self.one("SELECT body FROM facts WHERE name = ?", name)
        return None if row is None else json.loads(row[0])

    def set_fact(self, name: str, value: object) -> None:
        """Store a single value."""
        self.changes += 1
        self.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))

    def clear(self) -> None:
        """Delete every row of every table."""
        self.changes += 1
        for table in _TABLES:
            self.run(f"DELETE FROM {table}")
        # Page tokens of the old world must not fit rows of the new one by accident of numbering.
        self.run("DELETE FROM sqlite_sequence")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
