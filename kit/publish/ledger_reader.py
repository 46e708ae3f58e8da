"""What the ledger knows, read: posts, their tries, and what an account has to wait for. Nothing here writes."""

from __future__ import annotations

from datetime import datetime

from kit.publish.ledger_schema import moment
from kit.publish.protocol import Attempt
from kit.publish.records import KEPT, Entry, Event, State, entry_of
from kit.publish.store import Store
from kit.text.foreign_json import read_json
from kit.text.printable import printable

_ENTRY = (
    "SELECT name, account, platform, state, due, next, not_after, why, failures, absent, remote_id, url, "
    "sha256, payload FROM post"
)


class LedgerReader:
    """A store and the questions that are asked of it. Needs no lease."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def entries(self, *states: State) -> list[Entry]:
        """Posts in these states, or all, in the order of what is next."""
        where = f" WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        with self.store.transaction() as t:
            return [entry_of(row) for row in t.run(f"{_ENTRY}{where} ORDER BY next, name", states)]

    def entry(self, name: str) -> Entry | None:
        """The post of that name, if the ledger has it."""
        with self.store.transaction() as t:
            rows = t.run(f"{_ENTRY} WHERE name = ?", (name,))
        return entry_of(rows[0]) if rows else None

    def notes(self, name: str) -> dict[str, str]:
        """What preparing this post has answered so far."""
        with self.store.transaction() as t:
            return dict(t.run("SELECT name, value FROM media WHERE post = ?", (name,)))

    def attempts(self, name: str, *outcomes: str) -> list[tuple[Attempt, str]]:
        """Tries of a post with their outcomes, oldest first; all, or only those with these outcomes."""
        with self.store.transaction() as t:
            rows = t.run(
                "SELECT number, key, started, notes, outcome FROM attempt WHERE post = ? ORDER BY number",
                (name,),
            )
        return [
            (Attempt(number, key, moment(started), read_json(notes)), outcome)
            for number, key, started, notes, outcome in rows
            if not outcomes or outcome in outcomes
        ]

    def calls(self) -> int:
        """How many publishing calls this ledger knows of."""
        with self.store.transaction() as t:
            return int(t.run("SELECT count(*) FROM attempt")[0][0])

    def last_call(self, account: str, besides: str) -> datetime | None:
        """When this account was last sent something other than the post `besides`.

        What was handed over beforehand goes out at its own time, which the schedule has spaced.
        """
        with self.store.transaction() as t:
            rows = t.run(
                "SELECT max(started) FROM attempt WHERE account = ? AND post <> ? AND notes NOT LIKE ?",
                (account, besides, f'%"{KEPT}"%'),
            )
        return moment(rows[0][0]) if rows[0][0] else None

    def not_before(self, account: str) -> datetime | None:
        """Until when the platform has asked this account to wait."""
        with self.store.transaction() as t:
            rows = t.run("SELECT not_before FROM pace WHERE account = ?", (account,))
        return moment(rows[0][0]) if rows else None

    def paused(self) -> str | None:
        """Who has paused publishing and when, or None."""
        return self.meta("paused") or None

    def meta(self, name: str) -> str | None:
        """A value about the whole ledger."""
        with self.store.transaction() as t:
            rows = t.run("SELECT value FROM about WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def events(self, count: int = 50) -> list[Event]:
        """The newest lines of the history, oldest first."""
        with self.store.transaction() as t:
            rows = t.run("SELECT at, post, kind, detail FROM event ORDER BY id DESC LIMIT ?", (count,))
        return [Event(moment(at), post, kind, printable(detail)) for at, post, kind, detail in reversed(rows)]

    def newest(self) -> datetime | None:
        """When the ledger was last written to."""
        with self.store.transaction() as t:
            latest = t.run("SELECT max(at) FROM event")[0][0]
        return moment(latest) if latest else None
