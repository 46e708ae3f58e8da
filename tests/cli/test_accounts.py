"""`kit accounts` as a person meets it: what is stored where, and what is wrong before the day."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kit.cli import main
from kit.cli.accounts import _Terminal
from kit.load import load
from kit.publish.accounts import is_handle, last_slot, standing
from kit.publish.secret_store import FILE, Found, Secret, keep, look_up
from kit.tables.platforms import PLATFORMS
from tests.publish.login_servers import SECRET, TOKEN, Person, Platforms, running
from tests.publish.moments import DUE
from tests.publish.world_of_posts import SetClock

LAST = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
"""18:00 in Paris on the day: the last slot of the shipped plan."""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    schedule = load(shipped).schedule
    assert schedule is not None
    for account in schedule.accounts:
        for name in account.credentials:
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platforms]:
    with running() as made:
        monkeypatch.setattr("kit.publish.login.login_http.LoginHttp", made.http)
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    made = SetClock(DUE - timedelta(days=1))
    monkeypatch.setattr("kit.cli.accounts.SystemClock", lambda: made)
    return made


def run(folder: Path, *arguments: str, status: int = 0, **more: Any) -> Result:
    command = ["accounts", *arguments, "--campaign", str(folder)]
    result = CliRunner().invoke(main, command, catch_exceptions=False, **more)
    assert result.exit_code == status, result.output
    return result


def answer(monkeypatch: pytest.MonkeyPatch, platforms: Platforms, **more: str) -> Person:
    """A person at the terminal, with a browser."""
    talk = Person(
        {
            "The app's API key secret": SECRET, "The app's API key": "hush-hush-key", "PIN": "1",
            "The server's address": platforms.base, "Code": "the-code", "App password": TOKEN,
            "The id of the": "app", "Its secret": SECRET, "The page's number": "77",
        } | more,
        platforms=platforms,
    )  # fmt: skip
    for name in ("ask", "ask_hidden"):
        monkeypatch.setattr(_Terminal, name, lambda self, what, default="": talk.ask(what, default))
    monkeypatch.setattr(_Terminal, "say", lambda self, text: talk.say(text))
    return talk


def all_there(folder: Path, expires: datetime | None = LAST + timedelta(days=9)) -> None:
    """Credentials for every account of the shipped schedule, in the private file."""
    schedule = load(folder).schedule
    assert schedule is not None
    values = {}
    for account in schedule.accounts:
        for name in account.credentials:
            lasts = any(r.lasts_days for r in PLATFORMS[account.platform].roles if name.endswith(r.suffix))
            values[name] = Secret("4711", expires if lasts else None)
    keep(values, folder / ".kit")


def test_a_login_is_kept_in_a_private_file_and_found_again(
    campaign_folder: Path, platforms: Platforms, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, platforms)
    said = run(campaign_folder, "login", "instagram-fr").output
    assert "kept in the file" in said and "it works until 2027-01-23" in said
    assert TOKEN not in said and SECRET not in said
    path = campaign_folder / ".kit" / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET not in path.read_text(), "the app's secret is not kept"
    found = look_up(["INSTAGRAM_USER_ID", "INSTAGRAM_ACCESS_TOKEN"], campaign_folder / ".kit")
    assert {name: each.secret.value for name, each in found.items()} == {
        "INSTAGRAM_USER_ID": "4711", "INSTAGRAM_ACCESS_TOKEN": TOKEN,
    }  # fmt: skip


@pytest.mark.parametrize(
    "account", ["x-fr", "mastodon-fr", "threads-fr", "instagram-fr", "facebook-fr", "linkedin-fr"]
)
def test_after_a_login_the_account_lacks_nothing(
    account: str,
    campaign_folder: Path,
    platforms: Platforms,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(monkeypatch, platforms)
    run(campaign_folder, "login", account)
    rows = json.loads(run(campaign_folder, "check", "--json", status=1).output)["rows"]
    (row,) = [row for row in rows if row["account"] == account]
    assert (row["level"], set(row["credentials"].values())) == ("ok", {"file"})


def test_somebody_elses_account_is_not_stored(
    campaign_folder: Path, platforms: Platforms, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, platforms)
    platforms.answers["/api/v1/accounts/verify_credentials"] = (200, '{"acct": "someone"}', {})
    said = run(campaign_folder, "login", "mastodon-fr", status=2).output
    assert "this is someone, and schedule.yaml says @exemple@social.example: nothing was stored" in said
    assert not (campaign_folder / ".kit").exists()


def test_what_the_platform_refuses_is_not_stored(
    campaign_folder: Path, platforms: Platforms, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, platforms, Code="another-code")
    said = run(campaign_folder, "login", "mastodon-fr", status=1).output
    assert "refused (400)" in said and "nothing was stored" in said and "another-code" not in said
    assert not (campaign_folder / ".kit").exists()


def test_values_can_be_typed_in_and_only_those_that_are_no_secret_are_seen(
    campaign_folder: Path, clock: SetClock
) -> None:
    said = run(
        campaign_folder, "login", "linkedin-fr", "--paste",
        input="urn:li:organization:5\nhush-hush-token\n2026-12-24\n",
    ).output  # fmt: skip
    assert "urn:li:organization:5" in said and "hush-hush" not in said
    found = look_up(["LINKEDIN_ACCESS_TOKEN"], campaign_folder / ".kit")["LINKEDIN_ACCESS_TOKEN"]
    assert found.secret == Secret("hush-hush-token", datetime(2026, 12, 24, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("\n\n", "LINKEDIN_AUTHOR was not given"), ("a\n\n", "LINKEDIN_ACCESS_TOKEN was not given"),
     ("a\nhush-hush\n24.12.\n", "is not a date")],
)  # fmt: skip
def test_what_is_typed_wrongly_stores_nothing(
    campaign_folder: Path, clock: SetClock, typed: str, words: str
) -> None:
    assert words in run(campaign_folder, "login", "linkedin-fr", "--paste", input=typed, status=2).output
    assert not (campaign_folder / ".kit").exists()


def test_an_older_value_in_the_environment_is_pointed_out(
    campaign_folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKEDIN_AUTHOR", "urn:li:organization:5")
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN", "an-older-token")
    said = run(
        campaign_folder, "login", "linkedin-fr", "--paste", "--store", "file",
        input="urn:li:organization:5\nhush-hush-token\n\n",
    ).output  # fmt: skip
    assert "LINKEDIN_ACCESS_TOKEN is also set in the environment" in said
    assert "LINKEDIN_AUTHOR is also" not in said, "the same value twice is no contradiction"
    assert "older" not in said


def test_an_account_that_is_not_in_the_schedule_is_named_with_those_that_are(campaign_folder: Path) -> None:
    said = run(campaign_folder, "login", "x-en", status=2).output
    assert "x-en is no account of schedule.yaml" in said and "x-fr" in said


def test_without_a_schedule_there_is_nothing_to_check(campaign_folder: Path) -> None:
    (campaign_folder / "schedule.yaml").unlink()
    assert "there is no schedule.yaml" in run(campaign_folder, "check", status=2).output


def test_check_names_what_is_missing_and_exits_1(campaign_folder: Path, clock: SetClock) -> None:
    said = run(campaign_folder, "check", status=1).output
    assert "needs FACEBOOK_PAGE_ID, FACEBOOK_PAGE_TOKEN" in said


def test_check_says_where_each_credential_was_found(
    campaign_folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_there(campaign_folder)
    monkeypatch.setenv("BLUESKY_HANDLE", "exemple.bsky.social")
    said = run(campaign_folder, "check").output
    assert "environment: BLUESKY_HANDLE" in said and "file: BLUESKY_APP_PASSWORD" in said
    assert "last slot 2026-11-25 17:00Z, until 2026-12-04" in said
    assert "4711" not in said


@pytest.mark.parametrize(
    ("expires", "status", "words"),
    [
        (LAST + timedelta(seconds=1), 0, ""),
        (LAST, 1, "before the last slot 2026-11-25 17:00Z"),
        (DUE - timedelta(days=2), 1, "has expired 2026-11-23 07:00Z"),
        (None, 0, "INSTAGRAM_ACCESS_TOKEN expires is not known here; such a token lasts 60 days"),
    ],
)
def test_a_token_that_ends_before_the_last_slot_is_found_in_time(
    campaign_folder: Path, clock: SetClock, expires: datetime | None, status: int, words: str
) -> None:
    all_there(campaign_folder, expires)
    assert words in run(campaign_folder, "check", status=status).output


def test_check_without_online_touches_no_network(
    campaign_folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_there(campaign_folder)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was touched"))
    run(campaign_folder, "check")


def test_online_each_platform_is_asked_whose_credentials_these_are(
    campaign_folder: Path, platforms: Platforms, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, platforms)
    for account in ("x-fr", "mastodon-fr", "threads-fr", "instagram-fr", "facebook-fr", "linkedin-fr"):
        run(campaign_folder, "login", account)
    text = (campaign_folder / "schedule.yaml").read_text()
    text = text.replace("[BLUESKY_HANDLE, ", "[BLUESKY_BASE_URL, BLUESKY_HANDLE, ")
    (campaign_folder / "schedule.yaml").write_text(text)
    names = {
        "BLUESKY_BASE_URL": platforms.base,
        "BLUESKY_HANDLE": "exemple.bsky.social",
        "BLUESKY_APP_PASSWORD": TOKEN,
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    rows = json.loads(run(campaign_folder, "check", "--online", "--json").output)["rows"]
    assert {row["account"]: (row["level"], row["who"]) for row in rows} == {
        "x-fr": ("ok", "Exemple"), "mastodon-fr": ("ok", "exemple"), "bluesky-fr": ("ok", "exemple.bsky.social"),
        "threads-fr": ("ok", "exemple"), "instagram-fr": ("ok", "exemple"), "facebook-fr": ("ok", "exemple"),
        "linkedin-fr": ("ok", "exemple"),
    }  # fmt: skip
    platforms.answers["/2/users/me"] = (401, '{"title": "Unauthorized", "detail": "hush"}', {})
    platforms.answers["/v1.0/me"] = (200, '{"id": "4711", "username": "someone"}', {})
    said = run(campaign_folder, "check", "--online", status=1).output
    assert "refused (401)" in said and "the platform says someone, the schedule exemple" in said
    assert TOKEN not in said


def test_a_token_that_a_server_quotes_back_is_not_shown(
    campaign_folder: Path, platforms: Platforms, clock: SetClock
) -> None:
    all_there(campaign_folder)
    keep(
        {"THREADS_ACCESS_TOKEN": Secret("th-very-secret", LAST + timedelta(days=1))}, campaign_folder / ".kit"
    )
    platforms.answers["/v1.0/me"] = (400, '{"error": {"message": "cannot parse th-very-secret"}}', {})
    said = run(campaign_folder, "check", "--online", status=1).output
    assert "cannot parse [redacted]" in said and "very-secret" not in said


def test_the_last_slot_of_an_account_is_in_its_own_zone(campaign_folder: Path) -> None:
    loaded = load(campaign_folder)
    assert loaded.schedule is not None
    account = loaded.schedule.account("x-fr")
    assert last_slot(loaded.schedule, account, loaded.campaign.day) == LAST
    moved = loaded.schedule.model_copy(update={"zone": "Pacific/Noumea"})
    assert last_slot(moved, account, loaded.campaign.day) == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert last_slot(loaded.schedule.model_copy(update={"slots": ()}), account, loaded.campaign.day) is None


def test_the_earliest_end_of_an_accounts_tokens_counts(shipped: Path) -> None:
    schedule = load(shipped).schedule
    assert schedule is not None
    account = schedule.account("x-fr")
    ends = [LAST + timedelta(days=5), LAST - timedelta(days=1), None, LAST + timedelta(days=1)]
    found = {n: Found(Secret("v", end), "file") for n, end in zip(account.credentials, ends, strict=True)}
    assert standing(account, found, LAST, DUE - timedelta(days=3)).expires == LAST - timedelta(days=1)


@pytest.mark.parametrize(
    ("platform", "wanted", "who", "same"),
    [
        ("x", "@exemple", "Exemple", True), ("x", "@exemple", "exemple_re", False),
        ("mastodon", "@exemple@social.example", "exemple", True), ("mastodon", "@exemple@social.example", "autre", False),
        ("bluesky", "exemple.bsky.social", "exemple.bsky.social", True),
        ("bluesky", "exemple.bsky.social", "exemple.example", False),
    ],
)  # fmt: skip
def test_handles_are_compared_as_people_write_them(platform: str, wanted: str, who: str, same: bool) -> None:
    assert is_handle(platform, wanted, who) is same
