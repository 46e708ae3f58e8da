"""Handing over beforehand: a post that its platform keeps until its time, so that it goes out while we sleep.

Only where a publisher offers it (`protocol.Keeping`) and a person has asked for it. What was handed over
is looked for after its time like any post that may be out, and is taken back as soon as it may not go.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from kit.publish import engine
from kit.publish.engine import Call, Found, Next, Rules, Search, Step
from kit.publish.ledger_reader import LedgerReader
from kit.publish.ledger_schema import stamp
from kit.publish.protocol import (
    Attempt,
    Keeping,
    Notes,
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


def is_ripe(entry: Entry, publisher: Publisher, rules: Rules, now: datetime) -> bool:
    """Whether this post may be handed over now: asked for, offered, and its time neither too near nor too far."""
    if rules.hand_off is None or not isinstance(publisher, Keeping):
        return False
    waits = entry.state is State.RETRY_AT and entry.next > now
    return publisher.earliest < entry.due - now <= rules.hand_off and not waits


def _notes(step: Step) -> Notes:
    return {**step.ledger.notes(step.entry.name), KEPT: stamp(step.entry.due)}


def _give(step: Step, attempt: Attempt) -> Result:
    """Under a key of its own: under the post's key a server would answer a later sending with what it keeps."""
    assert isinstance(step.publisher, Keeping)
    own = replace(attempt, key=f"{attempt.key}-{attempt.number}")
    return step.publisher.hand_off(step.entry.post, Prepared(attempt.notes), own)


def _after(step: Step, _: Attempt, result: Result) -> Next:
    """A refusal, also a lasting one, leaves it to its time."""
    entry, moment = step.entry, step.now()
    if isinstance(result, Posted):
        return Next(State.HANDED_OFF, at=entry.due + step.rules.settle)
    if isinstance(result, NotSent):
        at = max(entry.due - step.rules.ahead, result.not_before or moment, moment)
        return Next(State.RETRY_AT, at=at, quiet=result.not_before)
    return Next(State.UNKNOWN, at=moment + step.rules.settle)


def pending(ledger: LedgerReader, entry: Entry) -> Attempt | None:
    """The hand-over whose outcome is unknown, if that is what is open about this post."""
    open_ = ledger.attempts(entry.name, *MAYBE_OUT)
    return open_[-1][0] if open_ and KEPT in open_[-1][0].notes else None


def reconcile(step: Step) -> None:
    """Look for a post that the platform may keep, or have published meanwhile; then a person decides."""
    entry, moment = step.entry, step.now()
    out = entry.due + step.rules.settle
    if moment < entry.due:
        engine.look(step, AMONG_KEPT)
    elif moment < out:  # it may be going out at this very moment
        engine.move(step, Next(State.RECONCILING, entry.why, out, entry.failures, entry.absent))
    else:
        engine.look(step, AFTER_ITS_TIME)


def verify(step: Step) -> None:
    """After its time: is it out? What the platform still keeps is waited for until `not_after`."""
    engine.look(step, VERIFY)


def _kept(step: Step, attempt: Attempt) -> Found:
    if not isinstance(step.publisher, Keeping):
        return Unreadable("this publisher cannot look among what the platform keeps")
    return step.publisher.kept(step.entry.post, attempt)


def _still_kept(step: Step) -> Next:
    """Not on the timeline after its time: the platform may be late."""
    moment, attempt = step.now(), step.ledger.attempts(step.entry.name)[-1][0]
    if moment <= step.entry.not_after and isinstance(engine.read(step, _kept, attempt), RemoteRef):
        return Next(State.HANDED_OFF, "the platform still keeps it", moment + LATE, absent=1)
    return Next(State.NEEDS_REVIEW, "it was handed over, and was not there after its time")


HAND_OFF = Call(label="handed over: ", notes=_notes, make=_give, after=_after)
AFTER_ITS_TIME = Search(
    stays=State.RECONCILING,
    tries=lambda step: step.maybe_out()[-1:],
    read=lambda step, attempt: step.publisher.find(step.entry.post, attempt),
    found=lambda _, ref: Next(State.POSTED, "found there", ref=ref),
    absent=lambda _: Next(
        State.NEEDS_REVIEW, "the platform may have taken it beforehand, and it was not found in two looks"
    ),
)
AMONG_KEPT = replace(
    AFTER_ITS_TIME,
    read=_kept,
    found=lambda step, ref: Next(
        State.HANDED_OFF, "found among what the platform keeps", step.entry.due + step.rules.settle, ref=ref
    ),
)
VERIFY = Search(
    stays=State.HANDED_OFF,
    tries=lambda step: step.ledger.attempts(step.entry.name)[-1:],
    read=AFTER_ITS_TIME.read,
    found=lambda _, ref: Next(State.POSTED, "the platform has published it", ref=ref),
    absent=_still_kept,
)


def stays_there(entry: Entry, publisher: Publisher, now: datetime) -> str | None:
    """Why a post that was handed over can no longer be taken back; None when it can."""
    if now > entry.due - TOO_CLOSE:
        return "handed over already, and too near its time to be taken back"
    if not isinstance(publisher, Keeping) or entry.remote_id is None:
        return "handed over already; take it back by hand"
    return None


def take_back(step: Step, why: str) -> str | None:
    """It may not go as it was handed over: planned again, or the reason why the platform still has it."""
    entry = step.entry
    assert isinstance(step.publisher, Keeping) and entry.remote_id is not None, "stays_there was asked"
    try:
        result = step.publisher.take_back(RemoteRef(entry.remote_id, entry.url))
    except Exception as error:
        _log.exception("%s: taking back raised", entry.name)
        result = Unknown(f"{type(error).__name__}: {error}")
    if result is None:
        step.ledger.taken_back(entry.name, step.now(), f"taken back: {why}", entry.due)
        return None
    return f"handed over already, and not taken back: {step.rules.told(result.why)} ({why})"
