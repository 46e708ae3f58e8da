from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.files import sha256_of
from kit.model.artifact import Artifact, Finding, Level, Manifest
from kit.model.post import Blocked, Queue
from kit.model.schedule import Schedule
from kit.posts.post_queue import queue
from tests.support.posts import make_kit


def change(folder: Path, old: str, new: str, name: str = "schedule.yaml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def blocked(found: Queue, account: str, slot: str) -> Blocked:
    return next(each for each in found.blocked if (each.key.account, each.key.slot) == (account, slot))


def edited(manifest: Manifest, name: str, edit: Callable[[Artifact], Artifact | None]) -> Manifest:
    """The manifest with one artifact changed, or taken out."""
    artifacts = [edit(a) if a.id == name else a for a in manifest.artifacts]
    return manifest.model_copy(update={"artifacts": tuple(a for a in artifacts if a is not None)})


def test_the_shipped_plan_is_a_queue_without_a_gap_on_seven_platforms(campaign_folder: Path) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    assert found.blocked == ()
    assert len({post.platform for post in found.posts}) == 7
    assert len({post.key for post in found.posts}) == sum(
        len(slot.accounts) for slot in loaded.schedule.slots
    )
    assert [post.due for post in found.posts] == sorted(post.due for post in found.posts)
    first = next(post for post in found.posts if post.slot == "day-overview")
    assert first.due == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert (first.local, first.zone) == ("2026-11-25 08:00", "Europe/Paris")


def test_each_text_and_picture_is_the_built_file_to_the_last_byte(campaign_folder: Path) -> None:
    loaded, manifest, folder = make_kit(campaign_folder)
    assert loaded.schedule
    paths = {artifact.id: artifact.path for artifact in manifest.artifacts}
    for post in queue(manifest, loaded.schedule, loaded.campaign).posts:
        assert (folder / paths[post.artifact]).read_text(encoding="utf-8") == post.text + "\n"
        assert [sha256_of(folder / media.path) for media in post.media] == [m.sha256 for m in post.media]
        assert all(media.alt for media in post.media)


def test_a_queue_reads_back_as_it_was_written(campaign_folder: Path) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    assert Queue.model_validate_json(found.model_dump_json()) == found


def test_a_failed_picture_holds_its_posts_and_no_others(campaign_folder: Path) -> None:
    failed = Finding(
        level=Level.FAIL, code="box-covered", artifact="visual/fr/landscape/overview.jpg", message="!"
    )
    loaded, manifest, _ = make_kit(campaign_folder, (failed,))
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    assert {each.key.account for each in found.blocked} == {"x-fr", "mastodon-fr"}
    assert blocked(found, "x-fr", "day-overview").code == "artifact-failed"
    assert "box-covered" in blocked(found, "x-fr", "day-overview").why


def test_a_warning_holds_nothing(campaign_folder: Path) -> None:
    warned = Finding(level=Level.WARN, code="x", artifact="visual/fr/landscape/overview.jpg", message="!")
    loaded, manifest, _ = make_kit(campaign_folder, (warned,))
    assert loaded.schedule
    assert queue(manifest, loaded.schedule, loaded.campaign).blocked == ()


@pytest.mark.parametrize(
    ("name", "edit", "code"),
    [
        ("post/fr/x/overview", lambda a: None, "text-missing"),
        ("post/fr/x/overview", lambda a: a.model_copy(update={"text": ("autre",)}), "text-changed"),
        ("visual/fr/landscape/overview.jpg", lambda a: None, "media-missing"),
        ("visual/fr/landscape/overview.jpg", lambda a: a.model_copy(update={"alt": None}), "alt-missing"),
        ("visual/fr/landscape/overview.jpg", lambda a: a.model_copy(update={"bytes": 5_000_001}), "media-too-large"),
        ("visual/fr/landscape/overview.jpg", lambda a: a.model_copy(update={"media_type": "image/webp"}), "media-kind"),
    ],
)  # fmt: skip
def test_what_is_missing_or_changed_blocks_with_its_code_and_a_fix(
    campaign_folder: Path, name: str, edit: Callable[[Artifact], Artifact | None], code: str
) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    found = queue(edited(manifest, name, edit), loaded.schedule, loaded.campaign)
    held = blocked(found, "x-fr", "day-overview")
    assert held.code == code
    assert held.why and held.fix


def test_a_post_is_missed_only_when_it_is_no_longer_wanted(campaign_folder: Path) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    edge = datetime(2026, 11, 25, 13, tzinfo=UTC)  # day-overview: due 07:00Z, wanted for six hours
    slots = {
        moment: {post.slot for post in queue(manifest, loaded.schedule, loaded.campaign, moment).posts}
        for moment in (edge, edge + timedelta(seconds=1))
    }
    assert "day-overview" in slots[edge]
    assert "day-overview" not in slots[edge + timedelta(seconds=1)]
    held = queue(manifest, loaded.schedule, loaded.campaign, edge + timedelta(seconds=1))
    assert blocked(held, "x-fr", "day-overview").code == "missed"


def test_a_slot_sets_its_own_hours(campaign_folder: Path) -> None:
    change(campaign_folder, "{id: day-overview,", "{id: day-overview, not_after_h: 0.5,")
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    post = next(
        p for p in queue(manifest, loaded.schedule, loaded.campaign).posts if p.slot == "day-overview"
    )
    assert post.not_after - post.due == timedelta(minutes=30)


def test_a_link_makes_a_post_on_x_dearer_and_the_sum_is_known_before(campaign_folder: Path) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    usd = {
        post.slot: post.usd
        for post in queue(manifest, loaded.schedule, loaded.campaign).posts
        if post.platform == "x"
    }
    assert usd["day-overview"] == pytest.approx(0.205)
    assert usd["day-17"] == pytest.approx(0.02)
    assert sum(usd.values()) == pytest.approx(0.675)


def test_an_account_has_its_own_words_zone_and_moment(campaign_folder: Path) -> None:
    second_account(campaign_folder, 'each: account, variants: {x-re: "Ici aussi : {3919}."}, ')
    loaded, manifest, folder = make_kit(campaign_folder)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule, loaded.campaign)
    post = next(post for post in found.posts if post.account == "x-re")
    assert post.due == datetime(2026, 11, 25, 4, tzinfo=UTC)
    assert post.zone == "Indian/Reunion"
    assert post.text == "Ici aussi\u00a0: 3919.\n\n#NeRienLaisserPasser"
    assert post.artifact == "post/fr/x/overview.relay.x-re"
    assert (folder / "posts/fr/x/overview.relay.x-re.txt").is_file()
    assert post.facts.count("3919.number") == 1


