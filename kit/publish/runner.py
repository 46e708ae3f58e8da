"""The runner: one pass over all that is due, or the same in a loop. One a ledger, and it alone sends."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from kit.errors import KitError, WorkError
from kit.model.post import Blocked
from kit.publish import engine, handoff
from kit.publish.decide import Action, Decision, Work, decide
from kit.publish.engine import Step
from kit.publish.handoff import HAND_OFF
from kit.publish.ledger import Ledger, Paused
from kit.publish.ledger_mark import MARK, mark, older
from kit.publish.ledger_schema import moment, stamp
from kit.publish.records import BEFORE, OPEN, Entry, State
from kit.publish.sending import ON_TIMELINE, SEND
from kit.publish.store import SqliteStore, only_runner

_log = logging.getLogger("kit.publish")

LEDGER = "ledger.sqlite"
_ANEW = "anew"
"""In the ledger, from its new beginning until the posts that were due by then have been set aside."""
LONGEST_SLEEP = timedelta(seconds=30)
"""The longest sleep: a pause, a resume or a new clock is noticed within it."""
STEP = timedelta(minutes=2)
"""A clock that moves further than this against the machine's steady clock has been set."""


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


@dataclass
class Pass:
    """What one pass did and saw: names of posts, why some wait, and what was decided about each at first."""

    sent: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    decided: dict[str, Decision] = field(default_factory=dict)


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
                begin_anew(ledger, clock.now())
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


def refuse_clock(ledger: Ledger, now: datetime) -> None:
    """Raises WorkError when the ledger was written later than it is now: one of both clocks is wrong."""
    newest = ledger.newest()
    if newest is not None and newest - now > STEP:
        raise WorkError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the ledger was written at "
            f"{newest:%Y-%m-%d %H:%M} UTC",
            "nothing was sent; set the clock right. If it is right now, run with --trust-clock",
        )


def begin_anew(ledger: Ledger, now: datetime) -> None:
    """What was due by now is set aside for a person at the next start: this ledger cannot know what is out."""
    ledger.set_meta(_ANEW, stamp(now))


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
    for entry in ledger.entries(*OPEN):
        _act(ledger, entry, work, clock, home, done)
    kept = ledger.entries(State.HANDED_OFF)
    for entry in kept:
        _act(ledger, entry, work, clock, home, done)
    # not those taken back just now: the ledger has their old text until it takes over the new one
    current = work.without({entry.name for entry in kept}) if kept else work
    for entry in sorted(ledger.entries(*BEFORE), key=lambda e: (e.due, e.name)):
        _act(ledger, entry, current, clock, home, done)
    return done


def _act(ledger: Ledger, entry: Entry, work: Work, clock: Clock, home: Path | None, done: Pass) -> None:
    """Do what is decided about one post."""
    if not work.is_mine(entry):
        return
    decision = decide(ledger, entry, work, clock.now())
    done.decided.setdefault(entry.name, decision)
    if decision.holds:
        done.held[entry.name] = decision.why
    match decision.action:
        case Action.ASKS:
            ledger.move(entry.name, State.EXPIRED, clock.now(), why=decision.why)
        case Action.LOOKS:
            _look(_step(ledger, entry, work, clock))
        case Action.TAKES_BACK:
            if left := handoff.take_back(_step(ledger, entry, work, clock), decision.why):
                done.held[entry.name] = left
        case Action.PREPARES | Action.SENDS | Action.HANDS_OFF:
            _advance(_step(ledger, entry, work, clock), work, home, done)


def _step(ledger: Ledger, entry: Entry, work: Work, clock: Clock) -> Step:
    return Step(ledger, entry, work.publisher(entry.account), work.rules, clock.now)


def _look(step: Step) -> None:
    if step.entry.state is State.HANDED_OFF:
        handoff.verify(step)
    elif handoff.pending(step.ledger, step.entry) is not None:
        handoff.reconcile(step)
    else:
        engine.look(step, ON_TIMELINE)


def _advance(step: Step, work: Work, home: Path | None, done: Pass) -> None:
    """One post that may go, as far as it may go now: prepared, then sent or given to its platform."""
    name = step.entry.name
    if step.entry.state is not State.PREPARED and not engine.prepare(step):
        return
    fresh = step.ledger.entry(name)
    assert fresh is not None
    step = replace(step, entry=fresh)
    # a video's upload takes minutes: pause, files and facts are looked at once more
    decision = decide(step.ledger, fresh, work, step.now())
    if decision.holds:
        done.held[name] = decision.why
    if decision.action not in (Action.SENDS, Action.HANDS_OFF):
        return  # not yet; or preparing took too long, and the next pass says so

    def written() -> None:
        if home is not None:
            mark(step.ledger, home)

    try:
        engine.call(step, SEND if decision.action is Action.SENDS else HAND_OFF, written)
    except Paused:
        done.held[name] = "paused"
        return
    done.sent.append(name)


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
        pause = _sleep_seconds(ledger, work, clock.now())
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
            refuse=lambda post: [Blocked(key=post.key, code="unreadable", why=why, fix="fix the file")],
        )


def next_moment(ledger: Ledger, work: Work, accounts: frozenset[str] | None = None) -> datetime | None:
    """When there may next be something to do; None when there never will be."""
    looked_for = (*OPEN, State.HANDED_OFF)
    mine = [
        entry
        for entry in ledger.entries(*looked_for, *BEFORE)
        if (accounts is None or entry.account in accounts)
        and (entry.state in looked_for or entry.name in work.by_name)
    ]
    return min((e.next if e.state in looked_for else max(e.next, e.due) for e in mine), default=None)


def _sleep_seconds(ledger: Ledger, work: Work, now: datetime) -> float | None:
    """Seconds to sleep, 1 to 30; None when nothing is left. What is held now is looked at after 10."""
    at = next_moment(ledger, work, work.accounts)
    if at is None:
        return None
    return min(max((at - now).total_seconds(), 1.0), LONGEST_SLEEP.total_seconds()) if at > now else 10.0
