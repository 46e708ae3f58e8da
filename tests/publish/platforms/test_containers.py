"""Instagram and Threads: a container is made, awaited, published once, and published again only as itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.publish.platforms.graph import FULL
from kit.publish.platforms.http_client import POLLS_S
from kit.publish.protocol import Duplicate, NotSent, Posted, RemoteRef, Resend, Unknown, Unreadable
from kit.publish.records import State
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.fakes.graph import HERE
from tests.publish.harness.fakes.instagram import FakeInstagram
from tests.publish.harness.fakes.threads import FakeThreads
from tests.publish.platforms.common import (
    NOW,
    attempt,
    clip,
    files_of,
    limit_for,
    post_of,
    prepared,
    refused,
    second_picture,
    sent,
    served,
)
from tests.publish.platforms.container_platform import ContainerPlatform
from tests.publish.world_of_posts import Rig


@pytest.fixture(params=["instagram", "threads"])
def platform(request: pytest.FixtureRequest) -> Iterator[ContainerPlatform]:
    fake = {"instagram": FakeInstagram, "threads": FakeThreads}[request.param]
    with served(fake(files_of())) as server:
        yield ContainerPlatform(request.param, server)


def test_a_picture_goes_out_with_its_words_and_its_alternative_text(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    result, _ = sent(platform.publisher(), post)
    assert isinstance(result, Posted)
    assert result.ref.url == f"https://www.{platform.server.listing}.example/p/{result.ref.remote_id}/"
    assert platform.server.count(post.text) == 1
    (made,) = platform.server.made()
    assert made["alt_text"] == picture().alt and made[platform.text] == post.text
    assert made["image_url"] == f"{platform.server.public}/{picture().path}"


def test_several_pictures_are_one_carousel_with_all_their_alternative_texts(
    platform: ContainerPlatform,
) -> None:
    post = post_of(platform.name, picture(), second_picture())
    result, ready = sent(platform.publisher(), post)
    assert isinstance(result, Posted) and platform.server.count(post.text) == 1
    one, two, carousel = platform.server.made()
    assert [one["is_carousel_item"], two["is_carousel_item"]] == ["true", "true"]
    assert one["alt_text"] and two["alt_text"] and platform.text not in one
    assert carousel["media_type"] == "CAROUSEL"
    assert carousel["children"] == f"{ready.notes['item0']},{ready.notes['item1']}"


def test_preparing_saves_each_container_at_once_and_makes_none_twice(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture(), second_picture())
    ready, saved = prepared(platform.publisher(), post)
    assert [*map(list, saved)] == [["item0"], ["item1"], ["container"]]
    again, more = prepared(platform.publisher(), post, {"item0": ready.notes["item0"]})
    assert [*map(list, more)] == [["item1"], ["container"]]
    assert prepared(platform.publisher(), post, again.notes) == (again, [])
    assert len(platform.server.made()) == 5


def test_nothing_is_public_before_the_one_call(platform: ContainerPlatform) -> None:
    prepared(platform.publisher(), post_of(platform.name, picture()))
    assert platform.server.calls == 0 and not platform.server.media


def test_waiting_for_a_container_ends(platform: ContainerPlatform) -> None:
    platform.server.slow = 3
    prepared(platform.publisher(), post_of(platform.name, picture()))
    assert platform.sleeps == list(POLLS_S[:3])
    platform.sleeps.clear()
    platform.server.slow = 10**6
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert "still processing" in why().why and not why().permanent and not why().stale
    assert platform.sleeps == list(POLLS_S) and sum(POLLS_S) <= 60


@pytest.mark.parametrize("state", ["EXPIRED", "ERROR"])
def test_a_dead_container_is_named_as_stale_and_never_replaced_unasked(
    platform: ContainerPlatform, state: str
) -> None:
    post = post_of(platform.name, picture(), second_picture())
    ready, _ = prepared(platform.publisher(), post)
    platform.server.forced = (state, "something")
    with refused() as why:
        prepared(platform.publisher(), post, ready.notes)
    assert why().stale == ("container", "item0", "item1") and not why().permanent
    assert len(platform.server.made()) == 3


def test_a_file_that_is_not_taken_fails_for_good(platform: ContainerPlatform) -> None:
    reasons = {
        "instagram": "Error: Media upload has failed with error code 2207026", "threads": "INVALID_DURATION"
    }  # fmt: skip
    platform.server.forced = ("ERROR", reasons[platform.name])
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert why().permanent


def test_a_container_that_nobody_knows_any_more_is_stale(platform: ContainerPlatform) -> None:
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()), {"container": "123"})
    assert why().stale == ("container",)


# the public files


def test_a_public_file_that_is_not_the_approved_one_stops_the_post(platform: ContainerPlatform) -> None:
    platform.server.files[picture().path] = b"last year's number"
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert "not the file that was approved" in why().why and not platform.server.made()


def test_a_public_file_that_is_missing_or_moved_stops_the_post(platform: ContainerPlatform) -> None:
    del platform.server.files[picture().path]
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert "answers 404" in why().why and not platform.server.made()


def test_without_a_public_address_the_post_waits_and_says_what_to_do(platform: ContainerPlatform) -> None:
    with refused() as why:
        prepared(platform.publisher(files=None), post_of(platform.name, picture()))
    assert "--media-base-url" in why().why and not why().permanent and not platform.server.made()


@pytest.mark.parametrize(
    "base", ["/srv/kit", "ftp://a.example/", "https://", "http://a.example/", "https://a.example/?x=1"]
)
def test_an_address_that_is_none_is_refused_at_once(platform: ContainerPlatform, base: str) -> None:
    with pytest.raises(InputError, match="--media-base-url"):
        platform.publisher(files=base)


# the quota


def test_the_quota_is_read_and_a_full_one_waits(platform: ContainerPlatform) -> None:
    assert platform.publisher().limits().extra == {"quota_used": "3", "quota_total": "25"}
    platform.server.used = 25
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert why().not_before == NOW + FULL and not platform.server.made()


# the one call, and what becomes of it


@pytest.mark.parametrize(
    "fault", ["drop", "reset", "hang", "cut", "garbage", "500", "503", "drop-first", "500-first"]
)
def test_an_unanswered_call_is_unknown_and_the_container_says_how_it_ended(
    platform: ContainerPlatform, fault: str
) -> None:
    post = post_of(platform.name, picture())
    publisher = platform.publisher()
    ready, _ = prepared(publisher, post)
    platform.server.faults = [fault]
    assert isinstance(
        platform.publisher(limit=limit_for(fault)).send(post, ready, attempt(ready.notes)), Unknown
    )
    platform.server.quiet()
    assert platform.server.calls == 1
    found = publisher.find(post, attempt(ready.notes))
    out = platform.server.count(post.text)
    assert out == (0 if fault.endswith("first") else 1)
    assert isinstance(found, RemoteRef) == bool(out)
    again = publisher.send(post, ready, attempt(ready.notes, 2))
    assert isinstance(again, Duplicate if out else Posted)
    assert platform.server.count(post.text) == 1


def test_a_rate_limit_waits_as_long_as_it_says(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    ready, _ = prepared(platform.publisher(), post)
    platform.server.faults = ["429"]
    result = platform.publisher().send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and result.not_before == NOW + timedelta(minutes=1)
    assert not result.permanent and not result.stale


def test_a_refused_token_is_not_sent_and_stays_secret(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    ready, _ = prepared(platform.publisher(), post)
    token = "EAAGa-token-that-was-withdrawn"
    result = platform.publisher(token=token).send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and result.permanent and result.status == 401
    assert token not in result.why and "kit accounts login" in result.why
    with refused() as why:
        prepared(platform.publisher(token=token), post)
    assert why().permanent and token not in why().why


def test_a_container_that_ended_meanwhile_is_stale(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    ready, _ = prepared(platform.publisher(), post)
    platform.server.forced = ("EXPIRED", "")
    result = platform.publisher().send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and result.stale == ("container",) and not result.permanent


def test_where_nobody_listens_nothing_is_sent(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    ready, _ = prepared(platform.publisher(), post)
    publisher = platform.publisher()
    platform.server.stop()
    result = publisher.send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and result.status is None


# with the engine and its ledger


def test_a_post_whose_call_was_lost_goes_out_once_in_the_same_container(
    platform: ContainerPlatform, tmp_path: Path
) -> None:
    rig = desk_of(platform, tmp_path)
    platform.server.faults = ["drop-first", "drop"]
    for _ in range(6):
        rig.due()
        rig.clock.pass_by(45)
    assert rig.entry().state is State.POSTED
    assert platform.server.count(rig.posts[0].text) == 1 and len(platform.server.made()) == 1
    assert platform.server.calls == 2, "the third look found it"


def test_a_container_that_died_after_an_unanswered_call_asks_and_is_not_replaced(
    platform: ContainerPlatform, tmp_path: Path
) -> None:
    rig = desk_of(platform, tmp_path)
    platform.server.faults = ["drop-first"]
    rig.due()
    platform.server.forced = ("EXPIRED", "")
    for _ in range(6):
        rig.clock.pass_by(45)
        rig.due()
    assert rig.entry().state is State.NEEDS_REVIEW
    assert len(platform.server.made()) == 1 and platform.server.calls == 1


def test_a_container_that_died_unsent_is_made_anew(platform: ContainerPlatform, tmp_path: Path) -> None:
    rig = desk_of(platform, tmp_path)
    platform.server.forced = ("ERROR", "")
    rig.due()
    platform.server.forced = None
    for _ in range(4):
        rig.clock.pass_by(45)
        rig.due()
    assert rig.entry().state is State.POSTED and len(platform.server.made()) == 2


def desk_of(platform: ContainerPlatform, home: Path) -> Rig:
    return Rig(home, publisher=platform.publisher(), posts=[post_of(platform.name, picture())])  # type: ignore[arg-type]


# looking for it


def test_a_post_is_named_by_words_and_time_never_as_the_newest(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    publisher = platform.publisher()
    ready, _ = prepared(publisher, post)
    publisher.send(post, ready, attempt(ready.notes))
    ours = next(iter(platform.server.media))
    other = {**platform.server.media[ours], "id": "1", platform.text: "something else", "permalink": "other"}
    last_year = {**platform.server.media[ours], "id": "2", "timestamp": "2025-11-25T07:00:00+0000"}
    platform.server.media |= {"2": last_year, "1": other}
    found = publisher.find(post, attempt(ready.notes))
    assert isinstance(found, RemoteRef) and found.remote_id == ours
    platform.server.media.pop(ours)
    assert publisher.find(post, attempt(ready.notes)) == RemoteRef(f"container/{ready.notes['container']}")


def test_a_post_of_an_earlier_try_of_the_same_container_is_named_too(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    result, ready = sent(platform.publisher(), post)
    assert isinstance(result, Posted)
    later = replace(attempt(ready.notes, 7), started=HERE + timedelta(hours=5))
    assert platform.publisher().find(post, later) == result.ref


def test_a_list_that_lags_does_not_make_a_published_container_absent(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    _, ready = sent(platform.publisher(), post)
    platform.server.lag = True
    found = platform.publisher().find(post, attempt(ready.notes))
    assert found == RemoteRef(f"container/{ready.notes['container']}")
    assert isinstance(found, RemoteRef)
    gone = platform.publisher().delete(found)
    assert isinstance(gone, NotSent) and "app" in gone.why


def test_a_container_that_is_not_out_is_not_there(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    ready, _ = prepared(platform.publisher(), post)
    assert platform.publisher().find(post, attempt(ready.notes)) is None
    platform.server.forced = ("EXPIRED", "")
    assert platform.publisher().find(post, attempt(ready.notes)) is None


def test_what_cannot_be_read_says_nothing(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    assert isinstance(platform.publisher().find(post, attempt({})), Unreadable)
    assert isinstance(platform.publisher().find(post, attempt({"container": "123"})), Unreadable)
    assert isinstance(
        platform.publisher(token="EAAGwrong").find(post, attempt({"container": "1"})), Unreadable
    )


def test_a_post_is_deleted_and_one_that_is_gone_is_gone(platform: ContainerPlatform) -> None:
    post = post_of(platform.name, picture())
    result, _ = sent(platform.publisher(), post)
    assert isinstance(result, Posted)
    assert platform.publisher().delete(result.ref) is None and platform.server.count(post.text) == 0
    assert platform.publisher().delete(result.ref) is None
    assert isinstance(platform.publisher(token="EAAGwrong").delete(result.ref), NotSent)


def test_the_same_container_may_be_published_again(platform: ContainerPlatform) -> None:
    assert platform.publisher().resend is Resend.SAME_CONTAINER


# offline


def test_the_limits_of_each_are_said_in_words(platform: ContainerPlatform) -> None:
    publisher = platform.publisher()
    limits = publisher.limits()
    assert publisher.validate(post_of(platform.name, picture()), limits) == []
    assert publisher.validate(post_of(platform.name, clip()), limits) == []
    long = post_of(platform.name, picture(), text="é" * (limits.max_text + 1))
    assert any(f"{limits.max_text} is the limit" in fault for fault in publisher.validate(long, limits))
    without = picture().model_copy(update={"alt": " "})
    assert any(
        "no alternative text" in fault
        for fault in publisher.validate(post_of(platform.name, without), limits)
    )
    many = post_of(platform.name, *[picture()] * (limits.max_media + 1))
    assert any("files" in fault for fault in publisher.validate(many, limits))
    slow = clip(duration_s=1000.0)
    assert any("lasts 1000 s" in fault for fault in publisher.validate(post_of(platform.name, slow), limits))
    wide = clip(width=3840, height=2160)
    assert any("3840 px wide" in fault for fault in publisher.validate(post_of(platform.name, wide), limits))
    webm = clip(media_type="video/webm")
    assert any("video/webm" in fault for fault in publisher.validate(post_of(platform.name, webm), limits))
    heavy = picture().model_copy(update={"bytes": 9_000_000})
    assert any(
        "8,000,000 is the limit" in fault
        for fault in publisher.validate(post_of(platform.name, heavy), limits)
    )


def test_a_container_that_is_refused_fails_for_good(platform: ContainerPlatform) -> None:
    platform.server.takes = lambda fields: False  # type: ignore[method-assign]
    with refused() as why:
        prepared(platform.publisher(), post_of(platform.name, picture()))
    assert why().permanent