@pytest.mark.parametrize(
    ("limit", "code"),
    [({"budget_usd": 0.3}, "over-budget"), ({"max_links": 1}, "links-over-limit")],
)
def test_what_goes_past_a_limit_is_held_and_what_fits_goes(
    campaign_folder: Path, limit: dict[str, float], code: str
) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    found = queue(manifest, loaded.schedule.model_copy(update=limit), loaded.campaign)
    assert {each.code for each in found.blocked} == {code}
    assert all(each.key.platform == "x" for each in found.blocked)
    assert any(post.platform == "x" for post in found.posts)


def test_texts_that_a_template_makes_alike_are_held_where_the_loader_cannot_see_it(
    campaign_folder: Path,
) -> None:
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    again = loaded.schedule.slots[-1].model_copy(update={"id": "again", "day": 1, "accounts": ("x-fr",)})
    twice = Schedule.model_construct(**{**dict(loaded.schedule), "slots": (*loaded.schedule.slots, again)})
    assert blocked(queue(manifest, twice, loaded.campaign), "x-fr", "again").code == "identical-text"


def test_ten_thousand_posts_take_time_and_memory_in_proportion() -> None:
    """The seconds themselves are measured in `bench`: a busy machine must not fail a test."""
    from bench.queue import measure

    few, _, peak_few = measure(1_000)
    took, made, peak = measure(10_000)
    assert made == 10_000
    assert took < 20 * few
    assert peak / 10_000 < 1.2 * peak_few / 1_000


def test_a_clip_goes_out_in_the_shape_a_platform_shows_best_with_its_captions(campaign_folder: Path) -> None:
    text = (campaign_folder / "campaign.yaml").read_text(encoding="utf-8")
    (campaign_folder / "campaign.yaml").write_text(
        text.replace("  formats: [story]", "  formats: [story, square]", 1), encoding="utf-8"
    )
    change(campaign_folder, "{id: day-17, day: 0,", "{id: day-17, day: 0, media: clip,")
    loaded, manifest, _ = make_kit(campaign_folder)
    assert loaded.schedule
    picture = next(a for a in manifest.artifacts if a.kind == "visual")
    clips = []
    for shape in ("story", "square"):
        name = f"clip/fr/{shape}/main"
        changes = {
            "id": name,
            "kind": "clip",
            "media_type": "video/mp4",
            "duration_s": 25.0,
            "path": f"{name}.mp4",
        }
        clips.append(picture.model_copy(update=changes))
        sidecar = {
            "id": f"{name}.vtt",
            "kind": "captions",
            "media_type": "text/vtt",
            "of": name,
            "path": f"{name}.vtt",
        }
        clips.append(picture.model_copy(update=sidecar))
    whole = manifest.model_copy(update={"artifacts": (*manifest.artifacts, *clips)})
    chosen = {
        post.platform: post.media[0]
        for post in queue(whole, loaded.schedule, loaded.campaign).posts
        if post.slot == "day-17"
    }
    assert chosen["x"].artifact == "clip/fr/square/main"
    assert chosen["mastodon"].artifact == "clip/fr/square/main"
    assert chosen["instagram"].artifact == "clip/fr/story/main"
    assert chosen["x"].captions and chosen["x"].captions.path == "clip/fr/square/main.vtt"
    held = queue(manifest, loaded.schedule, loaded.campaign)
    assert blocked(held, "x-fr", "day-17").code == "media-missing"


def second_account(folder: Path, words: str) -> None:
    """An account of X on Réunion, and a slot for it."""
    change(
        folder, "accounts:\n",
        'accounts:\n  - {id: x-re, platform: x, handle: "@re", language: fr, zone: Indian/Reunion, credentials: [X_RE_CONSUMER_KEY, X_RE_CONSUMER_SECRET, X_RE_ACCESS_TOKEN, X_RE_ACCESS_TOKEN_SECRET]}\n',
    )  # fmt: skip
    text = (folder / "schedule.yaml").read_text(encoding="utf-8")
    slot = f'  - {{id: relay, day: 0, at: "08:00", {words}piece: overview, accounts: [x-re]}}\n'
    (folder / "schedule.yaml").write_text(text + slot, encoding="utf-8")
