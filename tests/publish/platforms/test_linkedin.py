"""LinkedIn: uploads, the one call, its notice of duplicates, and whose posts can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InputError
from kit.publish.logs import redactor, start_logging, stop_logging
from kit.publish.platforms.http_client import POLLS_S
from kit.publish.platforms.linkedin import LinkedIn, connect, version_warning
from kit.publish.platforms.linkedin_text import little, plain
from kit.publish.protocol import Duplicate, NotSent, Posted, RemoteRef, Resend, Unknown, Unreadable
from tests.publish.harness.fakes.files import picture
from tests.publish.harness.fakes.linkedin import MEMBER, ORGANISATION, TOKEN, FakeLinkedIn
from tests.publish.harness.faulty import PATIENT_S
from tests.publish.platforms.common import (
    CLIP,
    NOW,
    SRT,
    attempt,
    clip,
    limit_for,
    post_of,
    prepared,
    refused,
    second_picture,
    sent,
    served,
)

SLEEPS: list[float] = []


@pytest.fixture
def server() -> Iterator[FakeLinkedIn]:
    SLEEPS.clear()
    with served(FakeLinkedIn()) as made:
        yield made


def author(
    server: FakeLinkedIn,
    folder: Path,
    urn: str = ORGANISATION,
    token: str = TOKEN,
    limit: float = PATIENT_S,
    **how: str,
) -> LinkedIn:
    return LinkedIn(
        urn, token, folder, base=server.base, now=lambda: NOW, sleep=SLEEPS.append, time_limit_s=limit, **how
    )  # fmt: skip


@pytest.fixture
def page(server: FakeLinkedIn, folder: Path) -> LinkedIn:
    return author(server, folder)


def test_a_picture_goes_out_with_its_alternative_text(server: FakeLinkedIn, page: LinkedIn) -> None:
    post = post_of("linkedin", picture())
    result, ready = sent(page, post)
    (urn,) = server.posts
    assert result == Posted(RemoteRef(urn, f"https://www.linkedin.com/feed/update/{urn}/"))
    assert server.posts[urn]["content"]["media"] == {"id": ready.notes["image0"], "altText": picture().alt}
    assert server.posts[urn]["author"] == ORGANISATION and server.posts[urn]["visibility"] == "PUBLIC"
    assert len(server.uploads[ready.notes["image0"]]["parts"]["0"]) == picture().bytes


def test_several_pictures_stand_in_one_post(server: FakeLinkedIn, page: LinkedIn) -> None:
    result, ready = sent(page, post_of("linkedin", picture(), second_picture()))
    assert isinstance(result, Posted)
    (made,) = server.posts.values()
    shown = made["content"]["multiImage"]["images"]
    assert [each["altText"] for each in shown] == [picture().alt, second_picture().alt]
    assert [each["id"] for each in shown] == [ready.notes["image0"], ready.notes["image1"]]


def test_words_alone_have_no_content(server: FakeLinkedIn, page: LinkedIn) -> None:
    result, _ = sent(page, post_of("linkedin"))
    assert isinstance(result, Posted)
    assert "content" not in next(iter(server.posts.values()))


def test_a_clip_goes_up_in_parts_with_its_captions(server: FakeLinkedIn, page: LinkedIn) -> None:
    result, ready = sent(page, post_of("linkedin", clip()))
    assert isinstance(result, Posted)
    upload = server.uploads[ready.notes["video"]]
    assert b"".join(upload["parts"][str(n)] for n in range(3)) == CLIP and upload["ended"]
    assert upload["captions"]["file"] == SRT.encode()
    told = json.loads(upload["captions"]["metadata"])
    assert told["format"] == "SRT" and told["locale"] == {"country": "FR", "language": "FR"}
    (made,) = server.posts.values()
    assert made["content"] == {"media": {"id": ready.notes["video"]}}


def test_captions_that_are_refused_are_left_out_the_next_time(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.refuses_captions = True
    saved: list = []  # type: ignore[type-arg]
    with refused() as why:
        page.prepare(post_of("linkedin", clip()), {}, saved.append)
    assert "captions" in why().why and not why().permanent
    known = {name: value for notes in saved for name, value in notes.items()}
    ready, _ = prepared(page, post_of("linkedin", clip()), known)
    upload = server.uploads[ready.notes["video"]]
    assert upload["request"]["uploadCaptions"] is False and upload["ended"]


def test_preparing_saves_each_upload_and_makes_none_twice(server: FakeLinkedIn, page: LinkedIn) -> None:
    post = post_of("linkedin", picture(), second_picture())
    ready, saved = prepared(page, post)
    assert [*map(list, saved)] == [["image0"], ["image1"]]
    assert prepared(page, post, ready.notes) == (ready, []) and len(server.uploads) == 2
    assert server.calls == 0 and not server.posts


def test_waiting_for_an_upload_ends(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.slow = 10**6
    with refused() as why:
        prepared(page, post_of("linkedin", clip()))
    assert "still processing" in why().why and not why().permanent and list(POLLS_S) == SLEEPS
    server.failed = True
    with refused() as why:
        prepared(page, post_of("linkedin", clip()))
    assert why().stale == ("video",) and not why().permanent


def test_the_token_is_sent_to_linkedin_alone(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.upload_host = "https://uploads.linkedin.com.evil.example"
    with refused() as why:
        prepared(page, post_of("linkedin", picture()))
    assert "evil.example" in why().why


# the one call


@pytest.mark.parametrize("fault", ["drop", "reset", "hang", "cut", "500", "503", "drop-first", "500-first"])
def test_an_unanswered_call_is_unknown_and_the_page_says_how_it_ended(
    server: FakeLinkedIn, page: LinkedIn, folder: Path, fault: str
) -> None:
    post = post_of("linkedin", picture())
    ready, _ = prepared(page, post)
    server.faults = [fault]
    hasty = author(server, folder, limit=limit_for(fault))
    assert isinstance(hasty.send(post, ready, attempt(ready.notes)), Unknown)
    server.quiet()
    assert server.calls == 1
    found = page.find(post, attempt(ready.notes))
    assert server.count(post.text) == (0 if fault.endswith("first") else 1)
    assert isinstance(found, RemoteRef) == bool(server.count(post.text))


def test_an_answer_that_names_no_post_is_unknown(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.faults = ["garbage"]
    result, _ = sent(page, post_of("linkedin"))
    assert isinstance(result, Unknown) and result.status == 201


def test_a_limit_waits(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.faults = ["429"]
    result, _ = sent(page, post_of("linkedin"))
    assert isinstance(result, NotSent) and not result.permanent
    assert result.not_before == NOW + timedelta(minutes=15) and not server.posts


def test_a_duplicate_names_the_post_that_is_out(server: FakeLinkedIn, page: LinkedIn) -> None:
    post = post_of("linkedin")
    first, _ = sent(page, post)
    assert isinstance(first, Posted)
    second, ready = sent(page, post)
    assert isinstance(second, Duplicate) and second.hint == first.ref and second.status == 422
    assert page.find(post, attempt(ready.notes)) == first.ref


def test_a_duplicate_of_a_post_that_nobody_finds_is_not_found(server: FakeLinkedIn, page: LinkedIn) -> None:
    server.faults = ["403"]
    result, ready = sent(page, post_of("linkedin"))
    assert isinstance(result, Duplicate) and result.hint is not None
    assert page.find(post_of("linkedin"), attempt(ready.notes)) is None


def test_a_refused_token_is_not_sent_and_stays_secret(server: FakeLinkedIn, folder: Path) -> None:
    page = author(server, folder, token="AQXa-token-that-was-withdrawn")
    result, _ = sent(page, post_of("linkedin"))
    assert isinstance(result, NotSent) and result.permanent and result.status == 401
    assert "AQXa" not in result.why and "kit accounts login" in result.why
    with refused() as why:
        prepared(page, post_of("linkedin", picture()))
    assert why().permanent


def test_a_version_that_is_no_longer_spoken_is_not_sent(server: FakeLinkedIn, folder: Path) -> None:
    result, _ = sent(author(server, folder, version="202406"), post_of("linkedin"))
    assert isinstance(result, NotSent) and result.permanent and "202406" in result.why


def test_no_log_shows_the_token(
    server: FakeLinkedIn, page: LinkedIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="httpx")
    sent(page, post_of("linkedin", picture()))
    assert "/rest/posts" in caplog.text and TOKEN not in caplog.text


def test_the_log_file_holds_no_signed_address(
    server: FakeLinkedIn, page: LinkedIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), caplog.at_level("INFO", logger="httpx"):
        handler = start_logging(tmp_path / "publish.log", redactor([TOKEN]))
        try:
            sent(page, post_of("linkedin", picture()))
        finally:
            stop_logging(handler)
    assert "dms-uploads" not in (tmp_path / "publish.log").read_text("utf-8")


def test_a_token_with_a_line_break_is_refused_without_being_quoted(folder: Path) -> None:
    for token in ("AQXsecret\n", "AQX secret", "AQXsecrét"):
        with pytest.raises(InputError, match="line break") as caught:
            connect({"LI_AUTHOR": MEMBER, "LI_ACCESS_TOKEN": token}, folder, None)
        assert "AQX" not in str(caught.value)


# looking for it


def test_an_older_post_with_the_same_words_is_not_ours(server: FakeLinkedIn, page: LinkedIn) -> None:
    post = post_of("linkedin")
    _, ready = sent(page, post)
    (made,) = server.posts.values()
    made["publishedAt"] = made["createdAt"] = int((NOW - timedelta(days=365)).timestamp() * 1000)
    assert page.find(post, attempt(ready.notes)) is None
    del made["publishedAt"], made["createdAt"]
    assert page.find(post, attempt(ready.notes)) is None


def test_a_post_is_known_by_its_upload_whatever_became_of_its_words(
    server: FakeLinkedIn, page: LinkedIn
) -> None:
    post = post_of("linkedin", picture())
    result, ready = sent(page, post)
    (made,) = server.posts.values()
    made["commentary"] = "edited by hand"
    assert isinstance(result, Posted) and page.find(post, attempt(ready.notes)) == result.ref


def test_a_member_s_posts_and_those_without_permission_cannot_be_read(
    server: FakeLinkedIn, page: LinkedIn, folder: Path
) -> None:
    post = post_of("linkedin")
    member = author(server, folder, MEMBER)
    result, _ = sent(member, post)
    assert isinstance(result, Posted)
    assert isinstance(member.find(post, attempt({})), Unreadable)
    server.unread = True
    found = page.find(post, attempt({}))
    assert isinstance(found, Unreadable) and "r_organization_social" in found.why


def test_a_post_is_deleted_once_and_again(server: FakeLinkedIn, page: LinkedIn, folder: Path) -> None:
    result, _ = sent(page, post_of("linkedin"))
    assert isinstance(result, Posted)
    assert page.delete(result.ref) is None and not server.posts
    assert page.delete(result.ref) is None
    assert isinstance(author(server, folder, token="AQXwrong").delete(result.ref), NotSent)


# offline


@given(st.text(alphabet=st.sampled_from("ab#é7 _*~\\|{}@[]()<>\n🧡"), max_size=60))
def test_little_text_says_what_the_text_says(text: str) -> None:
    assert plain(little(text)) == text


def test_hashtags_stay_links_and_everything_reserved_is_escaped() -> None:
    assert little("(3919) #NeRienLaisserPasser_2026 a_b <x@y>") == (
        r"\(3919\) {hashtag|\#|NeRienLaisserPasser\_2026} a\_b \<x\@y\>"
    )
    assert little("#3919 n'en est pas un") == r"\#3919 n'en est pas un"


@pytest.mark.parametrize(
    ("today", "warned"),
    [("2026-11-25", False), ("2027-03-31", False), ("2027-04-01", True), ("2028-01-01", True)],
)
def test_a_version_older_than_ten_months_is_warned_of(today: str, warned: bool) -> None:
    assert bool(version_warning("202605", date.fromisoformat(today))) is warned


def test_the_warning_is_logged_and_stands_in_the_limits(
    server: FakeLinkedIn, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page = author(server, folder, version="202512")
    assert "11 months old" in caplog.text and "11 months old" in page.limits().extra["warning"]
    assert "warning" not in author(server, folder).limits().extra


def test_its_limits_are_said_in_words(page: LinkedIn) -> None:
    limits = page.limits()
    assert page.resend is Resend.NEVER
    assert page.validate(post_of("linkedin", picture()), limits) == []
    assert page.validate(post_of("linkedin", clip()), limits) == []
    assert page.validate(post_of("linkedin", text="👨‍👩‍👧‍👦" * 3000), limits) == []
    assert page.validate(post_of("linkedin", text="é" * 3001), limits)
    short = clip(duration_s=2.0)
    assert any("lasts 2 s" in fault for fault in page.validate(post_of("linkedin", short), limits))
    small = picture().model_copy(update={"width": 400, "height": 400})
    assert any("552 × 276" in fault for fault in page.validate(post_of("linkedin", small), limits))
    tall = clip(width=400, height=1080)
    assert any("as wide as high" in fault for fault in page.validate(post_of("linkedin", tall), limits))


def test_an_author_that_is_none_is_refused_at_once(folder: Path) -> None:
    made = connect({"LI_AUTHOR": MEMBER, "LI_ACCESS_TOKEN": "AQX"}, folder, None)
    assert made.platform == "linkedin"
    with pytest.raises(InputError, match="is not an author"):
        connect({"LI_AUTHOR": "2414183", "LI_ACCESS_TOKEN": "AQX"}, folder, None)
