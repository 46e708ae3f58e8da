"""What a pass does with a post, decided from ledger, work and clock. Decides and writes nothing.

`runner.one_pass` acts on these decisions; `kit publish due --dry-run` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from kit.errors import KitError
from kit.model.post import Blocked, Post
from kit.publish import handoff
from kit.publish.approvals import payload_sha256
from kit.publish.engine import Rules
from kit.publish.ledger_reader import LedgerReader
from kit.publish.protocol import Publisher
from kit.publish.records import BEFORE, OPEN, Entry, State
from kit.publish.sending import safe_at_once

SPACING = timedelta(seconds=60)
"""Between two calls for one account, where the schedule says nothing."""
UPLOADS_FROM = timedelta(days=1)
"""The longest time before a post is due at which it may be prepared."""


class Action(StrEnum):
    """What a pass does with one post."""

    NOTHING = "nothing"  # it is over, or a person is asked already
    WAITS = "waits"  # for a moment that is known
    HELD = "held"  # until a person has changed something
    ASKS = "asks"  # too late: a person decides
    PREPARES = "prepares"  # uploads, ahead of its time
    SENDS = "sends"
    HANDS_OFF = "hands-off"  # to a platform that keeps it until its time
    LOOKS = "looks"  # it may be out
    TAKES_BACK = "takes-back"  # its platform keeps it, and it may not go as it is


@dataclass(frozen=True)
class Decision:
    """What to do with a post, and why, where that is not plain from its state and time."""

    action: Action
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether a post whose time has come is kept back, which a pass tells."""
        return self.action is Action.HELD or (self.action is Action.WAITS and bool(self.why))


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

    @cached_property
    def by_name(self) -> dict[str, Post]:
        """The posts by their names in the ledger."""
        return {str(post.key): post for post in self.posts}

    @cached_property
    def blocked_names(self) -> frozenset[str]:
        """The names of the slots that are no post now."""
        return frozenset(str(each.key) for each in self.blocked)

    def without(self, names: Collection[str]) -> Work:
        """The same with these posts left out."""
        return replace(self, posts=tuple(post for post in self.posts if str(post.key) not in names))

    def is_mine(self, entry: Entry) -> bool:
        """Whether the post's account is one that this runner may touch."""
        return self.accounts is None or entry.account in self.accounts


def decide(ledger: LedgerReader, entry: Entry, work: Work, now: datetime) -> Decision:
    """What to do with a post now, as the ledger has it."""
    if entry.state in BEFORE:
        return _not_out(ledger, entry, work, now)
    if entry.state in OPEN:
        return _perhaps_out(ledger, entry, work, now)
    if entry.state is State.HANDED_OFF:
        return _handed_off(ledger, entry, work, now)
    return Decision(Action.NOTHING, entry.state.value)


def _not_out(ledger: LedgerReader, entry: Entry, work: Work, now: datetime) -> Decision:
    """Certainly not out, and meant to go."""
    wanted = entry.name in work.by_name
    if now > entry.not_after and (wanted or entry.name in work.blocked_names):
        return Decision(Action.ASKS, f"it was due {entry.due:%Y-%m-%d %H:%M} UTC")
    if not wanted:
        return Decision(Action.NOTHING, "it is no longer a post of the schedule")
    publisher = None
    if not entry.due - work.rules.ahead <= now >= _earliest(entry):
        # asked first: the files of what cannot be handed over are not read at every pass
        hand_off = work.rules.hand_off
        if hand_off is None or not entry.due - hand_off <= now < entry.due:
            return Decision(Action.WAITS)
        publisher = _publisher(work, entry)
        if isinstance(publisher, Decision):
            return publisher
        if not handoff.is_ripe(entry, publisher, work.rules, now):
            return Decision(Action.WAITS)
    if (quiet := _quiet(ledger, entry, work, now)) is not None:
        return quiet
    if refused := work.refuse(entry.post):
        return Decision(Action.HELD, "; ".join(f"{each.code}: {each.why}" for each in refused))
    publisher = publisher or _publisher(work, entry)
    if isinstance(publisher, Decision):
        return publisher
    if handoff.is_ripe(entry, publisher, work.rules, now):
        return Decision(Action.HANDS_OFF)
    if entry.due <= now:
        return Decision(Action.SENDS)
    return Decision(Action.WAITS if entry.state is State.PREPARED else Action.PREPARES)


def _earliest(entry: Entry) -> datetime:
    """A retry waits for its moment; before the first try preparing may begin ahead of the due time."""
    return entry.next if entry.state is State.RETRY_AT else entry.due - UPLOADS_FROM


def _quiet(ledger: LedgerReader, entry: Entry, work: Work, now: datetime) -> Decision | None:
    """Whether an account or the whole ledger is quiet now."""
    if (who := ledger.paused()) is not None:
        return Decision(Action.HELD, f"paused by {who}")
    until = ledger.not_before(entry.account)
    if until is not None and until > now:
        return Decision(Action.WAITS, f"the platform asks to wait until {until:%H:%M:%S} UTC")
    last = ledger.last_call(entry.account, entry.name)
    free = last + work.rules.spacing.get(entry.account, SPACING) if last else now
    if free > now and entry.due <= now:
        return Decision(Action.WAITS, f"the account's spacing, until {free:%H:%M:%S} UTC")
    return None


def _perhaps_out(ledger: LedgerReader, entry: Entry, work: Work, now: datetime) -> Decision:
    publisher = _publisher(work, entry)
    if isinstance(publisher, Decision):
        return publisher
    # interrupted posts need no settling where putting them again is safe
    at_once = entry.state is State.UNKNOWN and safe_at_once(publisher) and not entry.failures
    if entry.next <= now or (at_once and handoff.pending(ledger, entry) is None):
        return Decision(Action.LOOKS, entry.why)
    return Decision(Action.WAITS)


def _handed_off(ledger: LedgerReader, entry: Entry, work: Work, now: datetime) -> Decision:
    """Taken back when it may not go as it is, looked for after its time."""
    publisher = _publisher(work, entry)
    if isinstance(publisher, Decision):
        return publisher
    if now >= entry.due:
        return Decision(Action.LOOKS if entry.next <= now else Action.WAITS)
    why = _unwanted(ledger, entry, work)
    if why is None:
        return Decision(Action.WAITS)
    stays = handoff.stays_there(entry, publisher, now)
    return Decision(Action.HELD, f"{stays} ({why})") if stays else Decision(Action.TAKES_BACK, why)


def _unwanted(ledger: LedgerReader, entry: Entry, work: Work) -> str | None:
    """Why a post may no longer go out as it was handed over."""
    if (who := ledger.paused()) is not None:
        return f"paused by {who}"
    post = work.by_name.get(entry.name)
    if post is None:
        return "it is no longer a post of the schedule"
    # a file that someone is editing says nothing about a post that was approved
    refused = [r for r in work.refuse(post) if r.code != "unreadable"]
    if refused:
        return "; ".join(f"{r.code}: {r.why}" for r in refused)
    return "it has been changed and approved anew" if payload_sha256(post) != entry.sha256 else None


def _publisher(work: Work, entry: Entry) -> Publisher | Decision:
    """The account's publisher; held when it cannot be made, which must not stop the other accounts."""
    try:
        return work.publisher(entry.account)
    except KitError as error:
        return Decision(Action.HELD, str(error))
