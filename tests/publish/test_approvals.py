"""What may go out: only what a person has accepted, as it was, with facts that hold now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kit.errors import WorkError
from kit.load import load
from kit.model.artifact import Manifest
from kit.model.campaign import Campaign
from kit.model.post import Post
from kit.posts.post_queue import queue
from kit.publish.approvals import (
    Approvals,
    approve,
    changes,
    gate,
    read_approvals,
    withdraw,
    write_approvals,
)
from tests.publish.world_of_posts import a_post

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
SLUG = "nerienlaisserpasser-2026"


@pytest.fixture
def ready(kit_folder: Path) -> tuple[Path, Manifest, Campaign, tuple[Post, ...]]:
    loaded = load(kit_folder)
    assert loaded.schedule is not None
    folder = kit_folder / "dist" / SLUG
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    return folder, manifest, loaded.campaign, queue(manifest, loaded.schedule, loaded.campaign).posts


Ready = tuple[Path, Manifest, Campaign, tuple[Post, ...]]


def codes(ready: Ready, approved: Approvals | None = None, today: date = DAY, number: int = 1) -> set[str]:
    folder, manifest, campaign, posts = ready
    known = approve(Approvals(), posts, "A. Martin", NOW) if approved is None else approved
    return {refused.code for refused in gate(known, manifest, campaign, folder, today)(posts[number])}


def test_an_approved_unchanged_post_with_facts_that_hold_may_go_out(ready: Ready) -> None:
    assert codes(ready) == set()


def test_nothing_goes_out_that_nobody_has_approved(ready: Ready) -> None:
    assert codes(ready, Approvals()) == {"not-approved"}


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other words"},
        {"handle": "@someone-else"},
        {"local": "2026-11-25 10:01"},
        {"not_after": datetime(2026, 12, 1, tzinfo=UTC)},
        {"language": "en"},
        {"links": ("https://elsewhere.example",)},
        {"zone": "Europe/London"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_after_the_approval_is_refused(ready: Ready, change: dict[str, Any]) -> None:
    folder, manifest, campaign, posts = ready
    known = approve(Approvals(), posts, "A. Martin", NOW)
    changed = posts[1].model_copy(update=change)
    assert "changed" in {r.code for r in gate(known, manifest, campaign, folder, DAY)(changed)}
    (line,) = [c for c in changes(known, [changed]) if c.kind == "changed"]
    assert len(line.lines) >= 1


def test_a_change_of_alternative_text_is_shown_and_refused(ready: Ready) -> None:
    folder, manifest, campaign, posts = ready
    known = approve(Approvals(), posts, "A. Martin", NOW)
    medium = posts[1].media[0].model_copy(update={"alt": "something else"})
    changed = posts[1].model_copy(update={"media": (medium,)})
    assert {r.code for r in gate(known, manifest, campaign, folder, DAY)(changed)} == {"changed"}
    assert "+ alt: something else" in changes(known, [changed])[0].lines


@pytest.mark.parametrize("kind", ["picture", "text"])
def test_a_file_that_is_not_the_one_that_was_checked_is_refused(ready: Ready, kind: str) -> None:
    folder, manifest, _, posts = ready
    by_id = {artifact.id: artifact.path for artifact in manifest.artifacts}
    path = folder / (posts[1].media[0].path if kind == "picture" else by_id[posts[1].artifact])
    path.write_bytes(path.read_bytes() + b" ")
    assert codes(ready) == {"file-changed"}
    path.unlink()
    assert codes(ready) == {"file-missing"}


def with_3919(campaign: Campaign, **change: object) -> Campaign:
    """The campaign with the number 3919 as someone has edited it since the build."""
    tool = campaign.tool("3919")
    facts = {**tool.facts, "number": tool.facts["number"].model_copy(update=change)}
    edited = tool.model_copy(update={"facts": facts})
    tools = tuple(edited if t.id == "3919" else t for t in campaign.tools)
    return campaign.model_copy(update={"tools": tools})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"verified_on": None, "verified_by": None}, "fact-not-verified"),
        ({"value": "3918"}, "fact-changed"),
        ({"valid_to": date(2026, 11, 24)}, "fact-expired"),
        ({"valid_from": date(2026, 11, 26)}, "fact-expired"),
        ({"review_by": date(2026, 11, 1)}, "fact-expired"),
        ({"status": "historique"}, "fact-expired"),
    ],
)
def test_a_fact_that_changed_since_the_build_holds_the_post(
    ready: Ready, change: dict[str, Any], code: str
) -> None:
    folder, manifest, campaign, posts = ready
    assert codes((folder, manifest, with_3919(campaign, **change), posts)) == {code}


def test_a_fact_that_the_post_does_not_show_holds_nothing(ready: Ready) -> None:
    folder, manifest, campaign, posts = ready
    tool = campaign.tool("3919")
    facts = {**tool.facts, "languages": tool.facts["languages"].model_copy(update={"verified_on": None})}
    tools = tuple(tool.model_copy(update={"facts": facts}) if t.id == "3919" else t for t in campaign.tools)
    assert codes((folder, manifest, campaign.model_copy(update={"tools": tools}), posts)) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"emitter": None}, "emitter-missing"), ({"use_until": date(2026, 11, 24)}, "edition-over")],
)
def test_a_campaign_without_emitter_or_over_holds_everything(
    ready: Ready, change: dict[str, Any], code: str
) -> None:
    folder, manifest, campaign, posts = ready
    assert codes((folder, manifest, campaign.model_copy(update=change), posts)) == {code}


def test_a_fact_that_was_taken_out_of_the_campaign_holds_the_post(ready: Ready) -> None:
    folder, manifest, campaign, posts = ready
    tools = tuple(tool for tool in campaign.tools if tool.id != "3919")
    assert "fact-withdrawn" in codes((folder, manifest, campaign.model_copy(update={"tools": tools}), posts))


def test_a_language_that_nobody_has_signed_is_refused(ready: Ready) -> None:
    folder, manifest, campaign, posts = ready
    review = manifest.reviews["fr"].model_copy(update={"state": "pending"})
    assert codes((folder, manifest.model_copy(update={"reviews": {"fr": review}}), campaign, posts)) == {
        "language-not-reviewed"
    }


@pytest.mark.parametrize("which", ["text", "picture", "campaign"])
def test_a_fail_on_text_picture_or_campaign_is_refused(ready: Ready, which: str) -> None:
    folder, manifest, campaign, posts = ready
    named = {"text": posts[1].artifact, "picture": posts[1].media[0].artifact, "campaign": None}[which]
    finding = {"level": "FAIL", "code": "x", "artifact": named, "message": "FAIL x"}
    failed = manifest.model_copy(update={"findings": (finding,)})
    assert codes((folder, failed, campaign, posts)) == {"finding"}
    warned = manifest.model_copy(update={"findings": ({**finding, "level": "WARN"},)})
    assert codes((folder, warned, campaign, posts)) == set()


def test_new_changed_and_removed_are_told_apart_and_an_approval_settles_them() -> None:
    known = approve(Approvals(), [a_post("a"), a_post("b")], "A. Martin", NOW)
    now = [a_post("b", text="better"), a_post("c")]
    found = changes(known, now)
    assert {c.name.split("/")[-1]: c.kind for c in found} == {"a": "removed", "b": "changed", "c": "new"}
    settled = withdraw(approve(known, now, "B. Petit", NOW), [c.name for c in found if c.kind == "removed"])
    assert changes(settled, now) == []


def test_approvals_come_back_as_they_were_written(tmp_path: Path) -> None:
    known = approve(Approvals(), [a_post()], "A. Martin", NOW)
    write_approvals(tmp_path, known)
    assert read_approvals(tmp_path) == known
    assert changes(read_approvals(tmp_path), [a_post()]) == []


@pytest.mark.parametrize(
    "damage", ["", "{}garbage", '{"approvals": 2, "posts": {}}', '{"posts": {"a": {"by": "me"}}}']
)
def test_damaged_approvals_approve_nothing(tmp_path: Path, damage: str) -> None:
    (tmp_path / "approvals.json").write_text(damage)
    with pytest.raises(WorkError, match="not a file of approvals"):
        read_approvals(tmp_path)
