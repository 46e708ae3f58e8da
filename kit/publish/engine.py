"""One post, one step: prepare, send, look for it, decide. Every decision to send is taken in this file, and
in `handoff` those to give a post to its platform beforehand.

A step ends with the ledger knowing more than before, or with nothing changed. Nothing here sleeps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from kit.errors import KitError
from kit.publish.ledger import Ledger
from kit.publish.protocol import (
    Attempt,
    Duplicate,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    Publisher,
    RemoteRef,
    Resend,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import MAYBE_OUT, Entry, State

_log = logging.getLogger("kit.publish")

KEY_LIVES = timedelta(minutes=55)
"""A Mastodon server forgets an Idempotency-Key after an hour (docs.joinmastodon.org, 2026-11-23)."""
HONOURS_KEY = "honours_key"
"""In `Limits.extra`, "yes" for a server that is known to honour the key."""
READS_THAT_FAIL = 3
"""After so many failed reads in a row a person is asked."""
TRIES = 8
"""After so many publishing calls for one post a person is asked."""

Now = Callable[[], datetime]
Redact = Callable[[str], str]


@dataclass(frozen=True)
class Rules:
    """What a person has decided for all posts, and the waits that the platforms need.

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


def prepare(ledger: Ledger, entry: Entry, publisher: Publisher, rules: Rules, now: Now) -> bool:
    """Upload and wait for processing. Nothing is public after it; True when only the call is left."""
    known = ledger.notes(entry.name)

    def save(notes: Notes) -> None:
        ledger.save(entry.name, notes, now())

    try:
        faults = publisher.validate(entry.post, publisher.limits())
        if faults:
            why = rules.redact("; ".join(faults))
            ledger.move(entry.name, State.FAILED, now(), why=why)
            return False
        prepared = publisher.prepare(entry.post, known, save)
        save(prepared.notes)
    except NotPrepared as fault:
        _not_sent(ledger, entry, fault.result, rules, now)
        return False
    except KitError:
        raise
    except Exception as error:  # the wire, or our own bug: nothing is out, so it may be tried again
        _log.exception("%s: preparing failed", entry.name)
        _not_sent(ledger, entry, NotSent(f"{type(error).__name__}: {error}"), rules, now)
        return False
    ledger.move(entry.name, State.PREPARED, now(), at=max(entry.due, now()), failures=entry.failures)
    return True


