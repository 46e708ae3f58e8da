"""Posts that their platform keeps until their time: what a lost answer, a change of mind and a delay do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from kit.model.post import Blocked, Post
from kit.publish.engine import Rules
from kit.publish.ledger import Ledger
from kit.publish.ledger_mark import mark
from kit.publish.protocol import (
    Attempt,
    Keeping,
    NotSent,
    Posted,
    Prepared,
    RemoteRef,
    Resend,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import State
from kit.publish.store import SqliteStore
from tests.publish.moments import DUE
from tests.publish.world_of_posts import Rig, ScriptedPublisher, a_post

KEPT_AS = RemoteRef("kept-1")
OUT = RemoteRef("7", "https://x.test/7")
EVENING = DUE - timedelta(hours=12)


@dataclass
class Keeps(ScriptedPublisher):
    """A platform that keeps posts. `kept_now` is what it keeps; `on` is called during the hand-over."""

    earliest: timedelta = timedelta(minutes=5)
    taken: list[tuple[Post, Attempt]] = field(default_factory=list)
    takes: list[Result | Exception] = field(default_factory=list)
    kept_now: RemoteRef | Unreadable | None = None
    gives_back: NotSent | Unknown | None = None
    given_back: list[str] = field(default_factory=list)
    on: Callable[[], None] = lambda: None

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.taken.append((post, attempt))
        self.on()
        answer = self.takes.pop(0) if self.takes else Posted(KEPT_AS)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        return self.kept_now

    def take_back(self, ref: RemoteRef) -> NotSent | Unknown | None:
        self.given_back.append(ref.remote_id)
        return self.gives_back


@pytest.fixture
def platform() -> Keeps:
    return Keeps(Resend.NEVER)


@pytest.fixture
def rig(tmp_path: Path, platform: Keeps) -> Rig:
    made = Rig(tmp_path, platform, rules=Rules(hand_off=timedelta(hours=24)))
    made.clock.at = EVENING
    return made


def after(rig: Rig, minutes: float = 2) -> None:
    rig.clock.at = DUE + timedelta(minutes=minutes)
    rig.due()


def test_the_evening_before_it_is_handed_over_once_and_verified_after_its_time(
    rig: Rig, platform: Keeps
) -> None:
    for _ in range(3):
        rig.due()
        rig.clock.pass_by(60)
    assert rig.entry().state is State.HANDED_OFF and len(platform.taken) == 1
    assert platform.taken[0][1].notes["media"] == "m1", "what was uploaded goes with it"
    platform.finds = [OUT]
    after(rig)
    entry = rig.entry()
    assert (entry.state, entry.remote_id, entry.url) == (State.POSTED, "7", "https://x.test/7")
    assert platform.sent == []


def test_before_its_time_and_while_it_settles_nothing_is_looked_for(rig: Rig, platform: Keeps) -> None:
    rig.due()
    platform.finds = [Unreadable("not to be asked")]
    for at in (DUE - timedelta(seconds=1), DUE, DUE + timedelta(seconds=89)):
        rig.clock.at = at
        rig.due()
    assert rig.entry().state is State.HANDED_OFF and len(platform.finds) == 1


def test_without_the_word_of_a_person_nothing_is_handed_over(rig: Rig, platform: Keeps) -> None:
    rig.rules = Rules()
    rig.due()
    assert platform.taken == [] and platform.prepared == []


def test_a_platform_that_keeps_nothing_is_sent_to_at_the_due_time(rig: Rig) -> None:
    rig.publisher = ScriptedPublisher(Resend.NEVER)
    assert not isinstance(rig.publisher, Keeping)
    rig.due()
    assert rig.publisher.prepared == []
    rig.clock.at = DUE
    assert rig.due().sent


@pytest.mark.parametrize(
    ("before", "handed"),
    [(timedelta(hours=24, minutes=1), False), (timedelta(hours=24), True), (timedelta(minutes=6), True),
     (timedelta(minutes=5), False)],
)  # fmt: skip
def test_neither_too_early_nor_too_late(rig: Rig, platform: Keeps, before: timedelta, handed: bool) -> None:
    rig.clock.at = DUE - before
    rig.due()
    assert bool(platform.taken) is handed


def test_what_a_person_has_not_approved_is_not_handed_over(rig: Rig, platform: Keeps) -> None:
    rig.refused = [Blocked(key=rig.posts[0].key, code="not-approved", why="nobody has")]
    assert "not-approved" in rig.due().held[str(rig.posts[0].key)]
    assert platform.taken == []


def test_its_key_is_not_the_one_that_it_would_be_sent_under(rig: Rig, platform: Keeps) -> None:
    platform.takes = [NotSent("too many are kept already")]
    rig.due()
    rig.clock.at = DUE
    rig.due()
    assert platform.taken[0][1].key != platform.sent[0].key


def test_a_refusal_leaves_it_to_its_time_also_a_lasting_one(rig: Rig, platform: Keeps) -> None:
    platform.takes = [NotSent("25 a day", permanent=True)]
    for _ in range(3):
        rig.due()
        rig.clock.pass_by(600)
    assert (rig.entry().state, len(platform.taken)) == (State.RETRY_AT, 1)
    rig.clock.at = DUE
    assert rig.due().sent and rig.entry().state is State.POSTED


def test_a_lost_answer_is_looked_for_among_what_is_kept(rig: Rig, platform: Keeps) -> None:
    platform.takes = [Unknown("no answer")]
    rig.due()
    assert rig.entry().state is State.UNKNOWN
    platform.kept_now = KEPT_AS
    rig.clock.pass_by(91)
    rig.due()
    assert (rig.entry().state, rig.entry().remote_id) == (State.HANDED_OFF, "kept-1")
    assert len(platform.taken) == 1 and platform.sent == []


def test_a_lost_answer_that_is_not_found_twice_asks_and_is_never_sent_blindly(
    rig: Rig, platform: Keeps
) -> None:
    platform.takes = [OSError("reset")]
    rig.due()
    for _ in range(4):
        rig.clock.pass_by(91)
        rig.due()
    assert rig.entry().state is State.NEEDS_REVIEW
    after(rig)
    assert len(platform.taken) == 1 and platform.sent == []


def test_a_lost_answer_shortly_before_its_time_is_looked_for_on_the_timeline(
    rig: Rig, platform: Keeps
) -> None:
    rig.clock.at = DUE - timedelta(minutes=6)
    platform.takes = [Unknown("no answer")]
    rig.due()
    platform.kept_now = Unreadable("not to be asked after its time")
    for minutes in (0, 1):
        after(rig, minutes)
    assert rig.entry().state is State.RECONCILING
    platform.finds = [OUT]
    after(rig, 2)
    assert (rig.entry().state, rig.entry().remote_id) == (State.POSTED, "7")


def test_a_runner_that_dies_during_the_hand_over_leaves_an_open_question(rig: Rig, platform: Keeps) -> None:
    def die() -> None:
        raise SystemExit

    platform.on = die
    with pytest.raises(SystemExit):
        rig.due()
    platform.on = lambda: None
    platform.kept_now = KEPT_AS
    for _ in range(2):
        rig.due()
        rig.clock.pass_by(91)
    assert rig.entry().state is State.HANDED_OFF
    assert len(platform.taken) == 1 and platform.sent == []


def test_one_that_is_not_there_after_its_time_asks_a_person(rig: Rig, platform: Keeps) -> None:
    rig.due()
    for minutes in (2, 3):
        after(rig, minutes)
    entry = rig.entry()
    assert entry.state is State.NEEDS_REVIEW and "was not there after its time" in entry.why
    assert entry.remote_id is None, "the id of what was kept is not that of a post"


def test_a_platform_that_is_late_is_waited_for_until_it_is_too_late(rig: Rig, platform: Keeps) -> None:
    rig.due()
    platform.kept_now = KEPT_AS
    for minutes in (2, 3, 9):
        after(rig, minutes)
    assert (rig.entry().state, rig.entry().why) == (State.HANDED_OFF, "the platform still keeps it")
    platform.finds = [OUT]
    after(rig, 15)
    assert rig.entry().state is State.POSTED


def test_a_timeline_that_cannot_be_read_ends_with_a_person(rig: Rig, platform: Keeps) -> None:
    rig.due()
    platform.finds = [Unreadable("down"), ValueError("odd"), Unreadable("down")]
    for minutes in (2, 3, 4):
        after(rig, minutes)
    assert rig.entry().state is State.NEEDS_REVIEW
    assert platform.sent == []


def wanted_no_more(rig: Rig, how: str) -> None:
    if how == "a fact has changed":
        rig.refused = [Blocked(key=rig.posts[0].key, code="fact-changed", why="it is another number")]
    elif how == "gone":
        rig.posts = []
    elif how == "approved anew":
        rig.posts = [a_post(text="better")]
    else:
        with rig.ledger() as ledger:
            ledger.pause("A. Martin", rig.clock.now())


@pytest.mark.parametrize("how", ["a fact has changed", "gone", "approved anew", "paused"])
def test_what_may_no_longer_go_is_taken_back_at_the_next_pass(rig: Rig, platform: Keeps, how: str) -> None:
    rig.due()
    before, posts = rig.entry(), rig.posts
    wanted_no_more(rig, how)
    rig.rules = Rules()
    rig.due()
    assert platform.given_back == ["kept-1"]
    rig.posts = rig.posts or posts
    now_in = rig.entry()
    assert (before.state, now_in.state, now_in.remote_id) == (State.HANDED_OFF, State.PLANNED, None)


def test_after_a_change_the_new_text_goes_out_and_the_old_one_does_not(rig: Rig, platform: Keeps) -> None:
    platform.takes = [Unknown("no answer")]
    rig.due()
    platform.kept_now = KEPT_AS
    rig.clock.pass_by(91)
    rig.due()
    rig.posts = [a_post(text="better")]
    for _ in range(2):
        rig.clock.pass_by(60)
        rig.due()
    assert platform.given_back == ["kept-1"]
    assert [post.text for post, _ in platform.taken] == ["text of day", "better"]
    assert (rig.entry().state, rig.entry().post.text) == (State.HANDED_OFF, "better")


def test_what_cannot_be_taken_back_is_said_at_every_pass(rig: Rig, platform: Keeps) -> None:
    rig.due()
    wanted_no_more(rig, "a fact has changed")
    platform.gives_back = Unknown("no such id")
    for _ in range(2):
        rig.clock.pass_by(60)
        (why,) = rig.due().held.values()
        assert "not taken back: no such id (fact-changed: it is another number)" in why
    assert rig.entry().state is State.HANDED_OFF


def test_in_the_last_minute_nothing_is_taken_back_since_it_may_be_out(rig: Rig, platform: Keeps) -> None:
    rig.due()
    wanted_no_more(rig, "a fact has changed")
    rig.clock.at = DUE - timedelta(seconds=59)
    (why,) = rig.due().held.values()
    assert "too near its time" in why and platform.given_back == []


def test_a_file_that_is_being_edited_takes_nothing_back(rig: Rig, platform: Keeps) -> None:
    rig.due()
    rig.refused = [Blocked(key=rig.posts[0].key, code="unreadable", why="schedule.yaml:3:1")]
    rig.due()
    assert platform.given_back == [] and rig.entry().state is State.HANDED_OFF


def test_posts_that_were_handed_over_do_not_keep_a_due_one_waiting(rig: Rig, platform: Keeps) -> None:
    later = a_post("later", due=DUE + timedelta(hours=5))
    rig.rules = Rules(hand_off=timedelta(hours=24), spacing={"one": timedelta(minutes=15)})
    rig.posts = [a_post(), later]
    platform.takes = [NotSent("full")]
    rig.clock.at = DUE - timedelta(minutes=6)
    rig.due()
    assert [post.slot for post, _ in platform.taken] == ["day", "later"]
    rig.clock.at = DUE
    assert rig.due().sent == [str(rig.posts[0].key)]


def test_watch_stays_until_what_was_handed_over_is_verified(rig: Rig, platform: Keeps) -> None:
    from kit.publish import runner

    platform.finds = [OUT]
    with runner.running(rig.home, rig.clock) as ledger:
        runner.watch(ledger, rig.work, rig.clock, rig.home, lambda done, work: None)
    assert rig.entry().state is State.POSTED
    assert rig.clock.now() >= DUE + timedelta(seconds=90)


def test_a_full_disk_hands_nothing_over(rig: Rig, platform: Keeps, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.errors import WorkError
    from kit.publish import runner

    real, calls = mark, []

    def full(ledger: Ledger, home: Path) -> None:
        calls.append(home)
        if len(calls) > 1:  # the first is that of the start
            raise WorkError("the disk is full")
        real(ledger, home)

    monkeypatch.setattr(runner, "mark", full)
    with pytest.raises(WorkError, match="disk is full"):
        rig.due()
    assert platform.taken == [] and rig.entry().state is State.RETRY_AT


STRIDE = 29
"""Of the commits at which a runner is killed every so many is tried; all 220 have passed, in each of the four
stories (2026-11-25)."""


class Remembering(Keeps):
    """A platform whose state is what readers see: `here` is kept, `out` is public."""

    def __init__(self) -> None:
        super().__init__(Resend.NEVER)
        self.here: list[str] = []
        self.out: list[str] = []

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.here.append(f"kept-{len(self.here)}")
        return super().hand_off(post, prepared, attempt)

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        return RemoteRef(self.here[0]) if self.here else None

    def take_back(self, ref: RemoteRef) -> NotSent | Unknown | None:
        if not self.here:
            return Unknown("not kept")
        self.here.clear()
        return None

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.out.append("sent")
        return super().send(post, prepared, attempt)

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        return RemoteRef(self.out[0], "https://x.test/7") if self.out else None

    def their_time_has_come(self) -> None:
        self.out += self.here
        self.here.clear()


class Dying:
    """Ends the process at the nth transaction of the ledger: before it, or when it is on the disk."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count, self.at, self.after = 0, 0, False
        real = SqliteStore.transaction

        @contextmanager
        def transaction(store: SqliteStore) -> Iterator[object]:
            self.count += 1
            mine = self.count == self.at
            if mine and not self.after:
                raise SystemExit
            with real(store) as t:
                yield t
            if mine:
                raise SystemExit

        patch.setattr(SqliteStore, "transaction", transaction)


