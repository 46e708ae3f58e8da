from __future__ import annotations

import json
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kit.cli import main
from kit.model.post import Post
from kit.posts.post_queue import queue
from kit.posts.recall import correction
from kit.publish.ledger import Ledger
from kit.publish.protocol import NotSent, RemoteRef, Unknown
from kit.publish.records import State
from kit.publish.runner import LEDGER
from kit.publish.store import SqliteStore
from tests.support.posts import make_kit

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def run(folder: Path, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(
        main, [*arguments, "--campaign", str(folder)], input=answer, catch_exceptions=False
    )


@pytest.fixture
def posted(campaign_folder: Path) -> Path:
    """A kit whose overview is out on X and Mastodon, and perhaps out on Bluesky."""
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    posts = queue(manifest, loaded.schedule, loaded.campaign).posts
    home = campaign_folder / ".kit"
    home.mkdir()
    store = SqliteStore(home / LEDGER)
    ledger = Ledger(store)
    ledger.take_lease("test", NOW, alone=True)
    ledger.take_over(posts, NOW)
    for post in of_overview(posts):
        if post.platform in ("x", "mastodon"):
            ref = RemoteRef(f"id-{post.platform}", f"https://{post.platform}.example/1")
            ledger.move(str(post.key), State.POSTED, NOW, ref=ref)
        elif post.platform == "bluesky":
            ledger.move(str(post.key), State.NEEDS_REVIEW, NOW, why="no answer")
    ledger.give_back(NOW)
    store.close()
    return campaign_folder


def of_overview(posts: tuple[Post, ...]) -> list[Post]:
    return [post for post in posts if post.slot == "day-overview"]


class Remote:
    """A platform that deletes, refuses, or does not say."""

    def __init__(self, answer: NotSent | Unknown | None) -> None:
        self.answer = answer
        self.deleted: list[str] = []

    def connect(self, _secrets: object, _folder: Path, _base: str | None) -> Remote:
        return self

    def delete(self, ref: RemoteRef) -> NotSent | Unknown | None:
        self.deleted.append(ref.remote_id)
        return self.answer


def platforms(monkeypatch: pytest.MonkeyPatch, remote: Remote) -> None:
    """Every platform is this publisher: nothing is sent."""
    table = types.ModuleType("kit.publish.platforms")
    adapter = types.SimpleNamespace(connect=remote.connect)
    table.ADAPTERS = dict.fromkeys(("x", "mastodon", "bluesky"), adapter)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kit.publish.platforms", table)
    monkeypatch.setattr(
        "kit.publish.session.account_secrets", lambda account, _: {account.credentials[-1]: "hush-hush"}
    )


def test_everything_that_carries_a_fact_is_listed(posted: Path) -> None:
    assert run(posted, "schedule", "export", "--to", "sheet").exit_code == 0
    found = json.loads(run(posted, "recall", "17.number", "--json").stdout)
    assert {(live["state"], live["url"]) for live in found["live"]} == {
        ("posted", "https://x.example/1"),
        ("posted", "https://mastodon.example/1"),
        ("needs_review", None),
    }
    assert any("/day-17" in live["post"] for live in found["waiting"])
    assert found["exports"] == ["sheet"]
    assert "posts/fr/x/overview.txt" in found["pieces"]
    assert "visuals/fr/landscape/overview.jpg" in found["pieces"]


def test_what_is_out_is_listed_as_out_and_never_as_missed(posted: Path) -> None:
    found = json.loads(run(posted, "schedule", "list", "--json").stdout)
    out = {each["key"] for each in found["out"]}
    assert {key.split("/")[2] for key in out} == {"x", "mastodon"}
    assert not out & {each["key"] for each in (*found["posts"], *found["blocked"])}


def test_what_does_not_show_the_fact_is_not_listed(posted: Path) -> None:
    found = json.loads(run(posted, "recall", "114.hours", "--json").stdout)
    assert found["live"] == []
    assert {path.split("/")[-1].partition(".")[0] for path in found["pieces"]} == {"tool-114"}


def test_a_post_carries_what_it_showed_when_it_was_sent(posted: Path) -> None:
    """The kit was rebuilt without the fact since: the post that is out still shows it."""
    manifest = next((posted / "dist").glob("*/manifest.json"))
    body = json.loads(manifest.read_text(encoding="utf-8"))
    for artifact in body["artifacts"]:
        artifact["facts"] = []
    manifest.write_text(json.dumps(body), encoding="utf-8")
    found = json.loads(run(posted, "recall", "17.number", "--json").stdout)
    assert len(found["live"]) == 3 and found["pieces"] == []


def test_without_a_ledger_nothing_is_live_and_none_is_made(campaign_folder: Path) -> None:
    make_kit(campaign_folder)
    found = json.loads(run(campaign_folder, "recall", "17.number", "--json").stdout)
    assert found["live"] == [] and found["pieces"]
    assert not (campaign_folder / ".kit").exists()


def test_an_unknown_fact_is_refused_with_those_that_exist(posted: Path) -> None:
    result = run(posted, "recall", "17.numero")
    assert result.exit_code == 2
    assert "17.numero is no fact of this kit" in result.stderr and "17.number" in result.stderr


def test_an_export_whose_record_cannot_be_read_counts_as_carrying_it(posted: Path) -> None:
    run(posted, "schedule", "export", "--to", "ics")
    next((posted / "dist").glob("*.schedule/ics/export.json")).write_text("{", encoding="utf-8")
    assert json.loads(run(posted, "recall", "114.hours", "--json").stdout)["exports"] == ["ics"]


def test_the_correction_names_what_was_said_and_invents_nothing(campaign_folder: Path) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    post = of_overview(queue(manifest, loaded.schedule, loaded.campaign).posts)[0]
    draft = correction(post, "3919.number", manifest, loaded.campaign)
    assert "2026-11-25" in draft and "« 3919 »" in draft and "[à compléter" in draft
    old = manifest.model_copy(
        update={"facts": tuple(f.model_copy(update={"value": "3900"}) for f in manifest.facts)}
    )
    corrected = correction(post, "3919.number", old, loaded.campaign)
    assert "« 3900 »" in corrected and "L’information juste : 3919." in corrected


def test_delete_asks_for_each_post_and_a_no_deletes_nothing(
    posted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Remote(None)
    platforms(monkeypatch, remote)
    assert run(posted, "recall", "17.number", "--delete", answer="n\nn\n").exit_code == 1
    assert remote.deleted == []


def test_a_deleted_post_is_gone_from_the_next_recall(posted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = Remote(None)
    platforms(monkeypatch, remote)
    result = run(posted, "recall", "17.number", "--delete", "--yes")
    assert sorted(remote.deleted) == ["id-mastodon", "id-x"]
    assert result.exit_code == 1 and "its id is unknown" in result.stderr  # Bluesky: a person has to look
    left = json.loads(run(posted, "recall", "17.number", "--json").stdout)["live"]
    assert [live["state"] for live in left] == ["needs_review"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (NotSent("forbidden for hush-hush"), "not deleted: forbidden for [redacted]"),
        (Unknown("no answer"), "perhaps not deleted: no answer"),
    ],
)
def test_what_may_still_be_there_is_said_and_stays_listed(
    posted: Path, monkeypatch: pytest.MonkeyPatch, answer: NotSent | Unknown, said: str
) -> None:
    platforms(monkeypatch, Remote(answer))
    result = run(posted, "recall", "17.number", "--delete", "--yes")
    assert result.exit_code == 1 and said in result.stderr
    assert len(json.loads(run(posted, "recall", "17.number", "--json").stdout)["live"]) == 3
