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
from tests.publish.world_of_posts import Desk, a_post


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def watch(desk: Desk) -> list[Pass]:
    passes: list[Pass] = []
    with runner.running(desk.home, desk.clock) as ledger:
        runner.watch(ledger, desk.work, desk.clock, desk.home, lambda done, work: passes.append(done))
    return passes


def test_watch_sleeps_at_most_30_seconds_and_ends_when_all_is_done(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(minutes=3)
    desk.posts = [a_post("a"), a_post("b", due=DUE + timedelta(minutes=20))]
    passes = watch(desk)
    assert [name for done in passes for name in done.sent] == [str(post.key) for post in desk.posts]
    assert max(desk.clock.naps) <= 30
    assert desk.clock.now() - (DUE + timedelta(minutes=20)) < timedelta(seconds=31)


def test_watch_settles_an_unknown_outcome_by_itself(desk: Desk) -> None:
    desk.publisher.answers = [Unknown("lost")]
    watch(desk)
    assert desk.entry().state is State.NEEDS_REVIEW


@pytest.mark.parametrize("jump", [timedelta(hours=2), -timedelta(hours=2)])
def test_a_clock_that_is_set_while_watching_stops_the_runner_with_nothing_sent(
    desk: Desk, jump: timedelta
) -> None:
    desk.clock.at = DUE - timedelta(hours=1)
    real = desk.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        desk.clock.at += jump

    desk.clock.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(WorkError, match="the clock was set by"):
        watch(desk)
    assert desk.publisher.sent == []


def test_a_sleeping_laptop_is_no_clock_that_was_set(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(hours=1)
    real = desk.clock.sleep
    desk.clock.sleep = lambda seconds: real(seconds + 3500)  # type: ignore[method-assign]
    watch(desk)
    assert desk.entry().state is State.POSTED


def test_a_change_of_the_schedule_is_noticed_while_watching(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(minutes=30)
    real = desk.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        desk.posts = [a_post(text="corrected")]

    desk.clock.sleep = sleep  # type: ignore[method-assign]
    watch(desk)
    assert desk.entry().post.text == "corrected"


def test_a_post_that_left_the_schedule_is_not_sent(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(hours=1)
    desk.due()
    removed, desk.posts = desk.posts, []
    desk.clock.at = DUE
    assert desk.due().sent == []
    desk.posts = removed
    assert desk.entry().state is State.PLANNED


def test_an_account_that_cannot_be_connected_does_not_stop_the_others(desk: Desk) -> None:
    desk.posts = [a_post("a", account="broken"), a_post("b", account="fine")]

    def connect(name: str) -> Publisher:
        if name == "broken":
            raise InputError("X_TOKEN is not set")
        return desk.publisher

    work = Work(tuple(desk.posts), connect, lambda _: [])
    with runner.running(desk.home, desk.clock) as ledger:
        runner.begin(ledger, work, desk.clock)
        done = runner.one_pass(ledger, work, desk.clock)
    assert done.sent == [str(desk.posts[1].key)]
    assert done.held == {str(desk.posts[0].key): "X_TOKEN is not set"}


def test_only_the_accounts_given_are_touched(desk: Desk) -> None:
    desk.posts = [a_post("a", account="one"), a_post("b", account="two")]
    work = Work(tuple(desk.posts), lambda _: desk.publisher, lambda _: [], accounts=frozenset({"two"}))
    with runner.running(desk.home, desk.clock) as ledger:
        runner.begin(ledger, work, desk.clock)
        assert runner.one_pass(ledger, work, desk.clock).sent == [str(desk.posts[1].key)]


def test_a_person_who_decides_about_a_post_that_has_moved_on_is_told(desk: Desk) -> None:
    desk.clock.at = DUE + timedelta(hours=7)
    desk.due()
    with desk.ledger() as ledger:
        entry = desk.entry()
        ledger.decide(entry, State.PLANNED, desk.clock.now(), "A. Martin", not_after=DUE + timedelta(hours=9))
        with pytest.raises(WorkError, match="has moved on"):
            ledger.decide(entry, State.FAILED, desk.clock.now(), "B. Petit")
    assert desk.due().sent


def test_a_runner_without_a_lease_cannot_write(desk: Desk) -> None:
    desk.due()
    with desk.ledger() as ledger:
        assert isinstance(ledger, Ledger)
        with pytest.raises(RuntimeError):
            ledger.take_over(desk.posts, DUE)


def test_a_file_that_is_being_edited_holds_everything_and_stops_nothing(desk: Desk) -> None:
    broken = [True]
    held: list[object] = []

    def refresh() -> Work:
        if desk.clock.now() > DUE - timedelta(minutes=1) and broken:
            raise InputError("schedule.yaml:3:1: not finished")
        return desk.work()

    def tell(done: Pass, _: Work) -> None:
        held.extend(done.held.values())
        if desk.clock.now() > DUE + timedelta(minutes=2):
            broken.clear()

    desk.clock.at = DUE - timedelta(minutes=3)
    with runner.running(desk.home, desk.clock) as ledger:
        runner.watch(ledger, refresh, desk.clock, desk.home, tell)
    assert set(held) == {"unreadable: schedule.yaml:3:1: not finished"}
    assert desk.entry().state is State.POSTED
    assert min(desk.clock.naps) >= 1 and len(desk.clock.naps) < 60


def test_a_slot_that_is_blocked_is_shown_and_asked_about_when_it_is_too_late(desk: Desk) -> None:
    desk.clock.at = DUE - timedelta(hours=1)
    desk.due()
    key = desk.posts[0].key
    blocked = (Blocked(key=key, code="artifact-failed", why="a number is wrong"),)
    for at, state in ((DUE, State.PLANNED), (DUE + timedelta(hours=7), State.EXPIRED)):
        desk.clock.at = at
        work = Work((), lambda _: desk.publisher, lambda _: [], blocked=blocked)
        with runner.running(desk.home, desk.clock) as ledger:
            runner.begin(ledger, work, desk.clock)
            done = runner.one_pass(ledger, work, desk.clock)
        assert done.held == {str(key): "artifact-failed: a number is wrong"}
        assert desk.entry().state is state
    assert desk.publisher.sent == []


def test_a_runner_that_fails_gives_its_lease_back(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), runner.running(desk.home, desk.clock):
        raise ZeroDivisionError
    with desk.ledger() as ledger:
        assert ledger.take_lease("elsewhere", desk.clock.now(), alone=False) == 2