def send(
    ledger: Ledger, entry: Entry, publisher: Publisher, rules: Rules, now: Now,
    written: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """The one publishing call, between two commits. `written` is told after the first of them.

    Raises Paused when publishing was paused at the last moment; nothing is out then.
    """
    attempt = ledger.begin(entry, ledger.notes(entry.name), now())
    try:
        written()
    except KitError as error:  # the disk is full: this try ends here, and nothing is out
        _conclude(ledger, entry, publisher, attempt, NotSent(str(error)), rules, now)
        raise
    try:
        result = publisher.send(entry.post, Prepared(attempt.notes), attempt)
    except Exception as error:  # whatever it is, the post may be out
        _log.exception("%s: sending raised", entry.name)
        result = Unknown(f"{type(error).__name__}: {error}")
    _conclude(ledger, entry, publisher, attempt, _redacted(result, rules.redact), rules, now)


def _conclude(
    ledger: Ledger, entry: Entry, publisher: Publisher, attempt: Attempt, result: Result, rules: Rules, now: Now
) -> None:  # fmt: skip
    if isinstance(result, Posted):
        ledger.finish(entry.name, attempt, result, State.POSTED, now())
    elif isinstance(result, NotSent):
        _not_sent(ledger, entry, result, rules, now, attempt)
    else:
        # at once where the platform's own primitive makes it safe, else when the server has settled
        at = now() if safe_at_once(publisher) and isinstance(result, Unknown) else now() + rules.settle
        # where reads decide, failed reads are counted from none; else the tries, to go ever slower
        failures = entry.failures + 1 if safe_at_once(publisher) else 0
        ledger.finish(entry.name, attempt, result, State.UNKNOWN, now(), at=at, failures=failures)
    _log.info("%s: %s", entry.name, type(result).__name__, extra={"post": entry.name, "why": _why(result)})


def _not_sent(
    ledger: Ledger, entry: Entry, result: NotSent, rules: Rules, now: Now, attempt: Attempt | None = None
) -> None:
    """Certainly not out this time: again later, or never without a change."""
    moment, why = now(), rules.redact(result.why)
    earlier = ledger.attempts(entry.name, *MAYBE_OUT)
    earlier = [(a, outcome) for a, outcome in earlier if attempt is None or a.number != attempt.number]
    at = moment + _backoff(entry.failures, entry.name)
    state = State.FAILED if result.permanent else State.RETRY_AT
    if result.not_before is not None:
        at = max(at, result.not_before + _jitter(entry.name))
    if result.stale and earlier:
        # an earlier try may have published what is now to be made anew: a new one could be a second post
        state, at = State.UNKNOWN, moment
    elif result.permanent and earlier:
        state = State.NEEDS_REVIEW  # this try is certainly not out; of an earlier one nobody knows
    if attempt is not None:
        result = NotSent(why, result.permanent, result.not_before, result.status, result.stale)
        ledger.finish(entry.name, attempt, result, state, moment, at=at, failures=entry.failures + 1)
    else:
        ledger.move(entry.name, state, moment, why=why, at=at, failures=entry.failures + 1)
    if result.not_before is not None:
        ledger.wait(entry.account, at, why, moment)
    if result.stale:
        ledger.forget(entry.name, result.stale, moment)


def reconcile(ledger: Ledger, entry: Entry, publisher: Publisher, rules: Rules, now: Now) -> None:
    """Look for a post that may be out, and go by the table of what the platform allows."""
    tries = ledger.attempts(entry.name, *MAYBE_OUT)
    # under one key or in one container all tries are one: the newest stands for them
    for attempt, outcome in tries[-1:] if safe_at_once(publisher) else tries:
        found = _find(publisher, entry, attempt)
        if isinstance(found, RemoteRef):
            ledger.move(entry.name, State.POSTED, now(), why="found there", ref=found)
            return
        if isinstance(found, Unreadable):
            _unreadable(ledger, entry, publisher, found, outcome, rules, now)
            return
    if not tries:  # a person has decided in the meantime
        ledger.move(entry.name, State.RETRY_AT, now())
        return
    absent = entry.absent + 1
    if absent < 2 and not safe_at_once(publisher):
        at = now() + rules.apart
        ledger.move(entry.name, State.RECONCILING, now(), why="not there yet", at=at, absent=absent)
        return
    _absent(ledger, entry, publisher, tries, rules, now)


def _absent(
    ledger: Ledger,
    entry: Entry,
    publisher: Publisher,
    tries: list[tuple[Attempt, str]],
    rules: Rules,
    now: Now,
) -> None:
    """It was looked for and is not there: the table of `Resend`, then a person."""
    moment = now()
    duplicate = any(outcome == "duplicate" for _, outcome in tries)
    fresh = moment - tries[0][0].started < KEY_LIVES
    again = {
        Resend.SAME_KEY: True,
        Resend.SAME_CONTAINER: _same_container(ledger, entry, tries),
        Resend.IDEMPOTENCY_KEY: rules.on_unknown == "retry" or (fresh and _honours_key(publisher)),
        Resend.NEVER: rules.on_unknown == "retry",
    }[publisher.resend]
    if duplicate and publisher.resend not in (Resend.SAME_KEY, Resend.SAME_CONTAINER):
        why = "the platform says that it has this post already, but it was not found"
    elif not safe_at_once(publisher) and len(ledger.attempts(entry.name)) >= TRIES:
        why = f"not found after {TRIES} tries"
    elif moment > entry.not_after:
        why = "not found, and too late to be sent without a person's word"
    elif again:
        at = moment if entry.failures <= 1 else moment + _backoff(entry.failures, entry.name)
        why, failures = "not there: sent again", entry.failures
        ledger.move(entry.name, State.RETRY_AT, moment, why=why, at=at, failures=failures)
        return
    else:
        why = "the outcome is unknown, and it was not found in two looks"
    ledger.move(entry.name, State.NEEDS_REVIEW, moment, why=why)


def _same_container(ledger: Ledger, entry: Entry, tries: list[tuple[Attempt, str]]) -> bool:
    """Whether the container of the first unknown try is still the one that would be published."""
    notes = ledger.notes(entry.name)
    return all(notes.get(name) == value for attempt, _ in tries for name, value in attempt.notes.items())


def _unreadable(
    ledger: Ledger,
    entry: Entry,
    publisher: Publisher,
    fault: Unreadable,
    outcome: str,
    rules: Rules,
    now: Now,
) -> None:
    moment, why = now(), rules.redact(fault.why)
    ref = _hinted(entry) if outcome == "duplicate" else None
    if ref is not None:  # the platform has named it, and does not let us read it
        ledger.move(entry.name, State.POSTED, moment, why="by the platform's duplicate notice", ref=ref)
    elif _sendable_unread(ledger, entry, publisher) and moment <= entry.not_after:
        # sending cannot make a second post here, and its answer says what a read would have said
        at = moment + _backoff(entry.failures, entry.name)
        ledger.move(entry.name, State.RETRY_AT, moment, why=why, at=at, failures=entry.failures + 1)
    elif entry.failures + 1 >= READS_THAT_FAIL:
        ledger.move(entry.name, State.NEEDS_REVIEW, moment, why=f"it could not be looked for: {why}")
    else:
        ledger.move(
            entry.name, State.RECONCILING, moment, why=why, at=moment + rules.apart,
            failures=entry.failures + 1, absent=entry.absent,
        )  # fmt: skip


def _sendable_unread(ledger: Ledger, entry: Entry, publisher: Publisher) -> bool:
    if publisher.resend is Resend.SAME_CONTAINER:
        return _same_container(ledger, entry, ledger.attempts(entry.name, *MAYBE_OUT))
    return publisher.resend is Resend.SAME_KEY


def _hinted(entry: Entry) -> RemoteRef | None:
    return RemoteRef(entry.remote_id, entry.url) if entry.remote_id else None


def _find(publisher: Publisher, entry: Entry, attempt: Attempt) -> RemoteRef | Unreadable | None:
    try:
        return publisher.find(entry.post, attempt)
    except KitError:
        raise
    except Exception as error:
        _log.exception("%s: looking for it raised", entry.name)
        return Unreadable(f"{type(error).__name__}: {error}")


def safe_at_once(publisher: Publisher) -> bool:
    """Whether sending again cannot make a second post, however soon."""
    return publisher.resend in (Resend.SAME_KEY, Resend.SAME_CONTAINER)


def _honours_key(publisher: Publisher) -> bool:
    try:
        return publisher.limits().extra.get(HONOURS_KEY) == "yes"
    except NotPrepared:
        return False


def _backoff(failures: int, name: str) -> timedelta:
    """30 s, 1 min, 2 min, up to 10 min, and a little more that differs from post to post."""
    return timedelta(seconds=min(30 * 2 ** min(failures, 10), 600)) + _jitter(name)


def _jitter(name: str) -> timedelta:
    """0 to 10 s, by the post's name: posts that were told to wait do not come back at one moment."""
    return timedelta(milliseconds=sum(name.encode()) * 7919 % 10_000)


def _why(result: Result) -> str:
    return result.ref.url or result.ref.remote_id if isinstance(result, Posted) else result.why


def _redacted(result: Result, redact: Redact) -> Result:
    """No answer of a server is kept before tokens in it are blacked out."""
    if isinstance(result, Unknown):
        return Unknown(redact(result.why), result.status)
    if isinstance(result, Duplicate):
        return Duplicate(redact(result.why), result.hint, result.status)
    return result
