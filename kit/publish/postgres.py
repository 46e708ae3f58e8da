"""The same ledger on Postgres, for those who have outgrown one machine (`pip install kit[distributed]`).

Tables, states and functions are those of the file; only the store differs. Instead of one runner a
ledger there is one an account: a lease named after it, with its own fence, so that accounts are sent
side by side and no account ever by two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from kit.errors import WorkError
from kit.publish import runner
from kit.publish.decide import Work
from kit.publish.ledger import Ledger
from kit.publish.ledger_schema import TABLES, VERSION
from kit.publish.runner import Clock, Pass
from kit.publish.store import Row, Transaction, refuse_version

_LOCK = 0x4E524C50
"""Advisory lock under which the tables are made: two workers may start at one moment."""


class PostgresStore:
    """A ledger in a schema of its own. `conninfo` is what libpq takes; its password is never shown.

    Raises WorkError when the server cannot be reached or the tables are of another version.
    """

    def __init__(self, conninfo: str, schema: str = "kit") -> None:
        self.place = f"the ledger {schema}"
        with _explained(self.place):
            self._connection = psycopg.connect(conninfo, autocommit=True, connect_timeout=10)
            info = self._connection.info
            self.place = f"the ledger {schema} in {info.dbname} on {info.host}"
            try:
                self._prepare(schema)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, schema: str) -> None:
        name = sql.Identifier(schema)
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            self._connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
            self._connection.execute(sql.SQL("SET search_path TO {}").format(name))
            if self._one("SELECT to_regclass('about') IS NULL"):
                for statement in TABLES:
                    self._connection.execute(
                        statement.format(serial="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY").encode()
                    )
                self._connection.execute(
                    "INSERT INTO about (name, value) VALUES ('version', %s)", (str(VERSION),)
                )
        refuse_version(self.place, int(self._one("SELECT value FROM about WHERE name = 'version'")))

    def _one(self, statement: str) -> Any:
        row = self._connection.execute(statement.encode()).fetchone()
        return row[0] if row else 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that is on the server's disk when it ends (`synchronous_commit` on)."""
        with _explained(self.place), self._connection.transaction():
            self._connection.execute("SET LOCAL synchronous_commit TO on")
            yield _Postgres(self._connection)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


class _Postgres:
    """The ledger's SQL knows `?` only and holds neither `?` nor `%` in another sense."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """One statement and its rows."""
        cursor = self._connection.execute(statement.replace("?", "%s").encode(), tuple(values))
        return cursor.fetchall() if cursor.description is not None else []

    def run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """One statement for each row of values, sent in one go."""
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(statement.replace("?", "%s").encode(), rows)


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WorkError(
            f"{place} cannot be used: {first}",
            "no post is sent that is not written down first; what was written down is safe. "
            "Look after the server; the next run goes on",
        ) from error


@contextmanager
def running_account(store: PostgresStore, account: str, owner: str, clock: Clock) -> Iterator[Ledger]:
    """Be the one runner of an account, on whichever machine.

    Raises WorkError while another one holds its lease; a dead worker's lease ends by itself.
    """
    ledger = Ledger(store)
    ledger.take_lease(owner, clock.now(), name=f"account {account}", alone=False)
    with runner.leased(ledger, clock):
        yield ledger


def pass_over(ledger: Ledger, work: Work, account: str, clock: Clock) -> Pass:
    """One pass over one account: what `publish due` does, for what this lease may touch."""
    mine = Work(
        tuple(post for post in work.posts if post.account == account),
        work.publisher, work.refuse, work.rules, frozenset({account}),
        tuple(each for each in work.blocked if each.key.account == account),
    )  # fmt: skip
    runner.begin(ledger, mine, clock)
    return runner.one_pass(ledger, mine, clock)
