"""The ledger's file: what it keeps, what it refuses, and who may write."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kit.errors import WorkError
from kit.load import load
from kit.model.artifact import Manifest
from kit.posts.post_queue import queue
from kit.publish import runner
from kit.publish.ledger import LEASE, Ledger
from kit.publish.ledger_mark import MARK
from kit.publish.protocol import Resend, Unknown
from kit.publish.records import State
from kit.publish.runner import LEDGER
from kit.publish.store import SqliteStore
from tests.publish.moments import DUE
from tests.publish.world_of_posts import Rig, ScriptedPublisher, SetClock, a_post


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_the_file_is_private_durable_and_recognisable(rig: Rig) -> None:
    rig.due()
    assert stat.S_IMODE((rig.home / LEDGER).stat().st_mode) == 0o600
    store = SqliteStore(rig.home / LEDGER)
    pragmas = [
        store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    store.close()
    assert pragmas == ["wal", 2]


def test_the_row_that_says_sending_is_on_the_disk_before_the_call(rig: Rig) -> None:
    seen = []

    def look() -> None:
        other = sqlite3.connect(rig.home / LEDGER)
        seen.append(other.execute("SELECT state, outcome FROM post JOIN attempt ON post = name").fetchall())
        other.close()

    rig.publisher.during = look
    rig.due()
    assert seen == [[("sending", "sending")]]


def test_a_post_is_one_row_whatever_changes(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    rig.posts = [a_post(text="better", due=DUE + timedelta(minutes=1))]
    rig.due()
    with rig.ledger() as ledger:
        assert [entry.post.text for entry in ledger.entries()] == ["better"]
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), ledger.store.transaction() as t:
            t.run("INSERT INTO post SELECT name || '2', slug, edition, platform, account, slot, payload, sha256, due, "
                  "zone, not_after, state, next, why, failures, absent, remote_id, url, changed FROM post")  # fmt: skip


def test_a_change_of_text_drops_the_uploads_of_the_old_one(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(minutes=5)
    rig.due()
    rig.posts = [a_post(text="better")]
    rig.due()
    assert rig.publisher.prepared == [{}, {}]


@pytest.mark.parametrize("resend", list(Resend))
def test_what_may_be_out_keeps_the_text_it_was_sent_with(rig: Rig, resend: Resend) -> None:
    rig.publisher = ScriptedPublisher(resend, answers=[Unknown("lost")])
    rig.due()
    rig.posts = [a_post(text="edited after it was sent")]
    for _ in range(3):
        rig.clock.pass_by(10)
        rig.due()
    assert rig.entry().post.text == "text of day"


def test_a_runner_that_died_during_the_call_leaves_an_unknown_outcome(rig: Rig) -> None:
    def die() -> None:
        raise SystemExit

    rig.publisher.during = die
    with pytest.raises(SystemExit):
        rig.due()
    assert rig.entry().state is State.SENDING
    rig.publisher.during = lambda: None
    rig.due()
    assert rig.entry().state is State.UNKNOWN
    assert len(rig.publisher.sent) == 1


def test_only_one_runner_of_a_ledger_at_a_time(rig: Rig) -> None:
    with runner.running(rig.home, rig.clock), pytest.raises(WorkError, match="another runner is at work"):
        rig.due()
    assert rig.publisher.sent == []
    assert rig.due().sent


def test_a_runner_that_was_overtaken_writes_and_sends_nothing_more(rig: Rig) -> None:
    with runner.running(rig.home, rig.clock) as old:
        runner.begin(old, rig.work(), rig.clock)
        with rig.ledger() as new:
            rig.clock.pass_by(LEASE.total_seconds() + 1)
            assert new.take_lease("elsewhere", rig.clock.now(), alone=False) == 2
            with pytest.raises(WorkError, match="another runner has taken over"):
                runner.one_pass(old, rig.work(), rig.clock)
        assert rig.publisher.sent == []
        old._lease = None


def test_a_living_runner_on_another_machine_keeps_its_ledger(rig: Rig) -> None:
    rig.due()
    with rig.ledger() as elsewhere:
        elsewhere.take_lease("process 1", rig.clock.now(), alone=False)
        with elsewhere.store.transaction() as t:
            t.run("UPDATE lease SET host = 'another machine'")
    with pytest.raises(WorkError, match="process 1 on another machine"):
        rig.due()


def test_the_lease_of_a_dead_process_of_this_machine_is_not_waited_for(rig: Rig) -> None:
    with rig.ledger() as dead:
        dead.take_lease("process 1", rig.clock.now(), alone=True)
    assert rig.due().sent


@pytest.mark.parametrize(
    "damage", [b"", b"this is no database, but quite long enough to be read as one" * 40]
)
def test_a_damaged_ledger_is_refused_and_left_as_it_is(rig: Rig, damage: bytes) -> None:
    rig.due()
    path = rig.home / LEDGER
    data = damage or path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]
    path.write_bytes(data)
    with pytest.raises(WorkError, match="damaged") as refused:
        rig.due()
    assert "nothing was sent" in refused.value.hint
    assert path.read_bytes() == data


@pytest.mark.parametrize(("version", "word"), [(0, "an older kit"), (2, "a newer kit")])
def test_a_ledger_of_another_version_is_refused(rig: Rig, version: int, word: str) -> None:
    rig.due()
    connection = sqlite3.connect(rig.home / LEDGER)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(WorkError, match=word):
        rig.due()


def test_another_programs_database_is_refused(rig: Rig) -> None:
    connection = sqlite3.connect(rig.home / LEDGER)
    connection.execute("CREATE TABLE things (a)")
    connection.close()
    with pytest.raises(WorkError, match="not a ledger"):
        rig.due()


def test_a_ledger_put_back_from_before_the_last_post_is_refused(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    shutil.copy(rig.home / LEDGER, rig.home / "backup")
    rig.clock.at = DUE
    rig.due()
    shutil.copy(rig.home / "backup", rig.home / LEDGER)
    with pytest.raises(WorkError, match="older than the ledger that was last used here"):
        rig.due()
    assert len(rig.publisher.sent) == 1


def test_a_ledger_that_is_gone_after_a_post_is_missed(rig: Rig) -> None:
    rig.due()
    (rig.home / LEDGER).unlink()
    with pytest.raises(WorkError, match="is gone"):
        rig.due()
    assert not (rig.home / LEDGER).exists()


def test_with_a_new_ledger_everything_that_was_due_waits_for_a_person(rig: Rig) -> None:
    rig.due()
    (rig.home / LEDGER).unlink()
    rig.clock.pass_by(60)
    rig.posts.append(a_post("later", due=DUE + timedelta(hours=1)))
    for _ in range(2):
        with runner.running(rig.home, rig.clock, new=True) as ledger:
            runner.begin(ledger, rig.work(), rig.clock)
            runner.one_pass(ledger, rig.work(), rig.clock, rig.home)
        assert (rig.entry(0).state, len(rig.publisher.sent)) == (State.EXPIRED, 1)
        assert rig.entry(1).state is State.PLANNED
        rig.clock.pass_by(60)


def test_the_word_for_a_new_ledger_has_no_effect_on_the_current_one(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    rig.clock.at = DUE
    with runner.running(rig.home, rig.clock, new=True) as ledger:
        runner.begin(ledger, rig.work(), rig.clock)
        assert runner.one_pass(ledger, rig.work(), rig.clock).sent == [str(rig.posts[0].key)]


def test_an_older_copy_that_a_person_vouches_for_sends_nothing_that_was_due(rig: Rig) -> None:
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    shutil.copy(rig.home / LEDGER, rig.home / "backup")
    rig.clock.at = DUE
    rig.due()
    shutil.copy(rig.home / "backup", rig.home / LEDGER)
    with runner.running(rig.home, rig.clock, new=True) as ledger:
        runner.begin(ledger, rig.work(), rig.clock)
        assert runner.one_pass(ledger, rig.work(), rig.clock).sent == []
    rig.due()
    assert (rig.entry().state, len(rig.publisher.sent)) == (State.EXPIRED, 1)


def test_a_clock_behind_the_ledger_is_refused_until_a_person_vouches_for_it(rig: Rig) -> None:
    rig.due()
    rig.clock.at = DUE - timedelta(hours=2)
    with pytest.raises(WorkError, match="this machine's clock says 2026-11-25 05:00 UTC"):
        rig.due()
    with runner.running(rig.home, rig.clock, trust_clock=True) as ledger:
        runner.begin(ledger, rig.work(), rig.clock)


def test_posts_that_a_wrong_clock_made_late_are_planned_again(rig: Rig) -> None:
    rig.clock.at = DUE + timedelta(days=1)
    rig.due()
    assert rig.entry().state is State.EXPIRED
    rig.clock.at = DUE
    with runner.running(rig.home, rig.clock, trust_clock=True) as ledger:
        runner.begin(ledger, rig.work(), rig.clock)
    assert rig.entry().state is State.PLANNED


def test_a_full_disk_stops_before_the_call_and_loses_nothing(rig: Rig) -> None:
    """A real limit of the operating system on the size of files, while the row is being written."""
    rig.clock.at = DUE - timedelta(hours=1)
    rig.due()
    rig.clock.at = DUE
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    real = rig.publisher.prepare

    def fill(*arguments: object) -> object:
        prepared = real(*arguments)  # type: ignore[arg-type]
        resource.setrlimit(resource.RLIMIT_FSIZE, ((rig.home / f"{LEDGER}-wal").stat().st_size, hard))
        return prepared

    rig.publisher.prepare = fill  # type: ignore[assignment, method-assign]
    try:
        with pytest.raises(WorkError):
            rig.due()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert rig.publisher.sent == []
    rig.publisher.prepare = real  # type: ignore[method-assign]
    assert rig.due().sent == [str(rig.posts[0].key)]


def test_what_sqlite_says_of_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / LEDGER)
    store._connection.execute(
        f"PRAGMA max_page_count = {store._connection.execute('PRAGMA page_count').fetchone()[0]}"
    )
    ledger = Ledger(store)
    ledger.take_lease("test", DUE, alone=True)
    with pytest.raises(WorkError, match="the disk is full") as full:
        ledger.take_over([a_post(str(n), text="x" * 4000) for n in range(50)], DUE)
    assert "free some space" in full.value.hint
    assert ledger.entries() == [], "half of a queue was kept"
    store.close()


def test_a_mark_that_cannot_be_written_ends_the_try_before_the_call(rig: Rig) -> None:
    def refuse() -> None:
        raise WorkError("the disk is full")

    from kit.publish import engine
    from kit.publish.sending import SEND

    with runner.running(rig.home, rig.clock) as ledger:
        runner.begin(ledger, rig.work(), rig.clock)
        entry = ledger.entries()[0]
        step = engine.Step(ledger, entry, rig.publisher, rig.rules, rig.clock.now)
        assert engine.prepare(step)
        with pytest.raises(WorkError):
            engine.call(replace(step, entry=ledger.entries()[0]), SEND, refuse)
    assert (rig.publisher.sent, rig.entry().state) == ([], State.RETRY_AT)


def test_ten_thousand_posts_are_queued_and_in_the_ledger(signed: Path, tmp_path: Path) -> None:
    loaded = load(signed)
    assert loaded.schedule is not None
    slug = loaded.campaign.slug
    manifest = Manifest.model_validate_json((signed / "dist" / slug / "manifest.json").read_bytes())
    (account,), (slot, *_) = loaded.schedule.accounts, loaded.schedule.slots
    accounts = tuple(account.model_copy(update={"id": f"account-{n}"}) for n in range(2000))
    names = tuple(account.id for account in accounts)
    slots = tuple(
        slot.model_copy(update={"id": piece, "piece": piece, "accounts": names, "day": day})
        for day, piece in enumerate(("overview", "tool-3919", "tool-17", "tool-114", "witness"))
    )
    schedule = loaded.schedule.model_copy(update={"accounts": accounts, "slots": slots})
    clock = SetClock(DUE - timedelta(days=1))
    with runner.running(tmp_path, clock) as ledger:
        posts = queue(manifest, schedule, loaded.campaign).posts
        ledger.take_over(posts, clock.now())
        assert len(ledger.entries(State.PLANNED)) == len(posts) == 10_000


def test_history_names_each_step(rig: Rig) -> None:
    rig.due()
    with rig.ledger() as ledger:
        assert [event.kind for event in ledger.events()] == ["prepared", "sending", "posted"]


def test_the_mark_counts_the_calls(rig: Rig) -> None:
    rig.due()
    assert '"calls": 1' in (rig.home / MARK).read_text()
