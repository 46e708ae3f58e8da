"""The runner: one pass over all that is due, or the same in a loop. One a ledger, and it alone sends."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from kit.errors import KitError, WorkError
from kit.files import write_text
from kit.model.post import Blocked, Post
from kit.publish import engine, handoff
from kit.publish.approvals import payload_sha256
from kit.publish.engine import Rules
from kit.publish.ledger import Ledger, Paused
from kit.publish.ledger_schema import moment, stamp
from kit.publish.protocol import Keeping, Publisher
from kit.publish.records import BEFORE, OPEN, Entry, State
from kit.publish.store import SqliteStore, only_runner

_log = logging.getLogger("kit.publish")

LEDGER = "ledger.sqlite"
MARK = "ledger.mark"
_ANEW = "anew"
"""In the ledger, from its new beginning until the posts that were due by then have been set aside."""
NAP = timedelta(seconds=30)
"""The longest sleep: a pause, a resume or a new clock is noticed within it."""
STEP = timedelta(minutes=2)
"""A clock that moves further than this against the machine's steady clock has been set."""
SPACING = timedelta(seconds=60)
"""Between two calls for one account, where the schedule says nothing."""


class Clock(Protocol):
    """Time, given from outside: so that tests need not wait."""

    def now(self) -> datetime:
        """The wall clock, UTC."""
        ...

    def steady(self) -> float:
        """Seconds that nobody can set; they go on while the machine sleeps."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """CLOCK_BOOTTIME where there is one: the plain monotonic clock stops while a laptop sleeps."""
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Work:
    """What a runner is given. `publisher` connects an account once; `refuse` says why a post may not go.

    `blocked` are slots that are no post now: shown, and asked about when it is too late for them.
    """

    posts: tuple[Post, ...]
    publisher: Callable[[str], Publisher]
    refuse: Callable[[Post], list[Blocked]]
    rules: Rules = field(default_factory=Rules)
    accounts: frozenset[str] | None = None
    blocked: tuple[Blocked, ...] = ()


@dataclass
class Pass:
    """What one pass did and saw: names of posts, and why some wait."""

    sent: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)


@contextmanager
def running(home: Path, clock: Clock, *, new: bool = False, trust_clock: bool = False) -> Iterator[Ledger]:
    """Be the one runner of the ledger in `home`, until the block ends.

    `new`: a person knows that this ledger begins anew, or is an older copy; what was due by now then
    waits for a person. Without effect on a ledger that is neither, so that it may stay in a script.

    Raises WorkError when another runner is at work, when the file is damaged, of another version or
    older than the one last used here, and when the clock is behind the ledger's newest line.
    """
    path = home / LEDGER
    with only_runner(path):
        absent = not path.exists()
        if absent and not new and (home / MARK).exists():
            raise WorkError(
                f"{path} is gone, and publishing calls were made under it",
                "nothing was sent. Put it back; if it is lost, read docs/publishing.md, «The ledger is "
                "damaged or gone», then run with --new-ledger",
            )
        store = SqliteStore(path)
        try:
            ledger = Ledger(store)
            if (why := older(ledger, home)) is not None and not new:
                raise why
            if new and (absent or why is not None):
                ledger.set_meta(_ANEW, stamp(clock.now()))
            if not trust_clock:
                refuse_clock(ledger, clock.now())
            ledger.take_lease(f"process {os.getpid()}", clock.now(), alone=True)
            mark(ledger, home)
            with leased(ledger, clock):
                yield ledger
        finally:
            store.close()


@contextmanager
def leased(ledger: Ledger, clock: Clock) -> Iterator[None]:
    """Give the lease back at the end, however it comes; one that was lost is not ours to give."""
    try:
        yield
    finally:
        with suppress(KitError):
            ledger.give_back(clock.now())


def older(ledger: Ledger, home: Path) -> WorkError | None:
    """What is to be said of a copy from before the last publishing call; None for any other ledger.

    Why: a ledger put back from a backup knows nothing of what has gone out since, and would send it again.
    """
    try:
        seen = json.loads((home / MARK).read_text(encoding="utf-8"))
        calls, ledger_id = int(seen["calls"]), str(seen["ledger"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # the mark is a second net; without it the ledger is what there is
    if ledger_id != ledger.meta("id") or calls > ledger.calls():
        return WorkError(
            f"{ledger.store.place} is older than the ledger that was last used here: it knows of "
            f"{ledger.calls()} publishing calls, and {calls} were made",
            "nothing was sent. Put the newer file back; if it is lost, read docs/publishing.md, "
            "«The ledger is damaged or gone», then run with --new-ledger",
        )
    return None


def mark(ledger: Ledger, home: Path) -> None:
    """Keep beside the ledger how many calls it knows of."""
    if ledger.meta("id") is None:
        ledger.set_meta("id", os.urandom(8).hex())
    write_text(home / MARK, json.dumps({"ledger": ledger.meta("id"), "calls": ledger.calls()}) + "\n")


def refuse_clock(ledger: Ledger, now: datetime) -> None:
    """Raises WorkError when the ledger was written later than it is now: one of both clocks is wrong."""
    newest = ledger.newest()
    if newest is not None and newest - now > STEP:
        raise WorkError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the ledger was written at "
            f"{newest:%Y-%m-%d %H:%M} UTC",
            "nothing was sent; set the clock right. If it is right now, run with --trust-clock",
        )


def begin(ledger: Ledger, work: Work, clock: Clock) -> None:
    """What every start does first: name what a dead runner left, then take over the queue."""
    now = clock.now()
    for name in ledger.interrupted(work.accounts, now, now + work.rules.settle):
        _log.warning("%s: a runner died during the call; it will be looked for", name)
    for name in ledger.replan(now):
        _log.warning("%s: planned again", name)
    ledger.take_over(work.posts, now)
    if since := ledger.meta(_ANEW):
        ledger.expire_missed(moment(since))
        ledger.set_meta(_ANEW, "")


def one_pass(ledger: Ledger, work: Work, clock: Clock, home: Path | None = None) -> Pass:
    """Look for what may be out, then send what is due, each at most once. `home` gets the mark."""
    done = Pass(held={str(each.key): f"{each.code}: {each.why}" for each in work.blocked})
    for entry in _mine(ledger.entries(*OPEN), work):
        publisher = _publisher(work, entry, done)
        if publisher is None:
            continue
        if (given := handoff.pending(ledger, entry)) is not None:
            if entry.next <= clock.now():
                handoff.reconcile(ledger, entry, given, publisher, work.rules, clock.now)
        elif entry.next <= clock.now() or _primitive(publisher, entry):
            engine.reconcile(ledger, entry, publisher, work.rules, clock.now)
    kept = list(_mine(ledger.entries(State.HANDED_OFF), work))
    for entry in kept:
        _look_after(ledger, entry, work, clock, done)
    # not those taken back just now: the ledger has their old text until it takes over the new one
    current = {str(post.key) for post in work.posts} - {entry.name for entry in kept}
    for entry in sorted(_mine(ledger.entries(*BEFORE), work), key=lambda e: (e.due, e.name)):
        ripe = entry.due - work.rules.ahead <= clock.now() >= _earliest(entry)
        late = clock.now() > entry.not_after and (entry.name in current or entry.name in done.held)
        early = work.rules.hand_off is not None and entry.due - work.rules.hand_off <= clock.now() < entry.due
        if late or ((ripe or early) and entry.name in current):
            _advance(ledger, entry, work, clock, home, done, ripe=ripe or late)
    return done


def _look_after(ledger: Ledger, entry: Entry, work: Work, clock: Clock, done: Pass) -> None:
    """A post that its platform keeps: taken back when it may not go as it is, verified after its time."""
    publisher = _publisher(work, entry, done)
    if publisher is None:
        return
    if clock.now() >= entry.due:
        if entry.next <= clock.now():
            handoff.verify(ledger, entry, publisher, work.rules, clock.now)
        return
    why = _unwanted(ledger, entry, work)
    if why and (left := handoff.take_back(ledger, entry, publisher, work.rules, clock.now, why)):
        done.held[entry.name] = left


def _unwanted(ledger: Ledger, entry: Entry, work: Work) -> str | None:
    """Why a post may no longer go out as it was handed over."""
    if (who := ledger.paused()) is not None:
        return f"paused by {who}"
    post = next((post for post in work.posts if str(post.key) == entry.name), None)
    if post is None:
        return "it is no longer a post of the schedule"
    # a file that someone is editing says nothing about a post that was approved
    refused = [r for r in work.refuse(post) if r.code != "unreadable"]
    if refused:
        return "; ".join(f"{r.code}: {r.why}" for r in refused)
    return "it has been changed and approved anew" if payload_sha256(post) != entry.sha256 else None


def _mine(entries: Iterable[Entry], work: Work) -> Iterator[Entry]:
    return (e for e in entries if work.accounts is None or e.account in work.accounts)


def _publisher(work: Work, entry: Entry, done: Pass) -> Publisher | None:
    """The account's publisher; None when it cannot be made, which must not stop the other accounts."""
    try:
        return work.publisher(entry.account)
    except KitError as error:
        done.held[entry.name] = str(error)
        return None


