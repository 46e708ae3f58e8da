"""Mastodon: what the server says that it takes, what is uploaded and sent, and what each answer says of the post."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kit.errors import InputError
from kit.model.post import Blocked, Post
from kit.publish.engine import Rules
from kit.publish.platforms import ADAPTERS
from kit.publish.platforms.mastodon import Mastodon
from kit.publish.platforms.uploads import UPLOAD_LIVES
from kit.publish.protocol import (
    Attempt,
    Duplicate,
    Keeping,
    Limits,
    Notes,
    NotPrepared,
    NotSent,
    Posted,
    RemoteRef,
    Result,
    Unknown,
    Unreadable,
)
from kit.publish.records import KEPT, State
from tests.publish.harness.fakes.mastodon import TOKEN, FakeMastodon
from tests.publish.harness.faulty import PATIENT_S, TIME_LIMIT_S, Said
from tests.publish.harness.rows import make_post
from tests.publish.harness.with_media import CLIP, FILES, PICTURE, with_clip, with_picture
from tests.publish.moments import DUE
from tests.publish.platforms.platform_helpers import answering, attempt, forget, left_open, prepared, sent
from tests.publish.world_of_posts import Rig, SetClock

STATUSES = "/api/v1/statuses"
TEXT = (
    "Victime ou témoin ? L’appel au « 3919 » est gratuit & anonyme.\n\n@one@social.example\n"
    "https://arretonslesviolences.gouv.fr/je-cherche-une-association #NeRienLaisserPasser"
)
POST = make_post("mastodon").model_copy(update={"text": TEXT})
LIMITS = Limits(500, 4, 16_000_000, 100_000_000, 1500, {"types": "image/jpeg video/mp4"})


@pytest.fixture(scope="module")
def running() -> Iterator[FakeMastodon]:
    made = FakeMastodon(DUE)
    yield made
    made.stop()


@pytest.fixture
def server(running: FakeMastodon, monkeypatch: pytest.MonkeyPatch) -> FakeMastodon:
    """The one server, begun anew; what a test changes of it is put back."""
    running.clear([])
    for name in ("answer", "version", "honours", "v2", "late"):
        monkeypatch.setattr(running, name, getattr(running, name))
    return running


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def mastodon(server: FakeMastodon, folder: Path, sleeps: list[float]) -> Mastodon:
    return Mastodon(server.base, TOKEN, folder, now=lambda: DUE, sleep=sleeps.append, time_limit_s=PATIENT_S)


# what the server takes


def test_limits_are_those_that_the_server_says(mastodon: Mastodon, server: FakeMastodon) -> None:
    limits = mastodon.limits()
    assert (limits.max_text, limits.max_media, limits.max_alt) == (500, 4, 1500)
    assert (limits.max_image_bytes, limits.max_video_bytes) == (16_777_216, 103_809_024)
    assert mastodon.limits() is limits and len(server.asked) == 1


def test_a_server_without_the_newer_address_is_asked_at_the_older_one(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    server.v2, server.version = False, "2.7.2 (compatible; Pleroma 2.9.1)"
    limits = mastodon.limits()
    assert (limits.max_text, limits.max_media, limits.max_alt) == (5000, 4, 1500)
    assert limits.extra["honours_key"] == "no"


@pytest.mark.parametrize(
    ("version", "honours"),
    [
        ("4.0.0", "yes"), ("4.5.2", "yes"), ("5.0.0", "yes"), ("4.0.0rc1", "yes"), ("4.4.0-beta.2", "yes"),
        ("4.5.0-nightly.2025-08-01", "yes"), ("3.5.19", "no"), ("0.20.1 git-1a2b3c4", "no"), ("0.20.1", "no"),
        ("2.7.2 (compatible; Pleroma 2.9.1)", "no"), ("4.2.1 (compatible; Iceshrimp 2025.1)", "no"),
        ("4.4.3+glitch", "no"), ("4.x", "no"), ("a 4.5.2", "no"),
    ],
)  # fmt: skip
def test_only_mastodon_itself_from_4_on_is_known_to_honour_the_key(
    mastodon: Mastodon, server: FakeMastodon, version: str, honours: str
) -> None:
    server.version = version
    assert mastodon.limits().extra["honours_key"] == honours


@pytest.mark.parametrize(
    "configuration", [None, [], {"statuses": {"max_characters": "many"}}, {"statuses": 1}]
)
def test_what_a_server_does_not_say_is_as_in_mastodon(
    mastodon: Mastodon, server: FakeMastodon, configuration: object
) -> None:
    answering(server, "/api/v2/instance", Said({"version": "4.1.0", "configuration": configuration}))
    assert (mastodon.limits().max_text, mastodon.limits().extra["url_length"]) == (500, "23")


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        (Said({"error": "The access token is invalid"}, 401), True),
        (Said({}, 503), False),
        (Said(b"<html>a parked domain", 200), False),
        (Said({}, 429, {"Retry-After": "60"}), False),
        (Said({}, 301, {"Location": "https://elsewhere.example/"}), False),
    ],
)
def test_a_server_that_does_not_say_what_it_is_is_not_sent_to(
    mastodon: Mastodon, server: FakeMastodon, said: Said, permanent: bool
) -> None:
    answering(server, "/api/v2/instance", said)
    with pytest.raises(NotPrepared) as caught:
        mastodon.limits()
    assert caught.value.result.permanent is permanent
    assert (caught.value.result.not_before is not None) == (said.status == 429)
    assert len(server.asked) == 1


# what goes out


def test_a_picture_goes_out_with_its_alternative_text_its_language_and_the_key(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    result = sent(mastodon, with_picture(POST))
    assert result == Posted(RemoteRef(server.out[0]["id"], server.out[0]["url"]))
    (upload,) = server.uploads.values()
    assert (upload["data"], upload["type"]) == (FILES[PICTURE], "image/jpeg")
    assert (upload["alt"], upload["focus"]) == ("Le 3919, gratuit, 24 h/24", "0.0,0.0")
    form = server.out[0]["form"]
    assert form["language"] == ["fr"] and form["visibility"] == ["public"] and form["sensitive"] == ["0"]
    assert form["media_ids[]"] == [upload["id"]]
    assert server.keys == {"the-key": server.out[0]["id"]}
    assert server.surprises == []


@pytest.mark.parametrize(("review", "language"), [("fr-falc", "fr"), ("zh", "zh"), ("ar", "ar")])
def test_the_language_is_the_one_that_the_platform_knows(
    mastodon: Mastodon, server: FakeMastodon, review: str, language: str
) -> None:
    sent(mastodon, POST.model_copy(update={"review": review}))
    assert server.out[0]["form"]["language"] == [language]


def test_a_clip_is_posted_only_once_it_is_processed(
    mastodon: Mastodon, server: FakeMastodon, sleeps: list[float]
) -> None:
    server.pending = 3
    assert isinstance(sent(mastodon, with_clip(POST)), Posted)
    (upload,) = server.uploads.values()
    assert upload["data"] == FILES[CLIP] and upload["alt"] == "Quatre numéros, l’un après l’autre"
    assert sleeps == [2.0, 2.0, 2.0]


def test_a_file_without_an_address_is_not_ready_whatever_the_status_says(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    answering(server, "/api/v2/media", Said({"id": "1001", "url": None}, 200))
    with pytest.raises(NotPrepared):
        mastodon.prepare(with_picture(POST), {}, forget)
    assert server.asked[-1].path == "/api/v1/media/1001"


def test_several_pictures_keep_their_order(mastodon: Mastodon, server: FakeMastodon) -> None:
    media = with_picture(POST).media
    post = POST.model_copy(update={"media": media + with_picture(POST, alt="Le 114 par SMS").media})
    assert isinstance(sent(mastodon, post), Posted)
    shown = [server.uploads[file["id"]]["alt"] for file in server.out[0]["media_attachments"]]
    assert shown == ["Le 3919, gratuit, 24 h/24", "Le 114 par SMS"]


# preparing again


def test_what_was_noted_is_not_done_again(mastodon: Mastodon, server: FakeMastodon) -> None:
    notes, saved = prepared(mastodon, with_clip(POST))
    calls = len(server.asked)
    assert prepared(mastodon, with_clip(POST), notes) == (notes, [])
    assert len(server.asked) == calls
    assert {name: value for each in saved for name, value in each.items()} == notes


def test_a_clip_that_is_never_ready_is_left_for_the_next_pass_with_its_upload_kept(
    mastodon: Mastodon, server: FakeMastodon, sleeps: list[float]
) -> None:
    server.pending = 21
    saved: list[Notes] = []
    with pytest.raises(NotPrepared) as caught:
        mastodon.prepare(with_clip(POST), {}, saved.append)
    assert not caught.value.result.permanent and caught.value.result.stale == ()
    assert sum(sleeps) <= 60
    prepared(mastodon, with_clip(POST), saved[0])
    assert len(server.uploads) == 1


@pytest.mark.parametrize("state", ["broken", "gone"])
def test_an_upload_that_comes_to_nothing_is_made_anew_next_time(
    mastodon: Mastodon, server: FakeMastodon, state: str
) -> None:
    def save(notes: Notes) -> None:
        if state == "broken":
            server.uploads[notes["0.id"]]["broken"] = True
        else:
            server.uploads.clear()

    with pytest.raises(NotPrepared) as caught:
        mastodon.prepare(with_clip(POST), {}, save)
    assert caught.value.result.stale == ("0.id",) and not caught.value.result.permanent


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        (Said({"error": "Validation failed: File content type is invalid"}, 422), True),
        (Said({"error": "The access token is invalid"}, 401), True),
        (Said({"error": "Error processing thumbnail for uploaded media"}, 500), False),
        (Said({}, 429, {"Retry-After": "60"}), False),
        (Said(b"<html>", 200), False),
    ],
)
def test_an_upload_that_fails_says_why(
    mastodon: Mastodon, server: FakeMastodon, said: Said, permanent: bool
) -> None:
    answering(server, "/api/v2/media", said)
    with pytest.raises(NotPrepared) as caught:
        mastodon.prepare(with_picture(POST), {}, forget)
    assert caught.value.result.permanent is permanent
    if isinstance(said.body, dict) and "error" in said.body:
        assert said.body["error"] in caught.value.result.why


def test_uploads_past_their_day_are_not_posted_with_and_are_made_anew(
    mastodon: Mastodon, server: FakeMastodon, folder: Path
) -> None:
    post = with_picture(POST)
    ready = mastodon.prepare(post, {}, forget)
    later = Mastodon(server.base, TOKEN, folder, now=lambda: DUE + UPLOAD_LIVES + timedelta(seconds=1))
    result = later.send(post, ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and set(result.stale) == set(ready.notes)
    assert server.calls == 0
    again, _ = prepared(later, post, ready.notes)
    assert again["0.id"] != ready.notes["0.id"]


# what an answer means


@pytest.mark.parametrize(
    "fault", ["drop", "reset", "cut", "garbage", "500", "503", "drop-first", "500-first"]
)
def test_an_answer_that_says_nothing_leaves_it_open_and_is_not_followed_by_a_second_call(
    mastodon: Mastodon, server: FakeMastodon, fault: str
) -> None:
    server.clear([fault])
    assert isinstance(sent(mastodon, POST), Unknown)
    assert server.calls == 1
    assert server.count(TEXT) == (0 if fault.endswith("first") else 1)


def test_a_call_that_hangs_is_given_up_and_left_open(server: FakeMastodon, folder: Path) -> None:
    mastodon = Mastodon(server.base, TOKEN, folder, now=lambda: DUE, time_limit_s=TIME_LIMIT_S)
    server.clear(["hang"])
    result = sent(mastodon, POST)
    assert isinstance(result, Unknown) and "timed out" in result.why
    assert server.calls == 1


def test_without_a_connection_it_is_not_out(folder: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        mastodon = Mastodon(f"http://127.0.0.1:{held.getsockname()[1]}", TOKEN, folder, now=lambda: DUE)
        result = mastodon.send(POST, mastodon.prepare(POST, {}, forget), attempt())
        assert isinstance(result, NotSent) and not result.permanent
        with pytest.raises(NotPrepared):
            mastodon.limits()
        assert isinstance(mastodon.find(POST, attempt()), Unreadable)


def test_the_same_key_again_is_the_same_post(mastodon: Mastodon, server: FakeMastodon) -> None:
    ready = mastodon.prepare(with_picture(POST), {}, forget)
    server.clear([])
    ready = mastodon.prepare(with_picture(POST), {}, forget)
    server.faults = ["drop"]
    assert isinstance(mastodon.send(with_picture(POST), ready, attempt(ready.notes)), Unknown)
    again = mastodon.send(with_picture(POST), ready, attempt(ready.notes, 2))
    assert isinstance(again, Posted) and again.ref.remote_id == server.out[0]["id"]
    assert server.count(TEXT) == 1


def test_an_upload_that_an_earlier_try_has_used_is_a_duplicate_that_is_then_found(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    """The third net, for a key that has ended after an hour."""
    ready = mastodon.prepare(with_picture(POST), {}, forget)
    first = mastodon.send(with_picture(POST), ready, attempt(ready.notes))
    server.keys.clear()
    result = mastodon.send(with_picture(POST), ready, attempt(ready.notes, 2))
    assert isinstance(result, Duplicate) and result.status == 422
    assert isinstance(first, Posted) and mastodon.find(with_picture(POST), attempt(ready.notes)) == first.ref
    assert server.count(TEXT) == 1


def test_an_upload_that_the_server_has_lost_is_made_anew(mastodon: Mastodon, server: FakeMastodon) -> None:
    ready = mastodon.prepare(with_picture(POST), {}, forget)
    server.uploads.clear()
    result = mastodon.send(with_picture(POST), ready, attempt(ready.notes))
    assert isinstance(result, NotSent) and set(result.stale) == set(ready.notes) and not result.permanent


def test_a_file_that_is_not_ready_after_all_is_waited_for(mastodon: Mastodon, server: FakeMastodon) -> None:
    server.clear(["403"])  # in the fake: "Cannot attach files that have not finished processing"
    result = sent(mastodon, POST)
    assert isinstance(result, NotSent) and not result.permanent and result.stale == ()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_the_server_turns_down_is_not_out_and_says_why(
    mastodon: Mastodon, server: FakeMastodon, status: int
) -> None:
    answering(server, STATUSES, Said({"error": "not like this"}, status))
    assert sent(mastodon, POST) == NotSent(f"{status}: not like this", permanent=True, status=status)


def test_a_rate_limit_is_waited_for_as_long_as_the_latest_header_asks(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    headers = {
        "X-RateLimit-Reset": "2026-11-25T07:20:00.000000Z",
        "X-RateLimit-Remaining": "0",
        "Retry-After": "60",
    }
    answering(server, STATUSES, Said({"error": "Too many requests"}, 429, headers))
    result = sent(mastodon, POST)
    assert isinstance(result, NotSent) and result.not_before == DUE + timedelta(minutes=20)
    assert [asked.path for asked in server.asked] == [STATUSES]


def test_a_success_that_the_client_cannot_read_is_a_success(mastodon: Mastodon, server: FakeMastodon) -> None:
    """Mastodon.py raises MastodonRatelimitError for an answer of 200 whose headers it cannot parse."""
    said = Said({"id": "77", "url": "https://social.example/@one/77"}, 200, {"X-RateLimit-Reset": "soon"})
    answering(server, STATUSES, said)
    assert sent(mastodon, POST) == Posted(RemoteRef("77", "https://social.example/@one/77"))


@pytest.mark.parametrize("body", [{}, {"id": None}, [], "yes"])
def test_a_success_without_a_number_leaves_it_open(
    mastodon: Mastodon, server: FakeMastodon, body: object
) -> None:
    answering(server, STATUSES, Said(body, 200))
    assert isinstance(sent(mastodon, POST), Unknown)


def test_a_redirect_is_not_followed(mastodon: Mastodon, server: FakeMastodon) -> None:
    answering(server, STATUSES, Said({}, 307, {"Location": server.base + STATUSES}))
    assert isinstance(sent(mastodon, POST), Unknown)
    assert len(server.asked) == 1


def test_a_post_whose_picture_the_server_left_out_is_told(
    mastodon: Mastodon, server: FakeMastodon, caplog: pytest.LogCaptureFixture
) -> None:
    answering(server, STATUSES, Said({"id": "77", "url": None, "media_attachments": []}, 200))
    assert sent(mastodon, with_picture(POST)) == Posted(RemoteRef("77"))
    assert "left a file out" in caplog.text and str(POST.key) in caplog.text


# looking for it


def test_a_post_is_found_by_its_upload_even_when_the_server_changes_its_words(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    notes, _ = prepared(mastodon, with_picture(POST))
    number = server.add("words that the server has changed", [notes["0.id"]])
    server.add("the latest post")
    found = mastodon.find(with_picture(POST), attempt(notes))
    assert isinstance(found, RemoteRef) and found.remote_id == number


def test_a_post_is_found_by_its_words_through_markup_and_shortened_links(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    number = server.add(TEXT)
    server.add("the latest post")
    assert "invisible" in server.out[0]["content"] and "&amp;" in server.out[0]["content"]
    assert mastodon.find(POST, attempt()) == RemoteRef(number, f"https://social.example/@one/{number}")


def test_the_latest_post_is_not_ours_and_last_years_is_not_either(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    server.add(TEXT, at=DUE - timedelta(days=365))
    server.add("the latest post")
    assert mastodon.find(POST, attempt()) is None


def test_a_long_timeline_is_read_to_its_end(mastodon: Mastodon, server: FakeMastodon) -> None:
    number = server.add(TEXT)
    for each in range(90):
        server.add(f"post {each}")
    found = mastodon.find(POST, attempt())
    assert isinstance(found, RemoteRef) and found.remote_id == number


def test_a_timeline_that_was_not_read_to_its_end_says_nothing(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    server.page = 5
    for each in range(30):
        server.add(f"post {each}")
    assert isinstance(mastodon.find(POST, attempt()), Unreadable)


@pytest.mark.parametrize(
    "said",
    [
        Said({"error": "no"}, 500),
        Said({}, 429),
        Said({"error": "gone"}, 404),
        Said(b"<html>", 200),
        Said([{"id": "1"}], 200),
        Said({}, 200),
    ],
)
def test_a_timeline_that_cannot_be_read_says_nothing(
    mastodon: Mastodon, server: FakeMastodon, said: Said
) -> None:
    answering(server, "/api/v1/accounts/109348/statuses", said)
    assert isinstance(mastodon.find(POST, attempt()), Unreadable)


def test_a_post_is_taken_back_once_and_gone_is_gone(mastodon: Mastodon, server: FakeMastodon) -> None:
    result = sent(mastodon, POST)
    assert isinstance(result, Posted)
    assert mastodon.delete(result.ref) is None and server.count(TEXT) == 0
    assert mastodon.delete(result.ref) is None
    answering(server, f"{STATUSES}/{result.ref.remote_id}", Said({"error": "no"}, 403))
    assert isinstance(mastodon.delete(result.ref), NotSent)


# with the engine: the answer to the first call is lost, and both looks come too early


@pytest.mark.parametrize(
    ("version", "honours", "state", "calls", "seen"),
    [
        ("4.5.2", True, "posted", 2, 1),
        ("0.20.1 git-1a2b3c4", False, "needs_review", 1, 1),
        ("0.20.1 git-1a2b3c4", True, "needs_review", 1, 1),
        # what the rule protects from: a server that says that it is what it is not
        ("4.5.2", False, "posted", 2, 2),
    ],
)
def test_an_unanswered_post_is_sent_again_only_to_a_server_known_to_honour_the_key(
    server: FakeMastodon, folder: Path, version: str, honours: bool, state: str, calls: int, seen: int
) -> None:
    server.version, server.honours, server.late = version, honours, (2,)
    server.clear(["drop"])

    def made(clock: SetClock) -> Mastodon:
        return Mastodon(server.base, TOKEN, folder, now=clock.now, sleep=clock.sleep, time_limit_s=PATIENT_S)

    entry = left_open(folder, made, with_picture(POST))
    assert (entry.state.value, server.calls, server.count(TEXT)) == (state, calls, seen)


# before anything is sent


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (POST.model_copy(update={"text": "a" * 501}), "501 characters"),
        (POST.model_copy(update={"text": " "}), "empty"),
        (with_picture(POST, alt=" "), "no alternative text"),
        (with_picture(POST, alt="a" * 1501), "1501 characters"),
        (with_picture(POST, media_type="image/png"), "this server does not take"),
        (with_picture(POST, bytes=16_000_001), "16,000,001 bytes"),
        (with_clip(POST, bytes=100_000_001), "100,000,001 bytes"),
        (POST.model_copy(update={"media": with_picture(POST).media * 5}), "5 files"),
        (POST.model_copy(update={"media": with_clip(POST).media * 2}), "one clip alone"),
    ],
)
def test_what_the_server_would_refuse_is_said_in_words(mastodon: Mastodon, post: Post, words: str) -> None:
    (fault,) = mastodon.validate(post, LIMITS)
    assert words in fault


def test_an_instances_own_count_of_addresses_and_pixels_holds(mastodon: Mastodon) -> None:
    post = with_picture(POST.model_copy(update={"text": "https://arretonslesviolences.gouv.fr"}))
    small = Limits(23, 4, extra={"url_length": "23", "image_pixels": "1440000"})
    assert mastodon.validate(post, small) == []
    smaller = Limits(23, 4, extra={"url_length": "30", "image_pixels": "1439999"})
    length, pixels = mastodon.validate(post, smaller)
    assert "30 characters" in length and "1,440,000 pixels" in pixels


def test_what_the_server_takes_is_not_refused(mastodon: Mastodon) -> None:
    for post in (POST, with_picture(POST), with_clip(POST)):
        assert mastodon.validate(post, mastodon.limits()) == []


def test_credentials_are_found_by_what_their_names_end_in(tmp_path: Path) -> None:
    given = {"MASTODON_RE_BASE_URL": "https://social.example", "MASTODON_RE_ACCESS_TOKEN": TOKEN}
    assert ADAPTERS["mastodon"].connect(given, tmp_path, None).platform == "mastodon"
    with pytest.raises(InputError, match="ACCESS_TOKEN"):
        ADAPTERS["mastodon"].connect({"MASTODON_RE_BASE_URL": "https://social.example"}, tmp_path, None)


def test_no_secret_is_in_a_reason(mastodon: Mastodon, server: FakeMastodon) -> None:
    server.clear(["reset", "garbage", "503", "drop"])
    reasons = [
        result.why for result in (sent(mastodon, POST) for _ in range(4)) if isinstance(result, Unknown)
    ]
    assert len(reasons) == 4
    assert TOKEN not in "".join(reasons)


# keeping it until its time


def handed(mastodon: Mastodon, post: Post = POST) -> tuple[Result, Attempt]:
    ready = mastodon.prepare(post, {}, forget)
    tried = attempt({**ready.notes, KEPT: "2026-11-25T07:00:00+00:00"})
    return mastodon.hand_off(post, ready, tried), tried


def test_it_offers_to_keep_a_post(mastodon: Mastodon) -> None:
    assert isinstance(mastodon, Keeping)


def test_a_post_is_kept_with_its_time_words_picture_and_key(mastodon: Mastodon, server: FakeMastodon) -> None:
    post = with_picture(POST)
    result, tried = handed(mastodon, post)
    (kept,) = server.keeps
    assert result == Posted(RemoteRef(kept["id"]))
    assert server.out == [] and kept["form"]["visibility"] == ["public"]
    assert datetime.fromisoformat(kept["scheduled_at"]) == post.due
    assert [file["id"] for file in kept["media_attachments"]] == [tried.notes["0.id"]]


def test_only_mastodon_itself_is_given_a_post_to_keep(mastodon: Mastodon, server: FakeMastodon) -> None:
    server.version, server.honours = "2.7.2 (compatible; Pleroma 2.9.1)", False
    result, _ = handed(mastodon)
    assert isinstance(result, NotSent) and "not known to keep" in result.why
    assert server.out == [] and not any(asked.path == STATUSES for asked in server.asked)


def test_a_server_that_publishes_at_once_is_an_open_question(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    server.honours = False  # says that it is Mastodon, and passes over scheduled_at
    result, _ = handed(mastodon)
    assert isinstance(result, Unknown) and len(server.out) == 1


def test_a_time_too_near_is_refused_and_nothing_is_kept(mastodon: Mastodon, server: FakeMastodon) -> None:
    server.clock = POST.due - timedelta(minutes=5)
    try:
        result, _ = handed(mastodon)
    finally:
        server.clock = DUE - timedelta(hours=12)
    assert isinstance(result, NotSent) and server.keeps == []
    assert mastodon.earliest > timedelta(minutes=5)


@pytest.mark.parametrize("fault", ["drop", "503", "reset"])
def test_a_lost_answer_to_a_hand_over_is_found_among_what_is_kept(
    mastodon: Mastodon, server: FakeMastodon, fault: str
) -> None:
    server.clear([fault])
    result, tried = handed(mastodon, with_picture(POST))
    assert isinstance(result, Unknown)
    found = mastodon.kept(with_picture(POST), tried)
    assert found == (RemoteRef(server.keeps[0]["id"]) if server.keeps else None)
    assert fault == "503" or server.keeps


def test_what_is_kept_is_found_by_its_words_and_time_beyond_the_first_page(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    handed(mastodon)
    for number in range(45):
        handed(mastodon, POST.model_copy(update={"text": f"another {number}"}))
    first = server.keeps[0]["id"]
    assert mastodon.kept(POST, attempt()) == RemoteRef(first)
    assert mastodon.kept(POST.model_copy(update={"due": DUE + timedelta(hours=1)}), attempt()) is None
    answering(server, "/api/v1/scheduled_statuses", Said({"error": "no"}, 500))
    assert isinstance(mastodon.kept(POST, attempt()), Unreadable)


def test_after_its_time_it_is_found_on_the_timeline_like_any_post(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    _, tried = handed(mastodon, with_picture(POST))
    assert mastodon.find(with_picture(POST), tried) is None
    server.publish_kept()
    assert mastodon.find(with_picture(POST), tried) == RemoteRef(server.out[0]["id"], server.out[0]["url"])


def test_what_is_taken_back_is_gone_and_what_is_not_there_may_be_out(
    mastodon: Mastodon, server: FakeMastodon
) -> None:
    handed(mastodon)
    ref = RemoteRef(server.keeps[0]["id"])
    assert mastodon.take_back(ref) is None and server.keeps == []
    assert mastodon.take_back(ref) == Unknown("the server no longer keeps it", 404)
    answering(server, f"/api/v1/scheduled_statuses/{ref.remote_id}", Said({"error": "no"}, 503))
    assert isinstance(mastodon.take_back(ref), Unknown)


def test_from_the_evening_to_the_timeline_through_the_engine(
    server: FakeMastodon, folder: Path, tmp_path: Path
) -> None:
    clock = SetClock(DUE - timedelta(hours=12))
    publisher = Mastodon(server.base, TOKEN, folder, now=clock.now, time_limit_s=PATIENT_S)
    post = with_picture(POST)
    rig = Rig(tmp_path, publisher, clock, [post], Rules(hand_off=timedelta(hours=24)))  # type: ignore[arg-type]
    rig.due()
    assert rig.entry().state is State.HANDED_OFF and len(server.keeps) == 1
    rig.refused = [Blocked(key=post.key, code="fact-changed", why="another number")]
    rig.due()
    assert rig.entry().state is State.PLANNED and server.keeps == []
    rig.refused = []
    clock.pass_by(60)
    rig.due()
    assert rig.entry().state is State.HANDED_OFF and len(server.keeps) == 1, "uploaded anew"
    server.publish_kept()
    clock.at = DUE + timedelta(minutes=2)
    rig.due()
    assert (rig.entry().state, rig.entry().url) == (State.POSTED, server.out[0]["url"])
    assert len(server.out) == 1 and server.out[0]["media_attachments"]
