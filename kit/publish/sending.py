"""Sending at the due time: what each answer to the one call means, and what follows when it may be out.

What may follow is the platform's own primitive (`protocol.Resend`), then a person.
"""

from __future__ import annotations

from datetime import timedelta

from kit.publish import engine
from kit.publish.engine import Call, Next, Search, Step, Tries
from kit.publish.protocol import (
    Attempt,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    Publisher,
    RemoteRef,
    Resend,
    Result,
    Unknown,
)
from kit.publish.records import State

KEY_LIVES = timedelta(minutes=55)
"""A Mastodon server forgets an Idempotency-Key after an hour (docs.joinmastodon.org, 2026-11-23)."""
HONOURS_KEY = "honours_key"
"""In `Limits.extra`, "yes" for a server that is known to honour the key."""
TRIES = 8
"""After so many publishing calls for one post a person is asked."""


def safe_at_once(publisher: Publisher) -> bool:
    """Whether sending again cannot make a second post, however soon."""
    return publisher.resend in (Resend.SAME_KEY, Resend.SAME_CONTAINER)


def _after(step: Step, attempt: Attempt, result: Result) -> Next:
    if isinstance(result, Posted):
        return Next(State.POSTED)
    if isinstance(result, NotSent):
        others = [(a, outcome) for a, outcome in step.maybe_out() if a.number != attempt.number]
        return engine.refused(step, result, others)
    safe = safe_at_once(step.publisher)
    # at once where the platform's own primitive makes it safe, else when the server has settled
    at = step.now() if safe and isinstance(result, Unknown) else step.now() + step.rules.settle
    # where reads decide, failed reads are counted from none; else the tries, to go ever slower
    return Next(State.UNKNOWN, at=at, failures=step.entry.failures + 1 if safe else 0)


def _tries(step: Step) -> Tries:
    """Under one key or in one container all tries are one: the newest stands for them."""
    tries = step.maybe_out()
    return tries[-1:] if safe_at_once(step.publisher) else tries


def _unread(step: Step, why: str, outcome: str) -> Next | None:
    entry, moment = step.entry, step.now()
    if outcome == "duplicate" and entry.remote_id:  # the platform has named it, and does not let us read it
        ref = RemoteRef(entry.remote_id, entry.url)
        return Next(State.POSTED, "by the platform's duplicate notice", ref=ref)
    if _sendable_unread(step) and moment <= entry.not_after:
        # sending cannot make a second post here, and its answer says what a read would have said
        return Next(State.RETRY_AT, why, moment + engine.backoff(entry), entry.failures + 1)
    return None


def _sendable_unread(step: Step) -> bool:
    if step.publisher.resend is Resend.SAME_CONTAINER:
        return _same_container(step, step.maybe_out())
    return step.publisher.resend is Resend.SAME_KEY


def _absent(step: Step) -> Next:
    """It was looked for and is not there: the table of `Resend`, then a person."""
    entry, rules, publisher, moment = step.entry, step.rules, step.publisher, step.now()
    tries, safe = step.maybe_out(), safe_at_once(step.publisher)
    duplicate = any(outcome == "duplicate" for _, outcome in tries)
    fresh = moment - tries[0][0].started < KEY_LIVES
    again = {
        Resend.SAME_KEY: True,
        Resend.SAME_CONTAINER: _same_container(step, tries),
        Resend.IDEMPOTENCY_KEY: rules.on_unknown == "retry" or (fresh and _honours_key(publisher)),
        Resend.NEVER: rules.on_unknown == "retry",
    }[publisher.resend]
    if duplicate and not safe:
        why = "the platform says that it has this post already, but it was not found"
    elif not safe and len(step.ledger.attempts(entry.name)) >= TRIES:
        why = f"not found after {TRIES} tries"
    elif moment > entry.not_after:
        why = "not found, and too late to be sent without a person's word"
    elif again:
        at = moment if entry.failures <= 1 else moment + engine.backoff(entry)
        return Next(State.RETRY_AT, "not there: sent again", at, entry.failures)
    else:
        why = "the outcome is unknown, and it was not found in two looks"
    return Next(State.NEEDS_REVIEW, why)


def _same_container(step: Step, tries: Tries) -> bool:
    """Whether the container of the first unknown try is still the one that would be published."""
    notes = step.ledger.notes(step.entry.name)
    return all(notes.get(name) == value for attempt, _ in tries for name, value in attempt.notes.items())


def _honours_key(publisher: Publisher) -> bool:
    try:
        return publisher.limits().extra.get(HONOURS_KEY) == "yes"
    except NotPrepared:
        return False


SEND = Call(
    label="",
    notes=lambda step: step.ledger.notes(step.entry.name),
    make=lambda step, attempt: step.publisher.send(step.entry.post, Prepared(attempt.notes), attempt),
    after=_after,
)
ON_TIMELINE = Search(
    stays=State.RECONCILING,
    tries=_tries,
    read=lambda step, attempt: step.publisher.find(step.entry.post, attempt),
    found=lambda _, ref: Next(State.POSTED, "found there", ref=ref),
    absent=_absent,
    looks=lambda step: 1 if safe_at_once(step.publisher) else 2,
    unread=_unread,
)
