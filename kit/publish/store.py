"""Where a ledger lies: one SQLite file, written so that a power cut loses nothing that was said to be done.

The interface is as small as the ledger needs, so that Postgres (`kit.publish.postgres`) is the same
ledger. SQL is written with `?` and kept to what both databases understand.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from kit.errors import WorkError
from kit.publish.ledger_schema import APPLICATION_ID, TABLES, VERSION
from kit.publish.state_files import open_private, refuse_foreign_file

Row = tuple[Any, ...]
_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite opens by name."""
BUSY_MS = 10_000
"""How long one process waits for another's transaction; the longest lasts milliseconds."""


class Transaction(Protocol):
    """Statements that are kept together or not at all."""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """One statement and its rows."""
        ...

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """One statement for each row of values."""
        ...


class Store(Protocol):
    """A database with the ledger's tables in it. `place` names it in messages, without a password."""

    place: str

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Commits at the end; what was written is on the disk then. Rolls back if anything is raised."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SqliteStore:
    """The ledger's file. WAL and `synchronous=FULL`: with NORMAL the last commits can be lost.

    Raises WorkError for a file that is corrupt, of another version, or no ledger; it is left as it is.
    """

    def __init__(self, path: Path | None) -> None:
        """`path` None: in memory, gone when it is closed."""
        self.path = path or Path("ledger in memory")
        self.place = str(self.path)
        if path is not None:
            _make_private(path)
        with _explained(self.path):
            self._connection = sqlite3.connect(
                path or ":memory:", isolation_level=None, timeout=BUSY_MS / 1000
            )
        try:
            with _explained(self.path):
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        run(f"PRAGMA busy_timeout = {BUSY_MS}")
        _refuse_foreign(self.path, run)
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA foreign_keys = ON")
        run("BEGIN IMMEDIATE")  # two processes may meet at a new file: one makes the tables
        if not run("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            for statement in TABLES:
                run(statement.format(serial="INTEGER PRIMARY KEY"))
            run(f"PRAGMA application_id = {APPLICATION_ID}")
            run(f"PRAGMA user_version = {VERSION}")
        run("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """BEGIN IMMEDIATE: a reader that turns into a writer could fail at its commit."""
        with _explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield _Sqlite(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    def copy_to(self, other: SqliteStore) -> None:
        """Put all that is in here into another store, in place of what was there."""
        with _explained(self.path):
            self._connection.backup(other._connection)

    def close(self) -> None:
        """Close the file; the last one to do so folds the WAL into it."""
        self._connection.close()


def _make_private(path: Path) -> None:
    """An empty file that only its owner can read, before the first byte is in it; no link, nor those beside it."""
    for beside in _BESIDE:
        refuse_foreign_file(path.with_name(path.name + beside))
    if not path.exists():
        os.close(open_private(path, os.O_CREAT | os.O_RDWR))


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """One statement and its rows."""
        return self._connection.execute(sql, tuple(values)).fetchall()

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """One statement for each row of values."""
        self._connection.executemany(sql, rows)


def _refuse_foreign(path: Path, run: Any) -> None:
    """A ledger of this version, or an empty file; anything else is refused before a byte is written."""
    problems = [row[0] for row in run("PRAGMA quick_check(1)")]
    if problems != ["ok"]:
        raise sqlite3.DatabaseError(problems[0])
    if not run("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return
    if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise WorkError(f"{path} is a database, but not a ledger of this kit", "nothing was sent or changed")
    refuse_version(str(path), run("PRAGMA user_version").fetchone()[0])


def refuse_version(place: str, found: int) -> None:
    """Raises WorkError unless the tables are of this kit's version."""
    if found == VERSION:
        return
    older = found < VERSION
    raise WorkError(
        f"{place} was made by {'an older' if older else 'a newer'} kit (ledger version {found}, this kit has {VERSION})",
        "nothing was sent or changed; finish this campaign with the kit that made it"
        if older
        else "nothing was sent or changed; install the newer kit",
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What SQLite says, as a person can use it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _full(path)):
            raise WorkError(
                f"the disk is full: {path} could not be written",
                "no post is sent that is not written down first, and what was written down is safe; "
                "free some space and run the same command again",
            ) from error
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise WorkError(
                f"{path} is held by another program for more than {BUSY_MS // 1000} s",
                "nothing was sent; close that program, then run it again",
            ) from error
        if primary in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_IOERR,
        ):
            raise WorkError(
                f"{path} cannot be read or written: {error}",
                "nothing was sent that is not written down; fix the file's rights, then run it again",
            ) from error
        if primary in (None, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise WorkError(
                f"{path} is damaged: {error}",
                "nothing was sent or changed; put a copy from a backup in its place, or read "
                "docs/publishing.md, «The ledger is damaged or gone», before starting a new one",
            ) from error
        raise


def _full(path: Path) -> bool:
    status = os.statvfs(path.parent) if hasattr(os, "statvfs") else None
    return status is not None and status.f_bavail * status.f_frsize < 1_000_000


@contextmanager
def only_runner(path: Path) -> Iterator[None]:
    """Hold the lock that one runner of this ledger has; the system lets go of it however we die.

    Raises WorkError at once when another has it.
    """
    handle = open_private(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR)
    with os.fdopen(handle, "r+", encoding="ascii", errors="replace") as file:
        if not _lock(file):
            file.seek(0)
            raise WorkError(
                f"another runner is at work on {path} (process {file.read().strip() or 'unknown'})",
                "that one sends; nothing was sent here. `kit publish status` shows what it does",
            )
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1000)  # not the bytes that hold the process number: they must stay readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
