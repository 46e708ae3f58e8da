"""What the tests of publishing share: a clock that is set, posts, a publisher that answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from kit.model.post import Blocked, Post
from kit.publish import runner
from kit.publish.decide import Work
from kit.publish.engine import Rules
from kit.publish.ledger import Ledger
from kit.publish.protocol import (
    Attempt,
    Limits,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    Prepared,
    RemoteRef,
    Resend,
    Result,
    Save,
    Unknown,
    Unreadable,
)
from kit.publish.records import Entry
from kit.publish.store import SqliteStore
from tests.publish.moments import DUE


@dataclass
class SetClock:
    """Moves when it is told to, and when someone sleeps."""

    at: datetime = DUE
    ticks: float = 0.0
    naps: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return self.ticks

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ticks += seconds


def a_post(slot: str = "day", platform: str = "x", account: str = "one", **more: object) -> Post:
    values: dict[str, object] = {
        "slug": "nrlp", "edition": 2026, "platform": platform, "account": account, "handle": "@one",
        "slot": slot, "piece": "overview", "artifact": f"post/fr/{platform}/overview", "language": "fr",
        "review": "fr", "text": f"text of {slot}", "due": DUE, "local": "2026-11-25 08:00",
        "zone": "Europe/Paris", "not_after": DUE + timedelta(hours=6), "length": 10, "limit": 280,
    }  # fmt: skip
    return Post.model_validate(values | more)


@dataclass
class ScriptedPublisher:
    """Answers from a list; when the list is empty, the post is out. `there` is what readers see."""

    resend: Resend = Resend.NEVER
    answers: list[Result | Exception] = field(default_factory=list)
    finds: list[RemoteRef | Unreadable | Exception | None] = field(default_factory=list)
    platform: str = "x"
    sent: list[Attempt] = field(default_factory=list)
    prepared: list[Notes] = field(default_factory=list)
    fails: list[NotSent] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    during: Callable[[], None] = lambda: None

    def limits(self) -> Limits:
        return Limits(500, 4, extra=self.extra)

    def validate(self, post: Post, limits: Limits) -> list[str]:
        return ["too long"] if len(post.text) > limits.max_text else []

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        self.prepared.append(dict(known))
        if self.fails:
            raise NotPrepared(self.fails.pop(0))
        notes = {"media": f"m{len(self.prepared)}"} | dict(known)
        save(notes)
        return Prepared(notes)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.sent.append(attempt)
        self.during()
        answer = self.answers.pop(0) if self.answers else Posted(RemoteRef("1", "https://x.test/1"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        found = self.finds.pop(0) if self.finds else None
        if isinstance(found, Exception):
            raise found
        return found

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        return None


@dataclass
class Rig:
    """A test rig: one ledger with a scripted publisher, a clock that is set, and posts."""

    home: Path
    publisher: ScriptedPublisher = field(default_factory=ScriptedPublisher)
    clock: SetClock = field(default_factory=SetClock)
    posts: list[Post] = field(default_factory=lambda: [a_post()])
    rules: Rules = field(default_factory=Rules)
    refused: list[Blocked] = field(default_factory=list)

    def work(self) -> Work:
        return Work(tuple(self.posts), lambda _: self.publisher, lambda _: self.refused, self.rules)

    def due(self) -> runner.Pass:
        """One pass, in a runner of its own, as cron starts it."""
        with runner.running(self.home, self.clock) as ledger:
            runner.begin(ledger, self.work(), self.clock)
            return runner.one_pass(ledger, self.work(), self.clock, self.home)

    def entry(self, number: int = 0) -> Entry:
        with self.ledger() as ledger:
            found = ledger.entry(str(self.posts[number].key))
        assert found is not None
        return found

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        store = SqliteStore(self.home / runner.LEDGER)
        try:
            yield Ledger(store)
        finally:
            store.close()
