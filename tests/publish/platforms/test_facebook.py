"""A Facebook page: unpublished photos in one post, a clip in parts, and looking for what nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.model.post import PostMedia
from kit.publish.platforms.facebook import Facebook
from kit.publish.protocol import Duplicate, NotSent, Posted, RemoteRef, Resend, Unknown, Unreadable
from tests.publish.harness.fakes.facebook import PAGE, FakeFacebook
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.fakes.graph import TOKEN
from tests.publish.harness.faulty import PATIENT_S
from tests.publish.platforms.common import (
    CLIP,
    NOW,
    SRT,
    attempt,
    clip,
    limit_for,
    minutes,
    post_of,
    prepared,
    refused,
    second_picture,
    sent,
    served,
)


@pytest.fixture
def server() -> Iterator[FakeFacebook]:
    with served(FakeFacebook()) as made:
        yield made


@pytest.fixture
def page(server: FakeFacebook, folder: Path) -> Facebook:
    return page_with(server, folder)


def page_with(server: FakeFacebook, folder: Path, token: str = TOKEN, limit: float = PATIENT_S) -> Facebook:
    return Facebook(PAGE, token, folder, base=server.api, now=lambda: NOW, time_limit_s=limit)


def test_pictures_go_out_in_one_post_with_their_alternative_texts(
    server: FakeFacebook, page: Facebook
) -> None:
    post = post_of("facebook", picture(), second_picture())
    result, _ = sent(page, post)
    assert isinstance(result, Posted)
    assert result.ref.url == f"https://www.facebook.com/{result.ref.remote_id}"
    (made,) = server.posts
    assert [row["target"]["id"] for row in made["attachments"]["data"]] == list(server.photos)
    assert [photo["alt"] for photo in server.photos.values()] == [picture().alt, second_picture().alt]
    assert [len(photo["data"]) for photo in server.photos.values()] == [
        picture().bytes,
        second_picture().bytes,
    ]


def test_words_alone_go_to_the_feed(server: FakeFacebook, page: Facebook) -> None:
    post = post_of("facebook")
    result, ready = sent(page, post)
    assert isinstance(result, Posted) and server.count(post.text) == 1
    assert ready.notes == {} and len(server.asked) == 1


def test_a_clip_goes_up_in_parts_and_is_published_by_the_last_call(
    server: FakeFacebook, page: Facebook
) -> None:
    post = post_of("facebook", clip())
    ready, _ = prepared(page, post)
    assert server.calls == 0 and not server.posts
    assert server.videos[ready.notes["video"]]["data"] == CLIP
    result = page.send(post, ready, attempt(ready.notes))
    assert result == Posted(
        RemoteRef(ready.notes["video"], f"https://www.facebook.com/{ready.notes['video']}")
    )
    assert server.count(post.text) == 1
    assert server.captions == {ready.notes["video"]: ("captions.fr_FR.srt", SRT)}


def test_refused_captions_do_not_undo_a_clip_that_is_out(
    server: FakeFacebook, page: Facebook, folder: Path
) -> None:
    (folder / "clips/fr/feed-4x5/main.vtt").unlink()
    result, _ = sent(page, post_of("facebook", clip()))
    assert isinstance(result, Posted) and not server.captions


def test_a_clip_without_captions_sends_none(server: FakeFacebook, page: Facebook) -> None:
    result, _ = sent(page, post_of("facebook", clip(captions=False)))
    assert isinstance(result, Posted) and not server.captions


def test_preparing_saves_after_each_call_and_goes_on_from_there(server: FakeFacebook, page: Facebook) -> None:
    post = post_of("facebook", clip())
    _, saved = prepared(page, post)
    assert [notes["offset"] for notes in saved] == ["0", "1000", "2000", "2560"]
    part = {**saved[0], **saved[1]}
    server.videos[part["video"]]["data"] = CLIP[:1000]
    again, _ = prepared(page, post, part)
    assert server.videos[part["video"]]["data"] == CLIP and len(server.videos) == 1
    assert prepared(page, post, again.notes) == (again, [])
    pictures = post_of("facebook", picture(), second_picture())
    one, _ = prepared(page, pictures, {"photo0": "7777"})
    assert one.notes["photo0"] == "7777" and len(server.photos) == 1


def test_an_upload_that_the_platform_has_forgotten_begins_anew(server: FakeFacebook, page: Facebook) -> None:
    known = {"session": "s1", "video": "1", "offset": "0", "end": "1000"}
    with refused() as why:
        prepared(page, post_of("facebook", clip()), known)
    assert set(why().stale) == set(known) and not why().permanent


@pytest.mark.parametrize(
    "fault", ["drop", "reset", "hang", "cut", "garbage", "500", "503", "drop-first", "500-first"]
)
@pytest.mark.parametrize("media", [(), (picture(),), (clip(),)], ids=["words", "picture", "clip"])
def test_an_unanswered_call_is_unknown_and_the_page_says_how_it_ended(
    server: FakeFacebook, page: Facebook, folder: Path, media: tuple[PostMedia, ...], fault: str
) -> None:
    post = post_of("facebook", *media)
    ready, _ = prepared(page, post)
    server.faults = [fault]
    hasty = page_with(server, folder, limit=limit_for(fault))
    assert isinstance(hasty.send(post, ready, attempt(ready.notes)), Unknown)
    server.quiet()
    assert server.calls == 1
    found = page.find(post, attempt(ready.notes))
    assert server.count(post.text) == (0 if fault.endswith("first") else 1)
    assert isinstance(found, RemoteRef) == bool(server.count(post.text))
    if isinstance(found, RemoteRef):
        assert found.url and found.url.startswith("https://www.facebook.com/")


@pytest.mark.parametrize(("fault", "wait"), [("429", 1), ("403", 15)])
def test_a_limit_waits_and_nothing_is_out(
    server: FakeFacebook, page: Facebook, fault: str, wait: int
) -> None:
    post = post_of("facebook", picture())
    ready, _ = prepared(page, post)
    server.faults = [fault]
    result = page.send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and not result.permanent
    assert result.not_before == NOW + minutes(wait) and server.count(post.text) == 0


def test_the_duplicate_filter_is_told_apart(server: FakeFacebook, page: Facebook) -> None:
    post = post_of("facebook")
    sent(page, post)
    result, ready = sent(page, post)
    assert isinstance(result, Duplicate) and server.count(post.text) == 1
    assert isinstance(page.find(post, attempt(ready.notes)), RemoteRef)


def test_a_refused_token_is_not_sent_and_stays_secret(server: FakeFacebook, folder: Path) -> None:
    token = "EAAGa-token-that-was-withdrawn"
    page = page_with(server, folder, token)
    result, _ = sent(page, post_of("facebook"))
    assert isinstance(result, NotSent) and result.permanent and token not in result.why
    with refused() as why:
        prepared(page, post_of("facebook", picture()))
    assert why().permanent and token not in why().why


def test_photos_that_have_expired_are_made_anew_at_a_person_s_word(
    server: FakeFacebook, page: Facebook
) -> None:
    post = post_of("facebook", picture())
    ready, _ = prepared(page, post)
    server.photos_expired = True
    result = page.send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and result.permanent and result.stale == ("photo0",)


def test_a_scheduled_post_is_found_and_one_of_last_year_is_not(server: FakeFacebook, page: Facebook) -> None:
    post = post_of("facebook")
    old = {"id": "old", "message": post.text, "created_time": "2025-11-25T07:00:00+0000"}
    server.posts = [old]
    assert page.find(post, attempt({})) is None
    server.scheduled = [{**old, "id": "planned", "created_time": server.stamp()}]
    assert page.find(post, attempt({})) == RemoteRef("planned", "https://www.facebook.com/planned")


def test_a_post_is_known_by_its_photo_whatever_became_of_its_words(
    server: FakeFacebook, page: Facebook
) -> None:
    post = post_of("facebook", picture())
    _, ready = sent(page, post)
    server.posts[0]["message"] = "edited by hand"
    assert isinstance(page.find(post, attempt(ready.notes)), RemoteRef)
    assert page.find(post, attempt({"photo0": "1"})) is None


def test_a_page_that_cannot_be_read_or_is_too_full_says_nothing(server: FakeFacebook, page: Facebook) -> None:
    post = post_of("facebook")
    row = {"message": "another", "created_time": server.stamp()}
    server.posts = [{"id": str(number), **row} for number in range(100)]
    assert isinstance(page.find(post, attempt({})), Unreadable)
    server.unread = True
    assert isinstance(page.find(post, attempt({})), Unreadable)


def test_a_post_is_deleted_and_one_that_is_gone_is_gone(
    server: FakeFacebook, page: Facebook, folder: Path
) -> None:
    result, _ = sent(page, post_of("facebook"))
    assert isinstance(result, Posted)
    assert page.delete(result.ref) is None and not server.posts
    assert page.delete(result.ref) is None
    assert isinstance(page_with(server, folder, "EAAGwrong").delete(result.ref), NotSent)


def test_its_limits_are_said_in_words(page: Facebook) -> None:
    limits = page.limits()
    assert page.resend is Resend.NEVER
    assert page.validate(post_of("facebook", picture()), limits) == []
    assert page.validate(post_of("facebook"), limits) == []
    assert page.validate(post_of("facebook", clip()), limits) == []
    long = post_of("facebook", text="🧡" * 5001)
    assert page.validate(long, limits) == [
        "the text has 10002 characters as Facebook counts, and 10000 is the limit"
    ]
    assert page.validate(post_of("facebook", text=" "), limits)
    mixed = page.validate(post_of("facebook", picture(), clip()), limits)
    assert mixed == ["Facebook takes one clip alone, or pictures"]
    heavy = picture().model_copy(update={"bytes": 4_000_001, "alt": ""})
    assert len(page.validate(post_of("facebook", heavy), limits)) == 2


def test_it_is_connected_without_a_network(folder: Path) -> None:
    from kit.errors import InputError
    from kit.publish.platforms.facebook import connect

    made = connect({"FB_PAGE_ID": "1", "FB_PAGE_TOKEN": "EAAGsecret"}, folder, None)
    assert made.platform == "facebook"
    with pytest.raises(InputError, match="PAGE_TOKEN"):
        connect({"FB_PAGE_ID": "1"}, folder, None)
