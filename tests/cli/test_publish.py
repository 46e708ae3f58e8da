"""`kit approve` and `kit publish` as the person on duty meets them."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kit.cli import main
from kit.publish.protocol import Resend, Unknown
from tests.publish.moments import DUE
from tests.publish.test_handoff import Keeps
from tests.publish.world_of_posts import ScriptedPublisher, SetClock

FIRST = "nerienlaisserpasser-2026/2026/bluesky/bluesky-fr/day-overview"
SECOND = "nerienlaisserpasser-2026/2026/bluesky/bluesky-fr/day-3919"


class Duty:
    """A folder, a clock and a platform; and the commands a person types."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.clock = folder, SetClock(DUE)
        self.publisher: ScriptedPublisher = ScriptedPublisher(Resend.SAME_KEY)
        for module in ("publish", "approve", "publish_admin"):
            patch.setattr(f"kit.cli.{module}.SystemClock", lambda: self.clock)
        patch.setattr("kit.publish.session.connect_account", lambda *_: self.publisher)

    def __call__(self, *arguments: str, status: int = 0, **more: Any) -> Result:
        result = CliRunner().invoke(
            main, [*arguments, "--campaign", str(self.folder)], catch_exceptions=False, **more
        )
        assert result.exit_code == status, result.output
        return result

    def approve(self) -> None:
        self("approve", "--by", "A. Martin", "--yes")

    def status(self) -> dict[str, dict[str, Any]]:
        return {
            post["post"]: post for post in json.loads(self("publish", "status", "--json").output)["posts"]
        }


@pytest.fixture
def kit(kit_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Duty:
    return Duty(kit_folder, monkeypatch)


@pytest.fixture
def before_the_day(kit: Duty) -> Duty:
    kit.clock.at = DUE - timedelta(hours=1)
    kit.approve()
    kit("publish", "due")
    kit.clock.at = DUE
    return kit


def test_from_approval_to_address(before_the_day: Duty) -> None:
    kit = before_the_day
    assert "https://x.test/1" in kit("publish", "due").output
    assert kit.status()[FIRST]["state"] == "posted"
    assert kit.status()[FIRST]["url"] == "https://x.test/1"
    kit("publish", "due")
    assert len(kit.publisher.sent) == 1


def test_nothing_goes_out_before_a_person_has_approved(kit: Duty) -> None:
    kit.clock.at = DUE - timedelta(hours=1)
    kit("publish", "due")
    kit.clock.at = DUE
    assert "not-approved: nobody has approved it" in kit("publish", "due").output
    assert kit.publisher.sent == []


def test_approve_shows_every_word_and_asks_for_a_name(kit: Duty) -> None:
    shown = kit("approve").output
    assert f"new      {FIRST}" in shown and "text: " in shown and "alt: " in shown
    assert "when: 2026-11-25 08:00 Europe/Paris" in shown
    assert "nothing was approved" in shown
    assert "--by is missing" in kit("approve", "--yes", status=2).output
    kit.approve()
    assert "nothing new" in kit("approve").output


def test_approve_only_what_was_asked_for(kit: Duty) -> None:
    kit("approve", "--by", "A. Martin", "--yes", "--only", "*/day-3919")
    names = [change["name"] for change in json.loads(kit("approve", "--json").output)["changes"]]
    assert names == [FIRST]


def test_a_change_after_the_approval_is_shown_line_by_line_and_held(before_the_day: Duty) -> None:
    kit = before_the_day
    path = kit.folder / "schedule.yaml"
    path.write_text(path.read_text().replace('at: "08:00"', 'at: "07:45"'))
    shown = kit("approve").output
    assert (
        "- when: 2026-11-25 08:00 Europe/Paris" in shown and "+ when: 2026-11-25 07:45 Europe/Paris" in shown
    )
    assert "changed: it has changed since A. Martin approved it" in kit("publish", "due").output


def test_a_fact_changed_since_the_build_holds_the_post_at_send_time(before_the_day: Duty) -> None:
    kit = before_the_day
    path = kit.folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('number: {value: "3919"', 'number: {value: "3918"'), encoding="utf-8")
    assert "fact-changed: 3919.number was '3919'" in kit("publish", "due").output
    assert kit.publisher.sent == []