def _primitive(publisher: Publisher, entry: Entry) -> bool:
    """Interrupted posts need no settling where putting them again is safe."""
    return entry.state is State.UNKNOWN and engine.safe_at_once(publisher) and not entry.failures


def _earliest(entry: Entry) -> datetime:
    """A retry waits for its moment; before the first try preparing may begin ahead of the due time."""
    return entry.next if entry.state is State.RETRY_AT else entry.due - timedelta(days=1)


def _advance(
    ledger: Ledger, entry: Entry, work: Work, clock: Clock, home: Path | None, done: Pass, *, ripe: bool
) -> None:
    """One post that is certainly not out: as far as it may go now; before it is ripe, to its platform."""
    now = clock.now()
    if now > entry.not_after:
        ledger.move(entry.name, State.EXPIRED, now, why=f"it was due {entry.due:%Y-%m-%d %H:%M} UTC")
        return
    publisher = None
    if not ripe:  # asked first: the files of what cannot be handed over are not read at every pass
        publisher = _publisher(work, entry, done)
        if publisher is None or not handoff.is_ripe(entry, publisher, work.rules, clock.now):
            return
    waits = _waits(ledger, entry, work, now)
    if waits is None:
        refused = work.refuse(entry.post)
        waits = "; ".join(f"{r.code}: {r.why}" for r in refused) or None
    if waits is not None:
        done.held[entry.name] = waits
        return
    publisher = publisher or _publisher(work, entry, done)
    if publisher is None:
        return
    if entry.state is not State.PREPARED and not engine.prepare(
        ledger, entry, publisher, work.rules, clock.now
    ):
        return
    fresh = ledger.entry(entry.name)
    assert fresh is not None
    now = clock.now()
    early = handoff.is_ripe(fresh, publisher, work.rules, clock.now)
    if entry.due > now and not early:
        return
    if now > entry.not_after:
        return  # preparing took too long: the next pass says so
    if (waits := _waits(ledger, fresh, work, now)) is not None:
        done.held[entry.name] = waits
        return
    # a video's upload takes minutes: the files and the facts are looked at once more
    if refused := work.refuse(fresh.post):
        done.held[entry.name] = "; ".join(f"{r.code}: {r.why}" for r in refused)
        return

    def written() -> None:
        if home is not None:
            mark(ledger, home)

    try:
        if early and isinstance(publisher, Keeping):
            handoff.hand_off(ledger, fresh, publisher, work.rules, clock.now, written)
        else:
            engine.send(ledger, fresh, publisher, work.rules, clock.now, written)
    except Paused:
        done.held[entry.name] = "paused"
        return
    done.sent.append(entry.name)


