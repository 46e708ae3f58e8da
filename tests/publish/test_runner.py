"""The loop: how long it sleeps, what it reads anew, and when it stops."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kit.errors import InputError, WorkError
from kit.model.post import Blocked
from kit.publish import runner
from kit.publish.decide import Work
from kit.publish.ledger import Ledger
from kit.publish.protocol import Publisher, Unknown
from kit.publish.records import State
from kit.publish.runner import Pass
from tests.publish.moments import DUE
from tests.publish.world_of_posts import Rig, a_post


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def watch(rig: Rig) -> list[Pass]:
    passes: list[Pass] = []
    with runner.running(rig.home, rig.clock) as ledger:
        runner.watch(ledger, rig.work, rig.clock, rig.home, lambda done, work: passes.append(done))
    return passes


def test_watch_sleeps_at_most_30_seconds_and_ends_when_all_is_done(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(minutes=3)
    rig.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=20))]
    passes = watch(rig)
    assert [name for done in passes for name in done.sent] == [str(post.key) for post in rig.posts]
    assert max(rig.clock.naps) <= 30
    assert rig.clock.now() - (DUE + timedelta(minutes=20)) < timedelta(seconds=31)


def test_watch_settles_an_unknown_outcome_by_itself(rig: Rig) -> None:
    rig.publisher.answers = [Unknown("lost")]
    watch(rig)
    assert rig.entry().state is State.NEEDS_REVIEW


@pytest.mark.parametrize("jump", [timedelta(hours=2), -timedelta(hours=2)])
def test_a_clock_that_is_set_while_watching_stops_the_runner_with_nothing_sent(
    rig: Rig, jump: timedelta
) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    real = rig.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        rig.clock.at += jump

    rig.clock.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(WorkError, match="the clock was set by"):
        watch(rig)
    assert rig.publisher.sent == []


def test_a_sleeping_laptop_is_no_clock_that_was_set(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    real = rig.clock.sleep
    rig.clock.sleep = lambda seconds: real(seconds + 3500)  # type: ignore[method-assign]
    watch(rig)
    assert rig.entry().state is State.POSTED


def test_a_change_of_the_schedule_is_noticed_while_watching(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(minutes=30)
    real = rig.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        rig.posts = [a_post(text="corrected")]

    rig.clock.sleep = sleep  # type: ignore[method-assign]
    watch(rig)
    assert rig.entry().post.text == "corrected"


def test_a_post_that_left_the_schedule_is_not_sent(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    removed, rig.posts = rig.posts, []
    rig.clock.at = DUE
    assert rig.due().sent == []
    rig.posts = removed
    assert rig.entry().state is State.PLANNED


def test_an_account_that_cannot_be_connected_does_not_stop_the_others(rig: Rig) -> None:
    rig.posts = [a_post("a", account="broken"), a_post("b", account="fine")]

    def connect(name: str) -> Publisher:
        if name == "broken":
            raise InputError("X_TOKEN is not set")
        return rig.publisher

    work = Work(tuple(rig.posts), connect, lambda _: [])
    with runner.running(rig.home, rig.clock) as ledger:
        runner.begin(ledger, work, rig.clock)
        done = runner.one_pass(ledger, work, rig.clock)
    assert done.sent == [str(rig.posts[1].key)]
    assert done.held == {str(rig.posts[0].key): "X_TOKEN is not set"}


def test_only_the_accounts_given_are_touched(rig: Rig) -> None:
    rig.posts = [a_post("a", account="one"), a_post("b", account="two")]
    work = Work(tuple(rig.posts), lambda _: rig.publisher, lambda _: [], accounts=frozenset({"two"}))
    with runner.running(rig.home, rig.clock) as ledger:
        runner.begin(ledger, work, rig.clock)
        assert runner.one_pass(ledger, work, rig.clock).sent == [str(rig.posts[1].key)]


def test_a_person_who_decides_about_a_post_that_has_moved_on_is_told(rig: Rig) -> None:
    rig.clock.at = DUE + timedelta(hours=7)
    rig.due()
    with rig.ledger() as ledger:
        entry = rig.entry()
        ledger.decide(entry, State.PLANNED, rig.clock.now(), "A. Martin", not_after=DUE + timedelta(hours=9))
        with pytest.raises(WorkError, match="has moved on"):
            ledger.decide(entry, State.FAILED, rig.clock.now(), "B. Petit")
    assert rig.due().sent


def test_a_runner_without_a_lease_cannot_write(rig: Rig) -> None:
    rig.due()
    with rig.ledger() as ledger:
        assert isinstance(ledger, Ledger)
        with pytest.raises(RuntimeError):
            ledger.take_over(rig.posts, DUE)


def test_a_file_that_is_being_edited_holds_everything_and_stops_nothing(rig: Rig) -> None:
    broken = [True]
    held: list[object] = []

    def refresh() -> Work:
        if rig.clock.now() > DUE - timedelta(minutes=1) and broken:
            raise InputError("schedule.yaml:3:1: not finished")
        return rig.work()

    def tell(done: Pass, _: Work) -> None:
        held.extend(done.held.values())
        if rig.clock.now() > DUE + timedelta(minutes=2):
            broken.clear()

    rig.clock.at = DUE - timedelta(minutes=3)
    with runner.running(rig.home, rig.clock) as ledger:
        runner.watch(ledger, refresh, rig.clock, rig.home, tell)
    assert set(held) == {"unreadable: schedule.yaml:3:1: not finished"}
    assert rig.entry().state is State.POSTED
    assert min(rig.clock.naps) >= 1 and len(rig.clock.naps) < 60


def test_a_slot_that_is_blocked_is_shown_and_asked_about_when_it_is_too_late(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    key = rig.posts[0].key
    blocked = (Blocked(key=key, code="artifact-failed", why="a number is wrong"),)
    for at, state in ((DUE, State.PLANNED), (DUE + timedelta(hours=7), State.EXPIRED)):
        rig.clock.at = at
        work = Work((), lambda _: rig.publisher, lambda _: [], blocked=blocked)
        with runner.running(rig.home, rig.clock) as ledger:
            runner.begin(ledger, work, rig.clock)
            done = runner.one_pass(ledger, work, rig.clock)
        assert done.held == {str(key): "artifact-failed: a number is wrong"}
        assert rig.entry().state is state
    assert rig.publisher.sent == []


def test_a_runner_that_fails_gives_its_lease_back(rig: Rig) -> None:
    with pytest.raises(ZeroDivisionError), runner.running(rig.home, rig.clock):
        raise ZeroDivisionError
    with rig.ledger() as ledger:
        assert ledger.take_lease("elsewhere", rig.clock.now(), alone=False) == 2
