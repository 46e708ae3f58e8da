"""The same ledger on a real Postgres, where one is reachable: KIT_TEST_POSTGRES=postgresql://…"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kit.cli import main
from kit.errors import WorkError
from kit.publish import runner
from kit.publish.decide import Work
from kit.publish.engine import Rules
from kit.publish.ledger import LEASE, Ledger
from kit.publish.protocol import RemoteRef, Resend, Unknown
from kit.publish.records import State
from kit.publish.runner import SystemClock
from tests.publish.moments import DUE
from tests.publish.test_handoff import Keeps
from tests.publish.world_of_posts import Rig, ScriptedPublisher, SetClock, a_post

ROOT = Path(__file__).parent.parent.parent
CONNINFO = os.environ.get("KIT_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not CONNINFO, reason="KIT_TEST_POSTGRES names no Postgres")

if CONNINFO:
    import psycopg

    from kit.publish.distributed import make_app, plan_jobs
    from kit.publish.postgres import PostgresStore, pass_over, running_account


@pytest.fixture
def schema() -> Iterator[str]:
    name = f"kit_{uuid.uuid4().hex[:8]}"
    yield name
    with psycopg.connect(CONNINFO, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE".encode())


@pytest.fixture
def store(schema: str) -> Iterator[PostgresStore]:
    made = PostgresStore(CONNINFO, schema)
    yield made
    made.close()


def forget_jobs() -> None:
    """No test runs the jobs of another."""
    with psycopg.connect(CONNINFO, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() != (None,):
            connection.execute("DELETE FROM procrastinate_jobs")


def one_pass(store: PostgresStore, rig: Rig, account: str = "one") -> runner.Pass:
    with running_account(store, account, "test", rig.clock) as ledger:
        return pass_over(ledger, rig.work(), account, rig.clock)


def test_a_post_goes_out_once_from_postgres(store: PostgresStore, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    assert one_pass(store, rig).sent == [str(rig.posts[0].key)]
    rig.clock.pass_by(60)
    assert one_pass(store, rig).sent == []
    (entry,) = Ledger(store).entries()
    assert (entry.state, entry.url, len(rig.publisher.sent)) == (State.POSTED, "https://x.test/1", 1)


def test_unknown_outcomes_are_settled_from_postgres_as_from_a_file(
    store: PostgresStore, tmp_path: Path
) -> None:
    rig = Rig(tmp_path, ScriptedPublisher(Resend.NEVER, answers=[Unknown("lost")]))
    for _ in range(6):
        one_pass(store, rig)
        rig.clock.pass_by(45)
    (entry,) = Ledger(store).entries()
    assert (entry.state, len(rig.publisher.sent)) == (State.NEEDS_REVIEW, 1)
    Ledger(store).decide(entry, State.PLANNED, rig.clock.now(), "A. Martin")
    rig.clock.pass_by(1)
    assert one_pass(store, rig).sent


def test_what_was_handed_over_is_taken_back_and_verified_from_postgres(
    store: PostgresStore, tmp_path: Path
) -> None:
    platform = Keeps(Resend.NEVER, finds=[RemoteRef("7", "https://x.test/7")])
    rig = Rig(tmp_path, platform, rules=Rules(hand_off=timedelta(hours=24)))
    rig.clock.at = DUE - timedelta(hours=12)
    one_pass(store, rig)
    rig.posts = [a_post(text="better")]
    one_pass(store, rig)
    assert platform.given_back == ["kept-1"]
    one_pass(store, rig)
    rig.clock.at = DUE + timedelta(minutes=2)
    one_pass(store, rig)
    (entry,) = Ledger(store).entries()
    assert (entry.state, entry.remote_id, entry.post.text) == (State.POSTED, "7", "better")
    assert len(platform.taken) == 2 and platform.sent == []


def test_one_worker_an_account_while_other_accounts_go_on(
    store: PostgresStore, schema: str, tmp_path: Path
) -> None:
    rig = Rig(tmp_path, posts=[a_post("a", account="one"), a_post("b", account="two")])
    other = PostgresStore(CONNINFO, schema)
    try:
        with running_account(store, "one", "first", rig.clock):
            with pytest.raises(WorkError, match="another runner"):
                one_pass(other, rig, "one")
            assert one_pass(other, rig, "two").sent == [str(rig.posts[1].key)]
    finally:
        other.close()


def test_a_dead_workers_lease_ends_and_its_fence_keeps_it_out(
    store: PostgresStore, schema: str, tmp_path: Path
) -> None:
    rig = Rig(tmp_path)
    dead = Ledger(PostgresStore(CONNINFO, schema))
    dead.take_lease("dead", rig.clock.now(), name="account one", alone=False)
    rig.clock.pass_by(LEASE.total_seconds() + 1)
    assert one_pass(store, rig).sent
    with pytest.raises(WorkError, match="taken over"):
        dead.take_over([a_post("late")], rig.clock.now())
    dead.store.close()


def test_a_database_of_another_version_is_refused(store: PostgresStore, schema: str) -> None:
    Ledger(store).set_meta("version", "2")
    with pytest.raises(WorkError, match="a newer kit"):
        PostgresStore(CONNINFO, schema)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(WorkError, match="cannot be used") as refused:
        PostgresStore("postgresql://kit:hush-hush@127.0.0.1:1/kit")
    assert "hush-hush" not in f"{refused.value} {refused.value.hint}"


def test_a_full_queue_enters_postgres(store: PostgresStore) -> None:
    clock = SetClock()
    ledger = Ledger(store)
    ledger.take_lease("test", clock.now(), alone=False)
    ledger.take_over([a_post(f"slot-{n}") for n in range(1000)], clock.now())
    assert len(ledger.entries(State.PLANNED)) == 1000


def test_procrastinate_sends_what_is_due_through_the_ledger(store: PostgresStore, schema: str) -> None:
    now = datetime.now(UTC)
    posts = [
        a_post(name, account=account, due=now, not_after=now + timedelta(hours=1))
        for name, account in (("a", "one"), ("b", "two"))
    ]
    publisher = ScriptedPublisher()
    clock = SystemClock()
    app = make_app(CONNINFO, lambda: Work(tuple(posts), lambda _: publisher, lambda _: []), clock, schema)

    async def work() -> None:
        async with app.open_async():
            if not await app.check_connection_async():
                await app.schema_manager.apply_schema_async()
            assert await plan_jobs(app, posts, clock) == 2
            assert await plan_jobs(app, posts, clock) == 0, "one waiting job a post"
            await app.run_worker_async(queues=["publish"], wait=False, install_signal_handlers=False)

    forget_jobs()
    asyncio.run(work())
    assert {entry.state for entry in Ledger(store).entries()} == {State.POSTED}
    assert len(publisher.sent) == 2


@pytest.mark.parametrize(
    ("resend", "state", "calls"), [(Resend.SAME_KEY, State.POSTED, 1), (Resend.NEVER, State.UNKNOWN, 0)]
)
def test_the_job_of_a_worker_that_was_killed_during_the_call_is_run_again_by_another(
    store: PostgresStore, schema: str, resend: Resend, state: State, calls: int
) -> None:
    forget_jobs()
    child = [sys.executable, "-m", "tests.publish.doomed_worker", CONNINFO, schema, resend.value]
    with subprocess.Popen(
        child, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as doomed:
        assert doomed.stdout and doomed.stdout.readline() == "sending\n"
        doomed.kill()
    (entry,) = Ledger(store).entries()
    assert entry.state is State.SENDING

    with psycopg.connect(CONNINFO, autocommit=True) as connection:  # half an hour without a sign of life
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '30 minutes'")
    publisher, clock = ScriptedPublisher(resend), SetClock(datetime.now(UTC) + LEASE + timedelta(seconds=1))
    app = make_app(CONNINFO, lambda: Work((entry.post,), lambda _: publisher, lambda _: []), clock, schema)

    async def take_over() -> None:
        async with app.open_async():
            await app.tasks["kit.retry_stalled"].func(None, 0)
            await app.run_worker_async(queues=["publish"], wait=False, install_signal_handlers=False)

    asyncio.run(take_over())
    (entry,) = Ledger(store).entries()
    assert (entry.state, len(publisher.sent)) == (state, calls), "never twice, and never blindly"
    keys = {attempt.key for attempt, _ in Ledger(store).attempts(entry.name)}
    assert len(keys) == 1


def test_what_is_out_is_recalled_and_taken_back_from_postgres(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(signed, tmp_path / "campaign")
    publisher = ScriptedPublisher(Resend.SAME_KEY)
    monkeypatch.setenv("KIT_LEDGER_DATABASE", CONNINFO)
    monkeypatch.setattr("kit.publish.session.connect_account", lambda *_: publisher)
    adapter = SimpleNamespace(connect=lambda *_: publisher)
    monkeypatch.setattr("kit.publish.platforms.ADAPTERS", {"bluesky": adapter})
    monkeypatch.setattr("kit.cli.worker.SystemClock", lambda: SetClock(DUE))
    forget_jobs()
    with psycopg.connect(CONNINFO, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS kit CASCADE")

    def run(*arguments: str) -> str:
        command = [*arguments, "--campaign", str(folder)]
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    run("approve", "--by", "A. Martin", "--yes")
    run("publish", "worker", "--until-quiet")
    (live,) = json.loads(run("recall", "17.number", "--json"))["live"]
    assert (live["state"], live["url"]) == ("posted", "https://x.test/1")
    assert "deleted nerienlaisserpasser" in run("recall", "17.number", "--delete", "--yes")
    assert json.loads(run("recall", "17.number", "--json"))["live"] == []
    assert not (folder / ".kit/ledger.sqlite").exists()


def test_the_worker_command_sends_and_a_person_sees_it(
    signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(signed, tmp_path / "campaign")
    publisher = ScriptedPublisher(Resend.SAME_KEY)
    monkeypatch.setenv("KIT_LEDGER_DATABASE", CONNINFO)
    monkeypatch.setattr("kit.publish.session.connect_account", lambda *_: publisher)
    monkeypatch.setattr("kit.cli.worker.SystemClock", lambda: SetClock(DUE))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(main, [*arguments, "--campaign", str(folder)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    with psycopg.connect(CONNINFO, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS kit CASCADE")
    forget_jobs()
    run("approve", "--by", "A. Martin", "--yes")
    assert "2 posts in the queue" in run("publish", "worker", "--until-quiet")
    assert len(publisher.sent) == 1, "the second is due two hours later"
    shown = json.loads(run("publish", "status", "--json"))
    assert (shown["counts"]["posted"], shown["counts"]["planned"]) == (1, 1)