@pytest.mark.parametrize("change", [None, "a fact has changed"])
@pytest.mark.parametrize("after", [False, True])
def test_a_runner_killed_at_any_commit_neither_loses_nor_doubles_what_it_hands_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool, change: str | None
) -> None:
    dying = Dying(monkeypatch)
    dying.after = after

    def story(at: int) -> tuple[int, State]:
        platform = Remembering()
        home = tmp_path / f"{at}"
        rig = Rig(home, platform, rules=Rules(hand_off=timedelta(hours=24)))
        rig.clock.at = EVENING
        dying.count, dying.at = 0, at

        def passes(count: int) -> None:
            for _ in range(count):
                with suppress(SystemExit):
                    rig.due()
                rig.clock.pass_by(100)

        passes(4)
        if change:
            wanted_no_more(rig, change)
            passes(3)
            rig.refused = []
        passes(3)
        platform.their_time_has_come()
        rig.clock.at = max(rig.clock.at, DUE)
        passes(6)
        dying.at = 0
        return len(platform.out), rig.entry().state

    story(0)
    transactions = dying.count
    assert transactions > 100
    for at in range(1 + 3 * after, transactions + 1, STRIDE):
        seen, state = story(at)
        assert (seen, state) == (1, State.POSTED) or (seen <= 1 and state is State.NEEDS_REVIEW), at
