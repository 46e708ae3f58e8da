"""A dry run: the very pass that would send, over a copy of the ledger, with publishers that touch nothing.

They say yes to everything and find nothing, so the decisions are those of a pass on a platform that accepts
each post. What only the platform or its credentials can say is not asked.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_type_hints

from kit.model.post import Post
from kit.publish.decide import Action, Decision, Work
from kit.publish.ledger import Ledger
from kit.publish.protocol import (
    Attempt,
    Keeping,
    Limits,
    Notes,
    NotSent,
    Posted,
    Prepared,
    Publisher,
    RemoteRef,
    Resend,
    Result,
    Save,
    Unknown,
    Unreadable,
)
from kit.publish.runner import LEDGER, begin, begin_anew, one_pass
from kit.publish.store import SqliteStore

_NOBODY = RemoteRef("dry run")
_UNREAD = Unreadable("a dry run does not look")


def dry_run(home: Path | None, work: Work, now: datetime, *, new: bool = False) -> dict[str, Decision]:
    """What a pass at this moment would do with each post, by name. Writes nothing and touches no network.

    `home` None: as if nothing was ever published from here. `new`: as if run with `--new-ledger`.
    """
    with closing(SqliteStore(None)) as copy:
        path = home / LEDGER if home else None
        if path is not None and path.exists():
            with closing(SqliteStore(path)) as real:
                real.copy_to(copy)
        elif new:
            begin_anew(Ledger(copy), now)
        ledger, clock = Ledger(copy), _Stopped(now)
        ledger.take_lease("dry run", now, name="dry run", alone=True)
        begin(ledger, work, clock)
        entries = [entry for entry in ledger.entries() if work.is_mine(entry)]
        decided = one_pass(ledger, work, clock).decided
    return {
        entry.name: decided.get(entry.name, Decision(Action.NOTHING, entry.state.value)) for entry in entries
    }


def stand_in(platform: str) -> Publisher:
    """A publisher that is one of this platform in everything that decisions depend on, and touches nothing."""
    from kit.publish.platforms import ADAPTERS  # the client libraries take a second to import

    real = get_type_hints(ADAPTERS[platform].connect)["return"]
    return silent(platform, real.resend, getattr(real, "earliest", None))


def silent(platform: str, resend: Resend, earliest: timedelta | None = None) -> Publisher:
    """Says yes to everything. `earliest` is given where the platform keeps posts until their time."""
    return _Silent(platform, resend) if earliest is None else _SilentKeeping(platform, resend, earliest)


def stand_in_of(publisher: Publisher) -> Publisher:
    """The same for a publisher that is connected already."""
    earliest = publisher.earliest if isinstance(publisher, Keeping) else None
    return silent(publisher.platform, publisher.resend, earliest)


@dataclass
class _Silent:
    platform: str
    resend: Resend

    def limits(self) -> Limits:
        return Limits(max_text=0, max_media=0)

    def validate(self, post: Post, limits: Limits) -> list[str]:
        return []

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        return Prepared(known)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        return Posted(_NOBODY)

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        return _UNREAD

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        return NotSent("a dry run deletes nothing")


@dataclass
class _SilentKeeping(_Silent):
    earliest: timedelta

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        return Posted(_NOBODY)

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        return _UNREAD

    def take_back(self, ref: RemoteRef) -> NotSent | Unknown | None:
        return None


@dataclass(frozen=True)
class _Stopped:
    """A clock that stands still, as a dry run takes no time."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a dry run is one pass")
