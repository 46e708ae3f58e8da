"""The ledger as the commands see it: opened wherever it is, and written as lines for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.errors import InputError
from kit.publish.ledger import Ledger
from kit.publish.records import Entry, State
from kit.publish.runner import LEDGER
from kit.publish.store import SqliteStore, Store
from kit.text.printable import MOST_ID, printable

DATABASE = "KIT_LEDGER_DATABASE"
"""Environment variable that names a Postgres database; where it is set, the ledger is there."""


def database() -> str | None:
    """The Postgres database that the ledger is in, as libpq writes it; None for a file beside the campaign."""
    return os.environ.get(DATABASE) or None


def has_ledger(home: Path) -> bool:
    """Whether anything was ever published from here."""
    return database() is not None or (home / LEDGER).is_file()


@contextmanager
def open_ledger(home: Path) -> Iterator[Ledger]:
    """The ledger, to look at or for a person's word; it must be there already."""
    path = home / LEDGER
    store: Store
    if conninfo := database():
        from kit.publish.postgres import PostgresStore

        store = PostgresStore(conninfo)
    elif not path.exists():
        raise InputError(f"there is no ledger at {path}", "`kit publish due` or `watch` begins one")
    else:
        store = SqliteStore(path)
    try:
        yield Ledger(store)
    finally:
        store.close()


def shown(entry: Entry) -> dict[str, Any]:
    """A post for a program."""
    return {
        "post": entry.name, "state": entry.state.value, "account": entry.account, "platform": entry.platform,
        "due": entry.due.isoformat(), "not_after": entry.not_after.isoformat(), "next": entry.next.isoformat(),
        "url": entry.url, "remote_id": entry.remote_id, "why": entry.why,
    }  # fmt: skip


def line_of(entry: Entry) -> str:
    """A post on one line: state, due time in UTC, name, and address or reason."""
    known = entry.url or entry.why or ("its platform keeps it" if entry.state is State.HANDED_OFF else "")
    return f"{entry.state.value:<13} {entry.due:%Y-%m-%d %H:%M}Z  {printable(entry.name)}  {printable(known, MOST_ID)}".rstrip()


def question(entry: Entry) -> str:
    """What a person is asked about a post, and how to answer."""
    look = "look at the account: is it there?" if entry.state is State.NEEDS_REVIEW else "it is not out."
    return (
        f"asks  {entry.name}: {printable(entry.why)}; {look} "
        f"`kit publish resolve {entry.name}` with --posted URL, --not-posted (send it now) or --give-up"
    )
