"""What the ledger holds, as values: the states of a post, one post, one line of history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kit.model.post import Post, PostKey
from kit.publish.ledger_schema import moment
from kit.publish.protocol import Duplicate, NotSent, Posted, Unknown
from kit.text.foreign_json import read_model
from kit.text.printable import MOST_ID, printable


class State(StrEnum):
    """Where a post stands. `posted` and `failed` are ends; `expired` waits for a person.

    `handed_off`: the platform keeps it until its time; it is looked for after that.
    """

    PLANNED = "planned"
    PREPARED = "prepared"
    SENDING = "sending"
    POSTED = "posted"
    RETRY_AT = "retry_at"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"
    NEEDS_REVIEW = "needs_review"
    FAILED = "failed"
    EXPIRED = "expired"
    HANDED_OFF = "handed_off"


BEFORE = (State.PLANNED, State.PREPARED, State.RETRY_AT)
"""Certainly not out, and meant to go."""
OPEN = (State.UNKNOWN, State.RECONCILING)
"""Perhaps out: to be looked for."""
ASKING = (State.NEEDS_REVIEW, State.EXPIRED, State.FAILED)
"""A person decides."""
MENDABLE = (*BEFORE, State.EXPIRED, State.FAILED)
"""Certainly not out: an approved change of text, time or picture is taken over."""


@dataclass(frozen=True)
class Entry:
    """One post as the ledger has it. `next` is when there is something to do; `failures` in a row."""

    name: str
    account: str
    platform: str
    state: State
    due: datetime
    next: datetime
    not_after: datetime
    why: str
    failures: int
    absent: int
    remote_id: str | None
    url: str | None
    sha256: str
    payload: str = field(repr=False)

    @property
    def post(self) -> Post:
        """The post as it was when the ledger last took it over."""
        return read_model(Post, self.payload)


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    at: datetime
    post: str | None
    kind: str
    detail: str


MAYBE_OUT = ("sending", "unknown", "duplicate")
"""Outcomes of a try that may have put the post out."""
KEPT = "kept_until"
"""In a try's notes: the due time that the platform was given. Tells a hand-over from a sending."""
OUTCOME: Mapping[type, str] = {
    Posted: "posted", NotSent: "not_sent", Unknown: "unknown", Duplicate: "duplicate"
}  # fmt: skip


def entry_of(row: tuple[object, ...]) -> Entry:
    """A row of `post`, in the order in which the ledger asks for its columns.

    A ledger of an earlier kit may hold a server's words as they came.
    """
    name, account, platform, state, due, after, not_after, why, failures, absent, remote_id, url, *rest = row
    return Entry(
        str(name), str(account), str(platform), State(str(state)), moment(str(due)), moment(str(after)),
        moment(str(not_after)), printable(why), failures, absent,  # type: ignore[arg-type]
        None if remote_id is None else printable(remote_id, MOST_ID),
        None if url is None else printable(url, MOST_ID), *rest,  # type: ignore[arg-type]
    )  # fmt: skip


def send_key(key: PostKey) -> str:
    """The key that a post is sent under, whatever it says and whichever ledger sends it.

    Why not random: if the ledger is lost, a platform that knows the key still has the post once.
    """
    return hashlib.sha256(str(key).encode()).hexdigest()[:32]
