"""The tables of the ledger: one text for SQLite and Postgres, and the version that both must have.

Times are UTC, ISO 8601 with microseconds, as text: they sort as they stand in either database.
"""

from __future__ import annotations

from datetime import UTC, datetime

VERSION = 1
"""Raised with every change of the tables. A ledger of another version is refused, never guessed at."""
APPLICATION_ID = 0x4E524C50
"""«NRLP» in the file's header (SQLite only): an unrelated database is told from a ledger."""

TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE post (
    name TEXT PRIMARY KEY,
    slug TEXT NOT NULL, edition INTEGER NOT NULL, platform TEXT NOT NULL, account TEXT NOT NULL,
    slot TEXT NOT NULL,
    payload TEXT NOT NULL, sha256 TEXT NOT NULL,
    due TEXT NOT NULL, zone TEXT NOT NULL, not_after TEXT NOT NULL,
    state TEXT NOT NULL, next TEXT NOT NULL, why TEXT NOT NULL,
    failures INTEGER NOT NULL, absent INTEGER NOT NULL,
    remote_id TEXT, url TEXT, changed TEXT NOT NULL,
    UNIQUE (slug, edition, platform, account, slot))""",
    "CREATE INDEX post_by_state ON post (state, next)",
    """CREATE TABLE attempt (
    post TEXT NOT NULL REFERENCES post (name), number INTEGER NOT NULL,
    account TEXT NOT NULL, key TEXT NOT NULL, notes TEXT NOT NULL, fence INTEGER NOT NULL,
    started TEXT NOT NULL, ended TEXT, outcome TEXT NOT NULL, status INTEGER,
    remote_id TEXT, url TEXT, why TEXT NOT NULL,
    PRIMARY KEY (post, number))""",
    """CREATE TABLE media (
    post TEXT NOT NULL REFERENCES post (name), name TEXT NOT NULL, value TEXT NOT NULL,
    saved TEXT NOT NULL, PRIMARY KEY (post, name))""",
    "CREATE TABLE pace (account TEXT PRIMARY KEY, not_before TEXT NOT NULL, why TEXT NOT NULL)",
    """CREATE TABLE lease (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, host TEXT NOT NULL, fence INTEGER NOT NULL,
    expires TEXT NOT NULL)""",
    "CREATE TABLE event (id {serial}, at TEXT NOT NULL, post TEXT, kind TEXT NOT NULL, detail TEXT NOT NULL)",
)  # fmt: skip
"""`{serial}` is the database's own way to number rows. `media` holds what preparing has answered."""


def stamp(moment: datetime) -> str:
    """A moment as the ledger writes it. Raises ValueError for a naive one: it would be an hour late."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """A moment as the ledger wrote it."""
    return datetime.fromisoformat(text)
