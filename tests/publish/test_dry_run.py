"""A dry run says what a pass does: over many random ledgers, and in the words of the command."""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kit.model.post import Blocked, Post
from kit.publish.decide import Action, Decision
from kit.publish.dry_run import dry_run, stand_in, stand_in_of
from kit.publish.engine import Rules
from kit.publish.protocol import (
    Attempt,
    Duplicate,
    Notes,
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
from kit.publish.records import State
from kit.publish.runner import LEDGER
from tests.publish.moments import DUE
from tests.publish.test_handoff import Keeps
from tests.publish.world_of_posts import Desk, a_post


@dataclass
class Watched(Keeps):
    """Remembers what was done with each post."""

    did: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def prepare(self, post: Post, known: Notes, save: Save) -> Prepared:
        self.did[str(post.key)].add("prepares")
        return super().prepare(post, known, save)

    def send(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.did[str(post.key)].add("sends")
        return super().send(post, prepared, attempt)

    def hand_off(self, post: Post, prepared: Prepared, attempt: Attempt) -> Result:
        self.did[str(post.key)].add("hands-off")
        return super().hand_off(post, prepared, attempt)

    def find(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        self.did[str(post.key)].add("looks")
        return super().find(post, attempt)

    def kept(self, post: Post, attempt: Attempt) -> RemoteRef | Unreadable | None:
        self.did[str(post.key)].add("looks")
        return super().kept(post, attempt)


def said(desk: Desk) -> dict[str, Decision]:
    work = replace(desk.work(), publisher=lambda _: stand_in_of(desk.publisher))
    return dry_run(desk.home, work, desk.clock.now())


def compare(desk: Desk, elsewhere: Path) -> Counter[Action]:
    """The dry run here, and a real pass over a copy of the ledger, on a platform that accepts everything."""
    before = {path.name: path.read_bytes() for path in desk.home.iterdir() if path.is_file()}
    decided = said(desk)
    assert {path.name: path.read_bytes() for path in desk.home.iterdir() if path.is_file()} == before
    publisher = Watched(desk.publisher.resend, finds=[Unreadable("500")] * 99, kept_now=Unreadable("500"))
    shutil.copytree(desk.home, elsewhere)
    real = replace(desk, home=elsewhere, publisher=publisher)
    done = real.due()
    with real.ledger() as ledger:
        after = {entry.name: entry for entry in ledger.entries()}
    assert set(after) == set(decided)
    for name, decision in decided.items():
        did, state = publisher.did[name], after[name].state
        match decision.action:
            case Action.SENDS | Action.HANDS_OFF:
                assert decision.action.value in did and name in done.sent
                assert state is (State.POSTED if decision.action is Action.SENDS else State.HANDED_OFF)
            case Action.PREPARES:
                assert (did, state) == ({"prepares"}, State.PREPARED)
            case Action.LOOKS:
                assert did <= {"looks"}
            case Action.TAKES_BACK:
                assert state is State.PLANNED and publisher.given_back
            case Action.ASKS:
                assert not did and state in (State.EXPIRED, State.NEEDS_REVIEW)
            case _:
                assert not did and (done.held.get(name, "") == decision.why or not decision.holds)
        assert decision.holds == (name in done.held)
    return Counter(decision.action for decision in decided.values())


def something_happens(desk: Desk, chance: random.Random) -> None:
    platform = desk.publisher
    assert isinstance(platform, Watched)
    desk.clock.pass_by(chance.choice([1, 5, 20, 45, 95, 300, 900, 3000]))
    later = desk.clock.now() + timedelta(minutes=chance.choice([1, 8]))
    answers: list[Result | Exception] = [
        Posted(RemoteRef("1")), Unknown("lost"), NotSent("429", not_before=later), NotSent("no connection"),
        NotSent("too long", permanent=True), NotSent("gone", stale=("media",)),
        Duplicate("again", RemoteRef("9")), OSError("reset"),
    ]  # fmt: skip
    platform.answers = chance.choices(answers, k=3)
    platform.takes = chance.choices(answers[:4], k=2)
    platform.finds = chance.choices([None, RemoteRef("1"), Unreadable("500")], k=3)
    platform.kept_now = chance.choice([None, RemoteRef("kept-1"), Unreadable("500")])
    platform.during = platform.on = lambda: dies() if chance.random() < 0.2 else None
    if chance.random() < 0.15:
        with desk.ledger() as ledger:
            ledger.pause(None if ledger.paused() else "A. Martin", desk.clock.now())
    key = desk.posts[0].key
    desk.refused = [Blocked(key=key, code="finding", why="wrong")] if chance.random() < 0.15 else []
    place = chance.randrange(len(desk.posts))
    if chance.random() < 0.1:
        text = f"text {chance.random()}"
        desk.posts[place] = desk.posts[place].model_copy(update={"text": text})
    elif chance.random() < 0.05 and len(desk.posts) > 1:
        del desk.posts[place]


def dies() -> None:
    raise SystemExit


def a_desk(home: Path, chance: random.Random) -> Desk:
    posts = [
        a_post(
            f"slot-{n}", account=chance.choice(["one", "two"]),
            due=(due := DUE + timedelta(minutes=chance.choice([-1, 0, 10, 10, 40, 90]))),
            not_after=due + timedelta(minutes=chance.choice([20, 360])),
        )
        for n in range(5)
    ]  # fmt: skip
    rules = Rules(
        on_unknown=chance.choice(["hold", "retry"]),
        hand_off=chance.choice([None, timedelta(hours=2)]),
        spacing={"one": timedelta(minutes=15)},
    )
    desk = Desk(home, Watched(chance.choice(list(Resend))), posts=posts, rules=rules)
    desk.clock.at = DUE - timedelta(minutes=45)
    return desk


def test_a_dry_run_says_of_many_random_ledgers_what_a_pass_then_does(tmp_path: Path) -> None:
    seen: Counter[Action] = Counter()
    for seed in range(10):
        chance = random.Random(seed)
        desk = a_desk(tmp_path / f"{seed}", chance)
        desk.due()
        for number in range(12):
            something_happens(desk, chance)
            seen += compare(desk, tmp_path / f"{seed}-{number}")
            with suppress(SystemExit):
                desk.due()
    assert set(seen) == set(Action), "the walk does not reach every decision"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def first(desk: Desk) -> Decision:
    return said(desk)[str(desk.posts[0].key)]


def test_while_paused_it_says_so(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(hours=1)
    desk.due()
    desk.clock.at = DUE
    with desk.ledger() as ledger:
        ledger.pause("A. Martin", desk.clock.now())
    assert first(desk).action is Action.HELD and first(desk).why.startswith("paused by A. Martin")


def test_a_second_post_of_an_account_waits_for_its_spacing(desk: Desk) -> None:
    desk.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=1))]
    desk.rules = Rules(spacing={"one": timedelta(minutes=15)})
    desk.clock.at = DUE + timedelta(minutes=2)
    one, two = (str(post.key) for post in desk.posts)
    waits = Decision(Action.WAITS, "the account's spacing, until 07:17:00 UTC")
    assert said(desk) == {one: Decision(Action.SENDS), two: waits}
    desk.due()
    assert said(desk) == {one: Decision(Action.NOTHING, "posted"), two: waits}


def test_an_account_that_its_platform_keeps_quiet_waits(desk: Desk) -> None:
    desk.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=1))]
    desk.publisher.answers = [NotSent("429", not_before=DUE + timedelta(minutes=10))]
    desk.due()
    desk.clock.at = DUE + timedelta(minutes=2)
    assert "the platform asks to wait until 07:10" in said(desk)[str(desk.posts[1].key)].why


@pytest.mark.parametrize(
    ("at", "action"),
    [
        (DUE - timedelta(hours=1), Action.WAITS),
        (DUE - timedelta(minutes=5), Action.PREPARES),
        (DUE, Action.SENDS),
        (DUE + timedelta(hours=7), Action.ASKS),
    ],
)
def test_it_knows_a_posts_hours(desk: Desk, at: datetime, action: Action) -> None:
    desk.clock.at = at
    assert first(desk).action is action


def test_a_refusal_holds(desk: Desk) -> None:
    desk.refused = [Blocked(key=desk.posts[0].key, code="not-approved", why="nobody has")]
    assert first(desk) == Decision(Action.HELD, "not-approved: nobody has")


def test_it_makes_no_ledger(desk: Desk) -> None:
    first(desk)
    assert not (desk.home / LEDGER).exists()


@pytest.mark.parametrize(
    ("platform", "keeps"), [("mastodon", True), ("x", False), ("bluesky", False), ("instagram", False)]
)
def test_a_stand_in_keeps_posts_where_its_platform_does(platform: str, keeps: bool) -> None:
    assert hasattr(stand_in(platform), "hand_off") is keeps