def _waits(ledger: Ledger, entry: Entry, work: Work, now: datetime) -> str | None:
    """Why an account or the whole ledger is quiet now."""
    if (who := ledger.paused()) is not None:
        return f"paused by {who}"
    until = ledger.not_before(entry.account)
    if until is not None and until > now:
        return f"the platform asks to wait until {until:%H:%M:%S} UTC"
    last = ledger.last_call(entry.account, entry.name)
    free = last + work.rules.spacing.get(entry.account, SPACING) if last else now
    if free > now and entry.due <= now:
        return f"the account's spacing, until {free:%H:%M:%S} UTC"
    return None


def watch(
    ledger: Ledger, refresh: Callable[[], Work], clock: Clock, home: Path, tell: Callable[[Pass, Work], None]
) -> None:
    """Passes until nothing is left to do. `refresh` reads queue, approvals and campaign anew each time.

    Raises WorkError when the clock was set by more than two minutes: what is due is then anybody's guess.
    """
    work = refresh()
    begin(ledger, work, clock)
    wall, steady = clock.now(), clock.steady()
    while True:
        tell(one_pass(ledger, work, clock, home), work)
        pause = _nap(ledger, work, clock.now())
        if pause is None:
            return
        clock.sleep(pause)
        moved = (clock.now() - wall) - timedelta(seconds=clock.steady() - steady)
        if abs(moved) > STEP:
            raise WorkError(
                f"the clock was set by {moved.total_seconds():+.0f} s while the runner was at work",
                "nothing was sent since; make sure that the clock is right, then start again",
            )
        wall, steady = clock.now(), clock.steady()
        work = _refreshed(refresh, work)
        ledger.take_over(work.posts, clock.now())


def _refreshed(refresh: Callable[[], Work], before: Work) -> Work:
    """What is read anew; while someone is half-way through editing a file, nothing is sent."""
    try:
        return refresh()
    except KitError as error:
        why = str(error).splitlines()[0]
        _log.warning("held: %s", why)
        return replace(
            before,
            refuse=lambda post: [Blocked(key=post.key, code="unreadable", why=why, fix="mend the file")],
        )


def next_moment(ledger: Ledger, work: Work, accounts: frozenset[str] | None = None) -> datetime | None:
    """When there may next be something to do; None when there never will be."""
    current = {str(post.key) for post in work.posts}
    looked_for = (*OPEN, State.HANDED_OFF)
    mine = [
        entry
        for entry in ledger.entries(*looked_for, *BEFORE)
        if (accounts is None or entry.account in accounts)
        and (entry.state in looked_for or entry.name in current)
    ]
    return min((e.next if e.state in looked_for else max(e.next, e.due) for e in mine), default=None)


def _nap(ledger: Ledger, work: Work, now: datetime) -> float | None:
    """Seconds to sleep, 1 to 30; None when nothing is left. What is held now is looked at after 10."""
    at = next_moment(ledger, work, work.accounts)
    if at is None:
        return None
    return min(max((at - now).total_seconds(), 1.0), NAP.total_seconds()) if at > now else 10.0
