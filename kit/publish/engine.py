"""The step machine of publishing: prepare a post, make the one call, look for it. All posts take these steps.

A post goes out in one of two ways: sent now (`sending`), or given beforehand to a platform that keeps it
until its time (`handoff`). Both take the same steps. A way is a description: what is called, where the
post is looked for, and what each answer means (`Next`). Descriptions write nothing; this file alone writes.

A step ends with the ledger knowing more than before, or with nothing changed. Nothing here sleeps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from kit.errors import KitError
from kit.publish.ledger import Ledger
from kit.publish.protocol import (
    Attempt,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    Publisher,
    RemoteRef,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import MAYBE_OUT, Entry, State
from kit.text.printable import printable

_log = logging.getLogger("kit.publish")

READS_THAT_FAIL = 3
"""After so many failed reads in a row a person is asked."""

Now = Callable[[], datetime]
Redact = Callable[[str], str]
Tries = list[tuple[Attempt, str]]
"""Tries of a post with their outcomes, oldest first."""
Found = RemoteRef | Unreadable | None
"""What a look gave: the post, no answer, or that it is not there."""


@dataclass(frozen=True)
class Rules:
    """What a person has decided for all posts, and the waits that the platforms need.

    `told` is the one way of a server's words to ledger and log: blacked out, then cut.

    `settle`: before an unknown outcome is looked for; longer than any client's time limit, since the
    server may still be writing. `apart`: between two looks that find nothing (2026-11-23). `hand_off`:
    how long before its time a post may be given to a platform that keeps it; None: never.
    """

    on_unknown: Literal["hold", "retry"] = "hold"
    settle: timedelta = timedelta(seconds=90)
    apart: timedelta = timedelta(seconds=30)
    ahead: timedelta = timedelta(minutes=10)
    hand_off: timedelta | None = None
    spacing: Mapping[str, timedelta] = field(default_factory=dict)
    redact: Redact = str

    def told(self, why: str) -> str:
        """A reason as it is kept and shown."""
        return printable(self.redact(why))


@dataclass(frozen=True)
class Step:
    """One post at one step, and everything that is decided from."""

    ledger: Ledger
    entry: Entry
    publisher: Publisher
    rules: Rules
    now: Now

    def maybe_out(self) -> Tries:
        """The tries that may have put the post out."""
        return self.ledger.attempts(self.entry.name, *MAYBE_OUT)

    def pause(self) -> datetime:
        """When it is looked for again after a look that settled nothing."""
        return self.now() + self.rules.apart


@dataclass(frozen=True)
class Next:
    """Where a post stands after a step. `at`: when there is something to do again (None: now).

    `quiet`: until when the whole account has to wait.
    """

    state: State
    why: str = ""
    at: datetime | None = None
    failures: int = 0
    absent: int = 0
    ref: RemoteRef | None = None
    quiet: datetime | None = None


@dataclass(frozen=True)
class Call:
    """A way out: what the try remembers, the one call, and what its answer means."""

    label: str
    notes: Callable[[Step], Notes]
    make: Callable[[Step, Attempt], Result]
    after: Callable[[Step, Attempt, Result], Next]


@dataclass(frozen=True)
class Search:
    """How a post that may be out is looked for.

    `tries` are those to look at, none when a person has decided meanwhile. `stays` is its state while it is
    looked for, `looks` how many times it must not be there. `unread` may know more than that a read failed
    (given: why, and the try's outcome); None: it does not.
    """

    stays: State
    tries: Callable[[Step], Tries]
    read: Callable[[Step, Attempt], Found]
    found: Callable[[Step, RemoteRef], Next]
    absent: Callable[[Step], Next]
    looks: Callable[[Step], int] = lambda _: 2
    unread: Callable[[Step, str, str], Next | None] = lambda *_: None


def prepare(step: Step) -> bool:
    """Upload and wait for processing. Nothing is public after it; True when only the call is left."""
    ledger, entry, publisher, now = step.ledger, step.entry, step.publisher, step.now
    known = ledger.notes(entry.name)

    def save(notes: Notes) -> None:
        ledger.save(entry.name, notes, now())

    try:
        if faults := publisher.validate(entry.post, publisher.limits()):
            move(step, Next(State.FAILED, step.rules.told("; ".join(faults))))
            return False
        prepared = publisher.prepare(entry.post, known, save)
        save(prepared.notes)
    except NotPrepared as fault:
        _not_prepared(step, fault.result)
        return False
    except KitError:
        raise
    except Exception as error:  # the wire, or our own bug: nothing is out, so it may be tried again
        _log.exception("%s: preparing failed", entry.name)
        _not_prepared(step, NotSent(f"{type(error).__name__}: {error}"))
        return False
    move(step, Next(State.PREPARED, at=max(entry.due, now()), failures=entry.failures))
    return True


def _not_prepared(step: Step, result: NotSent) -> None:
    result = replace(result, why=step.rules.told(result.why))
    after = refused(step, result, step.maybe_out())
    move(step, after)
    _remember(step, result, after)


def call(step: Step, way: Call, written: Callable[[], None] = lambda: None) -> None:
    """The one publishing call, between two commits. `written` is told after the first of them.

    Raises Paused when publishing was paused at the last moment; nothing is out then.
    """
    attempt = step.ledger.begin(step.entry, way.notes(step), step.now())
    try:
        written()
    except KitError as error:  # the disk is full: this try ends here, and nothing is out
        _conclude(step, way, attempt, NotSent(str(error)))
        raise
    try:
        result = way.make(step, attempt)
    except Exception as error:  # whatever it is, the post may be out
        _log.exception("%s: the call raised", step.entry.name)
        result = Unknown(f"{type(error).__name__}: {error}")
    _conclude(step, way, attempt, result)


def _conclude(step: Step, way: Call, attempt: Attempt, result: Result) -> None:
    """No answer of a server is kept before tokens in it are blacked out."""
    if not isinstance(result, Posted):
        result = replace(result, why=step.rules.told(result.why))
    after, name = way.after(step, attempt, result), step.entry.name
    step.ledger.finish(name, attempt, result, after.state, step.now(), at=after.at, failures=after.failures)
    if isinstance(result, NotSent):
        _remember(step, result, after)
    why = result.ref.url or result.ref.remote_id if isinstance(result, Posted) else result.why
    _log.info("%s: %s%s", name, way.label, type(result).__name__, extra={"post": name, "why": why})


def _remember(step: Step, result: NotSent, after: Next) -> None:
    """What a refusal says beyond this try: the account has to wait, uploads must be made anew."""
    if after.quiet is not None:
        step.ledger.wait(step.entry.account, after.quiet, result.why, step.now())
    if result.stale:
        step.ledger.forget(step.entry.name, result.stale, step.now())


def look(step: Step, search: Search) -> None:
    """Look for a post that may be out: found, not to be read, or not there (yet)."""
    entry, tries = step.entry, search.tries(step)
    for attempt, outcome in tries:
        found = read(step, search.read, attempt)
        if isinstance(found, RemoteRef):
            move(step, search.found(step, found))
            return
        if isinstance(found, Unreadable):
            why = step.rules.told(found.why)
            move(step, search.unread(step, why, outcome) or _unread(step, search, why))
            return
    if not tries:  # a person has decided in the meantime
        move(step, Next(State.RETRY_AT))
    elif entry.absent + 1 < search.looks(step):
        move(step, Next(search.stays, "not there yet", step.pause(), absent=entry.absent + 1))
    else:
        move(step, search.absent(step))


def read(step: Step, how: Callable[[Step, Attempt], Found], attempt: Attempt) -> Found:
    """One look; whatever it raises means that nothing is known."""
    try:
        return how(step, attempt)
    except KitError:
        raise
    except Exception as error:
        _log.exception("%s: looking for it raised", step.entry.name)
        return Unreadable(f"{type(error).__name__}: {error}")


def _unread(step: Step, search: Search, why: str) -> Next:
    failures = step.entry.failures + 1
    if failures >= READS_THAT_FAIL:
        return Next(State.NEEDS_REVIEW, f"it could not be looked for: {why}")
    return Next(search.stays, why, step.pause(), failures, step.entry.absent)


def refused(step: Step, result: NotSent, earlier: Tries) -> Next:
    """Certainly not out this time: again later, or never without a change.

    `earlier` are other tries that may be out.
    """
    entry, moment = step.entry, step.now()
    at = moment + backoff(entry)
    if result.not_before is not None:
        at = max(at, result.not_before + _jitter(entry.name))
    state = State.FAILED if result.permanent else State.RETRY_AT
    if result.stale and earlier:
        # an earlier try may have published what is now to be made anew: a new one could be a second post
        state, at = State.UNKNOWN, moment
    elif result.permanent and earlier:
        state = State.NEEDS_REVIEW  # this try is certainly not out; of an earlier one nobody knows
    quiet = None if result.not_before is None else at
    return Next(state, result.why, at, entry.failures + 1, quiet=quiet)


def move(step: Step, after: Next) -> None:
    """Write down where the post stands now."""
    step.ledger.move(
        step.entry.name, after.state, step.now(), why=after.why, at=after.at, failures=after.failures,
        absent=after.absent, ref=after.ref,
    )  # fmt: skip


def backoff(entry: Entry) -> timedelta:
    """30 s, 1 min, 2 min, up to 10 min, and a little more that differs from post to post."""
    return timedelta(seconds=min(30 * 2 ** min(entry.failures, 10), 600)) + _jitter(entry.name)


def _jitter(name: str) -> timedelta:
    """0 to 10 s, by the post's name: posts that were told to wait do not come back at one moment."""
    return timedelta(milliseconds=sum(name.encode()) * 7919 % 10_000)
