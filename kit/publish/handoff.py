"""Handing over beforehand: a post that its platform keeps until its time, so that it goes out while we sleep.

Only where a publisher offers it (`protocol.Keeping`) and a person has asked for it. What was handed over
is looked for after its time like any post that may be out, and is taken back as soon as it may not go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from kit.errors import KitError
from kit.publish.engine import READS_THAT_FAIL, Now, Rules
from kit.publish.ledger import Ledger
from kit.publish.ledger_schema import stamp
from kit.publish.protocol import (
    Attempt,
    Keeping,
    NotSent,
    Posted,
    Prepared,
    Publisher,
    RemoteRef,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import KEPT, MAYBE_OUT, Entry, State

_log = logging.getLogger("kit.publish")

TOO_CLOSE = timedelta(minutes=1)
"""So near its time nothing is taken back: «not there any more» could mean that it is out."""
LATE = timedelta(minutes=5)
"""Between two looks at a post that the platform still keeps after its time."""


def is_ripe(entry: Entry, publisher: Publisher, rules: Rules, now: Now) -> bool:
    """Whether this post may be handed over now: asked for, offered, and its time neither too near nor too far."""
    if rules.hand_off is None or not isinstance(publisher, Keeping):
        return False
    before = entry.due - now()
    waits = entry.state is State.RETRY_AT and entry.next > now()
    return publisher.earliest < before <= rules.hand_off and not waits


def hand_off(
    ledger: Ledger, entry: Entry, publisher: Keeping, rules: Rules, now: Now,
    written: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Give it to the platform, between two commits like a sending. A refusal leaves it to its time.

    Under a key of its own: under the post's key a server would answer a later sending with what it keeps.
    """
    attempt = ledger.begin(entry, {**ledger.notes(entry.name), KEPT: stamp(entry.due)}, now())
    result: Result
    try:
        written()
        try:
            own = replace(attempt, key=f"{attempt.key}-{attempt.number}")
            result = publisher.hand_off(entry.post, Prepared(attempt.notes), own)
        except Exception as error:  # whatever it is, the platform may have it
            _log.exception("%s: handing over raised", entry.name)
            result = Unknown(f"{type(error).__name__}: {error}")
    except KitError as error:  # the disk is full: nothing was handed over
        at = max(entry.due - rules.ahead, now())
        ledger.finish(entry.name, attempt, NotSent(str(error)), State.RETRY_AT, now(), at=at)
        raise
    moment = now()
    if isinstance(result, Posted):
        ledger.finish(entry.name, attempt, result, State.HANDED_OFF, moment, at=entry.due + rules.settle)
    elif isinstance(result, NotSent):
        at = max(entry.due - rules.ahead, result.not_before or moment, moment)
        ledger.finish(entry.name, attempt, _redacted(result, rules), State.RETRY_AT, moment, at=at)
        if result.not_before is not None:
            ledger.wait(entry.account, result.not_before, rules.redact(result.why), moment)
        if result.stale:
            ledger.forget(entry.name, result.stale, moment)
    else:
        at = moment + rules.settle
        ledger.finish(entry.name, attempt, _redacted(result, rules), State.UNKNOWN, moment, at=at)
    _log.info("%s: handed over: %s", entry.name, type(result).__name__, extra={"post": entry.name})


def pending(ledger: Ledger, entry: Entry) -> Attempt | None:
    """The hand-over whose outcome is unknown, if that is what is open about this post."""
    open_ = ledger.attempts(entry.name, *MAYBE_OUT)
    return open_[-1][0] if open_ and KEPT in open_[-1][0].notes else None


def reconcile(
    ledger: Ledger, entry: Entry, attempt: Attempt, publisher: Publisher, rules: Rules, now: Now
) -> None:
    """Look for a post that the platform may keep, or have published meanwhile; then a person decides."""
    moment, out = now(), entry.due + rules.settle
    if entry.due <= moment < out:  # it may be going out at this very moment
        ledger.move(
            entry.name, State.RECONCILING, moment, why=entry.why, at=out,
            failures=entry.failures, absent=entry.absent,
        )  # fmt: skip
        return
    found = _look(publisher, entry, attempt, kept=moment < entry.due)
    if isinstance(found, RemoteRef):
        if moment < entry.due:
            _keeps(ledger, entry, rules, now, found)
        else:
            ledger.move(entry.name, State.POSTED, moment, why="found there", ref=found)
    elif isinstance(found, Unreadable):
        _unread(ledger, entry, State.RECONCILING, found, rules, now)
    elif entry.absent + 1 < 2:
        at = moment + rules.apart
        ledger.move(entry.name, State.RECONCILING, moment, why="not there yet", at=at, absent=1)
    else:
        why = "the platform may have taken it beforehand, and it was not found in two looks"
        ledger.move(entry.name, State.NEEDS_REVIEW, moment, why=why)