def test_a_dry_run_touches_no_network_and_writes_nothing(
    before_the_day: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = before_the_day
    before = {
        path: path.read_bytes()
        for path in kit.folder.rglob("*")
        if path.is_file() and "-wal" not in path.name and "-shm" not in path.name
    }

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a dry run opened a socket")

    for name in ("connect", "connect_ex", "bind", "sendto", "send", "sendall"):
        monkeypatch.setattr(socket.socket, name, forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    monkeypatch.setattr("kit.publish.session.connect_account", forbidden)
    rows = json.loads(kit("publish", "due", "--dry-run", "--json").output)["posts"]
    assert {row["post"]: row["does"] for row in rows} == {FIRST: "sends", SECOND: "waits"}
    after = {path: path.read_bytes() for path in before}
    assert after == before


def rows_of(kit: Duty) -> dict[str, tuple[str, str]]:
    rows = json.loads(kit("publish", "due", "--dry-run", "--json").output)["posts"]
    return {row["post"]: (row["does"], row["why"]) for row in rows}


def test_a_dry_run_while_paused_says_so(before_the_day: Duty) -> None:
    kit = before_the_day
    kit("publish", "pause", "--by", "A. Martin")
    does, why = rows_of(kit)[FIRST]
    assert does == "held" and why.startswith("paused by A. Martin")
    kit("publish", "resume")
    assert rows_of(kit)[FIRST] == ("sends", "")


def test_a_dry_run_says_that_a_post_waits_for_its_accounts_spacing(before_the_day: Duty) -> None:
    kit = before_the_day
    kit.clock.at = DUE + timedelta(hours=2, minutes=1)
    assert rows_of(kit) == {
        FIRST: ("sends", ""),
        SECOND: ("waits", "the account's spacing, until 09:16:00 UTC"),
    }


def test_a_dry_run_says_the_day_before_what_the_gate_would_refuse(kit: Duty) -> None:
    kit.clock.at = DUE - timedelta(days=1)
    assert rows_of(kit)[FIRST] == ("waits", "not-approved: nobody has approved it")


def test_a_dry_run_says_that_an_absent_ledger_would_stop_the_pass(kit: Duty) -> None:
    kit.approve()
    assert "a pass sends nothing" in kit("publish", "due", "--dry-run").output
    refused = json.loads(kit("publish", "due", "--dry-run", "--json").output)["refused"]
    assert "there is no ledger" in refused and "1 posts were due" in refused


def test_a_dry_run_before_any_ledger_makes_none(kit: Duty) -> None:
    assert "held" in kit("publish", "due", "--dry-run").output
    assert not (kit.folder / ".kit").exists()


def test_an_absent_ledger_after_the_first_slot_asks_before_sending(kit: Duty) -> None:
    kit.approve()
    refused = kit("publish", "due", status=1).output
    assert "there is no ledger" in refused and "--new-ledger" in refused
    assert not (kit.folder / ".kit/ledger.sqlite").exists()
    assert f"asks  {FIRST}" in kit("publish", "due", "--new-ledger", status=1).output
    assert kit.publisher.sent == []
    kit("publish", "resolve", FIRST, "--not-posted", "--by", "A. Martin")
    kit("publish", "due")
    assert len(kit.publisher.sent) == 1


def test_a_missed_post_asks_and_goes_out_on_a_persons_word(before_the_day: Duty) -> None:
    kit = before_the_day
    kit.clock.at = DUE + timedelta(hours=7)
    asked = kit("publish", "due", status=1).output
    assert f"asks  {FIRST}" in asked
    assert kit.status()[FIRST]["state"] == "expired"
    kit("publish", "resolve", FIRST, "--not-posted")
    sent = len(kit.publisher.sent)
    kit.clock.pass_by(3600)
    kit("publish", "due")
    assert len(kit.publisher.sent) == sent + 1


@pytest.mark.parametrize(
    ("word", "state", "url"),
    [(("--posted", "https://x.test/9"), "posted", "https://x.test/9"), (("--give-up",), "failed", None)],
)
def test_a_person_settles_an_unknown_outcome(
    before_the_day: Duty, word: tuple[str, ...], state: str, url: str | None
) -> None:
    kit = before_the_day
    kit.publisher = ScriptedPublisher(Resend.NEVER, answers=[Unknown("lost")])
    kit("publish", "due")
    for _ in range(2):
        kit.clock.pass_by(60)
        kit("publish", "due")
    kit.clock.pass_by(60)
    assert "look at the account" in kit("publish", "due", status=1).output
    kit("publish", "resolve", FIRST, *word, "--by", "A. Martin")
    assert (kit.status()[FIRST]["state"], kit.status()[FIRST]["url"]) == (state, url)
    for _ in range(3):
        kit.clock.pass_by(60)
        kit("publish", "due")
    assert len(kit.publisher.sent) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((FIRST,), "exactly one of"),
        ((FIRST, "--give-up", "--not-posted"), "exactly one of"),
        ((FIRST, "--posted", "yes"), "not an address"),
        ((FIRST, "--give-up"), "asks nothing"),
        (("no/such", "--give-up"), "no such post"),
    ],
)
def test_resolve_refuses_what_makes_no_sense(
    before_the_day: Duty, arguments: tuple[str, ...], words: str
) -> None:
    assert words in before_the_day("publish", "resolve", *arguments, status=2).output


