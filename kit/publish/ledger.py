"""The ledger: what was meant to go out, each try, and what is known of it. The truth about every post.

The rule that all else serves: the row that says «sending» is on the disk before the one publishing
call is made. So whatever kills the runner, the next one knows which posts may be out.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from kit.errors import WorkError
from kit.model.post import Post
from kit.publish.approvals import payload_sha256
from kit.publish.ledger_reader import LedgerReader
from kit.publish.ledger_schema import moment, stamp
from kit.publish.protocol import Attempt, Duplicate, Notes, Posted, RemoteRef, Result
from kit.publish.records import MAYBE_OUT, MENDABLE, OUTCOME, Entry, State, send_key
from kit.publish.store import Store, Transaction
from kit.text.printable import printable

LEASE = timedelta(minutes=5)
"""How long a runner may be silent before one on another machine may take over; renewed by each write."""
_MAYBE = "SELECT DISTINCT post FROM attempt WHERE outcome IN (?, ?, ?)"


class Ledger(LedgerReader):
    """A store, and the lease under which this process may write what a runner writes."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._lease: tuple[str, str, int] | None = None

    # the lease

    def take_lease(self, owner: str, now: datetime, *, name: str = "runner", alone: bool) -> int:
        """Become the runner; returns the fence, higher than that of every runner before.

        `alone`: this machine's lock is ours, so an unexpired lease of this machine belongs to the dead.
        Raises WorkError while a runner elsewhere is alive.
        """
        host = socket.gethostname()
        with self.store.transaction() as t:
            t.run(
                "INSERT INTO lease (name, owner, host, fence, expires) VALUES (?, '', ?, 0, ?) "
                "ON CONFLICT (name) DO NOTHING",
                (name, host, stamp(now - LEASE)),
            )
            # a write first, so that Postgres holds the row until the commit
            (held, where, fence, expires) = t.run(
                "UPDATE lease SET name = name WHERE name = ? RETURNING owner, host, fence, expires", (name,)
            )[0]
            if moment(expires) > now and not (alone and where == host):
                raise WorkError(
                    f"another runner ({held} on {where}) has this ledger until {expires}",
                    "that one sends; nothing was sent here. If it is dead, wait until then",
                )
            t.run(
                "UPDATE lease SET owner = ?, host = ?, fence = ?, expires = ? WHERE name = ?",
                (owner, host, fence + 1, stamp(now + LEASE), name),
            )
        self._lease = (name, owner, fence + 1)
        return int(fence) + 1

    def give_back(self, now: datetime) -> None:
        """End the lease, so that the next runner need not wait for it. The fence stays."""
        if self._lease is not None:
            with self._writing(now) as t:
                t.run("UPDATE lease SET expires = ? WHERE name = ?", (stamp(now), self._lease[0]))
            self._lease = None

    @contextmanager
    def _writing(self, now: datetime) -> Iterator[Transaction]:
        """A runner's transaction: only while its fence is the newest, and it renews the lease."""
        if self._lease is None:
            raise RuntimeError("a runner writes only under a lease")
        name, owner, fence = self._lease
        with self.store.transaction() as t:
            renewed = t.run(
                "UPDATE lease SET expires = ? WHERE name = ? AND owner = ? AND fence = ? RETURNING fence",
                (stamp(now + LEASE), name, owner, fence),
            )
            if not renewed:
                raise WorkError(
                    f"another runner has taken over {self.store.place}",
                    "this one has stopped and sends nothing more; what it has sent is written down",
                )
            yield t

    # what a runner writes

    def take_over(self, posts: Iterable[Post], now: datetime) -> None:
        """Bring the queue into the ledger: new posts, and approved changes of posts that are not out.

        Why not every change: what is perhaps out is compared with what was sent, not with today's text.
        """
        with self._writing(now) as t:
            known = {name: (sha, state) for name, sha, state in t.run("SELECT name, sha256, state FROM post")}
            maybe = {name for (name,) in t.run(_MAYBE, MAYBE_OUT)}
            new, changed = [], []
            for post in posts:
                name, sha256 = str(post.key), payload_sha256(post)
                due, not_after = stamp(post.due), stamp(post.not_after)
                values = (post.model_dump_json(), sha256, due, post.zone, not_after)
                if name not in known:
                    new.append((name, *post.key, *values, State.PLANNED.value, due, "", 0, 0, stamp(now)))
                elif known[name][0] != sha256 and known[name][1] in MENDABLE and name not in maybe:
                    changed.append((*values, State.PLANNED.value, due, stamp(now), name))
            t.run_many(
                "INSERT INTO post (name, slug, edition, platform, account, slot, payload, sha256, due, zone, "
                "not_after, state, next, why, failures, absent, changed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                new,
            )
            t.run_many(
                "UPDATE post SET payload = ?, sha256 = ?, due = ?, zone = ?, not_after = ?, state = ?, next = ?, "
                "changed = ?, why = '', failures = 0, absent = 0 WHERE name = ?",
                changed,
            )
            for *_, name in changed:  # uploads of the old picture must not go out with the new text
                t.run("DELETE FROM media WHERE post = ?", (name,))
                _tell(t, now, str(name), "changed", "")

    def save(self, name: str, notes: Notes, now: datetime) -> None:
        """Keep what a preparing call has answered, at once."""
        with self._writing(now) as t:
            t.run_many(
                "INSERT INTO media (post, name, value, saved) VALUES (?, ?, ?, ?) ON CONFLICT (post, name) "
                "DO UPDATE SET value = excluded.value, saved = excluded.saved",
                [(name, key, value, stamp(now)) for key, value in notes.items()],
            )

    def forget(self, name: str, notes: Iterable[str], now: datetime) -> None:
        """Drop notes whose upload or container must be made anew."""
        with self._writing(now) as t:
            t.run_many("DELETE FROM media WHERE post = ? AND name = ?", [(name, note) for note in notes])

    def move(
        self, name: str, state: State, now: datetime, *, why: str = "", at: datetime | None = None,
        failures: int = 0, absent: int = 0, ref: RemoteRef | None = None,
    ) -> None:  # fmt: skip
        """Put a post into a state; `at` is when there is something to do again (now, if None)."""
        with self._writing(now) as t:
            _move(t, name, state, now, why, at or now, failures, absent, ref)

    def begin(self, entry: Entry, notes: Notes, now: datetime) -> Attempt:
        """Write down that the publishing call is about to be made. On the disk when this returns.

        Raises WorkError when publishing was paused, or the post moved, in the meantime.
        """
        post = entry.post
        with self._writing(now) as t:
            if any(value for (value,) in t.run("SELECT value FROM about WHERE name = 'paused'")):
                raise Paused
            if t.run("SELECT state FROM post WHERE name = ?", (entry.name,)) != [(entry.state.value,)]:
                raise WorkError(f"{entry.name} was changed while it was being sent", "run it again")
            number = t.run("SELECT count(*) FROM attempt WHERE post = ?", (entry.name,))[0][0] + 1
            attempt = Attempt(number, send_key(post.key), now, dict(notes))
            fence = self._lease[2] if self._lease else 0
            t.run(
                "INSERT INTO attempt (post, number, account, key, notes, fence, started, outcome, why) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'sending', '')",
                (entry.name, number, post.account, attempt.key, json.dumps(attempt.notes), fence, stamp(now)),
            )
            _move(t, entry.name, State.SENDING, now, f"attempt {number}", now, entry.failures, 0, None)
        return attempt

    def finish(
        self, name: str, attempt: Attempt, result: Result, state: State, now: datetime, *,
        at: datetime | None = None, failures: int = 0,
    ) -> None:  # fmt: skip
        """Write down what the call gave, and where the post stands now: together."""
        ref = result.ref if isinstance(result, Posted) else None
        if isinstance(result, Duplicate):
            ref = result.hint
        why = "" if isinstance(result, Posted) else printable(result.why)
        status = None if isinstance(result, Posted) else result.status
        with self._writing(now) as t:
            t.run(
                "UPDATE attempt SET ended = ?, outcome = ?, status = ?, remote_id = ?, url = ?, why = ? "
                "WHERE post = ? AND number = ?",
                (stamp(now), OUTCOME[type(result)], status, ref.remote_id if ref else None,
                 ref.url if ref else None, why, name, attempt.number),
            )  # fmt: skip
            _move(t, name, state, now, why, at or now, failures, 0, ref)

    def wait(self, account: str, until: datetime, why: str, now: datetime) -> None:
        """Keep an account quiet until then; a later moment that is already kept stays."""
        with self._writing(now) as t:
            t.run(
                "INSERT INTO pace (account, not_before, why) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE "
                "SET not_before = excluded.not_before, why = excluded.why WHERE pace.not_before < excluded.not_before",
                (account, stamp(until), printable(why)),
            )
            _tell(t, now, None, "wait", f"{account} until {stamp(until)}: {why}")

    def taken_back(self, name: str, now: datetime, why: str, at: datetime) -> None:
        """A post that its platform has certainly given back: no try of it is out, and it is planned again.

        Its uploads may have gone with it, so they are made anew.
        """
        with self._writing(now) as t:
            t.run("DELETE FROM media WHERE post = ?", (name,))
            t.run(
                "UPDATE attempt SET outcome = 'not_sent' WHERE post = ? AND outcome IN ('posted', 'unknown', "
                "'duplicate')",
                (name,),
            )
            _move(t, name, State.PLANNED, now, why, at, 0, 0, None)

    def interrupted(self, accounts: Iterable[str] | None, now: datetime, settled: datetime) -> list[str]:
        """Every post that a dead runner left in «sending» becomes «unknown», never planned; their names."""
        with self._writing(now) as t:
            rows = t.run("SELECT name, account, failures FROM post WHERE state = 'sending'")
            wanted = None if accounts is None else set(accounts)
            names = [name for name, account, _ in rows if wanted is None or account in wanted]
            for name in names:
                why = "the runner stopped during the call: the post may be out"
                t.run(
                    "UPDATE attempt SET outcome = 'unknown', ended = ?, why = ? WHERE post = ? AND outcome = 'sending'",
                    (stamp(now), why, name),
                )
                _move(t, name, State.UNKNOWN, now, why, settled, 0, 0, None)
        return names

    def expire_missed(self, now: datetime) -> list[str]:
        """All that was due before now waits for a person: this ledger cannot know what is out."""
        with self._writing(now) as t:
            names = [
                str(name)
                for (name,) in t.run(
                    "SELECT name FROM post WHERE due <= ? AND state IN ('planned', 'prepared', 'retry_at')",
                    (stamp(now),),
                )
            ]
            for name in names:
                t.run("UPDATE post SET not_after = due WHERE name = ?", (name,))
                why = "it was due before this ledger began"
                _move(t, name, State.EXPIRED, now, why, now, 0, 0, None)
        return names

    def replan(self, now: datetime) -> list[str]:
        """Posts that a wrong clock has made too late are planned again once the clock is right."""
        with self._writing(now) as t:
            rows = t.run(
                "SELECT name, due FROM post WHERE state = 'expired' AND not_after > ? AND name NOT IN "
                f"({_MAYBE})",
                (stamp(now), *MAYBE_OUT),
            )
            for name, due in rows:
                _move(t, name, State.PLANNED, now, "not too late after all", moment(due), 0, 0, None)
        return [str(name) for name, _ in rows]

    # what a person writes

    def decide(
        self, entry: Entry, state: State, now: datetime, why: str, *,
        ref: RemoteRef | None = None, not_after: datetime | None = None,
    ) -> None:  # fmt: skip
        """A person's word on a post that asks. Needs no lease: a runner never touches such a post.

        Raises WorkError when the post asks no more.
        """
        with self.store.transaction() as t:
            asked = t.run(
                "UPDATE post SET not_after = ? WHERE name = ? AND state = ? RETURNING name",
                (stamp(not_after or entry.not_after), entry.name, entry.state.value),
            )
            if not asked:
                raise WorkError(f"{entry.name} has moved on in the meantime", "look at `kit publish status`")
            if state is State.PLANNED:  # a person has seen that no try is out
                t.run(
                    "UPDATE attempt SET outcome = 'not_sent' WHERE post = ? AND outcome IN ('unknown', 'duplicate')",
                    (entry.name,),
                )
            _move(t, entry.name, state, now, why, now, 0, 0, ref, decided=True)

    def set_meta(self, name: str, value: str) -> None:
        """Keep a value about the whole ledger. Needs no lease."""
        with self.store.transaction() as t:
            t.run(
                "INSERT INTO about (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def pause(self, who: str | None, now: datetime) -> None:
        """Send nothing more until it is resumed (`who` None); calls under way are finished."""
        self.set_meta("paused", f"{who}, {stamp(now)}" if who else "")
        with self.store.transaction() as t:
            _tell(t, now, None, "paused" if who else "resumed", who or "")


class Paused(Exception):
    """Publishing was paused between choosing a post and sending it."""


def _move(
    t: Transaction, name: str, state: State, now: datetime, why: str, at: datetime,
    failures: int, absent: int, ref: RemoteRef | None, decided: bool = False,
) -> None:  # fmt: skip
    ends = state in (State.FAILED, State.EXPIRED) and not decided
    if ends and t.run(f"SELECT 1 WHERE ? IN ({_MAYBE})", (name, *MAYBE_OUT)):
        state = State.NEEDS_REVIEW  # «certainly not out» may not be said of it: an earlier try is open
    if state is not State.HANDED_OFF:  # the id of what a platform keeps is not that of a post
        t.run("UPDATE post SET remote_id = NULL, url = NULL WHERE name = ? AND state = 'handed_off'", (name,))
    t.run(
        "UPDATE post SET state = ?, why = ?, next = ?, failures = ?, absent = ?, changed = ?, "
        "remote_id = COALESCE(?, remote_id), url = COALESCE(?, url) WHERE name = ?",
        (state.value, printable(why), stamp(at), failures, absent, stamp(now),
         ref.remote_id if ref else None, ref.url if ref else None, name),
    )  # fmt: skip
    _tell(t, now, name, state.value, why)


def _tell(t: Transaction, now: datetime, name: str | None, kind: str, detail: str) -> None:
    t.run(
        "INSERT INTO event (at, post, kind, detail) VALUES (?, ?, ?, ?)",
        (stamp(now), name, kind, printable(detail)),
    )