def verify(ledger: Ledger, entry: Entry, publisher: Publisher, rules: Rules, now: Now) -> None:
    """After its time: is it out? What the platform still keeps is waited for until `not_after`."""
    moment = now()
    attempt = ledger.attempts(entry.name)[-1][0]
    found = _look(publisher, entry, attempt, kept=False)
    if isinstance(found, RemoteRef):
        ledger.move(entry.name, State.POSTED, moment, why="the platform has published it", ref=found)
        return
    if isinstance(found, Unreadable):
        _unread(ledger, entry, State.HANDED_OFF, found, rules, now)
        return
    if entry.absent + 1 < 2:
        at = moment + rules.apart
        ledger.move(entry.name, State.HANDED_OFF, moment, why="not there yet", at=at, absent=1)
        return
    if moment <= entry.not_after and isinstance(_look(publisher, entry, attempt, kept=True), RemoteRef):
        why = "the platform still keeps it"
        ledger.move(entry.name, State.HANDED_OFF, moment, why=why, at=moment + LATE, absent=1)
        return
    why = "it was handed over, and was not there after its time"
    ledger.move(entry.name, State.NEEDS_REVIEW, moment, why=why)


def take_back(
    ledger: Ledger, entry: Entry, publisher: Publisher, rules: Rules, now: Now, why: str
) -> str | None:
    """It may not go as it was handed over: planned again, or the reason why the platform still has it."""
    if now() > entry.due - TOO_CLOSE:
        return f"handed over already, and too near its time to be taken back ({why})"
    if not isinstance(publisher, Keeping) or entry.remote_id is None:
        return f"handed over already; take it back by hand ({why})"
    try:
        result = publisher.take_back(RemoteRef(entry.remote_id, entry.url))
    except Exception as error:
        _log.exception("%s: taking back raised", entry.name)
        result = Unknown(f"{type(error).__name__}: {error}")
    if result is None:
        ledger.taken_back(entry.name, now(), f"taken back: {why}", entry.due)
        return None
    return f"handed over already, and not taken back: {rules.redact(result.why)} ({why})"


def _keeps(ledger: Ledger, entry: Entry, rules: Rules, now: Now, ref: RemoteRef) -> None:
    ledger.move(
        entry.name, State.HANDED_OFF, now(), why="found among what the platform keeps",
        at=entry.due + rules.settle, ref=ref,
    )  # fmt: skip


def _look(
    publisher: Publisher, entry: Entry, attempt: Attempt, *, kept: bool
) -> RemoteRef | Unreadable | None:
    try:
        if not kept:
            return publisher.find(entry.post, attempt)
        if not isinstance(publisher, Keeping):
            return Unreadable("this publisher cannot look among what the platform keeps")
        return publisher.kept(entry.post, attempt)
    except KitError:
        raise
    except Exception as error:
        _log.exception("%s: looking for it raised", entry.name)
        return Unreadable(f"{type(error).__name__}: {error}")


def _unread(ledger: Ledger, entry: Entry, stays: State, fault: Unreadable, rules: Rules, now: Now) -> None:
    moment, why = now(), rules.redact(fault.why)
    if entry.failures + 1 >= READS_THAT_FAIL:
        ledger.move(entry.name, State.NEEDS_REVIEW, moment, why=f"it could not be looked for: {why}")
        return
    at, failures = moment + rules.apart, entry.failures + 1
    ledger.move(entry.name, stays, moment, why=why, at=at, failures=failures, absent=entry.absent)


def _redacted(result: Result, rules: Rules) -> Result:
    if isinstance(result, Posted):
        return result
    return replace(result, why=rules.redact(result.why))