def test_pause_holds_everything_until_resume(before_the_day: Duty) -> None:
    kit = before_the_day
    kit("publish", "pause", "--by", "A. Martin")
    assert "paused by A. Martin" in kit("publish", "due").output
    assert "A. Martin" in json.loads(kit("publish", "status", "--json").output)["paused"]
    kit("publish", "resume")
    kit("publish", "due")
    assert len(kit.publisher.sent) == 1


def test_watch_shows_what_is_next_and_what_went_out(kit: Duty) -> None:
    path = kit.folder / "schedule.yaml"
    path.write_text(path.read_text().replace('at: "10:00"', 'at: "08:15"'))
    kit.clock.at = DUE - timedelta(minutes=1)
    kit.approve()
    output = kit("publish", "watch").output
    assert f"next          2026-11-25 07:00Z  {FIRST}" in output
    assert f"next          2026-11-25 07:15Z  {SECOND}" in output
    assert output.count("https://x.test/1") == 2
    assert kit.clock.now() < DUE + timedelta(minutes=16)


def test_what_was_handed_over_is_shown_paused_and_never_deleted_like_a_post(kit: Duty) -> None:
    platform = Keeps(Resend.IDEMPOTENCY_KEY)
    kit.publisher = platform
    kit.clock.at = DUE - timedelta(hours=10)
    kit.approve()
    kit("publish", "due")
    assert platform.taken == [], "only with a person's word"
    assert f"{FIRST}  its platform keeps it" in kit("publish", "due", "--hand-off").output
    assert {post["state"] for post in kit.status().values()} == {"handed_off"}
    assert (
        "its platform keeps it until its time"
        in kit("recall", "17.number", "--delete", "--yes", status=1).output
    )
    assert "2 posts are with their platforms" in kit("publish", "pause", "--by", "A. Martin").output
    kit("publish", "due")
    assert platform.given_back == ["kept-1", "kept-1"]
    assert {post["state"] for post in kit.status().values()} == {"planned"}


def test_status_before_a_ledger_says_what_begins_one(kit: Duty) -> None:
    assert "publish due" in kit("publish", "status", status=2).output


def test_secrets_are_in_no_file_of_the_campaign(
    before_the_day: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = before_the_day
    monkeypatch.setenv("BLUESKY_APP_PASSWORD", "hush-hush-hush-hush")
    kit.publisher.answers = [ValueError("the server quotes hush-hush-hush-hush")]
    kit.publisher.finds = [None]
    kit("publish", "due")
    assert "redacted" in (kit.folder / ".kit/publish.log").read_text()
    for path in kit.folder.rglob("*"):
        assert path.is_dir() or b"hush-hush" not in path.read_bytes(), path


def test_times_are_in_utc_in_the_status(before_the_day: Duty) -> None:
    assert datetime.fromisoformat(before_the_day.status()[FIRST]["due"]) == datetime(
        2026, 11, 25, 7, tzinfo=UTC
    )


def test_a_pass_with_nothing_to_do_says_what_is_next(before_the_day: Duty) -> None:
    kit = before_the_day
    kit.clock.at = DUE - timedelta(minutes=30)
    assert f"nothing is due; next: planned       2026-11-25 07:00Z  {FIRST}" in kit("publish", "due").output
    kit.clock.at = DUE + timedelta(hours=2, minutes=1)
    kit("publish", "due")
    kit.clock.pass_by(900)
    kit("publish", "due")
    assert "nothing is left" in kit("publish", "due").output


def test_a_credential_that_is_missing_holds_its_account_and_names_it(
    kit_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(DUE - timedelta(minutes=1))
    for module in ("publish", "approve"):
        monkeypatch.setattr(f"kit.cli.{module}.SystemClock", lambda: clock)
    monkeypatch.setattr("kit.publish.platforms.ADAPTERS", {}, raising=False)
    for name in ("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    run = CliRunner().invoke
    where = ["--campaign", str(kit_folder)]
    assert run(main, ["approve", "--by", "A. Martin", "--yes", *where]).exit_code == 0
    result = run(main, ["publish", "due", *where], catch_exceptions=False)
    assert "bluesky-fr needs BLUESKY_HANDLE, BLUESKY_APP_PASSWORD" in result.output
