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
from tests.publish.world_of_posts import Rig, a_post


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


def said(rig: Rig) -> dict[str, Decision]:
    work = replace(rig.work(), publisher=lambda _: stand_in_of(rig.publisher))
    return dry_run(rig.home, work, rig.clock.now())


def compare(rig: Rig, elsewhere: Path) -> Counter[Action]:
    """The dry run here, and a real pass over a copy of the ledger, on a platform that accepts everything."""
    before = {path.name: path.read_bytes() for path in rig.home.iterdir() if path.is_file()}
    decided = said(rig)
    assert {path.name: path.read_bytes() for path in rig.home.iterdir() if path.is_file()} == before
    publisher = Watched(rig.publisher.resend, finds=[Unreadable("500")] * 99, kept_now=Unreadable("500"))
    shutil.copytree(rig.home, elsewhere)
    real = replace(rig, home=elsewhere, publisher=publisher)
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


def something_happens(rig: Rig, chance: random.Random) -> None:
    platform = rig.publisher
    assert isinstance(platform, Watched)
    rig.clock.pass_by(chance.choice([1, 5, 20, 45, 95, 300, 900, 3000]))
    later = rig.clock.now() + timedelta(minutes=chance.choice([1, 8]))
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
        with rig.ledger() as ledger:
            ledger.pause(None if ledger.paused() else "A. Martin", rig.clock.now())
    key = rig.posts[0].key
    rig.refused = [Blocked(key=key, code="finding", why="wrong")] if chance.random() < 0.15 else []
    place = chance.randrange(len(rig.posts))
    if chance.random() < 0.1:
        text = f"text {chance.random()}"
        rig.posts[place] = rig.posts[place].model_copy(update={"text": text})
    elif chance.random() < 0.05 and len(rig.posts) > 1:
        del rig.posts[place]


def dies() -> None:
    raise SystemExit


def a_desk(home: Path, chance: random.Random) -> Rig:
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
    rig = Rig(home, Watched(chance.choice(list(Resend))), posts=posts, rules=rules)
    rig.clock.at = DUE - timedelta(minutes=45)
    return rig


def test_a_dry_run_says_of_many_random_ledgers_what_a_pass_then_does(tmp_path: Path) -> None:
    seen: Counter[Action] = Counter()
    for seed in range(10):
        chance = random.Random(seed)
        rig = a_desk(tmp_path / f"{seed}", chance)
        rig.due()
        for number in range(12):
            something_happens(rig, chance)
            seen += compare(rig, tmp_path / f"{seed}-{number}")
            with suppress(SystemExit):
                rig.due()
    assert set(seen) == set(Action), "the walk does not reach every decision"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def first(rig: Rig) -> Decision:
    return said(rig)[str(rig.posts[0].key)]


def test_while_paused_it_says_so(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    rig.clock.at = DUE
    with rig.ledger() as ledger:
        ledger.pause("A. Martin", rig.clock.now())
    assert first(rig).action is Action.HELD and first(rig).why.startswith("paused by A. Martin")


def test_a_second_post_of_an_account_waits_for_its_spacing(rig: Rig) -> None:
    rig.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=1))]
    rig.rules = Rules(spacing={"one": timedelta(minutes=15)})
    rig.clock.at = DUE + timedelta(minutes=2)
    one, two = (str(post.key) for post in rig.posts)
    waits = Decision(Action.WAITS, "the account's spacing, until 07:17:00 UTC")
    assert said(rig) == {one: Decision(Action.SENDS), two: waits}
    rig.due()
    assert said(rig) == {one: Decision(Action.NOTHING, "posted"), two: waits}


def test_an_account_that_its_platform_keeps_quiet_waits(rig: Rig) -> None:
    rig.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=1))]
    rig.publisher.answers = [NotSent("429", not_before=DUE + timedelta(minutes=10))]
    rig.due()
    rig.clock.at = DUE + timedelta(minutes=2)
    assert "the platform asks to wait until 07:10" in said(rig)[str(rig.posts[1].key)].why


@pytest.mark.parametrize(
    ("at", "action"),
    [
        (DUE - timedelta(hours=1), Action.WAITS),
        (DUE - timedelta(minutes=5), Action.PREPARES),
        (DUE, Action.SENDS),
        (DUE + timedelta(hours=7), Action.ASKS),
    ],
)
def test_it_knows_a_posts_hours(rig: Rig, at: datetime, action: Action) -> None:
    rig.clock.at = at
    assert first(rig).action is action


def test_a_refusal_holds(rig: Rig) -> None:
    rig.refused = [Blocked(key=rig.posts[0].key, code="not-approved", why="nobody has")]
    assert first(rig) == Decision(Action.HELD, "not-approved: nobody has")


def test_it_makes_no_ledger(rig: Rig) -> None:
    first(rig)
    assert not (rig.home / LEDGER).exists()


@pytest.mark.parametrize(
    ("platform", "keeps"), [("mastodon", True), ("x", False), ("bluesky", False), ("instagram", False)]
)
def test_a_stand_in_keeps_posts_where_its_platform_does(platform: str, keeps: bool) -> None:
    assert hasattr(stand_in(platform), "hand_off") is keeps
