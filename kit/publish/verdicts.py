"""What a person decides: about posts that ask, and whether anything is sent at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from kit.errors import InputError
from kit.publish.ledger import Ledger
from kit.publish.protocol import RemoteRef
from kit.publish.records import ASKING, Entry, State

LATE = timedelta(hours=6)
"""How long a post that a person has sent back into the queue may still go out."""


class Verdict(StrEnum):
    """A person's word on a post that asks."""

    POSTED = "posted"
    NOT_POSTED = "planned"
    GIVEN_UP = "given up"


def asking(ledger: Ledger, keys: Sequence[str]) -> list[Entry]:
    """The posts of these names or patterns that ask. Raises InputError when none does."""
    there = [e for e in ledger.entries() if any(fnmatchcase(e.name, key) for key in keys)]
    chosen = [e for e in there if e.state in ASKING]
    if not chosen:
        why = f"{there[0].name} is {there[0].state.value} and asks nothing" if there else "no such post"
        raise InputError(f"{' '.join(keys)}: {why}", "`kit publish status` lists what asks")
    return chosen


def settle(
    ledger: Ledger, entry: Entry, verdict: Verdict, person: str, now: datetime, url: str | None = None
) -> None:
    """Write down what a person says of one post. `url`: where it is, for one that is out.

    Raises WorkError when the post asks no more.
    """
    if verdict is Verdict.POSTED:
        ref = RemoteRef(entry.remote_id or url, url) if url else None
        ledger.decide(entry, State.POSTED, now, f"seen by {person}", ref=ref)
    elif verdict is Verdict.NOT_POSTED:
        late = max(entry.not_after, now + LATE)
        ledger.decide(entry, State.PLANNED, now, f"not out, says {person}", not_after=late)
    else:
        until = min(entry.not_after, now)
        ledger.decide(entry, State.FAILED, now, f"given up by {person}", not_after=until)


def pause(ledger: Ledger, person: str, now: datetime) -> int:
    """Send nothing more until `resume`; how many posts their platforms keep, which a runner takes back."""
    ledger.pause(person, now)
    return len(ledger.entries(State.HANDED_OFF))


def resume(ledger: Ledger, now: datetime) -> None:
    """Go on after a pause."""
    ledger.pause(None, now)
