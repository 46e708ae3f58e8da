"""How the tests of a platform take a post through its publisher, without engine and ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from kit.model.post import Post
from kit.publish.engine import Rules
from kit.publish.protocol import Attempt, Notes, Publisher, Result
from kit.publish.records import Entry, State
from tests.publish.harness.faulty import Faulty, Said
from tests.publish.moments import DUE
from tests.publish.world_of_posts import Rig, SetClock


def forget(notes: Notes) -> None:
    """A ledger that keeps nothing."""


def prepared(
    publisher: Publisher, post: Post, known: Notes | None = None
) -> tuple[dict[str, str], list[Notes]]:
    """The notes of a prepared post, and what was saved on the way."""
    saved: list[Notes] = []
    return dict(publisher.prepare(post, known or {}, saved.append).notes), saved


def attempt(notes: Notes | None = None, number: int = 1) -> Attempt:
    return Attempt(number, "the-key", DUE, notes or {})


def sent(publisher: Publisher, post: Post, number: int = 1) -> Result:
    """Prepared and sent."""
    ready = publisher.prepare(post, {}, forget)
    return publisher.send(post, ready, attempt(ready.notes, number))


def answering(server: Faulty, path: str, said: Said) -> None:
    """Let one path answer this, whatever it is asked."""
    usual = server.answer
    server.answer = lambda asked: said if asked.path == path else usual(asked)  # type: ignore[method-assign]


def left_open(
    home: Path,
    made: Callable[[SetClock], Publisher],
    post: Post,
    on_unknown: Literal["hold", "retry"] = "hold",
) -> Entry:
    """Through the engine until it rests, as the ledger knows it then."""
    clock = SetClock()
    rig = Rig(home, made(clock), clock, [post], Rules(on_unknown=on_unknown))  # type: ignore[arg-type]
    for _ in range(12):
        rig.due()
        if (entry := rig.entry()).state in (State.POSTED, State.NEEDS_REVIEW, State.FAILED):
            return entry
        clock.pass_by(90)
    raise AssertionError(f"it does not come to rest: {entry}")
